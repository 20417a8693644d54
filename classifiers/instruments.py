"""Instruments and events with their dates (`register.yaml`): a date that differs from the register's is a finding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from classifiers.dates import Partial, partials
from classifiers.document import Document, Sentence
from classifiers.frames import Finding
from classifiers.lexicon import Tag, read_yaml
from classifiers.measures import numbers_of
from classifiers.referencebase import ReferenceBase
from pipelines.records import Verdict
from pipelines.text import normalised

PATH = Path(__file__).with_name("register.yaml")
EVENT_CONCEPT = {
    "signed": "SIGN", "force": "FORCE", "adopted": "ADOPT", "ratified": "RATIFY", "expired": "EXPIRE", "ruled": "RULED", "declared": "DECLARED",
    "warned": "WARNED", "filed": "FILED", "founded": "FOUND", "fought": "BATTLE|DIED|OCCUPY", "occupied": "OCCUPY",
}
EVENT_VI = {
    "signed": "ký", "force": "có hiệu lực", "adopted": "thông qua", "ratified": "phê chuẩn", "expired": "hết hiệu lực", "ruled": "ra phán quyết", "declared": "công bố",
    "warned": "cảnh báo", "filed": "nộp", "founded": "lập", "fought": "diễn ra", "occupied": "bị chiếm",
}
REACH = 60


@dataclass(frozen=True, slots=True)
class Instrument:
    """One row of the register."""

    ref: str
    type: str
    concepts: frozenset[str]
    needs: frozenset[str]
    without: frozenset[str]
    document: frozenset[str]
    dates: dict[str, tuple[date, ...]]


@cache
def load_register() -> tuple[Instrument, ...]:
    """Return all rows, read once."""
    return tuple(
        Instrument(
            row["ref"], row["type"], frozenset(row["concept"]), frozenset(row.get("with", [])), frozenset(row.get("without", [])), frozenset(row.get("document", [])),
            {event: tuple(date.fromisoformat(day) for day in days) for event, days in row["dates"].items()},
        )
        for row in read_yaml(PATH)
    )


def dates_of(sentence: Sentence) -> list[Partial]:
    """Return the dates of a sentence with raw offsets in its field."""
    clean = normalised(sentence.text)
    found = []
    for p in partials(clean.text):
        start, end = clean.span(p.start, p.end)
        found.append(p._replace(start=start + sentence.start, end=end + sentence.start))
    return found


def compare(document: Document, sentence: Sentence, context: frozenset[str], base: ReferenceBase) -> list[Finding]:
    """Return what the dates of a sentence say of the instruments that it names."""
    rows = [r for r in load_register() if not r.concepts.isdisjoint(sentence.concepts)]
    if not rows:
        return []
    findings = [f for row in rows if row.ref in base for f in _anniversaries(row, document, sentence)]
    dates = dates_of(sentence)
    if not dates:
        return findings
    for row in rows:
        if row.ref not in base or (row.needs and row.needs.isdisjoint(sentence.concepts)) or not row.without.isdisjoint(sentence.concepts):
            continue
        if row.document and row.document.isdisjoint(document.concepts):
            continue
        findings += _compare_row(row, sentence, dates)
    return findings


def _anniversaries(row: Instrument, document: Document, sentence: Sentence) -> list[Finding]:
    """Return what "ba mươi năm Công ước … có hiệu lực" says: years gone by since one of the dates, to the year; never a wrong date."""
    if document.published is None or (row.needs and row.needs.isdisjoint(sentence.concepts)):
        return []
    findings: list[Finding] = []
    for quantity in numbers_of(sentence):
        for event, days in row.dates.items() if quantity.unit == "years" and quantity.value >= 1 else ():
            if any(abs(document.published.year - day.year - quantity.value) <= 1 for day in days):
                start, end = sentence.start + quantity.start, sentence.start + quantity.end
                known = f"{EVENT_VI[event]} {days[0]:%d/%m/%Y}"
                findings.append(Finding(f"number:{row.ref}:years", row.type, (row.ref,), Verdict.CONSISTENT, start, end, 0.6, quantity.written, known, (start, end)))
                break
    return findings


def _compare_row(row: Instrument, sentence: Sentence, dates: list[Partial]) -> list[Finding]:
    names = [t for t in sentence.tags if t.concept in row.concepts]
    findings: list[Finding] = []
    for event, days in row.dates.items():
        for verb in sentence.of(*EVENT_CONCEPT[event].split("|")):
            partial = _date_for(sentence, verb, names, dates, event)
            if partial is None or _anothers(row, sentence, verb, partial):
                continue
            everywhere = [d for known in row.dates.values() for d in known]
            if any(partial.agrees(day) for day in days):
                verdict = Verdict.CONSISTENT
            elif event not in ("signed", "force", "fought", "occupied", "expired") and any(partial.agrees(day) for day in everywhere) or event in ("fought", "occupied") and abs((partial.first - days[0]).days) < 366 and partial.day is None and partial.year == days[0].year:
                continue
            elif event in ("fought", "occupied") and any(other.agrees(day) for other in dates for day in days):
                continue  # "chiếm Hoàng Sa năm 1974 và Gạc Ma năm 1988": its own date stands beside the other's
            else:
                verdict = Verdict.CONTRADICTED
            shown = days[0].strftime("%d/%m/%Y")
            written = sentence.text[partial.start - sentence.start : partial.end - sentence.start]
            findings.append(
                Finding(f"date:{row.ref}:{event}", row.type, (row.ref,), verdict, partial.start, partial.end, 0.85, f"{EVENT_VI[event]} {written}", f"{EVENT_VI[event]} {shown}", (partial.start, partial.end))
            )
            break
    return findings


# "Tính đến tháng 12/2027": until when something is said to hold, no date of an event.
AS_OF = re.compile(r"(?:tính đến|tính tới|cho đến|đến hết|đến ngày|as of|until|截至)\W*(?:ngày|tháng|năm|hết|\W)*$", re.I)


def _date_for(sentence: Sentence, verb: Tag, names: list[Tag], dates: list[Partial], event: str) -> Partial | None:
    """Return the date that a verb governs: right after it, or right before; the instrument must be near."""
    if not names or min(abs(verb.start - n.end) for n in names) > 130 and min(abs(n.start - verb.end) for n in names) > 130:
        return None
    raw_start, raw_end = sentence.surface.raw(verb.start, verb.end)
    dates = [p for p in dates if not AS_OF.search(sentence.text[: p.start - sentence.start])]
    after = [p for p in dates if 0 <= p.start - raw_end <= 22]
    if after and not _crosses(sentence, raw_end, after[0].start):
        return after[0]
    if event in ("fought", "occupied", "warned", "ruled", "founded", "declared", "filed"):
        near = [p for p in dates if abs(p.start - raw_start) <= REACH]
        if near:
            return min(near, key=lambda p: _distance(sentence, (raw_start, raw_end), (p.start, p.end)))
    before = [p for p in dates if 0 <= raw_start - p.end <= 8]
    if before and event in ("force", "expired") and not after:
        return None
    return None


def _crosses(sentence: Sentence, start: int, end: int, marks: str = ";.；。:") -> bool:
    gap = sentence.text[start - sentence.start : end - sentence.start]
    return any(mark in gap for mark in marks)


def _distance(sentence: Sentence, one: tuple[int, int], other: tuple[int, int]) -> int:
    """Return the characters between two raw spans; a clause mark between them counts as thirty."""
    left, right = sorted((one, other))
    return max(right[0] - left[1], 0) + 30 * _crosses(sentence, left[1], right[0], ",，、;；")


def _anothers(row: Instrument, sentence: Sentence, verb: Tag, partial: Partial) -> bool:
    """Whether another instrument of the register stands nearer to the verb: its date is read with that one.

    A name between verb and date owns the date ("ký Nghị định thư … ngày …"), else the last name before the verb, else the first after.
    """
    rows = [r for r in load_register() if not r.needs or not r.needs.isdisjoint(sentence.concepts)]
    known = frozenset().union(*(r.concepts for r in rows)) - row.concepts
    mine = [(t.start, t.end, True) for t in sentence.tags if t.concept in row.concepts]
    theirs = [(t.start, t.end, False) for t in sentence.tags if t.concept in known]
    named_ones = [(t.start, t.end) for t in sentence.tags if t.concept in row.concepts | known]
    theirs += [(t.start, t.end, False) for t in sentence.of("TREATYNOUN") if not any(a < t.end + 3 and t.start < b for a, b in named_ones)]
    theirs = [t for t in theirs if not any(m[0] < t[1] and t[0] < m[1] for m in mine)]
    if not theirs:
        return False
    at = sentence.surface.at(partial.start)
    named = sorted(mine + theirs)
    low, high = min(verb.end, at), max(verb.start, at)
    between = [name for name in named if low <= name[0] and name[1] <= high]
    before = [name for name in named if name[1] <= verb.start + 1]
    after = [name for name in named if name[0] >= verb.end - 1]
    owner = between[-1:] or before[-1:] or after[:1]
    return bool(owner) and not owner[0][2]
