"""The embedded engine: SQLite FTS5 in `DATA/index.sqlite3`, an exact column, a folded one, and one of tags.

The row id of an article is its rank (document.rank_of), so that newest first costs nothing and a date is a range.
The FTS table keeps no text: what it needs to forget a row is kept compressed beside the document.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.errors import UserError
from pipelines.search import blocks, faults, wordsets
from pipelines.search import facets as counting
from pipelines.search.analysis import folded
from pipelines.search.connections import Connections
from pipelines.search.document import BadDocument, Indexed, indexed, part_of, stored_sum, tags_of
from pipelines.search.fts import Stretch, compile_fts
from pipelines.search.hits import hit, page, tree_of
from pipelines.search.masks import where
from pipelines.search.port import (
    COUNT_LIMIT,
    FACETS,
    MISPLACED,
    BulkResult,
    Change,
    Hit,
    ItemResult,
    Outcome,
    SearchResult,
)
from pipelines.search.tree import Node
from pipelines.search.versions import Versions

SCAN_PART = 500
# Rows of a part that are forgotten in one transaction.
DROP_PART = 500


class EmbeddedIndex:
    """The port on one SQLite file; several threads and processes may use it at once."""

    name = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connections = Connections(path)
        self._versions = Versions()
        # The version that this rebuild fills: another one may begin meanwhile and drop it.
        self._building: int | None = None
        self._kept = blocks.Kept()

    def setup(self) -> None:
        """Make the file and the first version."""
        with self._connections.write() as db:
            self._versions.setup(db, self.path)

    def bulk(self, changes: Sequence[Change]) -> BulkResult:
        """Write changes to the current version, and to one that is being built; a file that does not answer takes none."""
        self.setup()
        with self._connections.write() as db:
            self._versions.wait(db, self.path)
            current, building = self._versions.live(db)
            results = _apply_all(db, current, changes)
            if building is not None:
                _apply_all(db, building, changes)
        return BulkResult(results)

    def search(self, query: str | Node, limit: int = 20, offset: int = 0) -> SearchResult:
        """Return hits, newest first."""
        tree = tree_of(query)
        page(limit, offset)
        with self._connections.read() as db:
            version = self._versions.current(db, self.path)
            if version is None:
                return SearchResult([], 0)
            found = counting.newest(db, version, tree.lowered, self._kept)
            if found is None:
                asked, params = where(tree.lowered, version)
                total = db.execute(f"SELECT count(*) FROM (SELECT 1 {asked} LIMIT ?)", (*params, COUNT_LIMIT + 1)).fetchone()[0]
                ranks = islice(_ranks(db, compile_fts(tree.lowered), version, offset + limit), offset, None)
            else:
                total, ranks = len(found), iter(found[offset : offset + limit].tolist())
            hits: list[Hit] = [hit(_document(db, version, rank), tree.node) for rank in ranks]
        return SearchResult(hits, min(total, COUNT_LIMIT), total > COUNT_LIMIT)

    def scan(self, query: str | Node) -> Iterator[Mapping[str, Any]]:
        """Give every document that matches, newest first, as of one moment."""
        tree = tree_of(query)
        with self._connections.read() as db:
            version = self._versions.current(db, self.path)
            if version is None:
                return
            for rank in list(_ranks(db, compile_fts(tree.lowered), version, -1)):
                yield _document(db, version, rank)

    def facets(
        self, query: str | Node, fields: Sequence[str] = FACETS, limit: int = 50
    ) -> dict[str, list[tuple[str, int]]]:
        """Count matching articles by field value."""
        tree = tree_of(query)
        with self._connections.read() as db:
            version = self._versions.current(db, self.path)
            if version is None:
                return {name: [] for name in fields}
            return counting.count(db, version, tree.lowered, fields, limit, self._kept)

    def parts(self) -> dict[str, int]:
        """Return how many documents each part holds."""
        with self._connections.read() as db:
            version = self._versions.current(db, self.path)
            if version is None:
                return {}
            return dict(db.execute(f"SELECT part, count(*) FROM docs_{version} GROUP BY part ORDER BY part").fetchall())

    def drop(self, part: str) -> int:
        """Forget a whole part, some rows at a time, so that others may write in between; killed, it is done again."""
        self.setup()
        dropped = 0
        while True:
            with self._connections.write() as db:
                current, building = self._versions.live(db)
                gone = _drop_some(db, current, part)
                more = _drop_some(db, building, part) if building is not None else 0
                if not gone and not more:
                    for version in (current, building):
                        if version is not None:
                            wordsets.sweep(db, version)
            dropped += gone
            if not gone and not more:
                return dropped

    def count(self) -> int:
        """Return the number of documents."""
        with self._connections.read() as db:
            version = self._versions.current(db, self.path)
            return 0 if version is None else db.execute(f"SELECT count(*) FROM docs_{version}").fetchone()[0]

    def checksums(self) -> Iterator[tuple[str, str]]:
        """Give id and checksum of every document as it is stored, by id."""
        with self._connections.read() as db:
            version = self._versions.current(db, self.path)
            if version is None:
                return
            # What facets are counted from belongs to a document as well as what is found by it.
            astray = blocks.astray(db, version) | wordsets.astray(db, version) | faults.astray(db, version)
            for id_, part, number, *stored in db.execute(f"SELECT id, part, number, sum, tags, doc FROM docs_{version} ORDER BY id"):
                yield id_, MISPLACED if number in astray else _checksum(part, *stored)

    def faults(self, *, words: bool = False) -> list[str]:
        """Name what is wrong with counts and full text."""
        with self._connections.read() as db:
            version = self._versions.current(db, self.path)
            return [] if version is None else [*faults.counted(db, version), *faults.worded(db, version, words)]

    def delete(self, changes: Iterable[tuple[str, int]]) -> BulkResult:
        """Delete documents by id and version."""
        return self.bulk([Change(id_, version, None) for id_, version in changes])

    def start_version(self) -> str:
        """Make an empty new version; a file of another version of the program is begun anew, and rests until the switch."""
        with self._connections.write() as db:
            self._versions.begin(db, self.path)
            self._building = self._versions.start(db)
        return str(self._building)

    def fill(self, changes: Sequence[Change]) -> BulkResult:
        """Write changes to the new version only."""
        with self._connections.write() as db:
            building = self._versions.live(db)[1]
            if building is None or building != self._building:
                raise UserError("chỉ mục: một lần dựng lại khác đã xong hoặc bị hủy; chạy lại cotmoc index rebuild")
            return BulkResult(_apply_all(db, building, changes))

    def switch_version(self) -> None:
        """Answer from the new version, drop the old one; readers that have begun keep the old one to the end."""
        with self._connections.write() as db:
            self._versions.switch(db, self._building)

    def close(self) -> None:
        """Close the connections of all threads."""
        self._connections.close()


def _ranks(db: sqlite3.Connection, stretches: Sequence[Stretch], version: int, limit: int) -> Iterator[int]:
    """Give the newest `limit` ranks that answer (below 0: all), stretch by stretch, so that older ones are not asked in vain."""
    left = limit
    for one in stretches:
        if left == 0:
            return
        sql, params = one.select(version)
        rows = db.execute(f"SELECT rank FROM ({sql}) ORDER BY rank DESC LIMIT ?", (*params, left)).fetchall()
        yield from (row[0] for row in rows)
        left -= len(rows) if limit > 0 else 0


def _document(db: sqlite3.Connection, version: int, rank: int) -> dict[str, Any]:
    row = db.execute(f"SELECT doc FROM docs_{version} WHERE rank = ?", (rank,)).fetchone()
    if row is None:
        raise sqlite3.DatabaseError("phần toàn văn có bài mà kho bài không có")
    return json.loads(zlib.decompress(row[0]))


def _checksum(part: str, sum_: str, tags: str, blob: bytes) -> str:
    """Return the checksum of a stored document; MISPLACED unless its row says of it what it says itself."""
    try:
        document = json.loads(zlib.decompress(blob))
    except (zlib.error, ValueError, RecursionError):
        return MISPLACED
    if not (found := stored_sum(document)):
        return MISPLACED
    wanted = " ".join(tags_of(document))
    same = tags == wanted or tags.startswith(f"{wanted} word:")
    return found if same and part == part_of(document) and sum_ == found else MISPLACED


def _apply_all(db: sqlite3.Connection, version: int, changes: Sequence[Change]) -> tuple[ItemResult, ...]:
    ledger = counting.Ledger(db, version)
    results = tuple(_apply(db, version, change, ledger) for change in changes)
    ledger.flush()
    wordsets.pack(db, version)
    return results


def _apply(db: sqlite3.Connection, version: int, change: Change, ledger: counting.Ledger) -> ItemResult:
    """Write one change to one version: older than what is there, it is stale; the same again, it changes nothing."""
    id_, number = change.id, change.version
    stored = db.execute(f"SELECT rank, version, sum FROM docs_{version} WHERE id = ?", (id_,)).fetchone()
    gone = db.execute(f"SELECT version FROM gone_{version} WHERE id = ?", (id_,)).fetchone()
    known = max(stored[1] if stored else -1, gone[0] if gone else -1)
    if known > number:
        return ItemResult(id_, number, Outcome.STALE, f"đã có phiên bản {known}")
    if change.document is None:
        if stored:
            place = _forget(db, version, stored[0], ledger)
            wordsets.change(db, version, place.number, place.exact, None)
        db.execute(f"INSERT OR REPLACE INTO gone_{version} (id, version) VALUES (?, ?)", (id_, number))
        return ItemResult(id_, number, Outcome.DELIVERED)
    try:
        entry = indexed(change.document, change.words)
        if change.document["id"] != id_:
            raise BadDocument(f"mã “{change.document['id']}” khác khóa “{id_}”")
    except BadDocument as error:
        return ItemResult(id_, number, Outcome.REJECTED, str(error))
    if stored and stored[2] == entry.sum:
        db.execute(f"UPDATE docs_{version} SET version = ? WHERE id = ?", (number, id_))
        return ItemResult(id_, number, Outcome.DELIVERED)
    place = _forget(db, version, stored[0], ledger) if stored else Place(wordsets.next_number(db, version), "")
    if gone:
        db.execute(f"DELETE FROM gone_{version} WHERE id = ?", (id_,))
    _insert(db, version, change.document, number, entry, place, ledger)
    return ItemResult(id_, number, Outcome.DELIVERED)


def _insert(
    db: sqlite3.Connection, version: int, document: Mapping[str, Any], number: int, entry: Indexed, place: Place, ledger: counting.Ledger
) -> None:
    rank = entry.rank
    while db.execute(f"SELECT 1 FROM docs_{version} WHERE rank = ?", (rank,)).fetchone():
        rank += 1
    tags = " ".join(entry.tags)
    body = zlib.compress(json.dumps(document, ensure_ascii=False).encode(), 1)
    words = zlib.compress(entry.exact.encode(), 1)
    db.execute(
        f"INSERT INTO docs_{version} (rank, id, version, sum, part, number, tags, doc, tokens) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (rank, document["id"], number, entry.sum, part_of(document), place.number, tags, body, words),
    )
    ledger.note(rank, entry.tags, place.number)
    wordsets.change(db, version, place.number, place.exact, entry.exact)
    db.execute(
        f"INSERT INTO fts_{version} (rowid, exact, folded, tags) VALUES (?, ?, ?, ?)",
        (rank, entry.exact, entry.folded, tags),
    )


def _drop_some(db: sqlite3.Connection, version: int, part: str) -> int:
    """Take up to DROP_PART rows of a part out of one version; returns how many."""
    ledger = counting.Ledger(db, version)
    ranks = [row[0] for row in db.execute(f"SELECT rank FROM docs_{version} WHERE part = ? LIMIT ?", (part, DROP_PART))]
    for rank in ranks:
        place = _forget(db, version, rank, ledger)
        wordsets.change(db, version, place.number, place.exact, None)
    ledger.flush()
    return len(ranks)


class Place(NamedTuple):
    """What an article keeps while it is written anew: its number, and the words by which wordsets.py knows it."""

    number: int
    exact: str


def _forget(db: sqlite3.Connection, version: int, rank: int, ledger: counting.Ledger) -> Place:
    """Take one row out, but not from wordsets.py; an FTS5 table without content must be told the very tokens that went in."""
    tags, words, number = db.execute(f"SELECT tags, tokens, number FROM docs_{version} WHERE rank = ?", (rank,)).fetchone()
    exact = zlib.decompress(words).decode()
    db.execute(
        f"INSERT INTO fts_{version} (fts_{version}, rowid, exact, folded, tags) VALUES ('delete', ?, ?, ?, ?)",
        (rank, exact, " ".join(map(folded, exact.split(" "))) if exact else "", tags),
    )
    db.execute(f"DELETE FROM docs_{version} WHERE rank = ?", (rank,))
    ledger.forget(rank, tags.split(" "))
    return Place(number, exact)
