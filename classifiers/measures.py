"""Numbers of a sentence against the values of the reference base (`measures.yaml`): current, older, rounded, or wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from classifiers.document import Document, Sentence
from classifiers.frames import Finding
from classifiers.lexicon import read_yaml
from classifiers.numbers import Quantity, quantities
from classifiers.reference_records import Validity
from classifiers.referencebase import ReferenceBase
from classifiers.remaining import left_over
from pipelines.records import Verdict
from pipelines.text import normalised

PATH = Path(__file__).with_name("measures.yaml")
# CODEBOOK: rounded is at most 2 % with a hedge word. Half a per mille is how sources round the same survey.
EXACT = 0.0006
ROUNDED = 0.02
HEDGED_FLOOR = 0.10
# Units of this module beside those of the reference base.
BASE_UNITS = {
    "pct": frozenset({"percent"}), "dackhu": frozenset({"units"}), "provinces": frozenset({"units", "provinces"}),
    "communes": frozenset({"units", "communes"}), "markerno": frozenset({"number"}), "parties": frozenset({"parties"}),
}
UNIT_VI = {
    "km": "km", "km2": "km²", "nm": "hải lý", "pct": "%", "markers": "mốc", "positions": "vị trí", "points": "điểm", "people": "người",
    "communes": "xã, phường", "provinces": "đơn vị cấp tỉnh", "dackhu": "đặc khu", "articles": "điều", "chapters": "chương", "dashes": "đoạn",
    "gates": "cửa khẩu quốc tế",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of `measures.yaml`."""

    ref: str
    type: str
    unit: str
    options: tuple[tuple[tuple[frozenset[str], bool], ...], ...]
    no: frozenset[str]
    row: dict[str, Any]


def _slots(names: list[str]) -> tuple[tuple[frozenset[str], bool], ...]:
    return tuple((frozenset(name.replace("~", "").split("|")), "~" in name) for name in names)


@cache
def load_measures() -> tuple[Measure, ...]:
    """Return all rows, read once."""
    return tuple(
        Measure(row["ref"], row["type"], row["unit"], tuple(_slots(o) for o in [row["need"], *row.get("or", [])]), frozenset(row["without"]), row)
        for row in read_yaml(PATH)
    )


def known_values(measure: Measure, base: ReferenceBase) -> list[tuple[float, Validity]]:
    """Return (value, validity) of all that the base accepts for a measure."""
    row = measure.row
    found: list[tuple[float, Validity]] = [(float(v), Validity.CURRENT) for v in row.get("said", [])]
    units = BASE_UNITS.get(measure.unit, frozenset({measure.unit}))
    wanted = frozenset(row.get("what", [])) | frozenset(row.get("also", []))
    for ref in [measure.ref, *row.get("with_ref", [])]:
        for value in base.get(ref).values:
            if isinstance(value.value, float | int) and value.what in wanted and value.unit in units:
                found.append((float(value.value), value.validity))
    found += [(float(v), Validity.LEGACY) for v in row.get("extra", [])]
    if row.get("merged"):
        for kind in (Validity.CURRENT, Validity.LEGACY):
            longest = [max((float(v.value) for v in base.get(r).values if v.what == "border" and v.unit == "km" and v.validity == kind), default=0.0) for r in row["merged"]]
            found.append((sum(longest), Validity.LEGACY))
        for ref in row["merged"]:
            found += [(float(v.value), Validity.LEGACY) for v in base.get(ref).values if v.unit == "km"]
    return found


def official(measure: Measure, base: ReferenceBase, nearest: float) -> float:
    """Return the entry's own current value to show beside a wrong one; `nearest` where it has none."""
    units = BASE_UNITS.get(measure.unit, frozenset({measure.unit}))
    wanted = frozenset(measure.row.get("what", []))
    current = [
        float(v.value)
        for v in base.get(measure.ref).values
        if isinstance(v.value, float | int) and v.what in wanted and v.unit in units and v.validity is Validity.CURRENT
    ]
    return min(current or map(float, measure.row.get("said", ())), key=lambda value: abs(value - nearest), default=nearest)


def clause_concepts(sentence: Sentence, quantity: Quantity) -> frozenset[str]:
    """Return the concepts of the clause that holds a number (a listing may speak of another place after the comma)."""
    at = sentence.surface.at(sentence.start + quantity.start)
    canon = sentence.canon
    left = max(canon.rfind(mark, 0, at) for mark in (" , ", "，", ";", "；", "："))
    stops = [canon.find(mark, at) for mark in (" , ", "，", ";", "；")]
    right = min((stop for stop in stops if stop >= 0), default=len(canon))
    return frozenset(t.concept for t in sentence.tags if t.start >= left and t.end <= right)


def province_concepts(sentence: Sentence, quantity: Quantity) -> frozenset[str]:
    """Return the concepts from the province before a number to the next one ("Lào Cai có 29 xã, phường biên giới và Quảng Trị có …")."""
    at = sentence.surface.at(sentence.start + quantity.start)
    names = sentence.of("P_LAOCAI", "P_THANHHOA", "P_QUANGTRI", "P_QUANGBINH", "P_OTHER")
    left = max((t.start for t in names if t.start <= at), default=at)
    right = min((t.start for t in names if t.start > at), default=len(sentence.canon))
    return frozenset(t.concept for t in sentence.tags if t.start >= left and t.end <= right)


def applies(measure: Measure, here: frozenset[str], context: frozenset[str], published: date | None) -> bool:
    """Whether the sentence speaks of what is measured."""
    if not measure.no.isdisjoint(here):
        return False
    since, until = measure.row.get("since"), measure.row.get("until")
    if (since and (published is None or published < since)) or (until and (published is None or published >= until)):
        return False
    return any(
        all(not names.isdisjoint(here) or (ctx and not names.isdisjoint(context)) for names, ctx in option)
        for option in measure.options
    )


def judge(quantity: Quantity, known: list[tuple[float, Validity]], row: dict[str, Any]) -> tuple[Verdict | None, float]:
    """Return the verdict on one number and the known value nearest to it; None when the evidence does not decide."""
    best, nearest, kind = 9e9, 0.0, Validity.CURRENT
    value = quantity.value
    for reading in quantity.values:
        for candidate, validity in known:
            difference = abs(reading - candidate) / max(abs(candidate), 1e-9)
            if difference < best - 1e-9:
                best, nearest, kind, value = difference, candidate, validity, reading
    if value == nearest or (best <= EXACT and not quantity.hedge):
        return (Verdict.LEGACY_VALUE if kind is Validity.LEGACY else Verdict.CONSISTENT), nearest
    if row.get("hard"):
        return (None if quantity.hedge and best <= ROUNDED else Verdict.CONTRADICTED), nearest
    if best <= ROUNDED:
        whole = abs(value - round(nearest)) < 0.51 and not quantity.hedge
        if kind is Validity.LEGACY:
            return Verdict.LEGACY_VALUE, nearest
        return (Verdict.CONSISTENT if whole and value != nearest and value == int(value) and quantity.hedge == "" else Verdict.ROUNDING), nearest
    if row.get("wide") and best <= row["wide"]:
        return None, nearest
    round_number = value >= 100 and value % 100 == 0
    if best <= HEDGED_FLOOR and (quantity.hedge or round_number):
        return Verdict.ROUNDING if quantity.hedge else None, nearest
    if best <= 0.05 and quantity.hedge:
        return None, nearest
    return (None if row.get("soft") else Verdict.CONTRADICTED), nearest


def judge_left(quantity: Quantity, whole: float, verdict: Verdict | None) -> tuple[Verdict | None, float]:
    """Return the verdict on what is said to be all that is left of a line: wrong where it is shorter than any rounding of today's length."""
    short = 1 - quantity.value / whole
    return (Verdict.CONTRADICTED if short > (0.05 if quantity.hedge else ROUNDED) else verdict), whole


def written_number(value: float) -> str:
    """Return a number as Vietnamese documents write it: 1.449,566."""
    text = f"{value:,.3f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def numbers_of(sentence: Sentence) -> list[Quantity]:
    """Return the quantities of a sentence with offsets into its text as given (NFD texts too)."""
    clean = normalised(sentence.text)
    found = quantities(clean.text, sentence.surface.bare)
    if clean.starts is None:
        return found
    return [Quantity(q.values, q.unit, *clean.span(q.start, q.end), q.hedge, q.written) for q in found]


def compare(document: Document, sentence: Sentence, context: frozenset[str], base: ReferenceBase) -> list[Finding]:
    """Return what the numbers of a sentence say, each compared with the entry that it belongs to."""
    numbers = [q for q in numbers_of(sentence) if q.unit]
    findings: list[Finding] = []
    if not numbers:
        return findings
    for measure in load_measures():
        mine = [q for q in numbers if q.unit == measure.unit or (measure.unit == "communes" and q.unit == "communes")]
        if not mine or measure.ref not in base:
            continue
        whole = applies(measure, sentence.concepts, context, document.published)
        row, known = measure.row, known_values(measure, base)
        if not known:
            continue
        for quantity in mine:
            clause = clause_concepts(sentence, quantity)
            own = measure.unit in PER_PROVINCE and applies(measure, province_concepts(sentence, quantity), frozenset(), document.published)
            if measure.unit == "gates" and (not own or not whole):
                continue
            if not own and not applies(measure, clause, context, document.published) and (not whole or _of_another(measure, clause)):
                continue
            if max(quantity.values) < row.get("least", 0) or (quantity.value == 0 and not row.get("zero")):
                continue
            verdict, nearest = judge(quantity, known, row)
            if verdict in (None, Verdict.ROUNDING) and row.get("part") and measure.unit == "km" and left_over(sentence, quantity):
                verdict, nearest = judge_left(quantity, official(measure, base, nearest), verdict)
            beyond = quantity.value > 1.1 * max(value for value, _ in known)
            if verdict is None or (verdict is Verdict.CONTRADICTED and not _binds(measure, sentence, quantity, mine, beyond)):
                continue
            if verdict is Verdict.CONTRADICTED and measure.unit == "km" and _of_something_else(sentence, quantity, mine, known, row):
                continue
            if verdict is Verdict.CONTRADICTED:
                nearest = official(measure, base, nearest)
            findings.append(_finding(measure, sentence, quantity, verdict, nearest))
    return findings


# Counted province by province: each count belongs to the province before it.
PER_PROVINCE = ("communes", "gates")
LINES = frozenset({"NORTHBORDER", "LAOBORDER", "KHBORDER"})


# The right length is named beside a wrong one that is claimed instead ("không phải 1.449 km mà là …", "trước dài … nay còn …").
INSTEAD = re.compile(r" (?:ma la|khong phai|chu khong|chi con|con lai|xuong con|xuong|giam|rut|hut|mat|nay con|not|instead|shrunk|lost|down to|but)(?= )|而是|只剩|减少|缩")
# A river makes so much of it.
PART_OF = re.compile(r" (?:tao thanh|lam thanh|tao nen|hinh thanh|forms|forming) (?:\S+ ){0,5}(?:km|cay so|kilomet\w*)(?= )")
# The land border of the whole country, and that of another one with all its neighbours.
WITH_ALL = re.compile(r" (?:1[3-5]|muoi bon|14) (?:nuoc|quoc gia|countries|neighbours|neighbors)(?= )|(?:14|十四)(?:个)?(?:国|邻国)")


def _of_something_else(sentence: Sentence, quantity: Quantity, mine: list[Quantity], known: list[tuple[float, Validity]], row: dict[str, Any]) -> bool:
    """Whether a wrong length is of a coast, a river or a road beside the border, whose own length is right, or of the borders with several neighbours."""
    if WITH_ALL.search(sentence.canon) or PART_OF.search(sentence.canon):
        return True
    if sum(sentence.has(*names) for names in (("CN", "NORTHBORDER"), ("LA", "LAOBORDER"), ("KH", "KHBORDER"))) >= 2 and quantity.value >= 3000:
        return True
    right = any(q is not quantity and judge(q, known, row)[0] not in (None, Verdict.CONTRADICTED) for q in mine)
    return right and INSTEAD.search(sentence.canon) is None


def _of_another(measure: Measure, clause: frozenset[str]) -> bool:
    """Whether the clause of a number names another border than the one measured ("biên giới Việt – Lào 2.337 km, Việt – Trung 1.449 km")."""
    mine = frozenset().union(*(names for option in measure.options for names, _ in option))
    return bool(clause & LINES) and mine.isdisjoint(clause & LINES)


def _binds(measure: Measure, sentence: Sentence, quantity: Quantity, mine: list[Quantity], beyond: bool) -> bool:
    """Whether a wrong number surely belongs to the thing measured: no part of it, no other number that fits better.

    A count `beyond` the whole cannot be a part of it, whatever words stand before it.
    """
    row = measure.row
    at = sentence.surface.at(sentence.start + quantity.start)
    if row.get("close"):
        tags = sentence.of(row["close"])
        if not any(-14 <= at - tag.end <= 24 or -34 <= tag.start - at - len(quantity.written) <= 14 for tag in tags):
            return False
    if row.get("only") and any(q is not quantity for q in mine):
        return False
    if row.get("part") and not (beyond and row.get("count")):
        left = [t for t in sentence.of("SUBUNIT") if t.end <= at and at - t.end <= 70 and not _whole_after(sentence, t.end, at)]
        right = [t for t in sentence.of("SUBUNIT") if t.start >= at and t.start - at <= 12]
        if left or right:
            return False
        if row.get("count") and any(t.end <= at and at - t.end < 30 for t in sentence.of("PART")):
            return False
    return True


PROVINCES = ("P_LAOCAI", "P_THANHHOA", "P_QUANGTRI", "P_QUANGBINH", "NORTHBORDER", "LAOBORDER", "KHBORDER", "WHOLE")


def _whole_after(sentence: Sentence, start: int, end: int) -> bool:
    """Whether the province or whole line is named again between a part word and the number ("đoạn của Quảng Bình … dài")."""
    return any(start <= tag.start < end for tag in sentence.of(*PROVINCES))


def _finding(measure: Measure, sentence: Sentence, quantity: Quantity, verdict: Verdict, nearest: float) -> Finding:
    start, end = sentence.start + quantity.start, sentence.start + quantity.end
    unit = UNIT_VI.get(measure.unit, measure.unit)
    weight = 0.95 if verdict is Verdict.CONTRADICTED else 0.8
    return Finding(f"number:{measure.ref}:{measure.unit}", measure.type, (measure.ref,), verdict, start, end, weight, quantity.written, f"{written_number(nearest)} {unit}", (start, end))
