"""Dates as Vietnamese outlets really write them, read with a confidence and a note; nothing is guessed silently.

The grammar is our own: general parsers swap day and month silently or reject offsets such as `+07:07`.
Every form below was seen in the press; where and when stands beside it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from pipelines.date_words import HALVES, MONTHS, WEEKDAYS, ZONES

VIETNAM = timezone(timedelta(hours=7))
OLDEST = 1990
DOUBTFUL = 0.2
_LONGEST = 200
_SKEW = timedelta(minutes=10)

_MONTH = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_RELATIVE = re.compile(r"(\d{1,3})\s*(giây|phút|giờ|tiếng|ngày|tuần)\s*trước")
# "Hôm nay, 08:15", "Hôm qua lúc 21h30" on list pages and mobile templates: relative to when the page was fetched.
_NAMED_DAY = re.compile(r"(?<!\w)(hôm nay|hôm qua)(?!\w)")
# Digits alone, as sitemaps and meta elements of some systems print them: 20260101073000.
_COMPACT = re.compile(r"^((?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]))((?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)(?=$|z|[+-]\d| )")
_STEP = {"giây": 1, "phút": 60, "giờ": 3600, "tiếng": 3600, "ngày": 86400, "tuần": 604800}

# Order matters: a year first can be mistaken for nothing else, two bare numbers can.
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号號]?",
        r"(?<!\d)(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0\d|1[0-2])(?P<d>[0-2]\d|3[01])(?=t\d|$|\D)",
        r"(?<!\d)(?P<d>\d{1,2})\s*tháng\s*(?P<m>\d{1,2})\s*(?:,|năm|-|/)?\s*(?P<y>\d{4})(?!\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s,./-]*(?:of\s+)?(?P<name>{_MONTH})\.?[\s,./-]+(?P<y>\d{{4}}|\d\d)(?![\d:])",
        rf"(?<!\w)(?P<name>{_MONTH})\.?\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s+(?P<y>\d{{4}})(?!\d)",
        # asctime: "Sat Nov 21 07:30:00 2026"; the clock stays outside of the match.
        rf"(?<!\w)(?P<name>{_MONTH})\s+(?P<d>\d{{1,2}})(?=\s[\d:]{{5,8}}\s(?:[+-]?\w+\s)?(?P<y>\d{{4}})(?!\d))",
        r"(?<![\d:])(?P<a>\d{1,2})\s?(?P<sep>[-/.])\s?(?P<b>\d{1,2})\s?(?P=sep)\s?(?P<y>\d{4}|\d\d)(?![\d:])",
    )
)
_TIME = re.compile(
    r"(?<![\d:+])(?<!gmt[+-])(?<!utc[+-])(?P<h>\d{1,2})\s?(?:[:h時时點点]|giờ)\s?(?P<min>\d{1,2})"
    r"(?:\s?[:'分]\s?(?P<s>\d{1,2}))?(?:[.,](?P<us>\d{1,7}))?(?!\d)\s?(?P<half>[ap]\.?m\b\.?|sa\b|ch\b)?"
)
_BASIC_TIME = re.compile(r"t(?P<h>\d\d)(?P<min>\d\d)(?P<s>\d\d)?(?P<half>)(?P<us>)(?!\d)")
_OFFSET = re.compile(r"(?:gmt|utc)?\s?(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<min>\d\d))?(?![\d/])")
_NAMED = re.compile(r"(?<![a-z])(?:" + "|".join(ZONES) + r")(?![a-z])")


@dataclass(frozen=True)
class ParsedDate:
    """A moment with its zone, how far to trust it (0–1) and what was odd about it (empty if nothing)."""

    value: datetime
    confidence: float
    note: str = ""


@dataclass(frozen=True)
class _Zone:
    """What the text says of its zone; `named` is false when the house's default was taken."""

    offset: tzinfo
    named: bool
    odd: bool = False


def parse_date(
    text: str | None, *, now: datetime, day_first: bool = True, zone: tzinfo = VIETNAM
) -> ParsedDate | None:
    """Return the moment written in `text`, or None; a text without a zone is read in `zone` (+07:00).

    Future dates and years before 1990 are returned with confidence ≤ 0.2. Never raises on any text.
    """
    if not text:
        return None
    plain = unicodedata.normalize("NFKC", text[: _LONGEST * 2]).lower()
    plain = " ".join(plain.split())[:_LONGEST]
    epoch = _epoch(plain)
    if epoch is not None:
        return _judge(epoch, now, 0.95, [])
    plain = _COMPACT.sub(r"\1t\2", plain)
    for pattern in _DATES:
        for match in pattern.finditer(plain):
            found = _assemble(plain, match, now, day_first, zone)
            if found is not None:
                return found
    return _relative(plain, now) or _named_day(plain, now, zone)


def _assemble(plain: str, match: re.Match[str], now: datetime, day_first: bool, zone: tzinfo) -> ParsedDate | None:
    """Join the date of `match` with the time and zone around it; None when no such day exists."""
    parts = match.groupdict()
    rest = plain[: match.start()] + " \n " + plain[match.end() :]
    clock = _BASIC_TIME.search(rest) or _TIME.search(rest)
    hour, minute, second, micro, half, clock_bad = _clock(clock, rest)
    notes: list[str] = []
    confidence = 1.0
    if clock is None:
        confidence = 0.8
        notes.append("không ghi giờ")
    if clock_bad:
        confidence = 0.5
        notes.append("giờ không có thật")
    year, short = _year(parts["y"])
    if short:
        confidence = min(confidence, 0.95)
        notes.append("năm hai chữ số")
    said = _zone(rest[clock.end() :] if clock else "", zone)
    if said.odd:
        confidence = min(confidence, 0.8)
        notes.append("múi giờ vô lý, lấy theo giờ tròn")
    elif not said.named and clock is not None:
        confidence = min(confidence, 0.95)
        notes.append("không ghi múi giờ")
    weekday = _weekday(rest)

    def moment(month: int, day: int) -> datetime | None:
        try:
            return datetime(year, month, day, hour, minute, second, micro, said.offset)
        except ValueError:
            return None

    if "a" in parts:
        first, second_ = int(parts["a"]), int(parts["b"])
        by_day, by_month = moment(second_, first), moment(first, second_)
        # What .NET prints for en-US; CafeF's "07-03-2026 - 00:01 AM" (March 2026) is no such thing.
        american = half in {"am", "pm"} and parts["sep"] == "/" and bool(clock and clock["s"])
        value, trust, why = _choose(by_day, by_month, day_first, american, weekday, now)
        confidence = min(confidence, trust)
        notes += [why] if why else []
    else:
        month = MONTHS[parts["name"]] if parts.get("name") else int(parts["m"])
        value = moment(month, int(parts["d"]))
    if value is None:
        return None
    if weekday is not None and value.weekday() != weekday:
        confidence = min(confidence, 0.7)
        notes.append("thứ trong tuần không khớp")
    if said.named and value.utcoffset() == timedelta(0) and value > now + _SKEW:
        # Local time labelled GMT: future as written, past when read in Việt Nam.
        local = value.replace(tzinfo=zone)
        if local <= now + _SKEW:
            return _judge(local, now, 0.6, [*notes, "ghi GMT nhưng là giờ địa phương"])
    return _judge(value, now, confidence, notes)


def _choose(
    by_day: datetime | None,
    by_month: datetime | None,
    day_first: bool,
    american: bool,
    weekday: int | None,
    now: datetime,
) -> tuple[datetime | None, float, str]:
    """Return which of dd/mm and mm/dd is meant, with trust and reason.

    In order: the only possible one; the weekday beside it; seconds with AM/PM mean mm/dd (Tuổi Trẻ, Báo
    Chính phủ, September 2026), unless that alone lies in the future; then the habit of the outlet.
    """
    if by_day is None or by_month is None:
        us = by_day is None and by_month is not None
        return by_day or by_month, 1.0, "tháng trước ngày" if us else ""
    if by_day == by_month:
        return by_day, 1.0, ""
    if weekday is not None and by_day.weekday() != by_month.weekday():
        if by_day.weekday() == weekday:
            return by_day, 1.0, ""
        if by_month.weekday() == weekday:
            return by_month, 0.95, "tháng trước ngày"
    wanted, other = (by_day, by_month) if day_first else (by_month, by_day)
    if american:
        wanted, other = by_month, by_day
    if wanted > now + _SKEW >= other:
        wanted, other = other, wanted
        return wanted, 0.8, "ngày và tháng hiểu theo cách không rơi vào tương lai"
    if american:
        return wanted, 0.85, "tháng trước ngày"
    return wanted, 0.95 if day_first else 0.85, "" if day_first else "tháng trước ngày"


def _clock(match: re.Match[str] | None, rest: str) -> tuple[int, int, int, int, str, bool]:
    """Return hour, minute, second, microsecond, half of the day, and whether the clock reading is impossible."""
    if match is None:
        return 0, 0, 0, 0, "", False
    half = (match["half"] or "").replace(".", "")
    hour, minute, second = int(match["h"]), int(match["min"]), int(match["s"] or 0)
    micro = int((match["us"] or "0").ljust(6, "0")[:6])
    word = next((after for name, after in HALVES.items() if name in rest), None)
    late = half in {"pm", "ch"} or word is True
    early = half in {"am", "sa"} or word is False
    if late and hour < 12:
        hour += 12
    elif early and hour == 12:
        hour = 0
    second = min(second, 59)  # leap seconds
    if hour > 23 or minute > 59:
        return 0, 0, 0, 0, half, True
    return hour, minute, second, micro, half, False


def _zone(after: str, default: tzinfo) -> _Zone:
    """Read the zone that follows the time: `+0700`, `+07:00`, `+07`, `GMT+7`, `Z`, names of RFC 822.

    `+07:07` is a template that printed minutes twice; no zone has such minutes, so the hour alone counts.
    """
    match = _OFFSET.search(after)
    if match:
        hours, minutes = int(match["h"]), int(match["min"] or 0)
        odd = minutes not in {0, 30, 45} or hours > 14
        if hours > 14:
            return _Zone(default, True, True)
        minutes = 0 if odd else minutes
        shift = timedelta(hours=hours, minutes=minutes)
        return _Zone(timezone(-shift if match["sign"] == "-" else shift), True, odd)
    name = _NAMED.search(after)
    if name:
        return _Zone(timezone(timedelta(hours=ZONES[name.group()])), True)
    return _Zone(default, False)


def _year(text: str) -> tuple[int, bool]:
    """Return the year and whether it was written with two digits (Thanh Niên, September 2026)."""
    year = int(text)
    if len(text) == 4:
        return year, False
    return year + (2000 if year < 70 else 1900), True


def _weekday(rest: str) -> int | None:
    """Return 0 (Monday) – 6 when `rest` names a day of the week."""
    return next((day for pattern, day in WEEKDAYS if pattern.search(rest)), None)


def _epoch(plain: str) -> datetime | None:
    """Read Unix seconds or milliseconds (VnExpress `article_updatetime`, March 2026)."""
    if not re.fullmatch(r"1\d{9}|1\d{12}", plain):
        return None
    return datetime.fromtimestamp(int(plain[:10]), UTC).astimezone(VIETNAM)


def _relative(plain: str, now: datetime) -> ParsedDate | None:
    """Read "3 giờ trước", as list pages write it."""
    match = _RELATIVE.search(plain)
    if not match:
        return None
    ago = now - timedelta(seconds=int(match[1]) * _STEP[match[2]])
    return ParsedDate(ago, 0.5, "thời điểm tương đối")


def _named_day(plain: str, now: datetime, zone: tzinfo) -> ParsedDate | None:
    """Read "Hôm nay, 08:15" and "Hôm qua, 21:30"; without a time it says too little."""
    match, clock = _NAMED_DAY.search(plain), _TIME.search(plain)
    if match is None or clock is None:
        return None
    hour, minute, second, micro, _, bad = _clock(clock, plain)
    if bad:
        return None
    day = now.astimezone(zone) - timedelta(days=match[1] == "hôm qua")
    return _judge(day.replace(hour=hour, minute=minute, second=second, microsecond=micro), now, 0.5, ["ngày tương đối"])


def _judge(value: datetime, now: datetime, confidence: float, notes: list[str]) -> ParsedDate | None:
    """Lower the confidence of a moment in the future or before 1990."""
    try:
        future = value > now + _SKEW
    except OverflowError:
        return None
    if future:
        return ParsedDate(value, min(confidence, DOUBTFUL), "; ".join([*notes, "ở tương lai"]))
    if value.year < OLDEST:
        return ParsedDate(value, min(confidence, DOUBTFUL), "; ".join([*notes, "trước năm 1990"]))
    return ParsedDate(value, confidence, "; ".join(notes))


_URL_DATES = (
    re.compile(r"/(?P<y>20\d\d)/(?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?=/|$)"),
    re.compile(r"/(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])/"),
    re.compile(r"/n1/(?P<y>20\d\d)/(?P<m>\d\d)(?P<d>\d\d)/"),
    # Tuổi Trẻ, Dân trí: yyyymmddHHMMSSfff at the end of the slug (March 2026).
    re.compile(r"(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])\d{9}(?=\.|$)"),
    # VCCorp (Báo Chính phủ, CafeF, NLĐ): three digits of the site, then yymmddHHMMSSfff (March 2026).
    re.compile(r"-\d{3}(?P<y>2\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])\d{9}(?=\.|$)"),
)


def date_from_url(url: str, *, now: datetime, zone: tzinfo = VIETNAM) -> ParsedDate | None:
    """Return the day that an address carries (when the text was created, not published): confidence 0.5."""
    path = url[:2000].split("?", 1)[0]
    for pattern in _URL_DATES:
        match = pattern.search(path)
        if match:
            try:
                day = datetime(_year(match["y"])[0], int(match["m"]), int(match["d"]), tzinfo=zone)
            except ValueError:
                continue
            return _judge(day, now, 0.5, ["ngày trong địa chỉ"])
    return None
