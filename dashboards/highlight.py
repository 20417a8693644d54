"""Finding a claim's sentence in the text as published, and cutting the text so that exactly it is marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipelines.records import Claim, Role, Tier, Verdict
from pipelines.text import normalised, normalize

_SIDES = re.compile(r"^\s*bài viết:\s*(?P<text>.+?)\s+[—–-]\s+tư liệu\s*(?P<ref>[A-Z0-9]+-\d+)?\s*:\s*(?P<base>.+?)\s*$", re.S)


# How a marked sentence stands: it raised an alert; it was compared and raised none; it is no statement to be judged.
KINDS = ("raised", "compared", "opinion")
_NOT_JUDGED = frozenset({Role.OPINION, Role.QUESTION, Role.SATIRE_FICTION, Role.INCIDENTAL})


def kind(claim: Claim) -> str:
    """Return which of KINDS a claim's sentence is."""
    if claim.tier is not Tier.NONE:
        return "raised"
    return "opinion" if claim.role in _NOT_JUDGED or claim.verdict is Verdict.OUT_OF_SCOPE else "compared"


@dataclass(frozen=True)
class Place:
    """Where a sentence stands: field name (`title`, `sapo`, `body`, `captions.0` …) and offsets in it."""

    field: str
    start: int
    end: int


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `mark` is the number of the claim that it belongs to, or None; `kind` one of KINDS, or empty."""

    text: str
    mark: int | None = None
    kind: str = ""


@dataclass(frozen=True)
class Sides:
    """The differing span side by side: what the text says, what the reference `ref` says."""

    text: str
    base: str
    ref: str = ""


def fields(article: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of an article row that can hold a claim, by name, in reading order."""
    found = {"title": article["title"], "sapo": article["sapo"], "body": article["body"]}
    found.update({f"captions.{i}": caption for i, caption in enumerate(article["captions"] or ())})
    return found


def locate(article: Mapping[str, Any], claim: Claim) -> Place | None:
    """Return where the claim's sentence stands word for word; None when this revision no longer holds it."""
    texts = fields(article)
    declared = [name for name in texts if name == claim.field or name.split(".")[0] == claim.field.split(".")[0]]
    for name in declared:
        if claim.end > claim.start and texts[name][claim.start : claim.end] == claim.sentence:
            return Place(name, claim.start, claim.end)
    if not claim.sentence:
        return None
    for name in [*declared, *texts]:
        start = texts[name].find(claim.sentence)
        if start >= 0:
            return Place(name, start, start + len(claim.sentence))
    # The text was cleaned before it was read (invisible characters, NFD): look there, and mark the original.
    wanted = normalize(claim.sentence)
    for name in [*declared, *texts]:
        clean = normalised(texts[name])
        start = clean.text.find(wanted)
        if wanted and start >= 0:
            return Place(name, *clean.span(start, start + len(wanted)))
    return None


def cut(text: str, spans: Iterable[tuple[int, int, int]]) -> list[Piece]:
    """Cut `text` at (start, end, mark) spans; of two that overlap the earlier (then longer) one is kept."""
    pieces: list[Piece] = []
    at = 0
    for start, end, mark in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start < at or end > len(text) or end <= start:
            continue
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:end], mark))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return pieces


def marked(article: Mapping[str, Any], claims: Iterable[Claim]) -> dict[str, list[Piece]]:
    """Return every field of the article as pieces, with the sentence of claim number i marked i."""
    shown = list(claims)
    places = [(locate(article, claim), number) for number, claim in enumerate(shown)]
    cuts = {
        name: cut(text, [(p.start, p.end, number) for p, number in places if p is not None and p.field == name])
        for name, text in fields(article).items()
    }
    return {name: [p if p.mark is None else replace(p, kind=kind(shown[p.mark])) for p in pieces] for name, pieces in cuts.items()}


def kinds(pieces: Mapping[str, list[Piece]]) -> list[str]:
    """Return which of KINDS are marked in these fields, for the legend."""
    found = {piece.kind for list_ in pieces.values() for piece in list_}
    return [one for one in KINDS if one in found]


def sides(differs: str) -> Sides | None:
    """Read “bài viết: … — tư liệu GT-02: …”; None when the difference is worded otherwise."""
    match = _SIDES.match(differs)
    return Sides(match["text"], match["base"], match["ref"] or "") if match else None
