"""Counts by field value on the embedded engine: every article has a set of facet values and a day, and those are counted.

How often each set and day occurs in all articles is kept up to date; so a question that finds more than half of them
is counted by what it does not find.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from pipelines.search.document import RANK_BITS
from pipelines.search.port import FACETS

Counts = list[tuple[str, int]]
# A question as `FROM … WHERE …` over ranks, with its parameters.
Where = tuple[str, tuple[str | int, ...]]
# Hà Nội keeps one offset the year round; a rank begins with seconds UTC.
HANOI_SECONDS = 7 * 3600
DAY_SECONDS = 86_400
_DAY = f"((rank >> {RANK_BITS}) + {HANOI_SECONDS}) / {DAY_SECONDS}"
_COUNTED = tuple(f"{name}:" for name in FACETS if name != "day")


def note(db: sqlite3.Connection, version: int, rank: int, tags: Sequence[str]) -> None:
    """Count one new article by its set of facet values and its day."""
    wanted = " ".join(tag for tag in tags if tag.startswith(_COUNTED))
    (tagset,) = db.execute(
        f"INSERT INTO sets_{version} (tags, n) VALUES (?, 1) ON CONFLICT (tags) DO UPDATE SET n = n + 1 RETURNING id", (wanted,)
    ).fetchone()
    db.execute(f"INSERT INTO facets_{version} (rank, tagset) VALUES (?, ?)", (rank, tagset))
    db.execute(f"INSERT INTO days_{version} (day, n) VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET n = n + 1", (_day(rank),))


def forget(db: sqlite3.Connection, version: int, rank: int) -> None:
    """Take one article out of the counts."""
    (tagset,) = db.execute(f"DELETE FROM facets_{version} WHERE rank = ? RETURNING tagset", (rank,)).fetchone()
    db.execute(f"UPDATE sets_{version} SET n = n - 1 WHERE id = ?", (tagset,))
    db.execute(f"UPDATE days_{version} SET n = n - 1 WHERE day = ?", (_day(rank),))


def count(
    db: sqlite3.Connection, version: int, found: Where | None, others: Where | None, fields: Sequence[str], limit: int
) -> dict[str, Counts]:
    """Return for each field its values with counts, most frequent first, then by name; days newest first.

    `found` is the question (None: everything), `others` finds what it does not find.
    """
    sets, days = Counter[int](), Counter[int]()
    if found is None or others is None:
        _all(db, version, sets, days)
    else:
        (total,) = db.execute(f"SELECT total(n) FROM sets_{version}").fetchone()
        half = int(total) // 2
        (some,) = db.execute(f"SELECT count(*) FROM (SELECT 1 {found[0]} LIMIT ?)", (*found[1], half + 1)).fetchone()
        if some > half:
            _all(db, version, sets, days)
            _add(db, version, others, sets, days, -1)
        else:
            _add(db, version, found, sets, days, 1)
    counts: Counter[str] = Counter()
    for tagset, number in sets.items():
        if number:
            for tag in db.execute(f"SELECT tags FROM sets_{version} WHERE id = ?", (tagset,)).fetchone()[0].split():
                counts[tag] += number
    by_field: dict[str, list[tuple[str, int]]] = {}
    for tag, number in counts.items():
        by_field.setdefault(tag.split(":", 1)[0], []).append((tag, number))
    newest = [(_date(day), number) for day, number in sorted(days.items(), reverse=True) if number][:limit]
    return {name: newest if name == "day" else _most(by_field.get(name, ()), limit) for name in fields}


def _all(db: sqlite3.Connection, version: int, sets: Counter[int], days: Counter[int]) -> None:
    sets.update(dict(db.execute(f"SELECT id, n FROM sets_{version}")))
    days.update(dict(db.execute(f"SELECT day, n FROM days_{version}")))


def _add(db: sqlite3.Connection, version: int, where: Where, sets: Counter[int], days: Counter[int], sign: int) -> None:
    found = db.execute(f"SELECT tagset, {_DAY} FROM (SELECT rank {where[0]}) CROSS JOIN facets_{version} USING (rank)", where[1])
    for (tagset, day), number in Counter(found).items():
        sets[tagset] += sign * number
        days[day] += sign * number


def _day(rank: int) -> int:
    return ((rank >> RANK_BITS) + HANOI_SECONDS) // DAY_SECONDS


def _date(day: int) -> str:
    return datetime.fromtimestamp(day * DAY_SECONDS, UTC).date().isoformat()


def _most(tags: Iterable[tuple[str, int]], limit: int) -> Counts:
    """Return the values of tags (their field's name taken off), the most frequent first."""
    ordered = sorted(tags, key=lambda pair: (-pair[1], pair[0]))
    return [(tag.split(":", 1)[1], number) for tag, number in ordered[:limit]]
