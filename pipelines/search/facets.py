"""Counts by field value on the embedded engine: exact for every question, whatever it finds.

The values that every article has exactly one of (outlet, language, kind, tier) are a set, of which there are some hundred; its
further values (places, types, references …) mix in ten thousands of ways and are counted one by one. How often each occurs in all
articles is kept up to date; what answers a question is counted in blocks (blocks.py).
Words, fields and dates are answered for all articles at once (masks.py), however many they find. A phrase is asked of FTS5, which
gives the ranks; one that finds more than half of the newest articles is counted by what it does not find.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.search import blocks, wordsets
from pipelines.search.document import RANK_BITS
from pipelines.search.masks import Asked, Mask, Where, beginnings, is_plain, ranks_of, where
from pipelines.search.port import FACETS
from pipelines.search.tree import Close, Everything, Match, Node, Not, Tag, lower

Counts = list[tuple[str, int]]
# Hà Nội keeps one offset the year round; a rank begins with seconds UTC.
HANOI_SECONDS = 7 * 3600
DAY_SECONDS = 86_400
# Blocks of the newest articles that tell whether a question finds most of all.
SAMPLED = 4
ONE = ("outlet:", "lang:", "kind:", "tier:")
MANY = tuple(f"{name}:" for name in FACETS if name != "day" and f"{name}:" not in ONE)


def values(tags: Sequence[str]) -> list[str]:
    """Return what an article with `tags` is counted under: the set of its single values, then each further value."""
    return [" ".join(tag for tag in tags if tag.startswith(ONE)), *(tag for tag in tags if tag.startswith(MANY))]


class Ledger:
    """The counts of one version within one transaction; `flush` before it ends."""

    def __init__(self, db: sqlite3.Connection, version: int) -> None:
        self.db, self.version = db, version
        self._changed: dict[int, blocks.Entry | None] = {}
        self._days: Counter[int] = Counter()

    def note(self, rank: int, tags: Sequence[str], number: int) -> None:
        """Count one new article, which has `number` (wordsets.py)."""
        self._changed[rank] = (*self._values(tags, 1), number)
        self._days[_day(rank)] += 1

    def forget(self, rank: int, tags: Sequence[str]) -> None:
        """Take one article out of the counts; `tags` as they were noted."""
        self._values(tags, -1)
        self._changed[rank] = None
        self._days[_day(rank)] -= 1

    def _values(self, tags: Sequence[str], number: int) -> tuple[int, tuple[int, ...]]:
        one, *many = values(tags)
        return self._counted(one, number), tuple(self._counted(tag, number) for tag in many)

    def _counted(self, wanted: str, number: int) -> int:
        sql = f"INSERT INTO sets_{self.version} (tags, n) VALUES (?, ?) ON CONFLICT (tags) DO UPDATE SET n = n + excluded.n RETURNING id"
        return int(self.db.execute(sql, (wanted, number)).fetchone()[0])

    def flush(self) -> None:
        """Write days and blocks."""
        self.db.executemany(
            f"INSERT INTO days_{self.version} (day, n) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET n = n + excluded.n", self._days.items()
        )
        blocks.write(self.db, self.version, self._changed)


def newest(db: sqlite3.Connection, version: int, node: Node, kept: blocks.Kept) -> blocks.Ints | None:
    """Return all ranks that answer `node` (lowered), newest first, where that is quicker than FTS5: of common beginnings of words."""
    keys = [wordsets.asked(match) for match in beginnings(node)]
    if not keys or not is_plain(node, ONE + MANY) or not any(wordsets.is_common(db, version, key) for key in keys):
        return None
    if not db.execute(f"SELECT 1 FROM docs_{version} LIMIT 1").fetchone():
        return None
    packed = kept.everything(db, version)
    found: blocks.Ints = packed.ranks[Asked(db, version, packed, ONE + MANY).mask(node)][::-1]
    return found


def count(
    db: sqlite3.Connection, version: int, node: Node, fields: Sequence[str], limit: int, kept: blocks.Kept
) -> dict[str, Counts]:
    """Return for each field its values with counts, most frequent first, then by name; days newest first; `node` lowered."""
    sets, days = Counter[int](), Counter[int]()
    (total,) = db.execute(f"SELECT total(n) FROM days_{version}").fetchone()
    if isinstance(node, Everything) or not total:
        _all(db, version, sets, days)
    elif isinstance(node, Match | Close | Tag) and _is_for_fts(db, version, node):
        if _finds_most(db, version, where(node, version)):
            _all(db, version, sets, days)
            _add(db, version, where(lower(Not(node)), version), sets, days, -1, kept)
        else:
            _add(db, version, where(node, version), sets, days, 1, kept)
    else:
        packed = kept.everything(db, version)
        _choose(packed, Asked(db, version, packed, ONE + MANY).mask(node), sets, days)
    by_field = _by_field(db, version, sets)
    latest = [(_date(day), number) for day, number in sorted(((d, n) for d, n in days.items() if n), reverse=True)[:limit]]
    return {name: latest if name == "day" else _most(by_field.get(name, Counter()), limit) for name in fields}


def _is_for_fts(db: sqlite3.Connection, version: int, node: Match | Close | Tag) -> bool:
    """Tell whether one word, phrase or tag is better asked of FTS5: nothing else knows it, or it is a word of few articles."""
    if not is_plain(node, ONE + MANY):
        return True
    if isinstance(node, Tag) or (isinstance(node, Match) and node.prefix):
        return False
    sql, params = where(node, version)
    (number,) = db.execute(f"SELECT count(*) FROM (SELECT 1 {sql} LIMIT ?)", (*params, blocks.FEW + 1)).fetchone()
    return int(number) <= blocks.FEW


def _finds_most(db: sqlite3.Connection, version: int, found: Where) -> bool:
    """Tell whether the question finds more than half of the newest articles: a guess at all of them, right or wrong only in time."""
    sample = db.execute(f"SELECT first, length(ranks) / 8 FROM blocks_{version} ORDER BY first DESC LIMIT {SAMPLED}").fetchall()
    (some,) = db.execute(f"SELECT count(*) {found[0]} WHERE rank >= ?", (*found[1], sample[-1][0])).fetchone()
    return 2 * int(some) > sum(number for _first, number in sample)


def _all(db: sqlite3.Connection, version: int, sets: Counter[int], days: Counter[int]) -> None:
    sets.update(dict(db.execute(f"SELECT id, n FROM sets_{version}")))
    days.update(dict(db.execute(f"SELECT day, n FROM days_{version}")))


def _add(db: sqlite3.Connection, version: int, found: Where, sets: Counter[int], days: Counter[int], sign: int, kept: blocks.Kept) -> None:
    ranks = ranks_of(db, found)
    if len(ranks):
        one, many = blocks.values_of(db, version, ranks, kept)
        for counter, column in ((days, days_of(ranks)), (sets, one), (sets, many)):
            _tally(counter, column, sign)


def _choose(packed: blocks.Packed, chosen: Mask, sets: Counter[int], days: Counter[int]) -> None:
    """Count the articles of `packed` that are chosen."""
    _tally(sets, packed.sets[chosen], 1)
    _tally(sets, packed.many[np.repeat(chosen, packed.lengths)], 1)
    # Ranks are in order: a day is a stretch of them.
    first, last = (_day(int(rank)) for rank in packed.ranks[[0, -1]])
    starts = (np.arange(first, last + 2) * DAY_SECONDS - HANOI_SECONDS) << RANK_BITS
    until = np.concatenate(([0], np.cumsum(chosen)))[np.searchsorted(packed.ranks, starts)]
    days.update({first + at: number for at, number in enumerate(np.diff(until).tolist()) if number})


def _tally(counter: Counter[int], column: npt.NDArray[Any], sign: int) -> None:
    if len(column):
        low = int(column.min())
        numbers = np.bincount(column - low)
        present = np.flatnonzero(numbers)
        for value, number in zip((present + low).tolist(), numbers[present].tolist(), strict=True):
            counter[value] += sign * number


def _by_field(db: sqlite3.Connection, version: int, sets: Counter[int]) -> dict[str, Counter[str]]:
    by_field: dict[str, Counter[str]] = {}
    wanted = {id_ for id_, number in sets.items() if number}
    # Of many sets all are read at once.
    rows: Iterable[tuple[int, str]]
    if len(wanted) > 100:
        rows = db.execute(f"SELECT id, tags FROM sets_{version}")
    else:
        rows = (row for id_ in sorted(wanted) for row in db.execute(f"SELECT id, tags FROM sets_{version} WHERE id = ?", (id_,)))
    for id_, tags in rows:
        if id_ in wanted:
            wanted.remove(id_)
            for tag in tags.split():
                name, _, value = tag.partition(":")
                by_field.setdefault(name, Counter())[value] += sets[id_]
    if wanted:
        raise sqlite3.DatabaseError(blocks.DAMAGED)
    return by_field


def days_of(ranks: blocks.Ints) -> blocks.Ints:
    """Return the local day of each rank."""
    found: blocks.Ints = ((ranks >> RANK_BITS) + HANOI_SECONDS) // DAY_SECONDS
    return found


def _day(rank: int) -> int:
    return ((rank >> RANK_BITS) + HANOI_SECONDS) // DAY_SECONDS


def _date(day: int) -> str:
    return datetime.fromtimestamp(day * DAY_SECONDS, UTC).date().isoformat()


def _most(values: Counter[str], limit: int) -> Counts:
    """Return values with their counts, the most frequent first."""
    return sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
