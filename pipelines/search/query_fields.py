"""Fields of the question language: which there are, and which values they take."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache

from pipelines.clock import HANOI, local
from pipelines.records import Tier, Verdict
from pipelines.search.analysis import key
from pipelines.search.document import tag
from pipelines.search.query_errors import fail
from pipelines.search.tree import Dates, Node, Or, Tag

FIELD_NAMES = (
    "outlet", "about", "mention", "tier", "verdict", "type", "ref", "lang", "status", "kind", "national", "story", "word",
    "since", "before",
)  # fmt: skip
_YES_NO = {"yes": "yes", "co": "yes", "1": "yes", "true": "yes", "no": "no", "khong": "no", "0": "no", "false": "no"}
_RANK = re.compile(r"^(?:tinh|thanh-pho|tp)-")
_AGO = re.compile(r"(\d{1,4})([hdwmy])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(days=7), "m": timedelta(days=30), "y": timedelta(days=365)}
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})/(\d{1,2})/(\d{4})")


def field_node(query: str, at: int, name: str, raw: str, now: datetime) -> Node:
    """Return the node for `name:raw`; `at` is the offset of the value, at which a QueryError points."""
    if name in ("since", "before"):
        moment = _moment(query, at, name, raw, now)
        return Dates(since=moment) if name == "since" else Dates(before=moment)
    value = key(raw)
    if not value or "*" in raw:
        raise fail(query, at, f"“{raw}” không phải là giá trị của {name}: (trường không nhận dấu *)")
    if name == "tier" and value not in {tier.value for tier in Tier}:
        raise fail(query, at, f"mức “{raw}” không có; có: {', '.join(tier.value for tier in Tier)}")
    if name == "verdict" and value not in {key(verdict.value) for verdict in Verdict}:
        raise fail(query, at, f"kết luận “{raw}” không có; có: {', '.join(verdict.value for verdict in Verdict)}")
    if name == "type" and not re.fullmatch(r"d\d\d", value):
        raise fail(query, at, f"loại “{raw}” không có; loại viết như D06")
    if name == "lang" and not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", value):
        raise fail(query, at, f"ngôn ngữ “{raw}” không đọc được; viết bằng mã như vi, en, zh, lo")
    if name in ("about", "mention") and value not in _places():
        # "Tỉnh Ninh Bình", "TP. Hồ Chí Minh"
        value = _RANK.sub("", value)
    if name in ("about", "mention") and value not in _places():
        raise fail(query, at, f"địa phương “{raw}” không có; viết tên một tỉnh hay một hồ sơ, như thanh-hoa hoặc \"Thanh Hóa\"")
    if name == "ref" and not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*-\d+[a-z]?", value):
        raise fail(query, at, f"tư liệu “{raw}” không đọc được; viết như PCA-05")
    if name == "status" and value not in (known := _statuses()):
        raise fail(query, at, f"tình trạng “{raw}” không có; có: {', '.join(known.values())}")
    if name == "national":
        if value not in _YES_NO:
            raise fail(query, at, "national: nhận “yes” hoặc “no”")
        value = _YES_NO[value]
    if name == "outlet":  # by its name or by the name of its source declaration
        return Or((Tag(tag("outlet", value)), Tag(tag("source", value))))
    return Tag(tag(name, value))


@cache
def _places() -> frozenset[str]:
    """Keys of provinces, old and new, and of the profiles."""
    from pipelines.gazetteer import province_names
    from pipelines.settings import profile_names

    names = province_names()
    return frozenset(map(key, (*names, *names.values(), *profile_names())))


@cache
def _statuses() -> dict[str, str]:
    from pipelines.store import alerts

    return {key(name): name for name in (alerts.NEW, alerts.WAITING, *alerts.OUTCOMES)}


def _moment(query: str, at: int, name: str, raw: str, now: datetime) -> datetime:
    """Read `7d`, `24h`, `2026-11-01` or `01/11/2026` (the start of that day in Hà Nội)."""
    ago = _AGO.fullmatch(raw.lower())
    if ago:
        try:
            return local(now) - int(ago[1]) * _UNITS[ago[2]]
        except OverflowError as error:
            raise fail(query, at, f"khoảng “{raw}” đi quá lịch") from error
    day = _DAY.fullmatch(raw)
    if day:
        year, month, date = (day[1], day[2], day[3]) if day[1] else (day[6], day[5], day[4])
        try:
            return datetime(int(year), int(month), int(date), tzinfo=HANOI)
        except ValueError as error:
            raise fail(query, at, f"ngày “{raw}” không có trên lịch") from error
    raise fail(query, at, f"{name}: nhận ngày như 2026-11-01, 01/11/2026 hoặc khoảng như 7d, 24h, 2w, 3m, 1y")
