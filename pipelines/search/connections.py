"""Connections to the index file: one per thread, WAL, and SQLite's complaints turned into one clear line."""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pipelines.search.port import IndexUnavailable

# A second process waits this long for the write lock before it says so.
BUSY_SECONDS = 60


# Device and number of a file.
Identity = tuple[int, int]


class Connections:
    """Opened when first needed; `read` gives one snapshot, `write` one transaction.

    A file that was deleted and made anew by another process is opened anew: nobody goes on with the one that is gone.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def _identity(self) -> Identity | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute("PRAGMA cache_size=-32768")
        with self._lock:
            self._all.append(db)
        return db

    def _close(self, db: sqlite3.Connection) -> None:
        with self._lock:
            if db in self._all:
                self._all.remove(db)
        db.close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        free: list[tuple[sqlite3.Connection, Identity | None]] = self._local.__dict__.setdefault("free", [])
        try:
            there = self._identity()
            while free and free[-1][1] != there:
                self._close(free.pop()[0])
            db = free.pop()[0] if free else self._open()
            there = there or self._identity()
        except (sqlite3.Error, OSError) as error:
            raise self._unavailable(error) from error
        try:
            yield db
        except (sqlite3.DatabaseError, zlib.error) as error:
            raise self._unavailable(error) from error
        finally:
            if db.in_transaction:
                db.rollback()
            free.append((db, there))

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one moment, whatever others write meanwhile; where there is no file, an empty one, and none is made."""
        if self._identity() is None:
            with closing(sqlite3.connect(":memory:", isolation_level=None)) as nothing:
                yield nothing
            return
        with self._connection() as db:
            db.execute("BEGIN")
            yield db

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Give one transaction that holds the write lock from its beginning."""
        with self._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

    def _unavailable(self, error: Exception) -> IndexUnavailable:
        return IndexUnavailable(
            f"chỉ mục {self.path}: {error}; kiểm tra chỗ trống và quyền ghi (tệp hỏng thì xóa đi rồi chạy cotmoc index rebuild)",
            "sqlite",
        )

    def close(self) -> None:
        """Close all connections of all threads."""
        with self._lock:
            for db in self._all:
                db.close()
            self._all.clear()
        self._local = threading.local()
