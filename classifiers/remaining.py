"""Lengths said to be all that is left of a line: "biên giới nay chỉ còn 1.200 km", "has shrunk to 1,200 km", 只剩1200公里.

Who says so compares with what it was: only the present value can answer, and a round number is no rounding of it.
"""

from __future__ import annotations

import re

from classifiers.document import Sentence
from classifiers.numbers import Quantity

_ONLY = r"(?:khoang |chung |co |hon |gan |duoc |moi |vai |doi |ve |xuong |lai |dai |vua |chua day |tron |about |some |just |roughly |around )*"
_LEFT = re.compile(
    rf"(?: (?:nay|gio|hien|bay gio|bay gio thi|hien nay|ngay nay|den nay)(?: thi| da| cung| no)*)? (?:chi|vi chi|ma chi|duy nhat|vua|gio|nay|giam|giam xuong|rut|rut xuong|thu hep|teo|teo tom) con(?: lai)? {_ONLY}$"
    rf"| (?:shrunk|shrank|shortened|reduced|cut|down|trimmed|whittled)(?: \w+)? (?:to|by half to) (?:only |just |about |some |a mere )*$| (?:is|are|now) (?:now )?(?:only|just|a mere) (?:about |some )?$"
    r"|(?:只剩(?:下)?|仅剩(?:下)?|仅存|缩短(?:到|至|为)|缩(?:到|至|为)|减少?(?:到|至|为))(?:约|大约)?$"
)
# A part of the line that something is yet to be done to, or the way to it.
_PART = re.compile(r"^(?: \S+){0,2}? (?:chua|nua|dang cho|can|phai|toi|den noi|la toi|la den|left to|to go|away|remain\w* to|yet to|undemarcated|unmarked|without)(?= )|^[^，。]{0,6}(?:未|尚未|待|就到)")
_NOT_LENGTH = re.compile(r" (?:cach|duong tuan tra|hang rao|tuan tra|duong nhua|quoc lo|cao toc|con duong|doan|khu vuc|phan con lai|from the border|to the border|fence|road|patrol|section|stretch)(?= )|距|巡逻|公路|铁路|路段|尚未|未")


def left_over(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the number is said to be all that is left of the line, and of no part, way or task."""
    start = sentence.surface.at(sentence.start + quantity.start)
    end = sentence.surface.at(sentence.start + quantity.end)
    before = sentence.canon[:start].rstrip() + " "
    before = before if before.strip() and not before.strip()[-1:] >= "㐀" else before.rstrip()
    if _LEFT.search(before) is None or _NOT_LENGTH.search(sentence.canon):
        return False
    return _PART.match(" " + sentence.canon[end:].lstrip()) is None
