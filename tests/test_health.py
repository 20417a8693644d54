"""Health of sources: a short closed list of statuses, a reason in plain Vietnamese, polls as often as an outlet publishes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers.exchange import WEIGHT, Exchange
from crawlers.fetch import Fetcher
from crawlers.health import STATUS_VI, STATUSES, Verdict, assess, is_due
from crawlers.health_report import line, report
from crawlers.judging import Known, known_of, own_clock, status_of
from crawlers.polling import Poll
from crawlers.registry import Selectors, Source
from crawlers.signs import still
from pipelines.settings import Settings
from pipelines.store import feeds, frontier
from pipelines.store.frontier import Found
from pipelines.store.rows import stamp
from tests.loopback import Answer, Site, office, source

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
BAO = Source(id="bao", name="Báo", home="https://bao.example/", owner_class="portal", feeds=("https://bao.example/rss",))


def poll(outcome: str, **given: Any) -> Poll:
    made = Poll(Fetcher(Settings()), BAO, BAO.feeds[0], "feed", {}, 5.0, now=NOW)
    made.outcome, made.reason = outcome, "lý do"
    exchange = {"url": made.url, "final_url": made.url, "outcome": outcome, "fetched": NOW} | given
    made.exchange = Exchange(**exchange)
    return made


def verdict(
    *polls: Poll, trend: list[int] | None = None, failures: float = 0.0, pages: list[tuple[str, str]] | None = None,
    parsers: list[str] | None = None, trouble: str = "", declared: Source = BAO,
) -> Verdict:  # fmt: skip
    before = {"failures": failures, "last_item": None}
    trend = trend or [0] * 28
    found = [NOW - timedelta(days=27 - day, minutes=30 + 7 * n) for day, count in enumerate(trend) for n in range(count)]
    for each in polls:
        each.source = declared
    return assess(declared, polls, Known(found, pages or [], parsers or [], trouble), before, trend, NOW)


def test_every_status_is_in_the_list_and_has_a_vietnamese_name() -> None:
    assert set(STATUS_VI) == set(STATUSES)
    for outcome in [*WEIGHT, "new", "same", "unchanged", "moved", "empty", "lied", "unheard-of"]:
        assert verdict(poll(outcome)).status in STATUSES


def test_failures_weigh_by_kind_add_up_and_go_with_success() -> None:
    assert verdict(poll("gone")).failures == 1.0
    assert verdict(poll("http-error"), failures=1.0).failures == 1.5
    assert verdict(poll("timeout")).failures == 0.25
    assert verdict(poll("new"), failures=5.0).failures == 0.0


def test_one_dead_address_among_living_ones_is_said_and_does_not_slow_the_rest_for_ever() -> None:
    found = verdict(poll("new"), poll("gone"), failures=0.0)
    assert found.status == "gone" and found.reason.startswith("1/2 địa chỉ lỗi")
    assert verdict(poll("new"), poll("gone"), failures=found.failures).failures == found.failures


def test_failures_make_polls_rarer_and_retry_after_is_kept() -> None:
    assert verdict(poll("gone"), failures=0).interval == timedelta(hours=2)
    assert verdict(poll("gone"), failures=20).interval == timedelta(hours=24)
    assert verdict(poll("throttled", retry_after=7200.0)).interval >= timedelta(hours=2)


def test_polls_follow_the_rhythm_of_the_outlet() -> None:
    busy, quiet = verdict(poll("new"), trend=[200] * 28), verdict(poll("same"), trend=[1] + [0] * 27)
    assert busy.interval == timedelta(minutes=5) and quiet.interval == timedelta(hours=24)
    unlearnt = verdict(poll("new"), trend=[0] * 25 + [30, 200, 0])
    assert unlearnt.interval == timedelta(minutes=15), "until a week is known the declared rhythm holds the guess"
    fresh = verdict(poll("new"), trend=[0] * 26 + [200, 0])
    assert fresh.interval == timedelta(hours=1), "what the feed held when it was first met says nothing of its rhythm"


def test_the_pause_between_polls_moves_step_by_step() -> None:
    def pauses(trend: list[int], minutes: int, polls: int) -> list[float]:
        found, state = [], {"failures": 0.0, "interval": minutes * 60}
        for _ in range(polls):
            after = assess(BAO, [poll("same")], Known(), state, trend, NOW)
            state = {"failures": after.failures, "interval": int(after.interval.total_seconds())}
            found.append(after.interval / timedelta(minutes=1))
        return found

    assert pauses([0] * 27 + [50], 60, 3) == [60, 60, 60], "the first day changes nothing"
    assert pauses([0] * 26 + [9, 0], 60, 3) == [60, 60, 60], "nor does a feed that gave nothing since it was met"
    assert pauses([0] * 25 + [9, 1, 0], 60, 5) == [90, 135, 202.5, 240, 240], "one item a day, within four times of the rhythm"
    assert pauses([1] * 28, 60, 9)[-1] == 720, "and twelve hours once that is known for a week"
    assert pauses([200] * 28, 60, 8) == pytest.approx([40, 26.7, 17.8, 11.9, 7.9, 5.3, 5, 5], abs=0.1)
    after = assess(BAO, [poll("same")], Known(), {"failures": 3.0, "interval": 86400}, [24] * 28, NOW)
    assert after.interval == timedelta(minutes=30), "a host that answers again is asked at its own rhythm at once"


@pytest.mark.parametrize(
    ("trend", "status"),
    [
        ([10] * 27 + [0], "drying"),
        ([8, 12] * 13 + [9, 8], "ok"),
        ([10] * 27 + [60], "flooding"),
        ([0] * 24 + [9, 9, 9, 0], "ok"),  # a new source: nothing to compare with yet
        ([0, 1] * 13 + [0, 0], "ok"),  # one story every other day is no alarm
        ([20, 20, 20, 20, 20, 4, 4] * 4, "ok"),  # a quiet Sunday as every Sunday
        ([4, 4, 20, 20, 20, 20, 20] * 3 + [4, 4, 20, 20, 20, 20, 2], "drying"),
        ([0, 1] * 9 + [0] * 10, "drying"),  # one story every other day, and then ten days of silence
    ],
)
def test_the_volume_alarm(trend: list[int], status: str) -> None:
    found = verdict(poll("same"), trend=trend)
    assert found.status == status
    assert status == "ok" or "bình thường" in found.reason or "im từ" in found.reason


def test_a_feed_that_answers_while_all_its_pages_fail() -> None:
    assert verdict(poll("new"), pages=[("http-error", "máy chủ trả 500")] * 5).status == "failing"
    assert verdict(poll("new"), pages=[("http-error", "máy chủ trả 403")] * 5).status == "blocked"
    assert verdict(poll("new"), pages=[("refused by robots", "")] * 5).status == "blocked by robots"
    assert verdict(poll("new"), pages=[("wrong-page", "trang đăng nhập")] * 3 + [("new", "")] * 9).status == "wrong page"
    assert verdict(poll("new"), pages=[("thin", "trang không có chữ")] * 3).status == "unreadable"
    assert verdict(poll("new"), pages=[("http-error", "")] * 2).status == "ok", "two of two may be chance"
    assert verdict(poll("new"), pages=[("http-error", ""), ("new", "")] * 2).status == "ok"
    assert verdict(poll("new"), pages=[("new", ""), ("http-error", "")] * 6).status == "failing", "half of the newest dozen"


def test_selectors_that_match_no_more_are_said_although_the_articles_are_read() -> None:
    missed, matched = "cotmoc-1 resiliparse-2.0.1 (selectors missed)", "cotmoc-1 selectors:2026"

    def status(parsers: list[str], trouble: str = "", version: str = "2026") -> str:
        declared = BAO.model_copy(update={"selectors": (Selectors(version=version, body="div.body"),)})
        return verdict(poll("new"), parsers=parsers, trouble=trouble, declared=declared).status

    assert status([missed] * 3) == "selectors"
    assert status([missed, matched] * 2) == "ok"
    assert status([missed, matched, matched, missed, missed], "7/12 bài") == "selectors", "half of the day's articles"
    assert status([matched] * 3 + [missed] * 2, "7/12 bài") == "ok", "mended: the newest match again"
    assert status([missed] * 5, "", "assumed-2026") == "ok", "selectors never seen to match say nothing"


def test_a_new_page_design_is_reported_over_http_and_forgotten_once_the_selectors_are_mended(site: Site, tmp_path: Path) -> None:
    kept: list[str] = []

    def publish(first: int, box: str) -> None:
        links = [f"/bai-{n}" for n in range(first, first + 6)]
        kept[:0] = links
        site.feed("/rss", kept)
        for link in links:
            words = " ".join(f"Đoạn {n} của {link}: bộ đội tuần tra cột mốc, sửa lại rãnh thoát nước." for n in range(12))
            site.page(link, "")
            site.routes[link] = Answer(
                f'<html><title>Tin {link}</title><h1>Tin {link}</h1><div class="{box}"><p>{words}</p></div></html>',
                headers={"Content-Type": "text/html; charset=utf-8"},
            )

    def round_at(box: str, version: str, hours: float) -> str:
        declared = source(site, selectors=(Selectors(version=version, title="h1", body=f"div.{box}"),))
        desk = office(tmp_path, declared)
        at = NOW + timedelta(hours=hours)
        desk.collect(now=at)
        desk.read(at)
        desk.collect(now=at + timedelta(minutes=10))
        with desk.store.read() as conn:
            return str((feeds.source_state(conn, "mau") or {})["status"])

    publish(1, "cu")
    assert round_at("cu", "2025", 0) == "ok"
    publish(11, "moi")
    assert round_at("cu", "2025", 2) == "selectors"
    publish(21, "moi")
    assert round_at("moi", "2026", 4) == "ok"


def test_slow_servers_and_wrong_clocks() -> None:
    assert verdict(poll("new", seconds=30.0)).status == "slow"
    ahead = (NOW + timedelta(hours=7)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    found = verdict(poll("new", headers=(("Date", ahead),)))
    assert found.status == "clock wrong" and "+420" in found.reason


def test_a_clock_of_our_own_that_is_wrong_marks_no_source() -> None:
    """All servers agree: it is not they."""

    def at(number: int, minutes: float) -> Poll:
        stated = (NOW + timedelta(minutes=minutes)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        made = poll("new", headers=(("Date", stated),))
        made.url = f"https://bao{number}.example/rss"
        return made

    together = [at(1, 60), at(2, 61), at(3, 60), at(4, 480)]
    ahead = own_clock(together)
    assert 3600 <= ahead <= 3660
    status = [status_of([each], [], Known(ahead=ahead), NOW) for each in together]
    assert [found for found, _ in status] == ["ok", "ok", "ok", "clock wrong"] and "+420" in status[3][1]
    assert own_clock([at(1, 60), at(2, 60)]) == 0, "two tell nothing"
    assert own_clock([at(1, 60), at(2, 0), at(3, 0)]) == 0 and own_clock([at(1, 60), at(2, 300), at(3, -90)]) == 0


def test_what_is_due() -> None:
    assert is_due(None, NOW)
    assert is_due({"next_poll": "2026-11-21T07:59:00+00:00"}, NOW)
    assert not is_due({"next_poll": "2026-11-21T08:01:00+00:00"}, NOW)


def test_the_report_lists_what_needs_a_look_first(site: Site, tmp_path: Path) -> None:
    site.feed("/rss", ["/a"])
    site.page("/a", "Bài")
    site.routes["/chet"] = Answer(status=410)
    desk = office(tmp_path, source(site, name="tot"), source(site, ("/chet",), name="chet"), source(site, ("/x",), name="moi"))
    desk.collect(sources=["tot", "chet"])
    rows = report(desk.store, list(desk.registry), datetime.now(UTC))
    assert [(row["source"], row["status"]) for row in rows] == [("chet", "gone"), ("tot", "ok"), ("moi", "new")]
    assert rows[0]["reason"] and rows[1]["trend"][-1] == 1 and rows[1]["last_success_local"]
    assert rows[2]["status_vi"] == "chưa hỏi lần nào" and rows[2]["last_success"] is None


def test_a_source_once_asked_is_shown_though_its_declaration_is_gone(site: Site, tmp_path: Path) -> None:
    desk = office(tmp_path, source(site, name="con"))
    with desk.store.begin() as conn:
        feeds.save_source(conn, "xoa-roi", status="gone", reason="404")
    everything = report(desk.store, list(desk.registry), NOW, desk.registry.describe)
    assert [(row["source"], row["status"]) for row in everything] == [("xoa-roi", "gone"), ("con", "new")]
    assert [row["source"] for row in report(desk.store, desk.registry.choose(["con"]), NOW)] == ["con"]


def test_the_demos_own_declarations_are_the_registry_of_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.context import known_sources, settings

    monkeypatch.delenv("COTMOC_SOURCES", raising=False)
    real = set(known_sources(settings(tmp_path)).ids())
    folder = tmp_path / "newsroom"
    folder.mkdir()
    text = "id: mau-bao\nname: Báo mẫu\nhome: http://127.0.0.1:1/\nowner_class: portal\nfeeds: [http://127.0.0.1:1/rss]\nallow_private: true\n"
    (folder / "mau-bao.yaml").write_text(text, encoding="utf-8")
    assert set(known_sources(settings(tmp_path)).ids()) == real, "without newsroom.json no demo was here"
    (tmp_path / "newsroom.json").write_text("{}")
    assert known_sources(settings(tmp_path)).ids() == ["mau-bao"]
    chosen = tmp_path / "nguon"
    chosen.mkdir()
    monkeypatch.setenv("COTMOC_SOURCES", str(chosen))
    assert known_sources(settings(tmp_path)).ids() == [], "what the office sets itself wins"


def test_the_trend_counts_days_and_draws_a_line(site: Site, tmp_path: Path) -> None:
    desk = office(tmp_path)
    with desk.store.begin() as conn:
        for turn, (day, items) in enumerate(((0, 4), (0, 4), (2, 1))):
            found = [Found(f"http://bao.example/{turn}-{number}", "bao", "bao.example") for number in range(items)]
            frontier.add(conn, found, NOW - timedelta(days=day))
    with desk.store.read() as conn:
        assert feeds.trend(conn, "bao", NOW)[-3:] == [1, 0, 8]
    assert line([0, 0, 1, 0, 8]) == "▁ █" and line([0, 0]) == ""


def test_the_certain_lie_stays_visible_in_the_reason(site: Site, tmp_path: Path) -> None:
    site.feed("/rss", ["/a"], etag='"x"')
    site.page("/a", "A")
    site.page("/b", "B")
    desk = office(tmp_path, source(site))
    desk.collect()
    site.feed("/rss", ["/a", "/b"], etag='"x"')
    desk.collect()
    seen = []
    for later in (timedelta(minutes=1), timedelta(days=2)):
        desk.collect(now=datetime.now(UTC) + later)
        with desk.store.read() as conn:
            row = feeds.source_state(conn, "mau") or {}
        seen.append(row["status"])
        assert "304" in row["reason"]
    assert seen == ["lying", "ok"], "news for a day; the full requests go on for a week"


def test_a_feed_that_answers_and_has_stood_still_is_named_at_the_first_poll_and_at_an_honest_304(site: Site, tmp_path: Path) -> None:
    """One of two feeds serves the same items of September for ever: the other one hides it in the numbers of the source."""
    site.feed("/rss", ["/a"])
    site.page("/a", "A")
    items = "".join(
        f"<item><title>Tin cũ {n}</title><link>{site.url}/cu-{n}</link><pubDate>{NOW - timedelta(days=70, hours=9 * n):%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
        for n in range(20)
    )
    rss = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Cũ</title>{items}</channel></rss>'
    for n in range(20):
        site.page(f"/cu-{n}", f"Cũ {n}")
    site.routes["/cu"] = lambda headers: (
        Answer(status=304, headers={"ETag": '"1"'}) if headers.get("if-none-match") else Answer(rss, headers={"Content-Type": "application/rss+xml", "ETag": '"1"'})
    )
    desk = office(tmp_path, source(site, ("/rss", "/cu")))
    for hours in (0, 1, 2, 3, 4):
        desk.collect(now=NOW + timedelta(hours=hours))
        with desk.store.read() as conn:
            row = feeds.source_state(conn, "mau") or {}
        assert row["status"] == "drying" and "1/2 địa chỉ" in row["reason"] and "12/09/2026" in row["reason"], row
    assert [each["outcome"] for each in report(desk.store, list(desk.registry), NOW)[0]["addresses"]] == ["unchanged", "unchanged"]


def test_a_feed_of_rare_news_is_not_still() -> None:
    week = int(timedelta(days=7).total_seconds())
    for days, said in ((1, ""), (20, ""), (22, "drying")):
        assert still({"newest": stamp(NOW - timedelta(days=days)), "pause": week}, NOW)[0] == said
    assert still({"newest": stamp(NOW - timedelta(days=900)), "pause": None}, NOW)[0] == "", "too few dates tell no rhythm"


def test_addresses_that_nobody_came_to_ask_for_are_said(site: Site, tmp_path: Path) -> None:
    desk = office(tmp_path)
    with desk.store.begin() as conn:
        frontier.add(conn, [Found(f"http://bao.example/{n}", "bao", "bao.example") for n in range(3)], NOW - timedelta(hours=30))
        known = known_of(conn, BAO, NOW)
    found = status_of([poll("same")], [], known, NOW)
    assert found[0] == "slow" and found[1].startswith("3 bài")


def test_a_house_that_asks_nobody_does_not_say_that_all_is_well(site: Site, tmp_path: Path) -> None:
    site.feed("/rss", ["/a"])
    site.page("/a", "A")
    desk = office(tmp_path, source(site))
    desk.collect(now=NOW)
    said = [report(desk.store, list(desk.registry), NOW + timedelta(hours=hours))[0] for hours in (1, 24, 72)]
    assert [row["status"] for row in said] == ["ok", "ok", "overdue"] and "tốt" in said[2]["reason"]
    assert report(desk.store, [], NOW + timedelta(days=9), desk.registry.describe)[0]["status"] == "ok", "a source taken out is asked by nobody"
