"""A lowered question as SQLite: one FTS5 expression for each stretch of time in which its dates say nothing new.

A date is a bound of the row id (document.rank_of). Between two neighbouring bounds every date of a question, wherever it stands
under OR and NOT, is either true or false: there the question is one of words and tags, which FTS5 answers alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipelines.search.document import ALL, rank_floor
from pipelines.search.tree import And, Close, Dates, Everything, Match, Node, Not, Or, Tag

_EVERY = f'tags : "{ALL}"'
NOTHING = Not(Everything())


@dataclass(frozen=True, slots=True)
class Stretch:
    """What FTS5 is asked of the ranks from `low` up to but without `high` (None: no bound)."""

    match: str
    low: int | None = None
    high: int | None = None

    def select(self, version: int) -> tuple[str, tuple[str | int, ...]]:
        """Return the query that gives the row ids as `rank`, with its parameters."""
        bounds = [(sign, bound) for sign, bound in ((">=", self.low), ("<", self.high)) if bound is not None]
        sql = f"SELECT rowid AS rank FROM fts_{version} WHERE fts_{version} MATCH ?"
        return sql + "".join(f" AND rowid {sign} ?" for sign, _ in bounds), (self.match, *(bound for _, bound in bounds))


def compile_fts(node: Node) -> tuple[Stretch, ...]:
    """Return what finds `node` (lowered), newest stretch first; those where it finds nothing are left out."""
    bounds = sorted(set(_bounds(node)))
    found: list[tuple[Node, int | None, int | None]] = []
    for low, high in pairwise((None, *bounds, None)):
        there = _settled(node, low or 0)
        if there == NOTHING:
            continue
        if found and found[-1][0] == there and found[-1][2] == low:
            found[-1] = (there, found[-1][1], high)
        else:
            found.append((there, low, high))
    return tuple(Stretch(_match(there), low, high) for there, low, high in reversed(found))


def _bounds(node: Node) -> Iterator[int]:
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _bounds(part)
    elif isinstance(node, Not):
        yield from _bounds(node.part)
    elif isinstance(node, Dates):
        yield from (rank_floor(moment) for moment in (node.since, node.before) if moment is not None)


def _settled(node: Node, rank: int) -> Node:
    """Return `node` as it is for articles at `rank`: without dates, and without parts that are always true or false."""
    if isinstance(node, Dates):
        late = node.since is None or rank >= rank_floor(node.since)
        return Everything() if late and (node.before is None or rank < rank_floor(node.before)) else NOTHING
    if isinstance(node, Not):
        part = _settled(node.part, rank)
        return part.part if isinstance(part, Not) else Not(part)
    if isinstance(node, And | Or):
        kind = type(node)
        # Of all parts one that is false decides, of any part one that is true; the other of the two says nothing.
        decides, idle = (NOTHING, Everything()) if kind is And else (Everything(), NOTHING)
        parts: list[Node] = []
        for part in (_settled(one, rank) for one in node.parts):
            if part == decides:
                return decides
            if part != idle:
                parts.extend(part.parts if isinstance(part, kind) else (part,))
        return idle if not parts else parts[0] if len(parts) == 1 else kind(tuple(parts))
    return node


def _run(words: tuple[str, ...]) -> str:
    return '"' + " ".join(words).replace('"', '""') + '"'


def _match(node: Node) -> str:
    """Return the FTS5 expression of a tree without dates."""
    if isinstance(node, Match):
        return f"{node.field} : {_run(node.words)}" + (" *" if node.prefix else "")
    if isinstance(node, Close):
        return f"{node.field} : NEAR({_run(node.left)} {_run(node.right)}, {node.distance})"
    if isinstance(node, Tag):
        return f"tags : {_run((node.value,))}"
    if isinstance(node, Or):
        return "(" + " OR ".join(_match(part) for part in node.parts) + ")"
    if isinstance(node, And):
        wanted = [_match(part) for part in node.parts if not isinstance(part, Not)] or [_EVERY]
        unwanted = [_match(part.part) for part in node.parts if isinstance(part, Not)]
        positive = "(" + " AND ".join(wanted) + ")"
        return f"({positive} NOT ({' OR '.join(unwanted)}))" if unwanted else positive
    if isinstance(node, Not):
        return f"({_EVERY} NOT {_match(node.part)})"
    return _EVERY
