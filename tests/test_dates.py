"""Dates: every form seen in the press gives its moment, and what is doubtful says so."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dates import DOUBTFUL, VIETNAM, date_from_url, parse_date

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def vn(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=VIETNAM)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mon, 14 Sep 2026 07:37:00 +0700", vn(2026, 9, 14, 7, 37)),
        ("Mon, 14 Sep 2026 18:31:08 +07:00", vn(2026, 9, 14, 18, 31, 8)),
        ("Mon, 14 Sep 2026 19:46:22 +07", vn(2026, 9, 14, 19, 46, 22)),
        ("Mon, 14 Sep 26 09:10:00 +0700", vn(2026, 9, 14, 9, 10)),
        ("Mon, 14 Sep 2026 00:37:00 GMT", vn(2026, 9, 14, 7, 37)),
        ("Sun, 13 Sep 2026 20:37:00 EDT", vn(2026, 9, 14, 7, 37)),
        ("9/16/2026 10:17:00 PM", vn(2026, 9, 16, 22, 17)),
        ("9/14/2026 6:44:00 PM", vn(2026, 9, 14, 18, 44)),
        ("9/10/2026 12:05:00 AM", vn(2026, 9, 10, 0, 5)),
        ("21/11/2026 07:30", vn(2026, 11, 21, 7, 30)),
        ("09/03/2026 07:30", vn(2026, 3, 9, 7, 30)),
        ("07-03-2026 - 00:01 AM", vn(2026, 3, 7, 0, 1)),
        ("01/02/2026 07:30 CH", vn(2026, 2, 1, 19, 30)),
        ("Thứ Bảy, 21/11/2026 | 07:30", vn(2026, 11, 21, 7, 30)),
        ("Thứ bảy, 7/3/2026, 00:05 (GMT+7)", vn(2026, 3, 7, 0, 5)),
        ("Thứ bảy, 07/03/2026 - 08:07", vn(2026, 3, 7, 8, 7)),
        ("07:30 | 21/11/2026 GMT+7", vn(2026, 11, 21, 7, 30)),
        ("21/11/2026 07:30 GMT+7", vn(2026, 11, 21, 7, 30)),
        ("ngày 21 tháng 11 năm 2026, 7 giờ 30", vn(2026, 11, 21, 7, 30)),
        ("21-11-2026 07h30", vn(2026, 11, 21, 7, 30)),
        ("2026-03-07T08:52:11.000 +07:00", vn(2026, 3, 7, 8, 52, 11)),
        ("2026-03-07T00:01:00", vn(2026, 3, 7, 0, 1)),
        ("2026-03-07 08:07", vn(2026, 3, 7, 8, 7)),
        ("2026-11-21T00:30:00Z", vn(2026, 11, 21, 7, 30)),
        ("20261121T003000Z", vn(2026, 11, 21, 7, 30)),
        ("20260101073000", vn(2026, 1, 1, 7, 30)),
        ("202601010730", vn(2026, 1, 1, 7, 30)),
        ("20260101003000Z", vn(2026, 1, 1, 7, 30)),
        ("2026-11-21", vn(2026, 11, 21)),
        ("1772843936", vn(2026, 3, 7, 7, 38, 56)),
        ("March 7, 2026 | 09:00 am GMT+7", vn(2026, 3, 7, 9, 0)),
        ("Sat, Nov 21, 2026", vn(2026, 11, 21)),
        ("21st of November 2026", vn(2026, 11, 21)),
        ("Sat Nov 21 07:30:00 +0700 2026", vn(2026, 11, 21, 7, 30)),
        ("Sat Nov 21 07:30:00 2026", vn(2026, 11, 21, 7, 30)),
        ("2026年11月21日", vn(2026, 11, 21)),
        ("2026年11月21日 下午2:13", vn(2026, 11, 21, 14, 13)),
        ("2026年11月21日08时13分", vn(2026, 11, 21, 8, 13)),
        ("ວັນທີ 21 ພະຈິກ 2026", vn(2026, 11, 21)),
        ("Sat, 21 Nov 2026 07:30:00 +07:07", vn(2026, 11, 21, 7, 30)),
    ],
)
def test_each_form_gives_its_moment(text: str, moment: datetime) -> None:
    found = parse_date(text, now=NOW)
    assert found is not None
    assert found.value == moment
    assert found.value.tzinfo is not None
    assert found.confidence >= 0.8


@pytest.mark.parametrize("text", ["", None, "   ", "hôm nay", "30/02/2026", "99/99/2026", "Đà Nẵng 2026", "+07:00"])
def test_what_is_no_date_gives_none(text: str | None) -> None:
    assert parse_date(text, now=NOW) is None


def test_a_date_without_zone_is_vietnamese_unless_the_source_says_otherwise() -> None:
    china = timezone(timedelta(hours=8))
    assert parse_date("2026年11月21日08:13", now=NOW, zone=china).value.utcoffset() == timedelta(hours=8)  # type: ignore[union-attr]
    assert parse_date("21/11/2026 07:30", now=NOW).value.utcoffset() == timedelta(hours=7)  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["21/12/2026 07:30", "2031-01-01T00:00:00+07:00", "01/01/1970 00:00", "1989-12-31"])
def test_the_future_and_the_years_before_1990_are_doubtful(text: str) -> None:
    found = parse_date(text, now=NOW)
    assert found is not None and found.confidence <= DOUBTFUL and found.note


def test_local_time_labelled_gmt_is_read_as_local_when_else_it_lay_in_the_future() -> None:
    found = parse_date("Sat, 21 Nov 2026 14:30:00 GMT", now=NOW)
    assert found is not None and found.value == vn(2026, 11, 21, 14, 30) and found.confidence < 0.7


class TestDayOrMonthFirst:
    def test_the_weekday_decides(self) -> None:
        assert parse_date("Tuesday, 3/10/2026 8:00", now=NOW).value == vn(2026, 3, 10, 8)  # type: ignore[union-attr]
        assert parse_date("Thứ Bảy, 3/10/2026 8:00", now=NOW).value == vn(2026, 10, 3, 8)  # type: ignore[union-attr]

    def test_seconds_with_am_or_pm_mean_month_first(self) -> None:
        found = parse_date("9/10/2026 10:17:00 PM", now=NOW)
        assert found is not None and found.value == vn(2026, 9, 10, 22, 17) and found.confidence < 1

    def test_but_not_into_the_future(self) -> None:
        assert parse_date("12/10/2026 10:17:00 PM", now=NOW).value == vn(2026, 10, 12, 22, 17)  # type: ignore[union-attr]

    def test_else_the_habit_of_the_outlet(self) -> None:
        assert parse_date("3/10/2026 8:00", now=NOW, day_first=False).value == vn(2026, 3, 10, 8)  # type: ignore[union-attr]


MOMENTS = st.datetimes(datetime(1990, 1, 2), datetime(2026, 11, 20)).map(lambda d: d.replace(microsecond=0, tzinfo=VIETNAM))
FORMS = [
    "%a, %d %b %Y %H:%M:%S +0700", "%a, %d %b %Y %H:%M:%S +07:00", "%a, %d %b %Y %H:%M:%S +07", "%d %B %Y %H:%M:%S GMT+7",
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.000 +07:00", "%Y%m%dT%H%M%S+0700", "%d/%m/%Y %H:%M:%S", "%H:%M:%S %d/%m/%Y",
    "%B %d, %Y %I:%M:%S %p", "%Y年%m月%d日 %H:%M:%S", "%a %b %d %H:%M:%S %Y", "ngày %d tháng %m năm %Y, %H:%M:%S",
]  # fmt: skip


@given(MOMENTS, st.sampled_from(FORMS))
def test_any_moment_in_any_form_is_read_back(moment: datetime, form: str) -> None:
    found = parse_date(moment.strftime(form), now=NOW)
    assert found is not None and found.value == moment


@given(MOMENTS)
def test_american_dates_with_am_pm_are_never_read_as_another_day_without_lower_confidence(moment: datetime) -> None:
    found = parse_date(moment.strftime("%m/%d/%Y %I:%M:%S %p"), now=NOW)
    assert found is not None
    assert found.value == moment or found.confidence <= 0.8


@given(st.text(max_size=300) | st.from_regex(r"[\d/:,. +\-APMTZ年月日|]{1,60}"))
def test_no_text_raises(text: str) -> None:
    found = parse_date(text, now=NOW)
    assert found is None or (found.value.tzinfo is not None and 0 <= found.confidence <= 1)


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://tuoitre.vn/chien-su-day-gia-20260307075519174.htm", vn(2026, 3, 7)),
        ("https://baochinhphu.vn/chinh-sach-moi-102260228093004191.htm", vn(2026, 2, 28)),
        ("http://politics.people.com.cn/n1/2024/0424/c1001-40223222.html", vn(2024, 4, 24)),
        ("https://www.taipeitimes.com/News/front/archives/2024/10/16/2003825372", vn(2024, 10, 16)),
        ("https://vnexpress.net/cach-cac-nuoc-5047363.html", None),
    ],
)
def test_the_day_in_an_address(url: str, day: datetime | None) -> None:
    found = date_from_url(url, now=NOW)
    assert (found.value if found else None) == day
    assert found is None or found.confidence == 0.5


@pytest.mark.shared_data
def test_all_dates_of_the_feeds_of_september_2026_are_read(shared_data: Path) -> None:
    texts = [
        text.strip()
        for path in sorted((shared_data / "feeds" / "trimmed-2026-09").iterdir())
        for text in re.findall(r"<(?:pubDate|lastBuildDate|updated)>([^<]+)", path.read_text(encoding="utf-8"))
    ]
    read = [parse_date(text, now=NOW) for text in texts]
    assert len(texts) == 29
    assert all(found is not None and found.confidence >= 0.8 for found in read)
    # All these feeds were captured in August and September 2026: a swapped day and month would fall outside.
    assert all(found.value.year == 2026 and found.value.month in {8, 9} for found in read if found)


@pytest.mark.shared_data
def test_all_dates_of_the_article_pages_are_read(shared_data: Path) -> None:
    known = json.loads((shared_data / "html" / "meth04" / "_auto_metadata.json").read_text(encoding="utf-8"))
    texts = [page[key] for page in known.values() for key in ("ld_datePublished", "meta_published_time") if page[key]]
    for text in texts:
        found = parse_date(text, now=NOW)
        assert found is not None and found.value.strftime("%Y-%m-%dT%H:%M:%S") == text[:19]


def test_today_and_yesterday_count_from_the_moment_of_reading_and_are_trusted_little() -> None:
    for text, moment in (("Hôm nay, 08:15", vn(2026, 11, 21, 8, 15)), ("Hôm qua lúc 21h30", vn(2026, 11, 20, 21, 30))):
        found = parse_date(text, now=vn(2026, 11, 21, 9))
        assert found is not None and found.value == moment and found.confidence == 0.5
    assert parse_date("Hôm nay", now=vn(2026, 11, 21, 9)) is None
    late = parse_date("Hôm nay, 18:15", now=vn(2026, 11, 21, 9))
    assert late is not None and late.confidence <= 0.2
