"""Numbers, units and dates in words, and such words typed without marks: "hai tram muoi cay so", "năm một nghìn chín trăm năm mươi tám"."""

from __future__ import annotations

import re
from functools import cache

from pipelines.text import fold

_DIGIT = "mot|hai|ba|bon|nam|sau|bay|tam|chin"
_TENS = rf"(?:(?:{_DIGIT}) (?:muoi|chuc)(?: (?:mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin)(?!\w))?|muoi(?: (?:mot|hai|ba|bon|lam|sau|bay|tam|chin)(?!\w))?)"
_HUNDREDS = rf"(?:{_DIGIT}) tram(?: (?:linh|le) (?:{_DIGIT})(?!\w)| {_TENS}| (?:{_DIGIT}) (?:{_DIGIT})(?!\w))?"
# A number in words without marks: only whole numbers with a word for ten, hundred or thousand; "ba", "nam", "sau" alone are other words.
_BARE_NUMBER = re.compile(rf"(?<!\w)(?:(?:{_HUNDREDS}|{_TENS}|(?:{_DIGIT})) (?:nghin|ngan)(?: (?:khong tram(?: (?:linh|le))? (?:{_DIGIT})(?!\w)|{_HUNDREDS}))?|{_HUNDREDS}|{_TENS})(?!\w)")
_BARE_DECIMAL = re.compile(rf" phay(?: (?:khong|{_DIGIT}|muoi)(?!\w)){{1,4}}")
_MARKED = dict(zip(
    ["mot", "hai", "ba", "bon", "tu", "nam", "lam", "sau", "bay", "tam", "chin", "chuc", "tram", "nghin", "ngan", "linh", "le", "khong", "phay"],
    ["một", "hai", "ba", "bốn", "tư", "năm", "lăm", "sáu", "bảy", "tám", "chín", "chục", "trăm", "nghìn", "ngàn", "linh", "lẻ", "không", "phẩy"], strict=True))
_UNITS = (
    "cây số vuông", "cây số", "ki lô mét vuông", "ki lô mét", "km vuông", "hải lý", "phần trăm", "cột mốc", "mốc", "cọc dấu", "vị trí", "điểm", "đoạn", "vạch", "khúc", "gạch", "nét đứt",
    "đơn vị hành chính cấp tỉnh", "đơn vị cấp tỉnh", "đơn vị hành chính cấp xã", "đơn vị cấp xã", "tỉnh thành phố", "tỉnh thành", "tỉnh", "thành phố", "xã phường", "xã biên giới", "xã", "phường", "đặc khu",
    "cửa khẩu quốc tế", "chiến sĩ", "bộ đội", "người", "nghìn", "ngàn", "triệu", "tỷ đô",
)  # fmt: skip
# Only where nothing bears marks: in marked text "3 nam" is three men.
_YEARS = ("năm",)


@cache
def _unit_words(years: bool) -> tuple[re.Pattern[str], dict[str, str]]:
    marked = {fold(unit): unit for unit in (*_UNITS, *(_YEARS if years else ()))}
    names = "|".join(sorted(marked, key=len, reverse=True))
    return re.compile(rf"(?:\d|(?<!\w)(?:muoi|chuc|tram|nghin|ngan)|phay [a-z ]{{2,14}}|(?:muoi|phay|tram|linh|le|{_DIGIT}) (?:mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin)|(?<!\w)ruoi)(?: may(?: (?:tram|chuc|muoi))?)? (?P<unit>{names})(?!\w)"), marked


def remarked(text: str, bare: bool) -> str:
    """Return NFC `text`, of the same length, with the marks that number words and the units behind numbers have lost.

    `bare`: the whole text has no marks, so that "99 nam" are years.
    """
    low = fold(text)
    if len(low) != len(text):
        return text
    chars: list[str] | None = None
    for match in _BARE_NUMBER.finditer(low):
        # Part of a name: "Van Nam hai tram" does not begin with five.
        if text[match.start()].isupper() and match.start() > 0 and not text[match.start() : match.end()].isupper():
            continue
        decimal = _BARE_DECIMAL.match(low, match.end())
        chars = chars or list(text)
        _restore(chars, text, match.start(), decimal.end() if decimal else match.end())
    units, marked = _unit_words(bare)
    for match in units.finditer(low):
        start = match.start("unit")
        wanted = marked[match["unit"]]
        if text[start : start + len(wanted)] != wanted and _lost(text[start : start + len(wanted)], wanted):
            chars = chars or list(text)
            chars[start : start + len(wanted)] = wanted
    return "".join(chars) if chars else text


def _restore(chars: list[str], text: str, start: int, end: int) -> None:
    place, before = start, ""
    for word in text[start:end].split(" "):
        plain = fold(word)
        wanted = ("mươi" if before in _MARKED else "mười") if plain == "muoi" else _MARKED.get(plain, word)
        if _lost(word.lower(), wanted):
            chars[place : place + len(word)] = wanted
        before = plain
        place += len(word) + 1


def _lost(written: str, wanted: str) -> bool:
    """Whether `written` is `wanted` with some marks gone and none changed."""
    return len(written) == len(wanted) and all(a in (b, fold(b)) for a, b in zip(written.lower(), wanted, strict=True))
