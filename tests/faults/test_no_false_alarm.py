"""Weeks of healthy outlets raise no alarm; an outage of our own marks none of them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.look import look
from crawlers.volume import alarm
from tests.faults.day import STEP, Desk, live
from tests.faults.world import serve, start
from tests.loopback import FILLER

HOUR = timedelta(hours=1)
# Stories a day, Monday to Sunday.
SHAPES = {
    "busy": [200] * 5 + [150, 140], "press": [40, 42, 41, 43, 40, 22, 18], "province": [12, 12, 12, 12, 12, 3, 2],
    "agency": [5, 5, 5, 5, 5, 0, 0], "portal": [1] * 7, "journal": [0, 0, 1, 0, 0, 0, 0],
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(5))
def test_eight_weeks_of_a_healthy_outlet(shape: str, seed: int) -> None:
    """Published by day in its rhythm with chance, found every three hours: not one alarm."""
    chance = random.Random(f"{shape}{seed}")
    begin = datetime(2026, 9, 7, tzinfo=UTC)
    found: list[datetime] = []
    for day in range(84):
        count = round(chance.gauss(SHAPES[shape][day % 7], SHAPES[shape][day % 7] ** 0.5 * 0.6))
        moments = [begin + day * 24 * HOUR + chance.uniform(0, 15) * HOUR for _ in range(max(count, 0))]
        # What is published is found at the next round of three hours.
        found += [moment + (3 * HOUR - (moment - begin) % (3 * HOUR)) for moment in moments]
    alarms = []
    for step in range(28 * 8, 84 * 8):
        now = begin + step * 3 * HOUR
        said = alarm([moment for moment in found if now - 28 * 24 * HOUR < moment <= now], now)
        if said:
            alarms.append((now, said))
    assert alarms == []


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
