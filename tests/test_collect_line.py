"""Our own line fails: in the middle of a run, or while only one source is asked. No source is marked, no story lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers import exchange as ex
from crawlers.exchange import Exchange
from crawlers.line import Line, nobody_answers
from crawlers.polite import Gate, Rules
from crawlers.registry import Source
from crawlers.robots import Robots
from crawlers.robots_kept import Kept
from tests.loopback import Answer, Office, Site, office, publish, serve, source, state, urls

NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sites() -> Iterator[list[Site]]:
    with ExitStack() as stack:
        yield [stack.enter_context(serve(f"127.0.0.{number}")) for number in range(1, 5)]


def desk_of(sites: list[Site], tmp_path: Path) -> Office:
    return office(tmp_path, *(source(site, name=f"bao-{number}") for number, site in enumerate(sites)))


def cut(_headers: dict[str, str]) -> Answer:
    raise ConnectionResetError


def test_a_line_that_fails_while_pages_are_fetched_marks_no_source(sites: list[Site], tmp_path: Path) -> None:
    """Until 2026-11-21 the pages counted against their outlets, and three in a row made a living source "unreachable"."""
    for site in sites:
        for link in publish(site, 6):
            site.routes[link] = cut
    desk = desk_of(sites, tmp_path)
    counts = desk.collect(now=NOW)
    assert counts["feeds"] == {"new": 4} and counts["pages"]["deferred"] > 12, counts
    assert {state(desk, f"bao-{number}")["status"] for number in range(4)} == {"ok"}
    for site in sites:
        publish(site, 6)
    desk.collect(now=NOW + 6 * MINUTE)
    assert len(urls(desk)) == 24


def test_one_source_asked_alone_is_not_blamed_when_others_are_silent_too(sites: list[Site], tmp_path: Path) -> None:
    """Between two full rounds only one or two sources are due: too few to tell by themselves whose fault it is."""
    for site in sites:
        publish(site, 1)
    desk = desk_of(sites, tmp_path)
    desk.collect(now=NOW)
    for site in sites:
        site.routes |= {"/rss": cut, "/robots.txt": cut}
    assert desk.collect(now=NOW + 60 * MINUTE, sources=["bao-1"])["feeds"] == {"unreachable": 1}
    assert state(desk, "bao-1")["status"] == "offline" and not state(desk, "bao-1")["failures"]
    sites[0].routes["/robots.txt"] = Answer("", 500)
    desk.collect(now=NOW + 70 * MINUTE, sources=["bao-1"])
    assert state(desk, "bao-1")["status"] == "unreachable", "another one answers, be it with an error"


def test_the_line_is_down_with_three_hosts_and_up_with_one_answer() -> None:
    clock = [0.0]
    line = Line(lambda: clock[0])

    def silent(at: int) -> Exchange:
        return Exchange("http://a/", "http://a/", ex.UNREACHABLE, "", fetched=NOW + at * MINUTE)

    for host in "abc":
        line.heard(host, NOW)
    for minute, host in enumerate(("a", "b", "b", "x", "y"), 1):
        line.missed(host, NOW + minute * MINUTE, own=False)
    assert not line.down, "two that had answered, and two that never did"
    line.missed("c", NOW + 6 * MINUTE, own=False)
    assert line.down and not line.open()
    assert line.excuse(silent(1)).outcome == ex.DEFERRED, "the first one too, by which it was told"
    assert line.excuse(silent(0)).outcome == ex.UNREACHABLE
    clock[0] = 61.0
    assert line.open(), "one request tries"
    line.heard("b", NOW + 9 * MINUTE)
    assert not line.down and line.excuse(silent(10)).outcome == ex.UNREACHABLE
    for host in "pqr":
        line.missed(host, NOW + 11 * MINUTE, own=True)
    assert line.down, "our resolver does not answer"


def test_hosts_at_rest_tell_nothing() -> None:
    others = [Source(id=f"bao-{n}", name="Báo", home=f"http://bao{n}.example/", owner_class="portal", feeds=(f"http://bao{n}.example/rss",)) for n in range(4)]
    rows = {other.id: {"last_success": f"2026-11-2{n}"} for n, other in enumerate(others)}
    knocked: list[str] = []

    async def rests(other: Source) -> bool | None:
        knocked.append(other.id)
        return None if other.id == "bao-3" else False

    assert asyncio.run(nobody_answers(others, rows, {"a.example"}, rests))
    assert knocked == ["bao-3", "bao-2", "bao-1"], "those that answered last, and no more than needed"
    assert not asyncio.run(nobody_answers(others[:1], rows, {"a.example"}, rests)), "too few to tell"


def test_a_robots_txt_that_was_not_asked_for_is_no_fault_of_the_host() -> None:
    class Stale:
        def get(self, host: str) -> Kept | None:
            return Kept("", NOW - 30 * 60 * MINUTE, False)

        def put(self, host: str, rules: str, answer: Exchange) -> None:
            raise AssertionError

    async def put_off(url: str, *_: object, **_more: object) -> Exchange:
        return Exchange(url, url, ex.DEFERRED, "vì sao")

    robots = Robots("CotMoc", Gate(), Stale())
    verdict = asyncio.run(robots.check("http://a.example/b", Rules(), put_off))
    assert verdict.failure is not None and verdict.failure.outcome == ex.DEFERRED and not robots.notes
