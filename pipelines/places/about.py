"""About or only mentioned: what each name in each position weighs, and where the text's own scene lies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.places.find import Hit, Page

_HOME = re.compile(r"(?:\bquê(?: gốc| nhà)?(?: ở| tại)?|\bngười gốc|\bgốc|\bsinh ra (?:ở|tại)|\bnguyên quán|\bđến từ)\s*:?\s*(?:(?:tỉnh|huyện|TP|xã|xứ)\s+)?(?:[\w ,]{0,30}[,(]\s*)?$", re.I)
_LIST_GAP = re.compile(r"^[\s,;/&\-–()]*(?:và|hay|hoặc|đến|tới|tỉnh|TP\.?|thành phố|các tỉnh|and)?[\s,;(]*(?:tỉnh|TP\.?)?\s*$")


@dataclass(slots=True)
class Weight:
    """What speaks for one profile: counts by position, and the reasons for `explain`."""

    profile: str
    title: int = 0
    lead: int = 0
    body: int = 0
    settings: int = 0
    passing: int = 0
    score: float = 0.0
    reasons: list[str] = field(default_factory=list)


def lists(sheet: Page, hits: Sequence[Hit]) -> set[int]:
    """Return the indexes of hits that stand in an enumeration of four or more provinces."""
    found: set[int] = set()
    run: list[int] = []
    previous: Hit | None = None
    for index, hit in enumerate(hits):
        if hit.sense is None or hit.sense.rank < 2:
            continue
        joined = previous is not None and _LIST_GAP.match(sheet.text[previous.end : hit.start]) is not None
        if joined:
            run.append(index)
        else:
            if len(run) >= 4:
                found.update(run)
            run = [index]
        previous = hit
    if len(run) >= 4:
        found.update(run)
    return found


def weigh(sheet: Page, hits: Sequence[Hit], title_end: int, lead_end: int) -> tuple[dict[str, Weight], float]:
    """Return the weight of each profile and the weight of all other places together."""
    weights: dict[str, Weight] = {}
    others: dict[str, float] = defaultdict(float)
    listed = lists(sheet, hits)
    for index, hit in enumerate(hits):
        sense = hit.sense
        if sense is None:
            continue
        where = 5.0 if hit.start < title_end else 2.5 if hit.start < lead_end else 1.0
        worth = where * hit.confidence
        passing = ""
        if sense.kind == "club":
            passing = "club"
        elif index in listed:
            passing = "list"
        elif _HOME.search(sheet.text[max(0, hit.start - 45) : hit.start]):
            passing = "home"
        if passing:
            worth *= 0.2
            hit.notes.append(passing)
        if not sense.profile:
            if not sense.province.startswith("@"):
                others[sense.province] += worth
            continue
        weight = weights.setdefault(sense.profile, Weight(sense.profile))
        weight.score += worth
        if passing:
            weight.passing += 1
        elif hit.start < title_end:
            weight.title += 1
        elif hit.start < lead_end:
            weight.lead += 1
        else:
            weight.body += 1
    return weights, max(others.values(), default=0.0)


def decide(weights: dict[str, Weight], other: float, length: int) -> tuple[list[str], list[str]]:
    """Split the profiles into about and mentioned."""
    about: list[str] = []
    mentioned: list[str] = []
    for profile, weight in sorted(weights.items()):
        good = weight.title + weight.lead > 0 or (weight.body >= 3 and weight.score > other)
        (about if good and weight.score >= 0.5 * other else mentioned).append(profile)
    return about, mentioned
