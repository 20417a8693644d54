"""Blocks of the embedded index: rank and facet sets of some hundred neighbouring articles packed into one row.

A question that finds half a million articles cannot look each of them up in a table (0.3 µs a row, SQLite 3.40, 2026-11-21);
a thousand packed rows are read in a few milliseconds, and numpy finds and counts in them.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
# Articles per row at most; a fuller one is cut. Small, because an article that comes late rewrites its whole row.
MOST = 1024
CUT = 768
# Facet sets per article (facets.GROUPS).
SETS = 2
# A question that finds fewer is answered from its own blocks, without reading all.
FEW = 300


def write(db: sqlite3.Connection, version: int, changed: Mapping[int, tuple[int, ...] | None]) -> None:
    """Put articles in (rank → ids of their sets) and take articles out (rank → None)."""
    firsts = [row[0] for row in db.execute(f"SELECT first FROM blocks_{version} ORDER BY first")] if changed else []
    by_block: dict[int | None, list[int]] = {}
    for rank in sorted(changed):
        at = bisect_right(firsts, rank) - 1
        by_block.setdefault(firsts[max(at, 0)] if firsts else None, []).append(rank)
    for first, ranks in by_block.items():
        members: dict[int, tuple[int, ...]] = {}
        if first is not None:
            old_ranks, old_sets = _unpack(*db.execute(f"SELECT ranks, sets FROM blocks_{version} WHERE first = ?", (first,)).fetchone())
            members.update(zip(old_ranks.tolist(), map(tuple, old_sets.tolist()), strict=True))
            db.execute(f"DELETE FROM blocks_{version} WHERE first = ?", (first,))
        for rank in ranks:
            sets = changed[rank]
            if sets is None:
                members.pop(rank, None)
            else:
                members[rank] = sets
        _insert(db, version, sorted(members.items()))


def _insert(db: sqlite3.Connection, version: int, members: list[tuple[int, tuple[int, ...]]]) -> None:
    size = len(members) if len(members) <= MOST else CUT
    for start in range(0, len(members), size or 1):
        part = members[start : start + size]
        ranks = np.array([rank for rank, _sets in part], dtype="<i8")
        sets = np.array([sets for _rank, sets in part], dtype="<i4")
        db.execute(f"INSERT INTO blocks_{version} (first, ranks, sets) VALUES (?, ?, ?)", (part[0][0], ranks.tobytes(), sets.tobytes()))


def _unpack(ranks: bytes, sets: bytes) -> tuple[Ints, npt.NDArray[np.int32]]:
    return np.frombuffer(ranks, dtype="<i8"), np.frombuffer(sets, dtype="<i4").reshape(-1, SETS)


def sets_of(db: sqlite3.Connection, version: int, found: Ints) -> npt.NDArray[np.int32]:
    """Return the ids of the facet sets (one row of SETS each) of the articles at the ranks `found`, in ascending order."""
    if not len(found):
        return np.empty((0, SETS), dtype=np.int32)
    rows = db.execute(f"SELECT ranks, sets FROM blocks_{version} ORDER BY first").fetchall() if len(found) > FEW else list(_needed(db, version, found))
    ranks, sets = _unpack(b"".join(row[0] for row in rows), b"".join(row[1] for row in rows))
    return sets[np.searchsorted(ranks, found)]


def _needed(db: sqlite3.Connection, version: int, found: Ints) -> Iterator[tuple[bytes, bytes]]:
    firsts = [row[0] for row in db.execute(f"SELECT first FROM blocks_{version} ORDER BY first")]
    # The block of a rank is the last that begins at or before it.
    at = np.unique(np.searchsorted(np.array(firsts), found, side="right") - 1)
    for number in at.tolist():
        yield db.execute(f"SELECT ranks, sets FROM blocks_{version} WHERE first = ?", (firsts[number],)).fetchone()


def check(db: sqlite3.Connection, version: int) -> bool:
    """Tell whether blocks are in order, do not overlap, and hold exactly the articles of the version (for tests)."""
    rows = [_unpack(*row)[0] for row in db.execute(f"SELECT ranks, sets FROM blocks_{version} ORDER BY first")]
    packed = [rank for row in rows for rank in row.tolist()]
    return all(a < b for a, b in pairwise(packed)) and packed == [row[0] for row in db.execute(f"SELECT rank FROM docs_{version} ORDER BY rank")]
