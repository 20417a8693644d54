"""Features of one sentence in its text, for the learnt models: words, concepts, their pairs, rules, cues around.

All are strings for a hashing vectoriser; no outlet, no place of publication, no date is among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations

from classifiers.document import Document, Sentence
from classifiers.frames import Finding
from classifiers.parties import owner, party_tags
from classifiers.predicates import is_modal, is_negated
from classifiers.roles import Decision

NUMBER = re.compile(r"\d[\d.,]*")
HAN_LAO = re.compile(r"[\u0e80-\u0eff\u3400-\u9fff]+")
# Concepts of voice and genre tell the role; the rest tells what is stated.
VOICE = frozenset(
    ["SAY", "ACCORDING", "SELFSOURCE", "LEGALSOURCE", "SPEAKER", "RUMOR", "DENY", "DENYLATER", "FACTCHECK", "ACTION", "OFFICIAL", "CONFIRM", "UNCONFIRMED", "FRESH", "ENDORSECUE", "QUESTIONCUE", "LEAN", "ANSWERNO", "OPINIONCUE", "EVALUATIVE", "ACADEMICCUE", "SATIRECUE", "QUIZCUE", "LEGALCUE", "INCIDENTALCUE", "SOURCEDOC", "POSTING", "LETTERWORD", "IRREALIS"]
)
POLAR = ("GIVE", "RULE", "RECOG", "NAMES", "CEDE", "SOLD", "BELONG", "OWN", "GRANTRIGHT", "MOVE", "OCCUPY", "KEEP", "APPROVE", "WIN", "LOSE", "INFORCE", "FINISH", "GONE", "CHANGEBORDER", "REMOVECARD", "VOID", "BINDS", "GENERATES", "REGAIN", "LEASE", "DRAWLINE", "EXISTS")


def plain(sentence: Sentence) -> str:
    """Return the canonical text with numbers made alike."""
    return NUMBER.sub("#", sentence.canon)


def grams(text: str, mark: str, chars: bool) -> Iterable[str]:
    """Yield words, pairs of words and, when `chars`, character trigrams to fivegrams; Chinese and Lao by characters."""
    words = text.split()
    pieces: list[str] = []
    for word in words:
        if HAN_LAO.match(word):
            pieces += [word[i : i + 2] for i in range(max(1, len(word) - 1))]
        else:
            pieces.append(word)
    for piece in pieces:
        yield f"{mark}{piece}"
    for left, right in zip(pieces, pieces[1:], strict=False):
        yield f"{mark}{left} {right}"
    if chars:
        for size in (4, 5):
            for i in range(len(text) - size + 1):
                yield f"{mark}~{text[i : i + size]}"


def rule_marks(found: list[Finding]) -> list[str]:
    """Return what the rules say, so that the model learns how far to trust each of them."""
    marks = [f"r={f.rule}>{f.verdict.value}" for f in found]
    marks += [f"rv={f.verdict.value}" for f in found[:1]]
    kinds = {f.rule.partition(":")[0] for f in found if ":" in f.rule}
    marks += [f"rk={kind}>{f.verdict.value}" for kind in kinds for f in found if f.rule.startswith(kind)]
    return marks or ["r=none"]


def statement(document: Document, sentence: Sentence, found: list[Finding]) -> list[str]:
    """Return the features of what is stated."""
    tokens = list(grams(plain(sentence), "w:", False))
    own = sorted(c for c in sentence.concepts if c not in VOICE)
    tokens += [f"c={c}" for c in own] * 2
    tokens += [f"c2={a}&{b}" for a, b in combinations(own[:40], 2)]
    for tag in sentence.tags:
        if tag.concept in POLAR:
            state = "-" if is_negated(sentence, tag) else "?" if is_modal(sentence, tag) else "+"
            tokens.append(f"p={tag.concept}{state}")
            tokens.append(f"po={tag.concept}{state}{owner(sentence, tag)}")
    parties = [t.concept for t in party_tags(sentence)]
    tokens += [f"party={p}" for p in parties]
    tokens.append("parties=" + ">".join(dict.fromkeys(parties)))
    around = set().union(*(s.concepts for s in document.before(sentence, 2))) if sentence.index else set()
    tokens += [f"b={c}" for c in sorted(around - VOICE)]
    tokens += rule_marks(found) * 3
    return tokens


def voice(document: Document, sentence: Sentence, found: list[Finding], decision: Decision | None) -> list[str]:
    """Return the features of who says it and how."""
    tokens = list(grams(plain(sentence), "w:", False))
    core = (sentence.surface.at(found[0].core[0]), sentence.surface.at(found[0].core[1])) if found else (0, len(sentence.canon))
    for tag in sentence.tags:
        if tag.concept in VOICE:
            place = "<" if tag.end <= core[0] else ">" if tag.start >= core[1] else "="
            tokens += [f"v={tag.concept}", f"v={tag.concept}{place}"]
            tokens.append(f"vw={tag.concept}:{sentence.canon[tag.start : tag.end]}")
    for name, group in (("t", document.sentences[:1]), ("b", document.before(sentence, 1)), ("a", document.after(sentence, 1)), ("bb", document.before(sentence, 3)), ("aa", document.after(sentence, 3)), ("z", document.sentences[-1:])):
        for concept in sorted(set().union(*(s.concepts for s in group)) & VOICE if group else ()):
            tokens.append(f"{name}={concept}")
        if name in ("b", "a", "t"):
            for other in group:
                tokens += list(grams(plain(other)[:160], f"{name}:", False))
    text = sentence.text.rstrip()
    tokens.append(f"q={text.endswith(('?', '？'))}")
    tokens.append(f"quoted={bool(sentence.quotes)}")
    if found and any(a <= found[0].start + 2 and found[0].end - 2 <= b for a, b in sentence.quotes):
        tokens.append("corequoted")
    if sentence.field == "title":
        tokens.append("title")
    tokens += rule_marks(found)[:4]
    tokens += [f"c={c}" for c in sorted(sentence.concepts - VOICE)]
    if decision is not None:
        tokens += [f"rd={decision.role.value}"] * 3
        tokens.append(f"rd={decision.role.value}:{found[0].verdict.value if found else '-'}")
    return tokens
