"""Markup thrown away in one pass: what a hostile page leaves open costs no more than what it closes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

# Ends at the next "<": of nothing but "<" every pattern here makes one pass.
TAG = re.compile(r"<[^<>]{0,3000}>")
COMMENT = "!--"


@cache
def _ends(names: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    either = "|".join(names)
    # Only the names in any case: under a flag for all of it the search for "<" is not the fast one.
    return re.compile(rf"<(?:((?i:{either}))\b|(!--))"), re.compile(rf"</((?i:{either}))\s{{0,9}}>")


def without(text: str, names: Sequence[str]) -> str:
    """Return `text` without the elements `names` and without comments; one that is never closed stays."""
    opens, closes = _ends(tuple(names))
    places: dict[str, list[int]] = {}
    ends: dict[int, int] = {}
    for match in closes.finditer(text):
        places.setdefault(match[1].lower(), []).append(match.start())
        ends[match.start()] = match.end()
    # Looked for apart: a pattern that may begin with either sign is tried at every letter (five times the time of all).
    at = text.find("-->")
    while at >= 0:
        places.setdefault(COMMENT, []).append(at)
        ends[at] = at + 3
        at = text.find("-->", at + 3)
    if not places:
        return text
    parts, at = [], 0
    for match in opens.finditer(text):
        if match.start() < at:
            continue
        known = places.get((match[1] or COMMENT).lower(), [])
        place = bisect_left(known, match.end())
        if place < len(known):
            parts.append(text[at : match.start()])
            at = ends[known[place]]
    parts.append(text[at:])
    return " ".join(parts)
