"""Captures last: written before they are referred to, mended after a kill, read back unaltered, whole on a full disk."""

from __future__ import annotations

import errno
import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers.exchange import Exchange
from crawlers.foreign import collect_warc
from crawlers.warc import WarcFile, mend, read_body
from pipelines.errors import UserError
from pipelines.records import content_id
from pipelines.settings import Settings
from pipelines.store import captures
from tests.loopback import Office, office, serve, source

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def exchange(body: bytes = b"<p>b\xc3\xa0i</p>", url: str = "https://bao.example/a?b=1") -> Exchange:
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))
    return Exchange(
        url, url, "ok", status=200, phrase="OK", headers=headers, request=(("Host", "bao.example"),), body=body,
        raw=gzip.compress(body), fetched=NOW,
    )  # fmt: skip


def collected(tmp_path: Path, pages: int = 5) -> Office:
    """An office that has collected `pages` pages."""
    with serve() as site:
        links = [f"/bai-{number}.html" for number in range(pages)]
        for link in links:
            site.page(link, link)
        site.feed("/rss", links)
        desk = office(tmp_path, source(site))
        assert desk.collect()["pages"] == {"new": pages}
    return desk


def test_a_capture_comes_back_as_it_was(tmp_path: Path) -> None:
    desk = collected(tmp_path)
    with desk.store.read() as conn:
        found = captures.unread(conn)
    assert len(found) == 5
    for capture in found:
        headers, body = read_body(desk.settings, capture)
        assert headers["content-type"].startswith("text/html") and capture.url.rsplit("/", 1)[1] in body.decode()
        assert capture.id == content_id(capture.url, body) and capture.size == len(body)


def test_the_file_is_a_valid_warc_for_other_tools(tmp_path: Path) -> None:
    """warcio's own checker verifies digests; fastwarc reads request and response; bodies stay packed as they came."""
    from fastwarc.warc import ArchiveIterator
    from warcio.checker import Checker

    with WarcFile(tmp_path, NOW, "CotMoc/0.1") as warc:
        name, offset, length = warc.write(exchange())
        warc.commit()
    kinds, bodies = [], []
    with (tmp_path / name).open("rb") as stream:
        for record in ArchiveIterator(stream):
            kinds.append(record.headers["WARC-Type"])
            bodies.append(record.reader.read())
    assert kinds == ["warcinfo", "request", "response"]
    assert gzip.decompress(bodies[2]) == exchange().body
    assert (tmp_path / name).stat().st_size == offset + length
    checker = Checker(type("Args", (), {"verbose": False, "inputs": [str(tmp_path / name)]})())
    checker.process_all()
    assert checker.exit_value == 0


def test_a_torn_tail_is_cut_at_the_last_committed_record(tmp_path: Path) -> None:
    desk = collected(tmp_path)
    with desk.store.read() as conn:
        before = captures.unread(conn)
    path = tmp_path / before[0].warc_file
    whole = path.read_bytes()
    # As after a kill: the sign of a writer that is gone, a record that no row refers to, and half of another.
    path.with_name(path.name + ".open").touch()
    path.write_bytes(whole + whole[-400:] + b"\x1f\x8b half a record")
    assert mend(tmp_path, desk.store) == [before[0].warc_file]
    assert path.read_bytes() == whole
    assert not list(tmp_path.rglob("*.open"))
    assert mend(tmp_path, desk.store) == []
    for capture in before:
        read_body(desk.settings, capture)


def test_a_file_without_any_committed_record_is_removed_and_a_living_writer_is_left_alone(tmp_path: Path) -> None:
    desk = office(tmp_path)
    dead = tmp_path / "warc" / "2026" / "11" / "cotmoc-chet.warc.gz"
    dead.parent.mkdir(parents=True)
    dead.write_bytes(b"tail")
    dead.with_name(dead.name + ".open").touch()
    with WarcFile(tmp_path, NOW, "CotMoc/0.1") as warc:
        living = tmp_path / warc.write(exchange())[0]
        mend(tmp_path, desk.store)
        assert living.exists() and not dead.exists()
        warc.commit()
    assert living.exists()


def test_an_altered_record_is_noticed(tmp_path: Path) -> None:
    desk = collected(tmp_path, 2)
    with desk.store.read() as conn:
        first, second = captures.unread(conn)
    with pytest.raises(ValueError, match="không khớp"):
        read_body(desk.settings, first.model_copy(update={"warc_offset": second.warc_offset, "warc_length": second.warc_length}))
    with pytest.raises(OSError):
        read_body(desk.settings, first.model_copy(update={"warc_file": "warc/không-có.warc.gz"}))


def test_a_full_disk_is_one_line_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve() as site:
        links = [f"/bai-{number}.html" for number in range(6)]
        for link in links:
            site.page(link, link)
        site.feed("/rss", links)
        desk = office(tmp_path, source(site))
        real = os.fsync

        def full(handle: int) -> None:
            # the folder may still be synced: the first data of the file do not fit any more
            if os.fstat(handle).st_size and not os.path.isdir(f"/proc/self/fd/{handle}"):
                raise OSError(errno.ENOSPC, "No space left on device")
            real(handle)

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(UserError, match="hết chỗ trên đĩa") as raised:
                desk.collect()
        assert "\n" not in str(raised.value) and raised.value.code == 1
        with desk.store.read() as conn:
            assert captures.unread(conn) == []
        assert desk.collect()["pages"] == {"new": 6}
        with desk.store.read() as conn:
            assert sorted(capture.url for capture in captures.unread(conn)) == [site.url + link for link in links]


def foreign(tmp_path: Path) -> Path:
    """A WARC as somebody else made it: one page of ours twice, one of a stranger, a robots.txt, one too large."""
    with WarcFile(tmp_path / "khac", NOW, "NewsCrawler") as warc:
        for url in ("https://bao.example/a", "https://bao.example/a", "https://la.example/b", "https://bao.example/robots.txt"):
            name, *_ = warc.write(exchange(url=url))
        warc.write(exchange(body=os.urandom(300_000), url="https://bao.example/lon"))
        warc.commit()
    return tmp_path / "khac" / name


def test_a_warc_of_somebody_else_is_as_good_an_input(tmp_path: Path) -> None:
    from crawlers.registry import Registry, Source

    path = foreign(tmp_path)
    desk = office(tmp_path / "data", max_bytes=100_000)
    ours = Registry((Source(id="bao", name="Báo", home="https://www.bao.example/", owner_class="portal", feeds=("https://bao.example/rss",)),))
    first = collect_warc(desk.settings, desk.store, ours, [path], now=NOW)
    assert first.outcomes == {"new": 1, "same": 1, "not-ours": 1, "not-a-page": 1, "too-large": 1}
    again = collect_warc(desk.settings, desk.store, ours, [path], now=NOW)
    assert again.outcomes == {"same": 2, "not-ours": 1, "not-a-page": 1, "too-large": 1}
    path.unlink()
    with desk.store.read() as conn:
        capture = captures.unread(conn)[0]
    assert capture.source == "bao" and capture.fetched == NOW
    assert read_body(desk.settings, capture)[1] == exchange().body


def test_a_foreign_warc_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    from crawlers.registry import Registry

    path = foreign(tmp_path)
    broken = tmp_path / "gãy.warc.gz"
    broken.write_bytes(path.read_bytes()[:-150_000])
    desk = office(tmp_path / "data")
    settings: Settings = desk.settings
    # The cut record is never a page: its other half would come later as an edit of the outlet.
    with pytest.raises(UserError, match="bị cắt.*đã được giữ") as caught:
        collect_warc(settings, desk.store, Registry(()), [broken], everything=True, now=NOW)
    assert "\n" not in str(caught.value)
    with desk.store.read() as conn:
        urls = {capture.url for capture in captures.unread(conn)}
    assert urls >= {"https://bao.example/a", "https://la.example/b"} and "https://bao.example/lon" not in urls


@pytest.mark.parametrize("kind", ["gz", "one gz", "zst", "plain"])
def test_no_cut_of_a_foreign_warc_is_silent_wherever_it_falls(tmp_path: Path, kind: str) -> None:
    """Seen 2026-11-21: 12 of 40 cuts fell between the ends of two responses and were taken for the end of the file."""
    import gzip
    from collections import Counter

    from backports import zstd

    from crawlers.foreign import responses

    whole = foreign(tmp_path).read_bytes()
    plain = gzip.decompress(whole)
    body = {"gz": whole, "one gz": gzip.compress(plain), "zst": zstd.compress(plain), "plain": plain}[kind]
    path = tmp_path / "bản"
    path.write_bytes(body)
    assert Counter(each.outcome for each in responses(path, 1_000_000)) == {"ok": 5}
    for length in {len(body) * n // 60 for n in range(2, 60)} | {len(body) - 5}:
        path.write_bytes(body[:length])
        try:
            said = Counter(each.outcome for each in responses(path, 1_000_000))
        except UserError:
            continue
        assert said["damaged"] == 1 and said["ok"] < 5, (length, said)


def test_a_damaged_file_stops_neither_the_others_nor_the_count(tmp_path: Path) -> None:
    from crawlers.registry import Registry

    path = foreign(tmp_path)
    torn, none = tmp_path / "hỏng giữa.warc.gz", tmp_path / "không.warc.gz"
    body = bytearray(path.read_bytes())
    body[-200_000:-199_980] = b"\xff" * 20
    torn.write_bytes(body)
    none.write_bytes(b"<html>")
    desk, problems = office(tmp_path / "data"), list[str]()
    count = collect_warc(desk.settings, desk.store, Registry(()), [none, torn, path], everything=True, now=NOW, problems=problems)
    assert count.outcomes == {"new": 3, "same": 4, "not-a-page": 2, "damaged": 1}, count.outcomes
    assert len(problems) == 2 and "không phải tệp WARC" in problems[0] and "đã được giữ" in problems[1]


@pytest.mark.parametrize("body", [b"", b"<html>xin chao</html>", os.urandom(2000)])
def test_a_file_that_is_no_warc_says_so_and_claims_nothing_was_kept(tmp_path: Path, body: bytes) -> None:
    from crawlers.registry import Registry

    path = tmp_path / "trang.warc.gz"
    path.write_bytes(body)
    desk = office(tmp_path / "data")
    with pytest.raises(UserError, match="không phải tệp WARC") as caught:
        collect_warc(desk.settings, desk.store, Registry(()), [path], now=NOW)
    assert "đã được giữ" not in str(caught.value) and "\n" not in str(caught.value)
