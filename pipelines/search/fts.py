"""A lowered question as SQLite: one FTS5 expression wherever possible, plus a range of ranks for dates."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.search.document import ALL, rank_floor
from pipelines.search.tree import And, Close, Dates, Everything, Match, Node, Not, Or, Tag

_EVERY = f'tags : "{ALL}"'


@dataclass(frozen=True, slots=True)
class Compiled:
    """`match` for FTS5 (None: a condition in SQL), bounds of the rank, and SQL with its parameters for the rest."""

    match: str | None
    low: int | None = None
    high: int | None = None
    sql: str = ""
    params: tuple[str | int, ...] = ()


def compile_fts(node: Node, table: str) -> Compiled:
    """Return what finds `node` (lowered) in the FTS5 table `table`."""
    low, high, rest = None, None, []
    for part in node.parts if isinstance(node, And) else (node,):
        if isinstance(part, Dates):
            if part.since is not None:
                low = max(low or 0, rank_floor(part.since))
            if part.before is not None:
                before = rank_floor(part.before)
                high = before if high is None else min(high, before)
        else:
            rest.append(part)
    if not rest:
        return Compiled(_EVERY, low, high)
    remaining = rest[0] if len(rest) == 1 else And(tuple(rest))
    if not _has_dates(remaining):
        return Compiled(_match(remaining), low, high)
    sql, params = _sql(remaining, table)
    return Compiled(None, low, high, sql, params)


def _has_dates(node: Node) -> bool:
    if isinstance(node, And | Or):
        return any(map(_has_dates, node.parts))
    return _has_dates(node.part) if isinstance(node, Not) else isinstance(node, Dates)


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


def _sql(node: Node, table: str) -> tuple[str, tuple[str | int, ...]]:
    """Return a condition on `rank` for a tree with dates below OR or NOT."""
    if not _has_dates(node):
        return f"rank IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)", (_match(node),)
    if isinstance(node, Dates):
        bounds: list[tuple[str, int]] = []
        if node.since is not None:
            bounds.append(("rank >= ?", rank_floor(node.since)))
        if node.before is not None:
            bounds.append(("rank < ?", rank_floor(node.before)))
        return "(" + " AND ".join(b[0] for b in bounds) + ")", tuple(b[1] for b in bounds)
    if isinstance(node, Not):
        sql, params = _sql(node.part, table)
        return f"NOT {sql}", params
    assert isinstance(node, And | Or) and not isinstance(node, Everything)
    pieces = [_sql(part, table) for part in node.parts]
    glue = " AND " if isinstance(node, And) else " OR "
    return "(" + glue.join(p[0] for p in pieces) + ")", tuple(x for p in pieces for x in p[1])
