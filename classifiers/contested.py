"""What is open in contested entries (`contested.yaml`): shown with both sides, never called wrong (CODEBOOK, CONTESTED)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from classifiers.document import Sentence
from classifiers.frames import Finding, Need
from classifiers.lexicon import read_yaml
from classifiers.referencebase import ReferenceBase
from pipelines.records import Verdict

PATH = Path(__file__).with_name("contested.yaml")
RULE = "open:"


@dataclass(frozen=True, slots=True)
class Open:
    """One open question: the entry, what a sentence must and must not speak of, the words that put it, and what is open."""

    ref: str
    type: str
    about: tuple[Need, ...]
    without: frozenset[str]
    said: re.Pattern[str]
    unless: re.Pattern[str] | None
    say: str


def _words(pattern: str) -> re.Pattern[str]:
    """Return a pattern of whole words where it is Latin; Chinese and Lao are written without blanks."""
    return re.compile("|".join(rf"(?<![a-z0-9])(?:{part})(?![a-z0-9])" for part in _parts(pattern)))


def _parts(pattern: str) -> list[str]:
    """Return the choices of a pattern, those within brackets left whole."""
    parts, depth, last = [""], 0, ""
    for char in pattern:
        depth += (char == "(" and last != "\\") - (char == ")" and last != "\\")
        if char == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += char
        last = char
    return parts


@cache
def load_open() -> tuple[Open, ...]:
    """Return all open questions, read once."""
    return tuple(
        Open(
            row["ref"], row["type"], tuple(Need(frozenset(slot.replace("~", "").split("|")), "~" in slot) for slot in row["about"]), frozenset(row["without"]),
            _words(row["said"]), _words(row["not"]) if row.get("not") else None, row["say"],
        )
        for row in read_yaml(PATH)
    )  # fmt: skip


def compare(sentence: Sentence, context: frozenset[str], base: ReferenceBase) -> list[Finding]:
    """Return a CONTESTED finding for each open question that a sentence answers one way or the other."""
    here = sentence.concepts
    found = []
    for one in load_open():
        if one.ref not in base or not one.without.isdisjoint(here):
            continue
        if any(need.concepts.isdisjoint(here) and not (need.context and not need.concepts.isdisjoint(context)) for need in one.about):
            continue
        said = one.said.search(sentence.canon)
        if said is None or (one.unless and one.unless.search(sentence.canon)):
            continue
        start, end = sentence.surface.raw(*said.span())
        written = sentence.text[start - sentence.start : end - sentence.start]
        found.append(Finding(RULE + one.ref, one.type, (one.ref,), Verdict.CONTESTED, start, end, 0.85, written, one.say, (start, end)))
    return found
