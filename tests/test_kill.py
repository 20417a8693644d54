"""Killed with -9 in each step and run again: the same final state as a run that nobody disturbed, table by table."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawlers.newsroom.server import Site, serve_newsroom
from pipelines.store import Store
from pipelines.store.schema import metadata

pytestmark = pytest.mark.timeout(600)

# Step as the progress names it, how long to let it work before the kill (seconds), and the moment of the kill whose folder the round goes
# on with: it does only what leads to its own kill. Three kills in a row at most: the next round would be a feed's fourth asking, which
# believes its 304 (crawlers/polling.py), and then other words stand in the store.
MOMENTS: dict[tuple[str, float], tuple[str, float] | None] = {
    ("thu thập", 0.7): None,
    ("thu thập", 2.5): None,
    ("đọc bài", 0.3): ("thu thập", 2.5),
    ("đối chiếu", 0.2): ("đọc bài", 0.3),
    ("chuyển vào chỉ mục", 0.05): ("thu thập", 2.5),
    ("điểm báo", 0.3): ("chuyển vào chỉ mục", 0.05),
}
# What may differ between two runs: clocks, places in files, counters of attempts and of runs.
VOLATILE = {
    "source_states": {"reason", "last_attempt", "last_success", "last_item", "next_poll", "interval"},
    "feed_states": {"checked", "full_probe", "etag", "last_modified", "trust", "outcome", "status", "advanced", "stale"},
    "source_days": {"failures"},
    "robots": {"checked", "expires"},
    "network_facts": {"resolver_ms", "server_date", "clock_offset"},
    "article_images": {"outcome", "attempts", "next_try"},
    "frontier": {"discovered", "next_try", "recheck", "attempts", "etag", "last_modified", "outcome"},
    "captures": {"fetched", "warc_file", "warc_offset", "warc_length", "read_outcome", "read_reason", "etag", "last_modified"},
    "articles": {"first_seen"},
    "alerts": {"raised"},
    "outbox": {"seq", "version", "created", "delivered", "attempts", "next_try", "last_error"},
    # The day too: a suite may run across midnight (seen on 2026-11-21).
    "papers": {"id", "path", "sha256", "made", "day"},
    "audit": {"at", "hash", "previous", "details"},
}
PLACE = "data"
UNCOMPARED = {"runs", "run_steps", "meta"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("sources")
    with serve_newsroom(slow_seconds=0.2, huge_bytes=16_000_000, sources=folder) as running:
        yield running


def once(site: Site, data: Path) -> subprocess.Popen[str]:
    """Start one round on the newsroom."""
    env = {**os.environ, "COTMOC_SOURCES": str(site.sources), "COTMOC_DATA": str(data), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "once"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def finish(site: Site, data: Path) -> None:
    process = once(site, data)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err[-2000:]
    assert "outcomes:" in out


def dump(data: Path) -> dict[str, list[Any]]:
    """Return all rows of all compared tables, without what may differ, in a fixed order."""
    store = Store.open(f"sqlite:///{data / 'cotmoc.sqlite3'}")
    tables = {}
    with store.read() as conn:
        for name, table in metadata.tables.items():
            if name in UNCOMPARED:
                continue
            columns = [column for column in table.columns if column.name not in VOLATILE.get(name, set())]
            tables[name] = sorted(repr(tuple(row)) for row in conn.execute(select(*columns)))
    store.close()
    return tables


def records(data: Path) -> list[str]:
    """Return the target of every response and resource record in the WARC files; a torn file raises."""
    from warcio.archiveiterator import ArchiveIterator

    found = []
    for path in sorted((data / "warc").rglob("*.warc.gz")):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                record.content_stream().read()
                if record.rec_type in ("response", "resource"):
                    found.append(record.rec_headers.get_header("WARC-Target-URI"))
    return found


@pytest.fixture(scope="module")
def undisturbed(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("undisturbed")
    finish(site, data)
    return data


@pytest.fixture(scope="module")
def expected(undisturbed: Path) -> dict[str, list[Any]]:
    return dump(undisturbed)


def kill(site: Site, data: Path, step: str, seconds: float) -> None:
    """Start a round and kill it, with all its processes, so many seconds after `step` began."""
    process = once(site, data)
    assert process.stderr is not None
    assert any(re.match(rf"… {step}", line) for line in process.stderr), f"the round never came to {step}"
    time.sleep(seconds)
    assert process.poll() is None, f"the round was over before it could be killed in {step}"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stderr.close()


def put(left: Path, data: Path) -> None:
    """Put the folder `left` where `data` is: the store knows its papers by their path."""
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(left, data)


@pytest.fixture(scope="module")
def killed(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, float], Path]:
    """Copies of the folder as each kill left it."""
    folder = tmp_path_factory.mktemp("killed")
    left: dict[tuple[str, float] | None, Path] = {None: folder / "empty"}
    left[None].mkdir()
    for number, (moment, before) in enumerate(MOMENTS.items()):
        put(left[before], folder / PLACE)
        kill(site, folder / PLACE, *moment)
        left[moment] = shutil.copytree(folder / PLACE, folder / str(number))
    return {moment: left[moment] for moment in MOMENTS}


@pytest.mark.parametrize(("step", "seconds"), MOMENTS)
def test_killed_and_run_again(
    site: Site, expected: dict[str, list[Any]], killed: dict[tuple[str, float], Path], step: str, seconds: float
) -> None:
    left = killed[step, seconds]
    data = left.with_name(PLACE)
    put(left, data)
    finish(site, data)
    again = dump(data)
    for name, rows in expected.items():
        assert again[name] == rows, f"table {name} differs after a kill in step {step}"
    assert records(data)


def test_a_second_run_changes_nothing(site: Site, undisturbed: Path, expected: dict[str, list[Any]]) -> None:
    finish(site, undisturbed)
    assert dump(undisturbed) == expected
