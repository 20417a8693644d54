"""Collecting stopped in the middle: kill -9, Ctrl-C, a store that fails. Run again, the end is the same."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from crawlers.warc import read_body
from pipelines.errors import UserError
from pipelines.store import Store, captures, frontier
from tests.loopback import Office, Site, office, source


def urls(desk: Office) -> list[str]:
    with desk.store.read() as conn:
        return sorted(capture.url for capture in captures.unread(conn))


def publish(site: Site, count: int) -> list[str]:
    links = [f"/bai-{number}.html" for number in range(count)]
    for link in links:
        site.page(link, f"Bài {link}")
    site.feed("/rss", links)
    return links


def _child(data: Path, base: Site, kill_after: int) -> None:
    """Collect in a process of its own that kills itself with -9 in the middle of the chosen step."""
    import crawlers.sink as sink
    from crawlers.warc import WarcFile

    real_write, real_commit, real_add = WarcFile.write, WarcFile.commit, captures.add
    calls = {"n": 0}

    def tick() -> None:
        calls["n"] += 1
        if calls["n"] == kill_after:
            os.kill(os.getpid(), signal.SIGKILL)

    def write(self: WarcFile, exchange: Any) -> Any:
        done = real_write(self, exchange)
        tick()
        return done

    def commit(self: WarcFile) -> None:
        real_commit(self)
        tick()

    def add(conn: Any, found: Any) -> int:
        done = real_add(conn, found)
        tick()
        return done

    WarcFile.write, WarcFile.commit, sink.captures.add = write, commit, add  # type: ignore[method-assign,assignment]
    sink.BATCH = 4
    desk = office(data, source(base))
    desk.collect()


@pytest.mark.parametrize("kill_after", [1, 3, 5, 6, 8, 11, 14, 19])
def test_killed_anywhere_and_run_again_the_end_is_the_same(site: Site, tmp_path: Path, kill_after: int) -> None:
    links = publish(site, 12)
    data = tmp_path / "data"
    process = multiprocessing.get_context("fork").Process(target=_child, args=(data, Site(site.url), kill_after))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    desk = office(data, source(site))
    desk.collect()
    assert urls(desk) == sorted(site.url + link for link in links)
    with desk.store.read() as conn:
        for capture in captures.unread(conn):
            read_body(desk.settings, capture)
        assert frontier.counts(conn) == {"done": 12}
    files = set((data / "warc").rglob("*.gz"))
    with desk.store.read() as conn:
        ends = {path: captures.end_of(conn, path.relative_to(data).as_posix()) for path in files}
    assert all(path.stat().st_size == end for path, end in ends.items()), "no tail is left"
    assert not list(data.rglob("*.open"))


def _interrupted(data: Path, base: Site) -> None:
    """Collect slowly until Ctrl-C, and leave with 130 if that was heard."""
    # A job in the background of a shell without job control is started deaf to Ctrl-C; a terminal's is not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        office(data, source(base, delay=0.1)).collect()
    except KeyboardInterrupt:
        os._exit(130)
    os._exit(0)


def test_ctrl_c_stops_the_run_and_keeps_what_was_fetched(site: Site, tmp_path: Path) -> None:
    publish(site, 60)
    process = multiprocessing.get_context("fork").Process(target=_interrupted, args=(tmp_path, Site(site.url)))
    process.start()
    while sum(path.startswith("/bai") for path in site.seen) < 5:
        process.join(0.05)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGINT)
    process.join()
    assert process.exitcode == 130
    desk = office(tmp_path, source(site))
    kept = len(urls(desk))
    assert 3 <= kept < 60 and not list(tmp_path.rglob("*.open")), "stored, and the file closed"
    assert desk.collect()["pages"] == {"new": 60 - kept}


def test_a_store_that_fails_is_one_line(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(site, 3)
    desk = office(tmp_path, source(site))
    real = Store.begin

    def begin(self: Store) -> Any:
        if site.seen.count("/bai-0.html"):
            raise UserError("kho dữ liệu: database or disk is full")
        return real(self)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "begin", begin)
        with pytest.raises(UserError, match="disk is full"):
            desk.collect()
    assert desk.collect()["pages"] == {"new": 3}
