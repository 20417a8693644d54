"""Claim to reference entries: labelled neighbours by words, characters and concepts, and what must be spoken of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from classifiers.document import Document, Sentence
from classifiers.frames import Finding, context_concepts
from classifiers.lexicon import read_yaml
from classifiers.models import Neighbour, vote
from classifiers.referencebase import ReferenceBase

PATH = Path(__file__).with_name("anchors.yaml")


@cache
def load_anchors() -> dict[str, tuple[tuple[tuple[frozenset[str], bool], ...], ...]]:
    """Return, by id or prefix of ids, the alternatives of concepts that a sentence must speak of."""
    return {
        name: tuple(tuple((frozenset(slot.replace("~", "").split("|")), "~" in slot) for slot in option) for option in options)
        for name, options in read_yaml(PATH).items()
    }


def anchored(ref: str, here: frozenset[str], context: frozenset[str]) -> bool:
    """Whether a sentence speaks of what entry `ref` is about at all."""
    anchors = load_anchors()
    options = anchors.get(ref) or anchors.get(ref.rpartition("-")[0])
    if not options or (ref.startswith(("VK", "EVT", "VL", "TH")) and any(not names.isdisjoint(here) for option in anchors["NOT"] for names, _ in option)):
        return False
    return any(
        all(not names.isdisjoint(here) or (near and not names.isdisjoint(context)) for names, near in option) for option in options
    )


def references(base: ReferenceBase, document: Document, sentence: Sentence, neighbours: list[Neighbour], top: int = 3) -> tuple[str, list[str]]:
    """Return the likeliest type and at most `top` entries that the sentence may be compared with, the best first."""
    kind, ranked = vote(neighbours)
    context = context_concepts(document, sentence)
    kept = [ref for ref, _ in ranked if ref in base and anchored(ref, sentence.concepts, context)]
    return kind, kept[:top]


# How much what a rule compared with counts beside the nearest labelled sentences, and an entry that the sentence does not speak of.
RULE, UNSPOKEN = 1.0, 0.35


def rank(base: ReferenceBase, document: Document, sentence: Sentence, found: Sequence[Finding], neighbours: list[Neighbour], top: int = 3) -> list[str]:
    """Return the entries that a sentence is compared with, the best first: by rules, by words, characters and slots."""
    scores: dict[str, float] = {}
    for finding in found:
        for place, ref in enumerate(finding.refs):
            scores[ref] = max(scores.get(ref, 0.0), RULE * finding.weight * (1.0 if place == 0 else 0.8))
    votes = vote(neighbours)[1]
    most = max((score for _, score in votes), default=1.0)
    context = context_concepts(document, sentence)
    for ref, score in votes:
        if ref in base:
            share = score / most if anchored(ref, sentence.concepts, context) else UNSPOKEN * score / most
            scores[ref] = scores.get(ref, 0.0) + share
    return sorted(scores, key=lambda ref: (-scores[ref], ref))[:top]
