"""Real input: captured pages, lists and feeds of real outlets, from loopback through the whole chain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from crawlers.newsroom.replay import serve_replay
from pipelines.clock import local
from pipelines.settings import load_settings
from pipelines.store import Store
from pipelines.store.schema import alerts, articles, captures

pytestmark = [pytest.mark.shared_data, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def replayed(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, str | None]]]:
    """Run one round over the replay server; return data folder and expected title and date per loopback address."""
    data = tmp_path_factory.mktemp("replay")
    with serve_replay(shared_data, limit_news=500, sources=data / "nguon") as site:
        env = {**os.environ, "COTMOC_SOURCES": str(data / "nguon"), "COTMOC_DATA": str(data)}
        done = subprocess.run(
            [sys.executable, "-m", "flows.cli", "once"], env=env, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, check=False, timeout=380,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return data, site.expected()


def test_every_page_ends_in_a_counted_outcome(replayed: tuple[Path, dict[str, dict[str, str | None]]]) -> None:
    data, _expected = replayed
    done = subprocess.run([sys.executable, "-m", "flows.cli", "runs", "--json", "--data", str(data)], capture_output=True, text=True, check=True)
    steps = {step["step"]: step for step in json.loads(done.stdout)["steps"]}
    for name, step in steps.items():
        assert sum(step["outcomes"].values()) == step["in"], name
    assert steps["pages"]["in"] >= 500
    store = Store.open(load_settings(data=data).store_url)
    with store.read() as conn:
        assert conn.execute(select(captures.c.url).where(captures.c.read_outcome.is_(None))).all() == []
        assert conn.execute(select(articles.c.id).where(articles.c.current == 1, articles.c.assess_outcome.is_(None))).all() == []
    store.close()


def test_titles_and_dates_are_those_of_the_pages(replayed: tuple[Path, dict[str, dict[str, str | None]]]) -> None:
    data, expected = replayed
    store = Store.open(load_settings(data=data).store_url)
    with store.read() as conn:
        found = {row.url: row for row in conn.execute(select(articles.c.url, articles.c.title, articles.c.published))}
    store.close()
    wrong = []
    for url, facts in expected.items():
        row = found.get(url)
        if row is None:
            wrong.append((url, "not read"))
            continue
        if facts["title"] and " ".join(row.title.split()) != " ".join(facts["title"].split()):
            wrong.append((url, row.title, facts["title"]))
        if facts["published"]:
            want = local(datetime.fromisoformat(facts["published"].replace(" +", "+")))
            got = local(datetime.fromisoformat(row.published)) if row.published else None
            if got is None or (got != want if len(facts["published"]) > 10 else got.date() != want.date()):
                wrong.append((url, row.published, facts["published"]))
    assert wrong == []


def test_nothing_real_is_flagged(replayed: tuple[Path, dict[str, dict[str, str | None]]]) -> None:
    store = Store.open(load_settings(data=replayed[0]).store_url)
    with store.read() as conn:
        assert conn.execute(select(alerts.c.title, alerts.c.claim).where(alerts.c.tier == "flag")).all() == []
    store.close()
