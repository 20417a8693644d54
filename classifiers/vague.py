"""Numbers said roughly: "hai nghìn mấy trăm", "trăm tám mấy", "两千多", "ngàn rưỡi", "two and a half thousand"; and counts that give none ("hàng trăm")."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SCALES = {"trăm": 100, "tram": 100, "nghìn": 1000, "nghin": 1000, "ngàn": 1000, "ngan": 1000, "triệu": 10**6, "trieu": 10**6, "hundred": 100, "thousand": 1000, "million": 10**6}
_SCALE = "trăm|tram|nghìn|nghin|ngàn|ngan"
_TENS = "chục|chuc|mươi|muoi"
_VI_DIGIT = "một|hai|ba|bốn|năm|sáu|bảy|tám|chín"
# "hàng trăm", "mấy nghìn", "cả ngàn", "vài chục nghìn": no figure can be held against them.
NONE = re.compile(
    rf"(?<!\w)(?:mấy|may|vài|vai|dăm|hàng|hang|cả|ca|nhiều|nhieu|đôi ba|biết bao)\s+(?:(?:{_SCALE}|{_TENS}|vạn|triệu)(?!\w)\s*)+(?!\s*(?:{_VI_DIGIT}|rưỡi|ruoi)\b)|(?:数|几|好几|上)[十百千万]+", re.I
)
# What stands behind a number that goes on: "… mấy trăm", "… mấy chục", "… mấy".
ON = re.compile(rf"\s*(?:mấy|may)(?:\s+(?P<scale>trăm|tram|{_TENS})(?!\w))?(?=\s)|(?P<han>多|余|餘)", re.I)
# Behind figures, or without marks; behind number words with marks `half_more` reads it.
HALF = re.compile(r"(?:(?<![\w.,])(?P<whole>\d{1,3})\s*(?P<scale>trăm|nghìn|ngàn|triệu|tram|nghin|ngan|trieu)|(?<!\w)(?P<bare>tram|nghin|ngan))\s+(?:rưỡi|rưởi|ruoi)(?!\w)", re.I)
MORE = re.compile(r"\s*(?:rưỡi|rưởi|ruoi)(?!\w)", re.I)
EN_HALF = re.compile(r"(?<![\w.,])(?P<whole>\d{1,3}|a|one|two|three|four|five|six|seven|eight|nine)[\s-]+and[\s-]+a[\s-]+half[\s-]+(?P<scale>hundred|thousand|million)(?!\w)", re.I)
_WORDS = {word: i for i, word in enumerate(["a", "two", "three", "four", "five", "six", "seven", "eight", "nine"], 1)} | {"one": 1}


@dataclass(frozen=True, slots=True)
class Rough:
    """A number said roughly: its possible values, and its span in the text."""

    values: tuple[float, ...]
    start: int
    end: int


def halves(text: str) -> list[Rough]:
    """Return the numbers with half a hundred, thousand or million at their end, in figures, without marks or in English."""
    found = []
    for match in (*HALF.finditer(text), *EN_HALF.finditer(text)):
        parts = match.groupdict()
        whole, scale = (parts["whole"] or "a").lower(), _SCALES[(parts["scale"] or parts["bare"]).lower()]
        found.append(Rough(((_WORDS.get(whole) or int(whole)) * scale + scale / 2,), *match.span()))
    return found


def half_more(words: list[str], text: str, end: int) -> tuple[float, int]:
    """Return what "rưỡi" behind number words adds ("nghìn rưỡi": 500, "ba rưỡi": 0.5), and where it ends; 0 without it."""
    match = MORE.match(text, end)
    return (_SCALES.get(words[-1], 1) / 2, match.end()) if match else (0.0, end)


def goes_on(value: float, text: str, end: int) -> Rough | None:
    """Return the values that a number may have when "mấy" or 多 follows it ("hai nghìn mấy trăm": 2,100 to 2,900), None when nothing does."""
    match = ON.match(text, end)
    if match is None or value < 10 or value != int(value):
        return None
    place = 1
    while value % (place * 10) == 0:
        place *= 10
    scale = match["scale"] or ""
    step = (100 if scale.lower() in ("trăm", "tram") else 10) if scale else place // 10
    if step < 1 or step >= place:
        return None
    return Rough(tuple(value + step * count for count in range(1, 10)), end, match.end())
