"""About or only mentioned: what each name in each position weighs, and where the text's own scene lies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from pipelines.places.backdrop import dateline, goes_on, links
from pipelines.places.context import FACTOR, agency, genre, listed, signed, use, zone
from pipelines.places.find import Hit, Page

TITLE, LEAD, BODY = 6.0, 2.5, 1.0
_CAP_LEAD, _CAP_BODY = 3, 10
_SHORT = 900


@dataclass(slots=True)
class Weight:
    """What speaks for one place: weights by position, and how many of its names only pass by."""

    followed: str
    title: float = 0.0
    lead: float = 0.0
    body: float = 0.0
    passing: int = 0
    scenes: bool = False
    spots: int = 0
    sections: int = 0
    opening: bool = False
    captions: int = 0
    names: set[str] = field(default_factory=set)

    @property
    def score(self) -> float:
        """Weight of all positions together; many repetitions do not count without end."""
        return (
            min(self.title, 1.5) * TITLE + min(self.lead, _CAP_LEAD) * LEAD + min(self.body, _CAP_BODY) * BODY
        )


@dataclass(frozen=True, slots=True)
class Balance:
    """Weights of the followed profiles, of the strongest other place, and the shape of the text."""

    profiles: dict[str, Weight]
    other: float
    other_title: float
    short: bool
    length: int
    title: int
    places: int
    nationwide: bool = False


def weigh(sheet: Page, hits: Sequence[Hit], title_end: int, lead_end: int, published: str, captions: int) -> Balance:
    """Return what speaks for each profile and for the strongest other province; `captions` = where the captions begin."""
    found: dict[str, Weight] = defaultdict(lambda: Weight(""))
    enumerated = listed(sheet, hits)
    if not any(hit.profile for hit in hits):
        return Balance({}, 0.0, 0.0, True, len(sheet.text), title_end, 0)
    kind = genre(sheet)
    residents: list[tuple[Weight, str, float]] = []
    filed: list[tuple[Weight, str, float]] = []
    opening = first_sentence(sheet.text, title_end) if len(sheet.text) < _SHORT else 0  # asked of short texts only
    linked = links(sheet.text[:captions])
    bulletin = sheet.text.count("CA BỆNH ", 0, 3000) > 1  # the ministry's list of cases, one line for each (Dân trí, 2021)
    previous: Hit | None = None
    passing = ""
    for index, hit in enumerate(hits):
        sense = hit.sense
        if sense is None or sense.province[0] == "@":
            continue
        before, joined = passing, previous is not None and _one_address(sheet, previous, hit)
        if not (joined and passing in ("road", "range")):
            passing = use(sheet, hit, kind, enumerated.get(index, 0), partial(_both_ends, sheet, hits, index), published)
            if passing == "signature" and joined and not signed(sheet, hit):
                passing = before  # "THPT Nguyễn Xuân Nguyên (Quảng Xương, Thanh Hóa)" is an address
        if not passing and before == "career" and previous is not None and goes_on(sheet.text, previous.end, hit.start):
            passing = "career"
        if not passing and sense.profile and sense.rank == 3 and hit.start > title_end and _leaves(sheet, hits, index):
            passing = "career"
        if bulletin and not passing and hit.start > title_end:
            passing = "patient"
        if linked and any(start < hit.start < end for start, end in linked):
            passing = "linked"
        if kind == "weather" and not passing and zone(sheet, hits, index):
            passing = "range"
        previous = hit
        worth = hit.confidence * FACTOR.get(passing, 1.0)
        if passing and passing not in hit.notes:
            hit.notes.append(passing)
        key = sense.profile or f"*{sense.province}"
        weight = found[key]
        weight.followed = sense.profile
        weight.names.add(sense.name)
        weight.passing += bool(passing)
        weight.spots += not joined
        weight.captions += not joined and hit.start >= captions
        weight.sections += hit.start > title_end and _heading(sheet, hit)
        if not weight.scenes and not passing:
            weight.scenes = (bool(hit.level) and sense.rank < 3) or agency(sheet, hit)
        part = "title" if hit.start < title_end else "lead" if hit.start < lead_end else "body"
        if part == "title" and kind == "weather" and passing == "range":
            part = "body"  # the zone of a forecast
        setattr(weight, part, getattr(weight, part) + worth)
        weight.opening = weight.opening or (not passing and hit.start < opening)
        if passing == "resides" and sense.profile:
            residents.append((weight, part, worth))
        elif sense.profile and part != "title" and sheet.text[hit.start - 1] in "\n(" and dateline(sheet.text, hit.start, sheet.text[hit.end : hit.end + 40]):
            filed.append((weight, part, worth))
    # Tried and punished elsewhere: where the person lives is no longer the scene.
    if residents and any(weight.scenes for key, weight in found.items() if key.startswith("*")):
        for weight, part, worth in residents:
            if not weight.scenes:
                setattr(weight, part, getattr(weight, part) - worth * (1 - FACTOR["home"] / FACTOR["resides"]))
    others = [weight for key, weight in found.items() if key.startswith("*")]
    # Filed here on a matter elsewhere: the dateline is the only sign of the place.
    for weight, part, worth in filed:
        if weight.spots == 1 and any(other.score >= TITLE / 3 for other in found.values() if other is not weight):
            setattr(weight, part, getattr(weight, part) - worth * (1 - FACTOR["dateline"]))
    return Balance(
        {key: weight for key, weight in found.items() if not key.startswith("*")},
        max((weight.score for weight in others), default=0.0),
        max((weight.title for weight in others), default=0.0),
        len(sheet.text) < _SHORT,
        len(sheet.text),
        title_end,
        len(found),
        opening > 0 and _NATIONWIDE.search(sheet.text, 0, opening) is not None,
    )


# The country as a whole, a ministry or a national body, as title or first sentence name it: the scene of a text without another.
_NATIONWIDE = re.compile(
    r"\b(?:[Cc]ả nước|[Tt]oàn quốc|[Mm]iền (?:[Bb]ắc|[Tt]rung|[Nn]am)|Bộ (?!CHQS|BĐBP|Chỉ huy|Tư lệnh|Nội vụ tỉnh)[A-ZĐ][^\W\d_]*|Bộ trưởng|Thủ tướng|Chính phủ|Quốc hội|"
    r"(?:Tổng cục|Cục) (?:[A-ZĐ]|[^\W\d_]+ (?:Việt Nam|[A-ZĐ]))|(?:Hiệp hội|Liên đoàn|Tổng công ty|Tập đoàn|Hội)[^.,\n]{2,40} Việt Nam|Việt Nam (?:đón|xuất|nhập|có|ghi nhận))"
)
_STOP = re.compile(r"(?<=[^\W\d_]{2}|\d[%\d])[.!?…](?=\s+[A-ZĐÀ-Ỹ\"“'‘])|\n")


def first_sentence(text: str, title_end: int) -> int:
    """Return where the first sentence below the title ends."""
    start = title_end + 1
    while start < len(text) and text[start] == "\n":
        start += 1
    stop = _STOP.search(text, start)
    return stop.end() if stop else len(text)


# "Chủ tịch UBND tỉnh A, được điều động … làm Phó Bí thư Tỉnh ủy B": the scene is where the officer goes.
_MOVED = re.compile(r"[^.;\n]{0,60}\b(?:điều động|luân chuyển)\b[^.;\n]{0,140}")


def _leaves(sheet: Page, hits: Sequence[Hit], index: int) -> bool:
    """Tell whether an officer of this province is moved to another one that the same sentence names."""
    hit = hits[index]
    near = sheet.text[hit.end : hit.end + 80]
    moved = _MOVED.match(sheet.text, hit.end) if " động" in near or " chuyển" in near else None
    if moved is None or (hit.level != "tỉnh" and not agency(sheet, hit)):
        return False
    later = (other.sense for other in hits[index + 1 : index + 6] if other.start < moved.end())
    return hit.sense is not None and any(sense is not None and sense.province[0] != "@" and sense.province != hit.sense.province for sense in later)


def _one_address(sheet: Page, first: Hit, second: Hit) -> bool:
    """Tell whether two names of one province make one address: "Nghi Sơn (Thanh Hóa)"."""
    return (
        second.start - first.end <= 2
        and first.profile == second.profile
        and sheet.text[first.end : second.start] in (", ", " (")
    )


def _heading(sheet: Page, hit: Hit) -> bool:
    """Tell whether the name alone heads a section of the text."""
    text = sheet.text
    return text[hit.start - 1 : hit.start] == "\n" and text[hit.end : hit.end + 2].lstrip(":").startswith("\n")


def _both_ends(sheet: Page, hits: Sequence[Hit], index: int) -> bool:
    """Tell whether the name is one end of "A - B" with both ends in one profile, as a road within the province."""
    hit = hits[index]
    around = sheet.text[max(0, hit.start - 3) : hit.start] + sheet.text[hit.end : hit.end + 3]
    if "-" not in around and "–" not in around:
        return False
    for other in hits[max(0, index - 1) : index + 2]:
        if other is not hit and other.profile == hit.profile:
            first, second = (other, hit) if other.start < hit.start else (hit, other)
            if sheet.text[first.end : second.start].strip() in ("-", "–"):
                return True
    return False


def decide(balance: Balance) -> tuple[list[str], list[str]]:
    """Split the profiles into those the text is about and those it mentions."""
    about: list[str] = []
    mentioned: list[str] = []
    for profile, weight in sorted(balance.profiles.items()):
        (about if is_about(weight, balance) else mentioned).append(profile)
    return about, mentioned


def is_about(weight: Weight, balance: Balance) -> bool:
    """Tell whether the scene of the text lies in this profile (CODEBOOK, Province)."""
    if weight.captions and weight.captions == weight.spots and not _shown(weight, balance):
        return False
    rivals = [other.score for other in balance.profiles.values() if other is not weight]
    if not weight.title and weight.lead < 0.5 and max(rivals, default=0.0) > 3 * weight.score:
        return False
    if weight.sections and weight.score >= 5 and not balance.short:
        return True
    if balance.short:
        if weight.title >= 0.6:
            return True
        if balance.places >= 5 and not weight.scenes:
            return False
        if balance.other_title >= 0.6 and weight.lead + weight.body < 1.4 and not weight.scenes:
            return False
        if not weight.scenes and not weight.opening and _only_mentioned(weight, balance):
            return False
        return weight.lead + weight.body >= 0.6 and (weight.scenes or weight.score >= 0.5 * balance.other)
    if weight.title >= 0.6:
        # A "title" of 130 characters and more is the first sentence of a page whose title got lost.
        share = 0.4 if balance.title < 130 else 0.95 if balance.places < 8 else 1.5
        return weight.score >= share * balance.other and weight.score * 4 >= max(rivals, default=0.0)
    if balance.places >= 8 and weight.score < 2 * balance.other:
        return False
    if weight.lead >= 0.55 and balance.length < 2500 and weight.score >= balance.other:
        return True
    if balance.length < 2500 and weight.spots > 1 and weight.score >= 2.5 and weight.score >= 2.5 * max(balance.other, *rivals, 0.0):
        return True
    if weight.scenes and weight.lead >= 0.5 and weight.score >= 2.2 and not balance.other and not any(rivals):
        return True  # an agency acts, and the text names no other place
    least = 4.0 + max(0, balance.length - 3000) / 2500
    return weight.score >= least and weight.score >= 0.8 * balance.other and weight.lead + weight.body >= 2


def _shown(weight: Weight, balance: Balance) -> bool:
    """Tell whether a place named in captions only is what the pictures show: two of them at least, and hardly another place."""
    return weight.captions >= 2 and weight.score >= 2 * balance.other


def _only_mentioned(weight: Weight, balance: Balance) -> bool:
    """Tell whether a name below title and first sentence is one sentence of a text on the country or on another place."""
    if balance.nationwide and weight.spots < 3:
        return True
    return weight.spots == 1 and balance.other > 0 and weight.score < 1.1 * balance.other
