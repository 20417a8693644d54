"""Blocks of the embedded index: rank and facet values of some hundred neighbouring articles packed into one row.

A question that finds half a million articles cannot look each of them up in a table (0.3 µs a row, SQLite 3.40, 2026-11-21);
a thousand packed rows are read in a few milliseconds, and numpy finds and counts in them.
"""

from __future__ import annotations

import secrets
import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
# Id of an article's set (facets.ONE), ids of its further values (facets.MANY), its number (wordsets.py).
Entry = tuple[int, tuple[int, ...], int]
# Articles per row at most; a fuller one is cut. Small, because an article that comes late rewrites its whole row.
MOST = 1024
CUT = 768
# A question that finds fewer is answered from its own blocks, without reading all.
FEW = 300
_COLUMNS = "ranks, sets, lengths, many, numbers"
_TYPES = ("<i8", "<i4", "<u2", "<i4", "<i4")
DAMAGED = "số liệu đếm bị hỏng"
Row = tuple[bytes, bytes, bytes, bytes, bytes]


@dataclass(frozen=True, slots=True)
class Packed:
    """Articles in order of rank: set of each, how many further values it has, those one after the other, and numbers."""

    ranks: Ints
    sets: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.uint16]
    many: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.int32]

    @classmethod
    def read(cls, rows: Iterable[Row]) -> Packed:
        """Put rows of _COLUMNS together."""
        columns = [b"".join(column) for column in zip(*rows, strict=True)] or [b""] * len(_TYPES)
        try:
            ranks, sets, lengths, many, numbers = (np.frombuffer(column, kind) for column, kind in zip(columns, _TYPES, strict=True))
        except ValueError as error:
            raise sqlite3.DatabaseError(DAMAGED) from error
        if not len(ranks) == len(sets) == len(lengths) == len(numbers) or int(lengths.sum(dtype=np.int64)) != len(many):
            raise sqlite3.DatabaseError(DAMAGED)
        return cls(ranks, sets, lengths, many, numbers)

    def entries(self) -> Iterator[tuple[int, Entry]]:
        """Give rank and entry of each article."""
        many, end = self.many.tolist(), 0
        columns = (self.ranks.tolist(), self.sets.tolist(), self.lengths.tolist(), self.numbers.tolist())
        for rank, one, length, number in zip(*columns, strict=True):
            yield rank, (one, tuple(many[end : end + length]), number)
            end += length

    def values(self, found: Ints) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Return the sets of the articles at the ranks `found`, and all their further values."""
        return self.at(np.searchsorted(self.ranks, found))

    def at(self, at: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Return the same for articles by their place."""
        ends = np.cumsum(self.lengths, dtype=np.int64)
        having = at[self.lengths[at] > 0]
        lengths = self.lengths[having].astype(np.int64)
        # Where each article's values begin, less how many were taken before it: one arange then runs through all.
        shift = np.repeat(ends[having] - np.cumsum(lengths), lengths)
        return self.sets[at], self.many[shift + np.arange(len(shift))]


class Kept:
    """All articles of a version as they were last read (22 bytes each), for as long as nobody wrote."""

    def __init__(self) -> None:
        self._last: tuple[int, int, Packed] | None = None

    def everything(self, db: sqlite3.Connection, version: int) -> Packed:
        """Return all articles of the version in this transaction; there must be one."""
        stamp = db.execute("SELECT number FROM versions WHERE name = 'stamp'").fetchone()
        last = self._last
        if stamp and last and last[:2] == (version, stamp[0]):
            return last[2]
        packed = everything(db, version)
        if stamp:
            self._last = (version, stamp[0], packed)
        return packed


def everything(db: sqlite3.Connection, version: int) -> Packed:
    """Return all articles of a version."""
    return Packed.read(db.execute(f"SELECT {_COLUMNS} FROM blocks_{version} ORDER BY first"))


def write(db: sqlite3.Connection, version: int, changed: Mapping[int, Entry | None]) -> None:
    """Put articles in (rank → entry) and take articles out (rank → None)."""
    firsts = [row[0] for row in db.execute(f"SELECT first FROM blocks_{version} ORDER BY first")] if changed else []
    by_block: dict[int | None, list[int]] = {}
    for rank in sorted(changed):
        at = bisect_right(firsts, rank) - 1
        by_block.setdefault(firsts[max(at, 0)] if firsts else None, []).append(rank)
    for first, ranks in by_block.items():
        members: dict[int, Entry] = {}
        if first is not None:
            members.update(Packed.read(db.execute(f"SELECT {_COLUMNS} FROM blocks_{version} WHERE first = ?", (first,))).entries())
            db.execute(f"DELETE FROM blocks_{version} WHERE first = ?", (first,))
        for rank in ranks:
            entry = changed[rank]
            if entry is None:
                members.pop(rank, None)
            else:
                members[rank] = entry
        _insert(db, version, sorted(members.items()))
    if changed:
        # Drawn by lot: a file that was made anew never has the stamp of the one before.
        db.execute("INSERT OR REPLACE INTO versions (name, number) VALUES ('stamp', ?)", (secrets.randbits(62),))


def _insert(db: sqlite3.Connection, version: int, members: list[tuple[int, Entry]]) -> None:
    size = len(members) if len(members) <= MOST else CUT
    for start in range(0, len(members), size or 1):
        part = members[start : start + size]
        columns = (
            np.array([rank for rank, _entry in part], dtype="<i8"),
            np.array([entry[0] for _rank, entry in part], dtype="<i4"),
            np.array([len(entry[1]) for _rank, entry in part], dtype="<u2"),
            np.array([value for _rank, entry in part for value in entry[1]], dtype="<i4"),
            np.array([entry[2] for _rank, entry in part], dtype="<i4"),
        )
        sql = f"INSERT INTO blocks_{version} (first, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
        db.execute(sql, (part[0][0], *(column.tobytes() for column in columns)))


def values_of(db: sqlite3.Connection, version: int, found: Ints, kept: Kept) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return sets and further values of the articles at the ranks `found` (not empty)."""
    if len(found) > FEW:
        return kept.everything(db, version).values(found)
    return Packed.read(_needed(db, version, found)).values(found)


def _needed(db: sqlite3.Connection, version: int, found: Ints) -> Iterator[Row]:
    firsts = [row[0] for row in db.execute(f"SELECT first FROM blocks_{version} ORDER BY first")]
    # The block of a rank is the last that begins at or before it.
    at = np.unique(np.searchsorted(np.array(firsts), found, side="right") - 1)
    for number in at.tolist():
        yield db.execute(f"SELECT {_COLUMNS} FROM blocks_{version} WHERE first = ?", (firsts[number],)).fetchone()


def astray(db: sqlite3.Connection, version: int) -> set[int]:
    """Return the numbers of articles that stand in blocks but not in the version, the other way round, or out of order."""
    firsts = [row[0] for row in db.execute(f"SELECT first FROM blocks_{version} ORDER BY first")]
    found: set[int] = set()
    for low, high in pairwise((None, *firsts, None)):
        packed: list[tuple[int, int]] = []
        if low is not None:
            part = Packed.read(db.execute(f"SELECT {_COLUMNS} FROM blocks_{version} WHERE first = ?", (low,)))
            packed = list(zip(part.ranks.tolist(), part.numbers.tolist(), strict=True))
        bounds = (0 if low is None else low, 2**63 - 1 if high is None else high)
        there = db.execute(f"SELECT rank, number FROM docs_{version} WHERE rank >= ? AND rank < ?", bounds).fetchall()
        found |= {number for _rank, number in set(packed) ^ set(there)}
        found |= {after[1] for before, after in pairwise(packed) if before[0] >= after[0]}
    return found
