"""A question as a tree, and its lowering to what both engines can do: words in one field, words close together, tags, dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pipelines.search.analysis import folded, has_marks, is_complete


@dataclass(frozen=True, slots=True)
class Text:
    """A word or phrase as typed, in exact tokens; `prefix` finds all words that begin so (one token only)."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Two texts with at most `distance` words between them, in either order."""

    left: Text
    right: Text
    distance: int


@dataclass(frozen=True, slots=True)
class Tag:
    """A field value; `value` is the token of document.tag."""

    value: str


@dataclass(frozen=True, slots=True)
class Dates:
    """Articles at or after `since` and before `before`."""

    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class And:
    """All parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any part."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What `part` does not find."""

    part: Node


@dataclass(frozen=True, slots=True)
class Everything:
    """All articles."""


@dataclass(frozen=True, slots=True)
class Match:
    """Lowered text: adjacent tokens in the field `exact` or `folded`."""

    field: str
    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """Lowered near: two runs of tokens in one field."""

    field: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    distance: int


Node = Text | Near | Tag | Dates | And | Or | Not | Everything | Match | Close


def lower(node: Node) -> Node:
    """Return the tree in Match, Close, Tag, Dates, And, Or, Not and Everything; equal connectives are flattened."""
    if isinstance(node, Text):
        return _lower_text(node)
    if isinstance(node, Near):
        return _lower_near(node)
    if isinstance(node, And | Or):
        kind = type(node)
        parts: list[Node] = []
        for part in map(lower, node.parts):
            parts.extend(part.parts if isinstance(part, kind) else (part,))
        return kind(tuple(parts))
    if isinstance(node, Not):
        part = lower(node.part)
        return part.part if isinstance(part, Not) else Not(part)
    return node


def _lower_text(text: Text) -> Node:
    """Marks matter when typed, not when absent.

    In a phrase with marks ("Thanh Hóa") an unmarked syllable that is complete Vietnamese is meant as typed; one that
    cannot be ("bien giới") lacks its marks: then the folded phrase must stand there and the marked parts as well.
    """
    marked = [has_marks(word) for word in text.words]
    if not any(marked):
        return Match("folded", text.words, text.prefix)
    if all(mark or is_complete(word) for word, mark in zip(text.words, marked, strict=True)):
        return Match("exact", text.words, text.prefix)
    parts: list[Node] = [Match("folded", tuple(map(folded, text.words)), text.prefix)]
    run: list[str] = []
    for word, mark in [*zip(text.words, marked, strict=True), ("", False)]:
        if mark:
            run.append(word)
        elif run:
            parts.append(Match("exact", tuple(run)))
            run = []
    return And(tuple(parts))


def _lower_near(near: Near) -> Node:
    left, right = _lower_text(near.left), _lower_text(near.right)
    if isinstance(left, Match) and isinstance(right, Match) and left.field == right.field:
        return Close(left.field, left.words, right.words, near.distance)
    parts = tuple(m for side in (left, right) for m in (side.parts if isinstance(side, And) else (side,)))
    bare = tuple(map(folded, near.left.words)), tuple(map(folded, near.right.words))
    # Of one and the same run the engines differ in what "near itself" means; "ha near/5 hà" asks for both words only.
    return And(parts) if bare[0] == bare[1] else And((Close("folded", *bare, near.distance), *parts))


def texts(node: Node, wanted: bool = True) -> Iterator[Text]:
    """Give the words and phrases that a hit was found by (those under NOT left out)."""
    if isinstance(node, Text) and wanted:
        yield node
    elif isinstance(node, Near) and wanted:
        yield from (node.left, node.right)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from texts(part, wanted)
    elif isinstance(node, Not):
        yield from texts(node.part, not wanted)
