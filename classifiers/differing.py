"""The words of a sentence that differ from an entry, where only the models raised it: the smallest part that shares what a wrong form says."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache
from itertools import pairwise

from classifiers.document import Sentence
from classifiers.features import VOICE
from classifiers.lexicon import Tag, load_lexicon
from classifiers.measures import numbers_of
from classifiers.referencebase import ReferenceBase
from classifiers.surface import is_bare, read

# Where a part may begin or end: clause marks (canonical text), and words that open a clause, as they are written.
MARKS = re.compile(r"(?<= )[,;:.!?，；：。！？、…\U0001f300-\U0001faff]+(?= )")
OPENERS = re.compile(r"\s(?=(?:và|nhưng|còn|thì|nên|mà|khi|vì|rồi|từ đó|thành ra)\s)", re.I)
ENGLISH_OPENERS = re.compile(r"\s(?=(?:and|but|so|because|while|which)\s)", re.I)
# A part holds at least this share of what the sentence shares with the wrong form.
ENOUGH = 0.7
IDLE = " ,;:.!?，；：。！？、…"
# Shorter than this it says nothing by itself.
LEAST = 8


@cache
def _concepts(text: str) -> frozenset[str]:
    tags = load_lexicon().tags(read(text, bare=is_bare(text)))
    return frozenset(t.concept for t in tags if t.concept not in VOICE and not t.concept.startswith("X_"))


@cache
def _weights(texts: tuple[str, ...]) -> dict[str, float]:
    """Return how telling each concept is: rare among the wrong forms of the base is telling."""
    seen = Counter(concept for text in texts for concept in _concepts(text))
    return {concept: math.log(1 + len(texts) / count) for concept, count in seen.items()}


def span(base: ReferenceBase, sentence: Sentence, refs: tuple[str, ...]) -> tuple[int, int]:
    """Return raw offsets of the smallest run of clauses that shares most with a wrong form of the entries, its idle ends left out; the whole sentence if none."""
    whole = (sentence.start, sentence.end)
    forms = [counter.text for ref in refs[:2] for counter in base.get(ref).counter]
    weights = _weights(tuple(counter.text for entry in base for counter in entry.counter)) if forms else {}
    shared = max((_concepts(form) & sentence.concepts for form in forms), key=lambda found: (sum(weights[c] for c in found), sorted(found)), default=frozenset())
    tags = [t for t in sentence.tags if t.concept in shared]
    if not tags:
        return whole
    parts = _parts(sentence)
    holding = [{t.concept for t in tags if a <= t.start and t.end <= b} for a, b in parts]
    total = sum(weights[c] for c in set().union(*holding))
    runs = [(b - a, a, b) for i, (a, _) in enumerate(parts) for j in range(i, len(parts)) for b in (parts[j][1],) if sum(weights[c] for c in set().union(*holding[i : j + 1])) >= ENOUGH * total > 0]
    if not runs:
        return whole
    _, low, high = min(runs)
    return _trimmed(sentence, tags, low, high) or whole


def _parts(sentence: Sentence) -> list[tuple[int, int]]:
    openers = ENGLISH_OPENERS if sentence.surface.english else OPENERS
    cuts = {m.end() for m in MARKS.finditer(sentence.canon)} | {sentence.surface.at(sentence.start + m.end()) for m in openers.finditer(sentence.text)}
    return list(pairwise(sorted({0, len(sentence.canon)} | cuts)))


def _trimmed(sentence: Sentence, tags: list[Tag], low: int, high: int) -> tuple[int, int] | None:
    """Return the run from its first shared word, party, negation or number to its end: what is done to whom stands to the right."""
    spots = [t.start for t in (*tags, *sentence.of("NEG", "VN", "CN", "PH", "LA", "KH")) if low <= t.start and t.end <= high]
    figures = [sentence.surface.at(sentence.start + quantity.start) for quantity in numbers_of(sentence) if quantity.unit]
    spots += [at for at in figures if low <= at < high]
    start, end = sentence.surface.raw(min(spots), high)
    if end - start < LEAST:
        start, end = sentence.surface.raw(low, high)
    text = sentence.text[start - sentence.start : end - sentence.start]
    end -= len(text) - len(text.rstrip(IDLE))
    start += len(text) - len(text.lstrip(IDLE))
    return (start, end) if end > start else None
