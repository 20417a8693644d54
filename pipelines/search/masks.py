"""Questions of fields and dates alone, answered from the packed blocks without the full-text index (facets.py)."""

from __future__ import annotations

import sqlite3
from functools import reduce

import numpy as np
import numpy.typing as npt

from pipelines.search.blocks import Packed
from pipelines.search.document import rank_floor
from pipelines.search.tree import And, Dates, Everything, Node, Not, Or, Tag

Mask = npt.NDArray[np.bool_]


def is_plain(node: Node, names: tuple[str, ...]) -> bool:
    """Tell whether `node` (lowered) asks only for dates and for fields whose tags begin with `names`."""
    if isinstance(node, And | Or):
        return all(is_plain(part, names) for part in node.parts)
    if isinstance(node, Not):
        return is_plain(node.part, names)
    return isinstance(node, Dates | Everything) or (isinstance(node, Tag) and node.value.startswith(names))


def mask(db: sqlite3.Connection, version: int, packed: Packed, node: Node) -> Mask:
    """Return for each packed article whether it answers `node`, for which `is_plain` holds."""
    if isinstance(node, And | Or):
        join = np.logical_and if isinstance(node, And) else np.logical_or
        return reduce(join, (mask(db, version, packed, part) for part in node.parts))
    if isinstance(node, Not):
        return ~mask(db, version, packed, node.part)
    if isinstance(node, Tag):
        ids = np.array([id_ for id_, tags in db.execute(f"SELECT id, tags FROM sets_{version}") if node.value in tags.split()], dtype=np.int32)
        found: Mask = np.isin(packed.sets, ids)
        further = np.flatnonzero(np.isin(packed.many, ids))
        found[np.searchsorted(np.cumsum(packed.lengths, dtype=np.int64), further, side="right")] = True
        return found
    found = np.ones(len(packed.ranks), dtype=np.bool_)
    if isinstance(node, Dates):
        if node.since is not None:
            found &= packed.ranks >= rank_floor(node.since)
        if node.before is not None:
            found &= packed.ranks < rank_floor(node.before)
    return found
