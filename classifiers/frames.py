"""Frames (`frames/*.yaml`): what a sentence says of an entry of the reference base, with its polarity.

A frame names concepts that must stand in one sentence (`A|B`; `~` allows the three sentences before, or the
title), concepts that must not, the predicate whose polarity counts, and the verdict for either polarity.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from classifiers.document import Document, Sentence
from classifiers.lexicon import Tag, read_yaml
from classifiers.parties import nearest_party, owner
from classifiers.predicates import is_modal, is_negated
from pipelines.records import Verdict

FOLDER = Path(__file__).with_name("frames")
SPAN = 240
# "Vụ kiện", "tòa tuyên" are about the sea only in a text that says so.
SEA_CASE = frozenset(["SCS", "HS", "TS", "PH", "BABINH", "OTHERFEAT", "MISCHIEF", "SUBI", "SCARBOROUGH", "SECONDTHOMAS", "DASH", "UNCLOS", "LAHAYE"])


@dataclass(frozen=True, slots=True)
class Need:
    """One slot: any of `concepts`, in the sentence or (when `context`) close before it."""

    concepts: frozenset[str]
    context: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """A rule as declared; see docs/claims.md for the fields."""

    id: str
    type: str
    refs: tuple[str, ...]
    need: tuple[Need, ...]
    no: frozenset[str]
    no_context: frozenset[str]
    pred: frozenset[str]
    pos: Verdict | None
    neg: Verdict | None
    add: dict[str, str]
    span: int
    order: bool
    modal: bool
    owner: frozenset[str]
    subject: frozenset[str]
    since: date | None
    until: date | None
    fresh: bool
    weight: float
    say: str
    types: dict[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one comparison says of one sentence; `start`, `end` are raw offsets of the words that decided it."""

    rule: str
    type: str
    refs: tuple[str, ...]
    verdict: Verdict
    start: int
    end: int
    weight: float
    written: str
    known: str
    core: tuple[int, int]


def parse(raw: dict[str, Any]) -> Frame:
    """Return a frame from its YAML mapping; raises KeyError or ValueError when it is badly written."""
    needs = []
    for slot in raw["need"]:
        needs.append(Need(frozenset(slot.replace("~", "").split("|")), "~" in slot))
    no = raw.get("without", [])
    return Frame(
        id=raw["id"],
        type=raw["type"],
        refs=tuple(raw["refs"]),
        need=tuple(needs),
        no=frozenset(name for name in no if not name.endswith("~")),
        no_context=frozenset(name.removesuffix("~") for name in no if name.endswith("~")),
        pred=frozenset(raw.get("pred", "").split("|")) - {""},
        pos=Verdict(raw["pos"]) if raw.get("pos") else None,
        neg=Verdict(raw["neg"]) if raw.get("neg") else None,
        add=raw.get("add", {}),
        span=raw.get("span", SPAN),
        order=raw.get("order", False),
        modal=raw.get("modal", False),
        owner=frozenset(raw.get("owner", "").split("|")) - {""},
        subject=frozenset(raw.get("subject", "").split("|")) - {""},
        since=raw.get("since"),
        until=raw.get("until"),
        fresh=raw.get("fresh", False),
        weight=raw.get("weight", 0.9),
        say=raw.get("say", ""),
        types=raw.get("types", {}),
    )


@cache
def load_frames() -> tuple[Frame, ...]:
    """Return all frames that ship with the program, in file order."""
    return tuple(parse(raw) for path in sorted(FOLDER.glob("*.yaml")) for raw in read_yaml(path))


def concepts_used() -> frozenset[str]:
    """Every concept that some frame names (a test checks them against the lexicon)."""
    names: set[str] = set()
    for frame in load_frames():
        names |= frame.no | frame.no_context | frame.pred | frame.owner | frame.subject | set(frame.add) | set(frame.types)
        for need in frame.need:
            names |= need.concepts
    return frozenset(names)


def context_concepts(document: Document, sentence: Sentence) -> frozenset[str]:
    """Concepts of the three sentences before and of the title."""
    names: set[str] = set()
    for other in document.before(sentence, 3):
        names |= other.concepts
    if document.sentences and document.sentences[0].field == "title" and not sentence.field.startswith("caption"):
        names |= document.sentences[0].concepts
    return frozenset(names)


def match(frame: Frame, document: Document, sentence: Sentence, context: frozenset[str]) -> Finding | None:
    """Return what `frame` says of the sentence, None when it does not apply."""
    here = sentence.concepts
    for need in frame.need:
        if need.concepts.isdisjoint(here) and not (need.context and not need.concepts.isdisjoint(context)):
            return None
    if not frame.no.isdisjoint(here) or not frame.no_context.isdisjoint(context | here):
        return None
    published = document.published
    if frame.since and (published is None or published < frame.since):
        return None
    if frame.until and (published is None or published >= frame.until):
        return None
    if frame.fresh and "FRESH" not in here and "FRESH" not in context and "FRESH" not in document.concepts:
        return None
    if any("PCA" in need.concepts for need in frame.need) and document.concepts.isdisjoint(SEA_CASE):
        return None
    picked = _closest(frame, sentence)
    if picked is None:
        return None
    predicates = [tag for tag in sentence.tags if tag.concept in frame.pred] if frame.pred else []
    # "Nhiều người nói không có, song … có phụ lục mật": a predicate outside of a negation speaks before one within.
    negations = sentence.of("NEG")
    predicates = [t for t in predicates if not any(n.start <= t.start and t.end <= n.end for n in negations)] or predicates
    if frame.pred and not predicates:
        return None
    if frame.pred:
        low, high = min(t.start for t in picked), max(t.end for t in picked)
        inside = [p for p in predicates if low - 60 <= p.start <= high + 60] or predicates
        negated = _polarity(frame, sentence, inside)
        verdict = frame.neg if negated else frame.pos
        lead = inside[0]
        if verdict in (Verdict.CONTRADICTED, Verdict.UNSUPPORTED) and not frame.modal and is_modal(sentence, lead):
            return None
        if frame.owner and owner(sentence, lead) not in frame.owner:
            return None
        if frame.subject and nearest_party(sentence, lead.start, before=True) not in frame.subject:
            return None
        picked = [*picked, lead]
    else:
        verdict = frame.pos
    if verdict is None:
        return None
    return _finding(frame, sentence, picked, verdict)


def _polarity(frame: Frame, sentence: Sentence, predicates: list[Tag]) -> bool:
    """Whether the statement is denied: most of its predicates stand under a negation."""
    return any(is_negated(sentence, tag) for tag in predicates)


def _closest(frame: Frame, sentence: Sentence) -> list[Tag] | None:
    """Return one tag for each slot found in the sentence, as close together as the frame wants."""
    slots = [[t for t in sentence.tags if t.concept in need.concepts] for need in frame.need]
    present = [slot for slot in slots if slot]
    if not present:
        return None
    best: list[Tag] | None = None
    width = frame.span + 1
    for anchor in present[0][:6]:
        chosen = [anchor]
        for slot in present[1:]:
            options = [t for t in slot if not frame.order or t.start >= chosen[-1].start]
            free = [t for t in options if all(t.start >= c.end or t.end <= c.start for c in chosen)] or options
            if not free:
                break
            chosen.append(min(free, key=lambda t: min(abs(t.start - anchor.end), abs(anchor.start - t.end))))
        else:
            low, high = min(t.start for t in chosen), max(t.end for t in chosen)
            if high - low < width:
                width, best = high - low, chosen
    return best


def _finding(frame: Frame, sentence: Sentence, picked: list[Tag], verdict: Verdict) -> Finding:
    low, high = min(t.start for t in picked), max(t.end for t in picked)
    start, end = sentence.surface.raw(low, high)
    refs = list(frame.refs)
    for concept, ref in frame.add.items():
        if concept in sentence.concepts and ref not in refs:
            refs.append(ref)
    kind = next((t for concept, t in frame.types.items() if concept in sentence.concepts), frame.type)
    written = sentence.text[start - sentence.start : end - sentence.start]
    return Finding(frame.id, kind, tuple(refs), verdict, start, end, frame.weight, written, frame.say, (start, end))
