"""Counts by field value on the embedded engine, from the index of tags alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from pipelines.search.document import RANK_BITS

# Hà Nội keeps one offset the year round; a rank begins with seconds UTC.
HANOI_SECONDS = 7 * 3600


def facets(
    db: sqlite3.Connection, version: int, where: str, params: Sequence[str | int], fields: Sequence[str], limit: int
) -> dict[str, list[tuple[str, int]]]:
    """Return for each field its values with counts, most frequent first, then by name; days newest first."""
    db.execute("CREATE TEMP TABLE IF NOT EXISTS found (rank INTEGER PRIMARY KEY)")
    db.execute("DELETE FROM found")
    db.execute(f"INSERT INTO found SELECT rank {where}", tuple(params))
    total = db.execute("SELECT count(*) FROM found").fetchone()[0]
    everything = total == db.execute(f"SELECT count(*) FROM docs_{version}").fetchone()[0]
    return {
        name: _days(db, limit) if name == "day" else _values(db, version, name, everything, limit) for name in fields
    }


def _days(db: sqlite3.Connection, limit: int) -> list[tuple[str, int]]:
    return db.execute(
        f"SELECT date((rank >> {RANK_BITS}) + {HANOI_SECONDS}, 'unixepoch') AS day, count(*) FROM found"
        " GROUP BY day ORDER BY day DESC LIMIT ?",
        (limit,),
    ).fetchall()


def _values(db: sqlite3.Connection, version: int, name: str, everything: bool, limit: int) -> list[tuple[str, int]]:
    counts: list[tuple[str, int]] = []
    known = db.execute(
        f"SELECT term, doc FROM words_{version} WHERE term >= ? AND term < ? AND col = 'tags'", (name + ":", name + ";")
    ).fetchall()
    for term, documents in known:
        if not everything:
            documents = db.execute(
                f"SELECT count(*) FROM fts_{version} JOIN found ON found.rank = fts_{version}.rowid"
                f" WHERE fts_{version} MATCH ?",
                (f'tags : "{term}"',),
            ).fetchone()[0]
        if documents:
            counts.append((term[len(name) + 1 :], documents))
    return sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:limit]
