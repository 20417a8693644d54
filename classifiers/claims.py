"""Claim finding: which sentences may state something checkable, and what the comparisons say of them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ahocorasick_rs

from classifiers import citations, contested, instruments, measures, mergers, quotations, shares, units
from classifiers.document import Document, Sentence
from classifiers.frames import Finding, context_concepts, load_frames, match
from classifiers.lexicon import load_lexicon, read_yaml
from classifiers.referencebase import ReferenceBase
from classifiers.surface import fold_table, is_bare, read
from pipelines.records import FLAG_VERDICTS, WATCH_VERDICTS, Verdict

GATE_WEIGHTS = Path(__file__).with_name("gate_weights.yaml")


@dataclass(frozen=True, slots=True)
class Gate:
    """`gate.yaml`: words that let a text in; `gate_weights.yaml`: weights of concepts that let a sentence in."""

    words: tuple[str, ...]
    han: tuple[str, ...]
    weights: dict[str, float]
    bias: float
    alone: float
    near: float

    def score(self, sentence: Sentence) -> float:
        """Return how much a sentence looks like a claim on the topic, by its concepts alone."""
        return self.bias + sum(self.weights.get(name, 0.0) for name in sentence.concepts)


@cache
def load_gate() -> Gate:
    """Return the gate that ships with the program, read once."""
    raw, learnt = read_yaml(Path(__file__).with_name("gate.yaml")), read_yaml(GATE_WEIGHTS)
    return Gate(tuple(raw["topic_words"]), tuple(raw["topic_han"]), learnt["weights"], learnt["bias"], learnt["alone"], learnt["near"])


@cache
def _topic_automata() -> tuple[ahocorasick_rs.AhoCorasick, ahocorasick_rs.AhoCorasick]:
    gate = load_gate()
    return ahocorasick_rs.AhoCorasick(gate.words), ahocorasick_rs.AhoCorasick(gate.han)


# Short texts without a topic word are read for concepts too: posts write "vịnh bb", "tsa", "bgioi".
SHORT = 600


def on_topic(text: str) -> bool:
    """Whether any topic word occurs, with or without diacritics; short texts without one may pass by their concepts."""
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    folded, han = _topic_automata()
    plain = text.lower() if text.isascii() else text.translate(fold_table())
    if folded.find_matches_as_indexes(plain) or (not text.isascii() and han.find_matches_as_indexes(plain)):
        return True
    return len(text) <= SHORT and _speaks_of_it(text)


def _speaks_of_it(text: str) -> bool:
    gate = load_gate()
    concepts = {tag.concept for tag in load_lexicon().tags(read(text, bare=is_bare(text)))}
    return gate.bias + sum(gate.weights.get(name, 0.0) for name in concepts) > gate.alone


def candidates(document: Document) -> list[Sentence]:
    """Return the sentences that go on to comparison: by themselves, or likely enough close to such a sentence or under such a title."""
    gate = load_gate()
    scores = [gate.score(sentence) for sentence in document.sentences]
    strong = [score > gate.alone or mergers.speaks(sentence) for sentence, score in zip(document.sentences, scores, strict=True)]
    if not any(strong):
        return []
    titled = strong[0] and document.sentences[0].field == "title"
    return [
        sentence
        for index, (sentence, score) in enumerate(zip(document.sentences, scores, strict=True))
        if strong[index] or (score > gate.near and (titled or any(strong[max(0, index - 2) : index + 3])))
    ]


def findings(document: Document, sentence: Sentence, base: ReferenceBase) -> list[Finding]:
    """Return all that the comparisons say of one sentence, conflicts settled, the weightiest first."""
    context = context_concepts(document, sentence)
    found: list[Finding] = []
    for frame in load_frames():
        result = match(frame, document, sentence, context)
        if result is not None:
            found.append(result)
    found += measures.compare(document, sentence, context, base)
    found += shares.compare(sentence, context, base)
    found += instruments.compare(document, sentence, context, base)
    found += citations.compare(document, sentence, context)
    found += quotations.compare(sentence, base)
    found += contested.compare(sentence, context, base)
    found += units.compare(document, sentence, base)
    found += mergers.compare(document, sentence, base)
    return settle([_with_refs(f, base) for f in found])


def _with_refs(finding: Finding, base: ReferenceBase) -> Finding:
    """Keep only references that the base holds; a rule without any of its own falls back on the type's."""
    refs = tuple(ref for ref in dict.fromkeys(finding.refs) if ref in base)
    if not refs and finding.verdict is not Verdict.OUT_OF_SCOPE:
        refs = tuple(ref for ref in FALLBACK.get(finding.type, ("TS-06",)) if ref in base)[:1]
    return Finding(finding.rule, finding.type, refs, finding.verdict, finding.start, finding.end, finding.weight, finding.written, finding.known, finding.core)


FALLBACK = {
    "D01": ("TS-06", "HS-03"), "D07": ("VC-04", "VL-04"), "D08": ("HS-01", "TS-01"), "D09": ("GT-05", "VC-01"), "D13": ("IUU-02",), "D14": ("VL-04", "VL-02"),
    "D16": ("ADM-04", "ADM-02"), "D17": ("EVT-01", "EVT-02"),
}


def settle(found: list[Finding]) -> list[Finding]:
    """Settle conflicts: a denied statement clears the same reference; contested outweighs a weaker contradiction."""
    clear = {ref for f in found if f.verdict is Verdict.CONSISTENT and f.weight >= 0.6 and not f.rule.startswith(("number", "date", "share", "unit")) for ref in f.refs}
    disputed = {ref for f in found if f.rule.startswith(contested.RULE) for ref in f.refs}
    kept = []
    for finding in found:
        rule = not finding.rule.startswith(("number", "date", "share", "unit"))
        if rule and finding.verdict in FLAG_VERDICTS | WATCH_VERDICTS and clear & set(finding.refs):
            continue
        if rule and finding.verdict in FLAG_VERDICTS and disputed & set(finding.refs[:1]):
            continue
        kept.append(finding)
    return sorted(kept, key=lambda f: (-rank(f.verdict), -f.weight, f.start))


def rank(verdict: Verdict) -> int:
    """Order of verdicts when several comparisons speak of one sentence."""
    if verdict in FLAG_VERDICTS:
        return 4
    if verdict in WATCH_VERDICTS:
        return 3
    return {Verdict.CONTESTED: 2, Verdict.OUT_OF_SCOPE: 0}.get(verdict, 1)
