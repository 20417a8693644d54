"""Who receives, owns, holds: parties bound to a predicate or a number by order and closeness."""

from __future__ import annotations

from collections.abc import Sequence

from classifiers.document import Sentence
from classifiers.lexicon import Tag

PARTIES = ("VN", "CN", "PH", "TW", "MY", "BRUNEI", "LA", "KH", "JP", "RVN", "DRV", "EU")


def party_tags(sentence: Sentence) -> list[Tag]:
    """Return the party names of a sentence in order; a name inside a longer one of another party is left out."""
    tags = sentence.of(*PARTIES)
    return [t for t in tags if not any(o is not t and o.start <= t.start and t.end <= o.end and o.end - o.start > t.end - t.start for o in tags)]


def nearest_party(sentence: Sentence, position: int, before: bool) -> str:
    """Return the party that stands nearest before (or after) a canonical position, "" when there is none."""
    tags = party_tags(sentence)
    if before:
        left = [t for t in tags if t.end <= position]
        return left[-1].concept if left else ""
    right = [t for t in tags if t.start >= position]
    return right[0].concept if right else ""


def owner(sentence: Sentence, predicate: Tag) -> str:
    """Return whose the thing is said to be: the party in or right after the predicate, else the one before it."""
    tags = party_tags(sentence)
    inside = [t for t in tags if t.start >= predicate.start and t.start <= predicate.end + 22]
    if inside:
        return inside[0].concept
    left = [t for t in tags if t.end <= predicate.start]
    return left[-1].concept if left else ""


def bind(tags: Sequence[Tag], positions: Sequence[tuple[int, int]]) -> list[str]:
    """Bind each number (canonical span) to a party: parties stand all before or all after their numbers.

    "Việt Nam 53,23 %, Trung Quốc 46,77 %" and "53.23 percent to Vietnam, 46.77 to China" are both read.
    """
    if not tags or not positions:
        return ["" for _ in positions]
    first_number, first_party = positions[0][0], tags[0].start
    ahead = [t for t in tags if t.end <= first_number]
    if len(positions) > 1 and len(ahead) == len(tags) == len(positions) and len({t.concept for t in tags}) == len(tags):
        return [t.concept for t in tags]  # "Việt Nam và Trung Quốc được hưởng lần lượt 53,23% và 46,77%"
    before = first_party < first_number
    if before and len(positions) == 1:
        left = [t for t in tags if t.end <= positions[0][0]]
        right = [t for t in tags if t.start >= positions[0][1] and t.start - positions[0][1] < 40]
        close = left and positions[0][0] - left[-1].end < 60
        if right and not close:
            return [right[0].concept]
        return [left[-1].concept if left else ""]
    result = []
    for start, end in positions:
        side = [t for t in tags if t.end <= start] if before else [t for t in tags if t.start >= end]
        result.append((side[-1] if before else side[0]).concept if side else "")
    return result
