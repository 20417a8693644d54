"""Words of dates in the four languages read here: months, days of the week, halves of the day, zones."""

from __future__ import annotations

import re
import unicodedata

_ENGLISH = (
    ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
    ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("october", "oct"),
    ("november", "nov"), ("december", "dec"),
)  # fmt: skip
# Names of months on Lao news sites; spelling of the Lao National Dictionary.
_LAO = (
    "ມັງກອນ", "ກຸມພາ", "ມີນາ", "ເມສາ", "ພຶດສະພາ", "ມິຖຸນາ",
    "ກໍລະກົດ", "ສິງຫາ", "ກັນຍາ", "ຕຸລາ", "ພະຈິກ", "ທັນວາ",
)  # fmt: skip

# NFKC, because the text is compared after it (Lao ໍາ has two spellings).
MONTHS: dict[str, int] = {
    unicodedata.normalize("NFKC", name): number
    for number, names in enumerate(zip(_ENGLISH, _LAO, strict=True), 1)
    for name in (*names[0], names[1])
}

_DAYS = (
    r"\bmon(?:day)?\b|thứ (?:hai|2)\b|(?:星期|周|週)一",
    r"\btue(?:s|sday)?\b|thứ (?:ba|3)\b|(?:星期|周|週)二",
    r"\bwed(?:nesday)?\b|thứ (?:tư|4)\b|(?:星期|周|週)三",
    r"\bthu(?:rs|rsday)?\b|thứ (?:năm|5)\b|(?:星期|周|週)四",
    r"\bfri(?:day)?\b|thứ (?:sáu|6)\b|(?:星期|周|週)五",
    r"\bsat(?:urday)?\b|thứ (?:bảy|bẩy|7)\b|(?:星期|周|週)六",
    r"\bsun(?:day)?\b|ch[ủú] nhật|(?:星期|周|週)[日天]",
)
WEEKDAYS: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern), day) for day, pattern in enumerate(_DAYS)
)

# True: after noon.
HALVES: dict[str, bool] = {"下午": True, "晚上": True, "上午": False, "凌晨": False}

# Hours from UTC of the names of RFC 822 and of the region.
ZONES: dict[str, int] = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "ict": 7, "est": -5, "edt": -4, "cst": -6, "cdt": -5,
    "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "jst": 9, "kst": 9, "sgt": 8, "hkt": 8, "cet": 1, "cest": 2, "bst": 1,
}  # fmt: skip
