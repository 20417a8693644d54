"""Versions of the embedded index inside one file: a new one is filled beside the old one and switched in one transaction."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from pipelines.errors import UserError
from pipelines.search.analysis import ANALYSIS_VERSION
from pipelines.search.port import IndexUnavailable

SCHEMA_VERSION = 8
# What FTS5 gathers in memory before it writes a segment: a thousand articles at once instead of some hundred.
HASH_BYTES = 8 * 2**20
# Everything but blanks belongs to a token, as with Elasticsearch's whitespace analyzer: the tokens are ready.
_TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"


class Versions:
    """Which tables answer (`current`) and which are being filled (`building`)."""

    def __init__(self) -> None:
        self._ready = False

    def setup(self, db: sqlite3.Connection, path: Path) -> None:
        """Make the first version unless there is one; IndexUnavailable when the file is of another version of the program."""
        if self._ready:
            return
        db.execute("CREATE TABLE IF NOT EXISTS versions (name TEXT PRIMARY KEY, number INTEGER NOT NULL)")
        if self._get(db, "current") is None:
            self._set(db, "format", _format())
            _create(db, 1)
            self._set(db, "current", 1)
            self._set(db, "last", 1)
        self._check(db, path)
        self._ready = True

    def begin(self, db: sqlite3.Connection, path: Path) -> None:
        """Make ready for a rebuild: where there was nothing (another format, no file), nothing answers before `switch`.

        Else a rebuild that is killed would leave an empty index that answers “nothing found” to everybody.
        """
        self.discard(db)
        first = not _there(db) or self._get(db, "current") is None
        self.setup(db, path)
        if first:
            self._set(db, "filling", 1)

    def wait(self, db: sqlite3.Connection, path: Path) -> None:
        """Raise IndexUnavailable while the first rebuild of this file has not ended, or another program has made it anew."""
        self._check(db, path)
        if self._get(db, "filling") is not None:
            raise IndexUnavailable(
                f"chỉ mục {path} đang dựng lại (hoặc lần dựng lại trước bị ngắt) nên chưa trả lời; đợi xong, nếu không có lệnh nào đang chạy thì chạy cotmoc index rebuild",
                "filling",
            )

    def current(self, db: sqlite3.Connection, path: Path) -> int | None:
        """Return the version that answers, or None when nothing was ever indexed."""
        if not _there(db) or self._get(db, "current") is None:
            return None
        self.wait(db, path)
        return self._get(db, "current")

    def live(self, db: sqlite3.Connection) -> tuple[int, int | None]:
        """Return the current version and the one being built, if any."""
        current = self._get(db, "current")
        assert current is not None
        return current, self._get(db, "building")

    def discard(self, db: sqlite3.Connection) -> None:
        """Forget everything when the file is of another version of the program: nothing lives only in the index."""
        if not _there(db) or self._get(db, "format") == _format():
            return
        self._ready = False
        for number in range(1, (self._get(db, "last") or 0) + 1):
            _drop(db, number)
        db.execute("DELETE FROM versions")

    def start(self, db: sqlite3.Connection) -> int:
        """Make an empty version beside the current one; what an interrupted rebuild left is dropped."""
        abandoned = self._get(db, "building")
        if abandoned is not None:
            _drop(db, abandoned)
        number = (self._get(db, "last") or 0) + 1
        _create(db, number)
        self._set(db, "building", number)
        self._set(db, "last", number)
        return number

    def switch(self, db: sqlite3.Connection, mine: int | None) -> None:
        """Make the version being built the current one; UserError when it is not `mine` but of a rebuild begun later."""
        current, building = self.live(db)
        if building is None or building != mine:
            raise UserError("chỉ mục: không có phiên bản mới nào đang dựng; chạy lại cotmoc index rebuild")
        self._set(db, "current", building)
        db.execute("DELETE FROM versions WHERE name IN ('building', 'filling')")
        _drop(db, current)

    def _check(self, db: sqlite3.Connection, path: Path) -> None:
        if self._get(db, "format") != _format():
            raise IndexUnavailable(f"chỉ mục {path} do một phiên bản khác của cotmoc tạo; chạy cotmoc index rebuild", "version")

    def _get(self, db: sqlite3.Connection, name: str) -> int | None:
        row = db.execute("SELECT number FROM versions WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def _set(self, db: sqlite3.Connection, name: str, number: int) -> None:
        db.execute("INSERT OR REPLACE INTO versions (name, number) VALUES (?, ?)", (name, number))


def _there(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'versions'").fetchone() is not None


def _format() -> int:
    return SCHEMA_VERSION * 1000 + ANALYSIS_VERSION


def _create(db: sqlite3.Connection, number: int) -> None:
    db.execute(
        f"CREATE TABLE docs_{number} (rank INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,"
        " sum TEXT NOT NULL, part TEXT NOT NULL, number INTEGER NOT NULL UNIQUE, tags TEXT NOT NULL, doc BLOB NOT NULL, tokens BLOB NOT NULL)"
    )
    db.execute(f"CREATE INDEX docs_{number}_part ON docs_{number} (part)")
    # Sets of facet values, and single values, each with how many articles have it (facets.py).
    db.execute(f"CREATE TABLE sets_{number} (id INTEGER PRIMARY KEY, tags TEXT NOT NULL UNIQUE, n INTEGER NOT NULL DEFAULT 0)")
    db.execute(f"CREATE TABLE days_{number} (day INTEGER PRIMARY KEY, n INTEGER NOT NULL)")
    db.execute(
        f"CREATE TABLE blocks_{number} (first INTEGER PRIMARY KEY, ranks BLOB NOT NULL, sets BLOB NOT NULL,"
        " lengths BLOB NOT NULL, many BLOB NOT NULL, numbers BLOB NOT NULL)"
    )
    # Words of each article of the newest run, and of all others the common ones as bits (wordsets.py).
    db.execute(f"CREATE TABLE recent_{number} (number INTEGER PRIMARY KEY, words BLOB NOT NULL)")
    db.execute(f"CREATE TABLE bits_{number} (key TEXT, chunk INTEGER, bits BLOB NOT NULL, PRIMARY KEY (key, chunk)) WITHOUT ROWID")
    db.execute(f"CREATE TABLE packed_{number} (chunk INTEGER PRIMARY KEY)")
    db.execute(f"CREATE TABLE gone_{number} (id TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID")
    db.execute(
        f"CREATE VIRTUAL TABLE fts_{number} USING fts5(exact, folded, tags, content='', tokenize=\"{_TOKENIZER}\")"
    )
    db.execute(f"INSERT INTO fts_{number} (fts_{number}, rank) VALUES ('hashsize', {HASH_BYTES})")


def _drop(db: sqlite3.Connection, number: int) -> None:
    for name in ("fts", "docs", "gone", "facets", "blocks", "recent", "bits", "packed", "sets", "days"):
        db.execute(f"DROP TABLE IF EXISTS {name}_{number}")
