"""Counts by field value on the embedded engine: from the vocabulary of tags, or from the tags of what was found."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence

from pipelines.search.document import RANK_BITS

Counts = list[tuple[str, int]]
# Hà Nội keeps one offset the year round; a rank begins with seconds UTC.
HANOI_SECONDS = 7 * 3600
# Up to so many matches their own tags are read; beyond, each value is counted by the engine.
FEW = 20_000


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
    db.execute("CREATE TEMP TABLE IF NOT EXISTS found (rank INTEGER PRIMARY KEY)")
    db.execute("DELETE FROM found")
    total = db.execute(f"INSERT INTO found SELECT rank {where}", tuple(params)).rowcount
    counts: Counter[str] = Counter()
    if total <= FEW:
        for (tags,) in db.execute(f"SELECT tags FROM found JOIN docs_{version} USING (rank)"):
            counts.update(tags.split(" "))
    answer: dict[str, Counts] = {}
    for name in fields:
        if name == "day":
            answer[name] = _days(db, limit)
        elif total <= FEW:
            answer[name] = _most(((tag, n) for tag, n in counts.items() if tag.startswith(name + ":")), limit)
        else:
            known = [term for term, _ in _vocabulary(db, version, name)]
            answer[name] = _most(((term, _count(db, version, term)) for term in known), limit)
    return answer


def _days(db: sqlite3.Connection, limit: int) -> Counts:
    return db.execute(
        f"SELECT date((rank >> {RANK_BITS}) + {HANOI_SECONDS}, 'unixepoch') AS day, count(*) FROM found"
        " GROUP BY day ORDER BY day DESC LIMIT ?",
        (limit,),
    ).fetchall()


def _vocabulary(db: sqlite3.Connection, version: int, name: str) -> Counts:
    """Return all tags of a field with the number of documents that carry each."""
    return db.execute(
        f"SELECT term, doc FROM words_{version} WHERE term >= ? AND term < ? AND col = 'tags'", (name + ":", name + ";")
    ).fetchall()


def _count(db: sqlite3.Connection, version: int, term: str) -> int:
    return db.execute(
        f"SELECT count(*) FROM fts_{version} JOIN found ON found.rank = fts_{version}.rowid WHERE fts_{version} MATCH ?",
        (f'tags : "{term}"',),
    ).fetchone()[0]


def _most(tags: Iterable[tuple[str, int]], limit: int) -> Counts:
    """Return the values of tags (their field's name taken off), the most frequent first."""
    ordered = sorted((pair for pair in tags if pair[1]), key=lambda pair: (-pair[1], pair[0]))
    return [(tag.split(":", 1)[1], count) for tag, count in ordered[:limit]]
