"""Counts by field value on the embedded engine: from the vocabulary of tags, or from the sets of tags of what was found."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from pipelines.search.document import RANK_BITS
from pipelines.search.port import FACETS

Counts = list[tuple[str, int]]
# Hà Nội keeps one offset the year round; a rank begins with seconds UTC.
HANOI_SECONDS = 7 * 3600
DAY_SECONDS = 86_400
_COUNTED = tuple(f"{name}:" for name in FACETS if name != "day")


def note(db: sqlite3.Connection, version: int, rank: int, tags: Sequence[str]) -> None:
    """Remember the set of facet values of one article."""
    wanted = " ".join(tag for tag in tags if tag.startswith(_COUNTED))
    db.execute(f"INSERT OR IGNORE INTO sets_{version} (tags) VALUES (?)", (wanted,))
    db.execute(
        f"INSERT OR REPLACE INTO facets_{version} (rank, tagset) SELECT ?, id FROM sets_{version} WHERE tags = ?", (rank, wanted)
    )


def of_everything(db: sqlite3.Connection, version: int, fields: Sequence[str], limit: int) -> dict[str, Counts]:
    """Return counts over all documents; nothing is read but the vocabulary and the index of days."""
    days = f"SELECT day, count(*) FROM docs_{version} GROUP BY day ORDER BY day DESC LIMIT ?"
    return {
        name: db.execute(days, (limit,)).fetchall() if name == "day" else _most(_vocabulary(db, version, name), limit)
        for name in fields
    }


def of_matches(
    db: sqlite3.Connection, version: int, where: str, params: Sequence[str | int], fields: Sequence[str], limit: int
) -> dict[str, Counts]:
    """Return for each field its values with counts, most frequent first, then by name; days newest first."""
    day = f"((rank >> {RANK_BITS}) + {HANOI_SECONDS}) / {DAY_SECONDS}"
    found = db.execute(f"SELECT tagset, {day} FROM (SELECT rank {where}) CROSS JOIN facets_{version} USING (rank)", tuple(params))
    pairs = Counter(found)
    sets: Counter[int] = Counter()
    days: Counter[int] = Counter()
    for (tagset, number), count in pairs.items():
        sets[tagset] += count
        days[number] += count
    counts: Counter[str] = Counter()
    for tagset, count in sets.items():
        for tag in db.execute(f"SELECT tags FROM sets_{version} WHERE id = ?", (tagset,)).fetchone()[0].split():
            counts[tag] += count
    by_field: dict[str, list[tuple[str, int]]] = {}
    for tag, count in counts.items():
        by_field.setdefault(tag.split(":", 1)[0], []).append((tag, count))
    newest = [(_date(number), count) for number, count in sorted(days.items(), reverse=True)[:limit]]
    return {name: newest if name == "day" else _most(by_field.get(name, ()), limit) for name in fields}


def _date(day: int) -> str:
    return datetime.fromtimestamp(day * DAY_SECONDS, UTC).date().isoformat()


def _vocabulary(db: sqlite3.Connection, version: int, name: str) -> Counts:
    """Return all tags of a field with the number of documents that carry each."""
    return db.execute(
        f"SELECT term, doc FROM words_{version} WHERE term >= ? AND term < ? AND col = 'tags'", (name + ":", name + ";")
    ).fetchall()


def _most(tags: Iterable[tuple[str, int]], limit: int) -> Counts:
    """Return the values of tags (their field's name taken off), the most frequent first."""
    ordered = sorted((pair for pair in tags if pair[1]), key=lambda pair: (-pair[1], pair[0]))
    return [(tag.split(":", 1)[1], count) for tag, count in ordered[:limit]]
