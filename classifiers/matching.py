"""Claim to reference entries: labelled neighbours by words, characters and concepts, and what must be spoken of."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from classifiers.document import Document, Sentence
from classifiers.frames import context_concepts
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
