"""The main job on the sample newsroom: every item counted, every labelled text in its tier, papers written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from crawlers.newsroom.articles import pieces
from crawlers.newsroom.server import serve_newsroom
from pipelines.settings import load_settings
from pipelines.store import Store, alerts

pytestmark = pytest.mark.timeout(300)


def run(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "ONCE": "1"}
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *arguments, "--data", str(data)], env=env, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False, timeout=240,
    )  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    data = tmp_path_factory.mktemp("demo") / "data"
    done = run(data, "demo")
    assert done.returncode == 0, done.stderr[-3000:]
    return data, done


def steps(data: Path) -> dict[str, dict[str, Any]]:
    return {step["step"]: step for step in json.loads(run(data, "runs", "--json").stdout)["steps"]}


def test_it_prints_what_the_contract_promises(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    data, done = demo
    lines = done.stdout.splitlines()
    for start in ("outcomes: ", "digest: ", "evidence: ", "dashboard: http://"):
        assert any(line.startswith(start) for line in lines), start
    digest = next(line.removeprefix("digest: ") for line in lines if line.startswith("digest: "))
    pack = next(line.removeprefix("evidence: ") for line in lines if line.startswith("evidence: "))
    assert Path(digest).exists() and Path(pack).exists()


def test_outcomes_of_every_step_add_up(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    for name, step in steps(demo[0]).items():
        assert sum(step["outcomes"].values()) == step["in"], name


def test_the_usual_misery_is_counted(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    found = steps(demo[0])
    assert {"gone", "not-a-feed", "unchanged", "moved", "lied"} <= set(found["feeds"]["outcomes"])
    assert {"refused by robots", "too-large"} <= set(found["pages"]["outcomes"])
    assert {"new", "copy", "revision"} <= set(found["read"]["outcomes"])
    assert {"flagged", "watch", "clear", "spam", "off-topic", "not-ours"} <= set(found["assess"]["outcomes"])
    assert set(found["deliver"]["outcomes"]) <= {"delivered", "superseded"}


def test_every_labelled_text_gets_its_tier(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """The newsroom is ours to the last sentence; a tier that is missed here is a fault of rules or of labels."""
    store = Store.open(load_settings(data=demo[0]).store_url)
    from sqlalchemy import select

    from pipelines.store.schema import articles, assessments

    with store.read() as conn:
        query = select(articles.c.title, articles.c.assess_outcome, assessments.c.tier).select_from(
            articles.outerjoin(assessments, (assessments.c.article == articles.c.id) & (assessments.c.revision == articles.c.revision))
        )
        tiers: dict[str, set[str]] = defaultdict(set)
        for row in conn.execute(query):
            tiers[row.title].add(row.tier or "none")
        flags = alerts.count_alerts(conn, tier="flag")
    store.close()
    floors = json.loads((Path(__file__).parent / "floors.json").read_text())["newsroom"]
    # The edited article has both tiers under one title; the next test looks at its revisions.
    pairs = [
        (piece.now.expect.tier.value, found, piece.now.title)
        for piece in pieces()
        if piece.first is None and (found := tiers.get(piece.now.title))
    ]
    assert len(pairs) >= 100
    wrong = [pair for pair in pairs if pair[0] not in pair[1]]
    wanted = [pair for pair in pairs if pair[0] == "flag"]
    flagged = [pair for pair in pairs if "flag" in pair[1]]
    hit = [pair for pair in wanted if "flag" in pair[1]]
    assert 1 - len(wrong) / len(pairs) >= floors["tiers"], wrong
    assert len(hit) / len(flagged) >= floors["flag_precision"], [pair for pair in flagged if pair[0] != "flag"]
    assert len(hit) / len(wanted) >= floors["flag_recall"], [pair for pair in wanted if "flag" not in pair[1]]
    assert flags >= 10


def test_the_wrong_number_was_flagged_and_its_correction_is_a_revision(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    edited = next(piece for piece in pieces() if piece.first is not None)
    store = Store.open(load_settings(data=demo[0]).store_url)
    from sqlalchemy import select

    from pipelines.store.schema import articles

    with store.read() as conn:
        rows = conn.execute(select(articles.c.revision, articles.c.assess_outcome).where(articles.c.title == edited.now.title).order_by(articles.c.revision)).all()
    store.close()
    assert [row.revision for row in rows] == [1, 2]
    assert [row.assess_outcome for row in rows] == ["flagged", "clear"]


def test_a_second_demo_raises_nothing_twice(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    data, _done = demo
    store = Store.open(load_settings(data=data).store_url)
    with store.read() as conn:
        before = alerts.count_alerts(conn)
    assert run(data, "demo").returncode == 0
    with store.read() as conn:
        assert alerts.count_alerts(conn) == before
    store.close()
    assert run(data, "index", "verify").returncode == 0


def test_the_commands_see_what_the_demo_made(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    data, _done = demo
    flags = [json.loads(line) for line in run(data, "alerts", "--tier", "flag", "--json").stdout.splitlines()]
    assert flags and all(flag["claim"]["refs"] for flag in flags)
    hits = [json.loads(line) for line in run(data, "search", "bien gioi", "--json").stdout.splitlines()]
    assert hits
    pack = next((data / "evidence").glob("*.zip"))
    assert run(data, "evidence", "verify", str(pack)).returncode == 0


def test_newsroom_is_not_needed_afterwards(demo: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    """Everything after the capture can be run again from the WARC alone."""
    warcs = sorted(str(path) for path in (demo[0] / "warc").rglob("*.warc.gz"))
    done = run(tmp_path, "collect", "--all", "--warc", *warcs)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "flagged" in done.stdout or "new" in done.stdout


def test_a_busy_newsroom_port_is_not_needed() -> None:
    with serve_newsroom() as one, serve_newsroom() as two:
        assert set(one.base.values()).isdisjoint(two.base.values())
