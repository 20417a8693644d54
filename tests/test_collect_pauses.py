"""What a host asked for holds beyond the run, and one slow host holds up nobody else."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from pipelines.store import host_pauses
from pipelines.store import schema as tables
from pipelines.store.rows import moment
from tests.loopback import Answer, Site, office, publish, serve, source, state, urls

NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_page_that_asks_for_rest_gets_it_from_the_next_runs_too(site: Site, tmp_path: Path) -> None:
    links = publish(site, 3)
    good = dict(site.routes)
    site.routes |= {link: Answer(status=429, headers={"Retry-After": "7200"}) for link in links}
    desk = office(tmp_path, source(site))
    assert desk.collect(now=NOW)["pages"] == {"throttled": 3}
    assert sum(path in links for path in site.seen) == 1
    next_poll = moment(state(desk)["next_poll"])
    assert next_poll is not None and next_poll >= NOW + 120 * MINUTE
    site.routes |= good
    site.seen.clear()
    for minutes in (6, 60, 115):
        desk.collect(now=NOW + minutes * MINUTE)
    assert site.seen == []
    desk.collect(now=NOW + 130 * MINUTE)
    assert len(urls(desk)) == 3


def test_a_crawl_delay_of_an_hour_holds_up_nothing_and_pages_go_before_the_feed(site: Site, tmp_path: Path) -> None:
    publish(site, 3)
    site.routes["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 3600\n", headers={"Content-Type": "text/plain"})
    with serve("127.0.0.2") as other:
        publish(other, 2)
        desk = office(tmp_path, source(site), source(other, name="khac"))
        first = desk.collect(now=NOW)
        assert first["pages"] == {"deferred": 3, "new": 2}
        assert site.seen == ["/robots.txt", "/rss"]
        assert desk.collect(now=NOW + 30 * MINUTE)["feeds"] == {"deferred": 1, "unchanged": 1}
        assert len(site.seen) == 2
        for hour in (1, 2, 3):
            desk.collect(now=NOW + hour * 62 * MINUTE)
    assert site.seen[:2] == ["/robots.txt", "/rss"] and len(site.seen) == 5 and "/rss" not in site.seen[2:]
    assert state(desk)["status"] in {"ok", "new"}, state(desk)
    with desk.store.read() as conn:
        rows = conn.execute(select(tables.host_pauses.c.blocked, tables.host_pauses.c.reason)).all()
    assert [tuple(row) for row in rows] == [(0, "Crawl-delay 3600 giây")]


def test_a_pause_is_in_the_store_while_the_run_still_goes_on(site: Site, tmp_path: Path) -> None:
    """Written at the end only, a run that is killed forgot whom it had been told to leave alone."""
    site.routes["/rss"] = Answer(status=429, headers={"Retry-After": "7200"})
    seen = threading.Event()

    def hold(_headers: dict[str, str]) -> Answer:
        seen.wait(20)
        return Answer("", 404)

    with serve("127.0.0.2") as slow:
        slow.routes["/rss"] = hold
        desk = office(tmp_path, source(site), source(slow, name="cham"))
        run = threading.Thread(target=desk.collect, kwargs={"now": NOW})
        run.start()
        try:
            while run.is_alive() and not seen.is_set():
                with desk.store.read() as conn:
                    if host_pauses.load(conn, NOW):
                        seen.set()
                run.join(0.02)
            assert seen.is_set(), "the run ended first"
        finally:
            seen.set()
            run.join()
    with desk.store.read() as conn:
        (pause,) = host_pauses.load(conn, NOW).values()
    assert pause.blocked and 7200 <= pause.seconds < 7260
