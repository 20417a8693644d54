"""Who got how much: the shares of the Gulf of Tonkin (GT-02) and of like entries, party by party."""

from __future__ import annotations

import re

from classifiers.document import Sentence
from classifiers.frames import Finding
from classifiers.lexicon import Tag
from classifiers.measures import UNIT_VI, numbers_of, written_number
from classifiers.parties import bind, party_tags
from classifiers.reference_records import Validity
from classifiers.referencebase import ReferenceBase
from pipelines.records import Verdict

PARTY_VI = {"VN": "Việt Nam", "CN": "Trung Quốc"}


# "Mất 9 % Vịnh so với Công ước 1887" is a view of 1887, which is contested: no share of today.
LOST = re.compile(r"\b(?:mất|mat|lost|lose)\s+(?:(?:khoảng|hơn|gần|tới|about|some|up to)\s+)?$", re.I)
# The other party of the Gulf, as posts and the press call it.
NEIGHBOUR = re.compile(r"(?<= )(?:phia|ben|nuoc|nguoi) ban(?= )(?! lao| campuchia)")
# "Tàu được 53 %, mình có 47 %": China and Viet Nam as posts call them, read only where both have their part of one whole (97 to 101 %).
TAU = re.compile(r"(?<= )(?<! chiec )(?<! doi )(?<! luot )(?<! so )(?<! moi )(?:bon |thang |ben |phia |dan )?tau(?: khua| cong)?(?= (?:(?:no|chung no|lai|da|thi|cung|chi|moi|duoc) )*(?:duoc|dc|huong|lay|chiem|an|om|gom|vo|nuot|hot|co|giu|nhan|chia|\d))")
US = re.compile(r"(?<= )(?:ben |phia |nuoc |dan |nha )?(?:minh|ta)(?= (?:(?:thi|lai|da|chi|con|cung|moi|duoc|no|vn) )*(?:duoc|dc|huong|lay|co|con|giu|nhan|vot|lai|\d))")
WATERS = (" mat nuoc ", " mat vinh ", " mat bien ", " dien tich ", " vung nuoc ", " waters ", " water area ", "水域", "面积")


def compare(sentence: Sentence, context: frozenset[str], base: ReferenceBase) -> list[Finding]:
    """Return findings on percentages and areas that a party is said to have of the Gulf."""
    if "GT-02" not in base:
        return []
    exact = any(water in sentence.canon for water in WATERS)  # "phía bạn hơn 53 phần trăm mặt nước": both shares of waters tell
    telling = {round(q.value) for q in numbers_of(sentence) if q.unit == "pct" and (q.value % 1 or exact)}
    if not ({"GULF", "GULFTREATY", "X_TONKIN"} & (sentence.concepts | context)) and not {53, 47} <= telling:
        return []
    if sentence.has("JOINTZONE", "FISHTREATY", "BLV", "EFFECTPCT", "NORTHBORDER", "CLCS", "SCS", "KHBORDER") and not sentence.has("GULFTREATY"):
        return []
    if not sentence.has("GULF", "GULFTREATY", "X_TONKIN") and not sentence.has("SHAREWORD") and not {53, 47} <= telling:
        return []
    values = base.get("GT-02").values
    findings: list[Finding] = []
    for unit, base_unit in (("pct", "percent"), ("km2", "km2")):
        numbers = [q for q in numbers_of(sentence) if q.unit == unit and q.value >= (5 if unit == "pct" else 10_000) and not LOST.search(sentence.text, 0, q.start)]
        known = {v.party: float(v.value) for v in values if v.unit == base_unit and v.party and v.validity is Validity.CURRENT}
        if not numbers or not known:
            continue
        spots = [(sentence.surface.at(sentence.start + q.start), sentence.surface.at(sentence.start + q.end)) for q in numbers]
        tags = [t for t in party_tags(sentence) if t.concept in ("VN", "CN")]
        tags += [Tag("CN", *m.span()) for m in NEIGHBOUR.finditer(sentence.canon)]
        posts = _as_posts_say(sentence, tags)
        if posts and not (len(numbers) == 2 and 97 <= numbers[0].value + numbers[1].value <= 101 and len({t.concept for t in (*tags, *posts)}) == 2):
            continue  # somebody is named, and who it is stays open
        tags += posts
        tags.sort(key=lambda tag: tag.start)
        for quantity, party in zip(numbers, bind(tags, spots), strict=True):
            found = _judge(quantity.value, party, known, unit)
            if found is None:
                continue
            verdict, expected = found
            start, end = sentence.start + quantity.start, sentence.start + quantity.end
            says = f"{quantity.written} cho {PARTY_VI.get(party, 'một bên')}"
            findings.append(
                Finding("share:GT-02", "D06", ("GT-02",), verdict, start, end, 0.95, says, f"{written_number(expected)} {UNIT_VI[unit]} cho {PARTY_VI.get(party, 'Việt Nam')}", (start, end))
            )
    return findings


def _as_posts_say(sentence: Sentence, tags: list[Tag]) -> list[Tag]:
    """Return China and Viet Nam as "Tàu" and "mình", where China is not named otherwise."""
    china = [Tag("CN", *m.span()) for m in TAU.finditer(sentence.canon)]
    if not china or any(t.concept == "CN" for t in tags):
        return []
    known = [(t.start, t.end) for t in tags]
    return china + [Tag("VN", *m.span()) for m in US.finditer(sentence.canon) if not any(a < m.end() and m.start() < b for a, b in known)]


def _judge(value: float, party: str, known: dict[str, float], unit: str) -> tuple[Verdict, float] | None:
    if party not in known:
        near = min(known.values(), key=lambda v: abs(v - value))
        return (Verdict.CONSISTENT, near) if abs(value - near) / near < 0.01 else None
    expected = known[party]
    gap = abs(value - expected) / expected
    if gap <= 0.0006:
        return Verdict.CONSISTENT, expected
    if gap <= 0.02:
        return Verdict.ROUNDING, expected
    if unit == "pct" and value > 100:
        return None
    return Verdict.CONTRADICTED, expected
