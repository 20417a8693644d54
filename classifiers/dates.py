"""Dates inside a sentence, whole or in part: 16/3/2016, ngày 16 tháng 3 năm 2016, tháng 10/2011, 4 September 1958,
1958年9月4日, 二〇〇九年, ປີ 2016; a bare year counts as a date of one year's width."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from classifiers.numbers import EN_WORDS, LAO_DIGITS, VI_WORDS, vi_value, zh_value
from classifiers.spelled import remarked

MONTHS = {
    name: index // 2 + 1
    for index, name in enumerate(
        ["january", "jan", "february", "feb", "march", "mar", "april", "apr", "may", "may", "june", "jun", "july", "jul", "august", "aug", "september", "sep", "october", "oct", "november", "nov", "december", "dec"]
    )
}
_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("dmy", re.compile(r"(?<!\d)(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*((?:1[89]|20)\d\d)(?!\d)")),
    ("dmy", re.compile(r"(?<!\d)(\d{1,2})\s*(?:tháng|thang)\s*(\d{1,2})\s*(?:,?\s*(?:năm|nam))?\s*((?:1[89]|20)\d\d)", re.I)),
    ("dMy", re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+((?:1[89]|20)\d\d)", re.I)),
    ("Mdy", re.compile(rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+((?:1[89]|20)\d\d)", re.I)),
    ("My", re.compile(rf"\b{_MONTH},?\s+(?:of\s+)?((?:1[89]|20)\d\d)", re.I)),
    ("ymd", re.compile(r"((?:1[89]|20)\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")),
    ("zymd", re.compile(r"([一二][一二三四五六七八九〇零○]{3})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日")),
    ("ym", re.compile(r"((?:1[89]|20)\d\d)\s*年\s*(\d{1,2})\s*月")),
    ("zym", re.compile(r"([一二][一二三四五六七八九〇零○]{3})年([一二三四五六七八九十]{1,2})月")),
    ("zy", re.compile(r"([一二][一二三四五六七八九〇零○]{3})年")),
    ("my", re.compile(r"(?:tháng|thang)\s*(\d{1,2})\s*(?:[/.\-]|,?\s*(?:năm|nam)\s*)\s*((?:1[89]|20)\d\d)(?!\d)", re.I)),
    ("my", re.compile(r"(?<![\d/.,])(\d{1,2})/((?:1[89]|20)\d\d)(?!\d)")),
    ("y", re.compile(r"(?<![\d.,/])((?:1[89]|20)\d\d)(?![\d%]|[.,/]\d|\s?(?:km|m\b|mốc|ha\b|người|公里|cây số|hải lý))")),
)


# In words: "ngày ba mươi tháng chạp năm một nghìn chín trăm chín mươi chín", "năm một chín năm tám", "nineteen fifty-eight".
_NUMBER = r"(?:(?:một|hai|ba|bốn|tư|năm|lăm|sáu|bảy|bẩy|tám|chín|mười|mươi|mốt|trăm|nghìn|ngàn|linh|lẻ|không)(?:\s+|(?=\W|$)))"
_YEAR = rf"(?P<year>(?:1[89]|20)\d\d|(?:một (?:nghìn|ngàn) (?:tám|chín) trăm|hai (?:nghìn|ngàn))\s+{_NUMBER}{{1,4}}|hai (?:nghìn|ngàn)(?=\s*(?:[,.;:)!?]|$))|(?:một (?:tám|chín)|hai không)\s+{_NUMBER}{{2}})"
SPELLED = re.compile(
    rf"(?:(?:(?:ngày|ngay|mồng|mùng)\s+(?:mồng\s+|mùng\s+)?(?P<day>\d{{1,2}}|{_NUMBER}{{1,3}})\s*)?(?:tháng|thang)\s+(?P<month>\d{{1,2}}|giêng|chạp|{_NUMBER}{{1,2}}?)\s*,?\s*(?:(?:năm|nam)\s+)?|(?:năm|nam)\s+){_YEAR}(?!\w)", re.I
)
_TEENS = "|".join(word for word, value in EN_WORDS.items() if 0 < value < 20)
_TIES = "|".join(word for word, value in EN_WORDS.items() if value >= 20)
ENGLISH_YEAR = re.compile(rf"\b(?P<century>eighteen|nineteen|twenty)[\s-]+(?P<tens>(?:{_TIES})(?:[\s-]+(?:{_TEENS}))?|{_TEENS})(?![\w-])", re.I)


def _spelled(text: str) -> list[Partial]:
    """Return the dates of which at least a part is written in words."""
    found = []
    for match in SPELLED.finditer(text):
        parts = {name: _in_words(written) for name, written in match.groupdict().items() if written}
        if None in parts.values() or not 1800 <= (parts["year"] or 0) <= 2100:
            continue
        try:
            partial = Partial(parts["year"] or 0, parts.get("month"), parts.get("day"), match.start(), match.end("year"))
            _ = partial.first
        except ValueError:
            continue
        found.append(partial)
    for match in ENGLISH_YEAR.finditer(text):
        tens = sum(EN_WORDS[word] for word in match["tens"].lower().replace("-", " ").split())
        if tens >= 10:
            found.append(Partial(100 * EN_WORDS[match["century"].lower()] + tens, None, None, *match.span()))
    return found


def _in_words(written: str) -> int | None:
    low = " ".join(written.lower().split())
    if low.isdigit():
        return int(low)
    if low in ("giêng", "chạp"):
        return 1 if low == "giêng" else 12
    words = low.split()
    if len(words) == 4 and all(VI_WORDS.get(word, 10) < 10 for word in words):
        return int("".join(str(VI_WORDS[word]) for word in words))  # "một chín năm tám"
    value = vi_value(words)
    return int(value) if value is not None else None


class Partial(NamedTuple):
    """A date as far as it was written; `start`, `end` in the given text."""

    year: int
    month: int | None
    day: int | None
    start: int
    end: int

    def agrees(self, known: date) -> bool:
        """Whether a known day lies within what was written."""
        return (
            self.year == known.year
            and self.month in (None, known.month)
            and (self.day is None or self.day == known.day)
        )

    @property
    def first(self) -> date:
        """The first day that it may mean."""
        return date(self.year, self.month or 1, self.day or 1)


def partials(text: str) -> list[Partial]:
    """Return all dates of an NFC text in order; the more complete reading of a place wins."""
    text = remarked(text.translate(LAO_DIGITS), bare=False)
    found: list[Partial] = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            if any(p.start < match.end() and match.start() < p.end for p in found):
                continue
            made = _make(kind, match.groups(), match.start(), match.end())
            if made is not None:
                found.append(made)
    for spelled in _spelled(text):
        within = [p for p in found if p.start < spelled.end and spelled.start < p.end]
        if all(p.month is None or (p.day is None and spelled.day is not None) for p in within) and (not within or spelled.month is not None):
            found = [p for p in found if p not in within] + [spelled]
    return sorted(found, key=lambda p: p.start)


def _make(kind: str, parts: tuple[str, ...], start: int, end: int) -> Partial | None:
    try:
        if kind.startswith("z"):
            numbers = [int(zh_value(part) or 0) for part in parts]
        else:
            numbers = [MONTHS[part.lower()] if part.lower() in MONTHS else int(part) for part in parts]
        order = kind.lower().removeprefix("z")
        fields = dict(zip(order, numbers, strict=True))
        partial = Partial(fields["y"], fields.get("m"), fields.get("d"), start, end)
        _ = partial.first
        return partial
    except (ValueError, KeyError):
        return None
