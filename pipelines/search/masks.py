"""A question answered for all packed articles at once: fields and dates from the blocks, words from wordsets.py, the rest by FTS5."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt

from pipelines.search import wordsets
from pipelines.search.blocks import Ints, Packed
from pipelines.search.document import rank_floor
from pipelines.search.fts import compile_fts
from pipelines.search.tree import And, Close, Dates, Everything, Match, Node, Not, Or, Tag

Mask = npt.NDArray[np.bool_]
# Where words and fields leave one article in so many, FTS5 looks for a phrase among those alone.
RARE = 50
# A question as `FROM … WHERE …` over ranks, with its parameters.
Where = tuple[str, tuple[str | int, ...]]


def where(node: Node, version: int) -> Where:
    """Return `FROM (…)` that gives the ranks which answer `node` (lowered) as `rank`, with its parameters."""
    parts = [stretch.select(version) for stretch in compile_fts(node)]
    union = " UNION ALL ".join(sql for sql, _ in parts) or "SELECT 0 AS rank WHERE 0"
    return f"FROM ({union})", tuple(value for _, params in parts for value in params)


def ranks_of(db: sqlite3.Connection, found: Where) -> Ints:
    """Return all ranks of a question."""
    # One text from SQLite and one reading of it: four times as fast as a row each (2026-11-21).
    text = db.execute(f"SELECT group_concat(rank) {found[0]}", found[1]).fetchone()[0]
    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.empty(0, dtype=np.int64)


def is_plain(node: Node, names: tuple[str, ...]) -> bool:
    """Tell whether `node` (lowered) needs no full-text index: dates, fields whose tags begin with `names`, single words."""
    if isinstance(node, And | Or):
        return all(is_plain(part, names) for part in node.parts)
    if isinstance(node, Not):
        return is_plain(node.part, names)
    if isinstance(node, Tag):
        return node.value.startswith(names)
    return isinstance(node, Dates | Everything) or bool(wordsets.asked(node))


def beginnings(node: Node) -> Iterator[Match]:
    """Give the words of a question that begin somehow: FTS5 puts together all such words before it looks at anything else."""
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from beginnings(part)
    elif isinstance(node, Not):
        yield from beginnings(node.part)
    elif isinstance(node, Match) and node.prefix:
        yield node


class Asked:
    """All articles of one version as they are in one transaction, and which of them answer."""

    def __init__(self, db: sqlite3.Connection, version: int, packed: Packed, names: tuple[str, ...]) -> None:
        self.db, self.version, self.packed, self.names = db, version, packed, names

    def mask(self, node: Node) -> Mask:
        """Return for each packed article whether it answers `node` (lowered)."""
        if isinstance(node, And):
            return self._all_of(node.parts)
        if isinstance(node, Or):
            return reduce(np.logical_or, map(self.mask, node.parts))
        if isinstance(node, Not):
            return ~self.mask(node.part)
        if isinstance(node, Dates | Everything):
            return self._dated(node)
        if isinstance(node, Tag) and is_plain(node, self.names):
            return self._tagged(node.value)
        if key := wordsets.asked(node):
            found = wordsets.having(self.db, self.version, key, int(self.packed.numbers.max()) + 1)
            if found is not None:
                return found[self.packed.numbers]
        return self._matched(node)

    def _all_of(self, parts: Sequence[Node]) -> Mask:
        rest = [part for part in parts if isinstance(part, Match | Close | Tag) and not is_plain(part, self.names)]
        others = [part for part in parts if part not in rest]
        chosen = reduce(np.logical_and, map(self.mask, others), self._dated(Everything()))
        if not rest:
            return chosen
        # Phrases and the like are asked of FTS5 together and with the dates; where all else leaves few articles, with that too.
        if np.count_nonzero(chosen) * RARE < len(chosen) and not any(True for part in others for _ in beginnings(part)):
            return self._matched(And(tuple(parts)))
        return chosen & self._matched(And((*rest, *(part for part in others if isinstance(part, Dates)))))

    def _matched(self, node: Node) -> Mask:
        found = np.zeros(len(self.packed.ranks), dtype=np.bool_)
        found[np.searchsorted(self.packed.ranks, ranks_of(self.db, where(node, self.version)))] = True
        return found

    def _tagged(self, value: str) -> Mask:
        rows = self.db.execute(f"SELECT id, tags FROM sets_{self.version} WHERE instr(tags, ?)", (value,))
        wanted = [id_ for id_, tags in rows if value in tags.split()]
        top = max((*wanted, int(self.packed.sets.max()), int(self.packed.many.max(initial=0))))
        among = np.zeros(top + 1, dtype=np.bool_)
        among[wanted] = True
        found: Mask = among[self.packed.sets]
        further = np.flatnonzero(among[self.packed.many])
        found[np.searchsorted(np.cumsum(self.packed.lengths, dtype=np.int64), further, side="right")] = True
        return found

    def _dated(self, node: Dates | Everything) -> Mask:
        found = np.ones(len(self.packed.ranks), dtype=np.bool_)
        if isinstance(node, Dates):
            if node.since is not None:
                found &= self.packed.ranks >= rank_floor(node.since)
            if node.before is not None:
                found &= self.packed.ranks < rank_floor(node.before)
        return found
