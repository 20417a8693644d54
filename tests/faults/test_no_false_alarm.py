"""Weeks of healthy outlets raise no alarm; an outage of our own marks none of them."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.look import look
from crawlers.volume import alarm
from tests.faults.day import STEP, Desk, live
from tests.faults.world import serve, start
from tests.loopback import FILLER

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Found by rounds so far apart; judged at each.
ROUND = 6 * HOUR
# Stories a day, Monday to Sunday.
SHAPES = {
    "busy": [200] * 5 + [150, 140], "press": [40, 42, 41, 43, 40, 22, 18], "province": [12, 12, 12, 12, 12, 3, 2],
    "ten": [10] * 7, "five": [5] * 7, "three": [3] * 7, "agency": [5, 5, 5, 5, 5, 0, 0], "office": [3, 3, 3, 3, 3, 0, 0],
    "portal": [1] * 7, "journal": [0, 0, 1, 0, 0, 0, 0],
}  # fmt: skip
AUTUMN = datetime(2026, 9, 7, tzinfo=UTC)
# Twelve weeks around Tết 2026 (17 February), on which every office rests from the 14th to the 22nd.
WINTER, TET = datetime(2025, 12, 22, tzinfo=UTC), (datetime(2026, 2, 13, 17, tzinfo=UTC), datetime(2026, 2, 22, 17, tzinfo=UTC))


def published(shape: str, seed: int, begin: datetime, days: int, rest: tuple[datetime, datetime] | None = None) -> list[datetime]:
    """Return when the stories of an outlet were found: published by day in its rhythm with chance, found at the next round."""
    chance = random.Random(f"{shape}{seed}")
    found: list[datetime] = []
    for day in range(days):
        usual = SHAPES[shape][day % 7]
        for _ in range(max(round(chance.gauss(usual, usual**0.5 * 0.6)), 0)):
            moment = begin + day * DAY + chance.uniform(0, 15) * HOUR
            if rest is None or not rest[0] <= moment < rest[1]:
                found.append(moment + (ROUND - (moment - begin) % ROUND))
    return sorted(found)


def alarms(found: list[datetime], begin: datetime, until: datetime) -> Iterator[tuple[timedelta, str, str]]:
    """Yield what is said at each round between two moments: how long after the first, status and reason."""
    now = begin
    while now < until:
        now += ROUND
        said = alarm(found[: bisect_right(found, now)], now)
        if said:
            yield (now - begin, *said)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(3))
def test_eight_weeks_of_a_healthy_outlet(shape: str, seed: int) -> None:
    """After four weeks that are known: not one alarm."""
    found = published(shape, seed, AUTUMN, 84)
    assert list(alarms(found, AUTUMN + 28 * DAY, AUTUMN + 84 * DAY)) == []


@pytest.mark.parametrize("shape", ["province", "three", "agency", "office", "portal", "journal"])
@pytest.mark.parametrize("seed", range(2))
def test_the_rest_of_tet_is_no_silence_and_the_weeks_after_it_are_no_flood(shape: str, seed: int) -> None:
    found = published(shape, seed, WINTER, 98, TET)
    assert list(alarms(found, WINTER + 35 * DAY, WINTER + 98 * DAY)) == []


@pytest.mark.parametrize(
    ("shape", "left", "hours"),
    # What docs/health.md promises; the last four rest at weekends or publish once a week.
    [("ten", 0, 30), ("five", 0, 54), ("three", 0, 78), ("ten", 1 / 3, 180), ("five", 1 / 3, 180), ("three", 1 / 3, 300),
     ("agency", 0, 102), ("office", 0, 120), ("portal", 0, 216), ("journal", 0, 1032)],
)  # fmt: skip
def test_a_small_outlet_that_falls_silent_or_loses_two_of_three_stories_is_named_in_bounded_time(shape: str, left: float, hours: int) -> None:
    for seed in range(7):
        broken = AUTUMN + (42 + seed) * DAY + 5 * seed * HOUR
        chance = random.Random(seed)
        found = [moment for moment in published(shape, seed, AUTUMN, 80) if moment <= broken or chance.random() < left]
        first = next(alarms(found, broken, broken + 50 * DAY), None)
        assert first is not None and first[1] == "drying", (shape, seed)
        assert first[0] <= hours * HOUR, (shape, seed, first)


def test_an_outlet_that_stays_silent_stays_named() -> None:
    """Its past runs out of the four and of the twelve weeks that are compared: it is not called well for that."""
    for shape in ("three", "portal", "journal"):
        found = published(shape, 1, AUTUMN, 42)
        for days in (30, 60, 90, 200):
            now = found[-1] + days * DAY
            kept = [moment for moment in found if now - moment <= 84 * DAY] or found[-1:]
            assert (alarm(kept, now) or ("ok",))[0] == "drying", (shape, days)


def test_an_outage_of_our_own_marks_no_outlet_and_loses_nothing(tmp_path: Path) -> None:
    world = start()
    with serve(world) as world.port:
        outlets = [world.add(f"bao-{number}") for number in range(4)]
        desk = Desk.open(world, tmp_path, outlets)
        desk.seed()
        broken = world.now
        live(desk, broken + STEP, STEP)
        world.offline = True
        for _ in range(3):
            live(desk, world.now + STEP, STEP)
            assert {desk.status(outlet)[0] for outlet in outlets} == {"offline"}
        world.offline = False
        live(desk, world.now + 2 * STEP, STEP)
        assert {desk.status(outlet)[0] for outlet in outlets} == {"ok"}
        assert [desk.lost(outlet, broken, world.now - STEP)[0] for outlet in outlets] == [0] * 4
        desk.store.close()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Lỗi 404 và cách các báo báo tin không tìm thấy", "Không tìm thấy trang là lỗi thường gặp."),
        ("Đăng nhập dịch vụ công: vui lòng đăng nhập bằng VNeID", "Từ hôm nay người dân đăng nhập bằng VNeID."),
        ("Website bị khóa vì captcha giả", "Captcha giả lừa người dùng."),
        ("Tuần tra cột mốc", "Vui lòng đăng nhập để bình luận."),
    ],
)
def test_an_article_about_walls_is_an_article(title: str, text: str) -> None:
    page = f"<html><title>{title}</title><h1>{title}</h1><p>{text}</p>{FILLER[:400]}</html>".encode()
    assert not look(page, "https://bao.vn/a", "https://bao.vn/a", "text/html", title).wrong
