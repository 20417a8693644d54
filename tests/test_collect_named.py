"""Every trouble of a source has a name and a reason, and an outage of our own marks nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.health import own_outage
from crawlers.health_report import report
from pipelines.store import feeds, frontier
from pipelines.store import schema as tables
from pipelines.store.frontier import Found
from tests.loopback import (
    Answer,
    Site,
    office,
    publish,
    rss,
    source,
    state,
)


@pytest.mark.parametrize(
    ("answer", "outcome", "status"),
    [
        (Answer(status=410), "gone", "gone"),
        (Answer(status=404), "gone", "gone"),
        (Answer(status=403), "http-error", "blocked"),
        (Answer(status=500), "http-error", "failing"),
        (Answer(status=429, headers={"Retry-After": "7200"}), "throttled", "blocked"),
        (Answer("<!DOCTYPE html><html><p>Trang chủ</p></html>", headers={"Content-Type": "text/html"}), "not-a-feed", "not a feed"),
        (Answer(rss("", []), headers={"Content-Type": "text/xml"}), "empty", "empty"),
        (Answer(b"x" * 200_000), "too-large", "failing"),
        (Answer(status=302, headers={"Location": "http://169.254.169.254/"}), "refused by guard", "blocked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_misery_of_a_feed_has_a_name_and_a_reason(
    site: Site, tmp_path: Path, answer: Answer, outcome: str, status: str
) -> None:
    site.routes["/rss"] = answer
    desk = office(tmp_path, source(site), max_bytes=100_000)
    assert desk.collect() == {"feeds": {outcome: 1}, "pages": {}}
    found = state(desk)
    assert found["status"] == status and found["reason"]
    if outcome == "throttled":
        assert found["interval"] >= 7200


def test_a_feed_that_moved_is_read_at_its_new_place_and_said_so(site: Site, tmp_path: Path) -> None:
    publish(site, 2, "/feed-moi")
    site.routes["/rss"] = Answer(status=301, headers={"Location": "/feed-moi"})
    desk = office(tmp_path, source(site))
    assert desk.collect() == {"feeds": {"moved": 1}, "pages": {"new": 2}}
    with desk.store.read() as conn:
        assert feeds.state(conn, site.url + "/rss")["moved_to"] == site.url + "/feed-moi"
    assert state(desk)["status"] == "moved" and "/feed-moi" in state(desk)["reason"]


def test_an_outage_of_our_own_marks_no_source(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    import socket

    async def nothing(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    from crawlers.registry import Source

    sources = [
        Source(id=f"bao-{n}", name="Báo", home=f"http://bao{n}.example/", owner_class="portal", feeds=(f"http://bao{n}.example/rss",))
        for n in range(4)
    ]
    desk = office(tmp_path, *sources)
    assert desk.collect(resolver=nothing)["feeds"] == {"unreachable": 4}
    with desk.store.read() as conn:
        rows = feeds.source_rows(conn)
    assert len(rows) == 4
    for row in rows.values():
        # Asked, and the fault is ours: neither a fault of the source nor a false "ok".
        assert row["status"] == "offline" and not row["failures"] and row["last_success"] is None
        assert row["reason"].startswith("mạng của ta không tới được nguồn nào: không phân giải được tên miền")
        assert row["last_attempt"] < row["next_poll"]
    assert "mạng của ta" in caplog.text
    seen = report(desk.store, list(desk.registry), datetime.now(UTC))
    assert {row["status_vi"] for row in seen} == {"mạng của ta hỏng"}
    assert desk.collect(resolver=nothing, sources=["bao-1"])["feeds"] == {"unreachable": 1}
    assert state(desk, "bao-1")["status"] == "unreachable", "one source alone: it may well be the source"
    assert not own_outage([])


def test_only_what_is_due_is_polled(site: Site, tmp_path: Path) -> None:
    publish(site, 2)
    start = datetime(2026, 11, 21, 8, tzinfo=UTC)
    desk = office(tmp_path, source(site))
    assert desk.collect(now=start, only_due=True)["feeds"] == {"new": 1}
    assert desk.collect(now=start + timedelta(minutes=1), only_due=True)["feeds"] == {}
    assert desk.collect(now=start + timedelta(days=2), only_due=True)["feeds"] == {"unchanged": 1}


def test_a_source_that_dries_up_is_reported_after_a_day(site: Site, tmp_path: Path) -> None:
    """Ten stories a day for two weeks, then none: the alarm comes on the next day, with numbers."""
    start = datetime(2026, 11, 1, 8, tzinfo=UTC)
    desk = office(tmp_path, source(site))
    for day in range(14):
        site.feed("/rss", [f"/ngay-{day}-{number}" for number in range(10)])
        with desk.store.begin() as conn:
            stories = [Found(f"http://mau.example/{day}-{number}", "mau", "mau.example") for number in range(10)]
            frontier.add(conn, stories, start + timedelta(days=day))
            conn.execute(tables.frontier.update().values(state=frontier.DONE))
    site.feed("/rss", ["/ngay-13-0"])
    desk.collect(now=start + timedelta(days=13, hours=2))
    desk.collect(now=start + timedelta(days=15))
    found = state(desk)
    assert found["status"] == "drying" and "bình thường 9 tin" in found["reason"]
