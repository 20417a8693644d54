"""How fast the API may be read: a bucket of requests per caller that refills evenly, one for all processes and machines."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, create_engine, delete, event, text
from sqlalchemy.exc import OperationalError

from pipelines.store.engine import Store
from pipelines.store.schema import api_buckets

# A caller that has not been seen for so long has a full bucket again and needs no row.
FORGET_SECONDS = 3600.0
# Taken and read in one statement, so that two processes never both take the last one; PostgreSQL and SQLite speak it alike.
_REFILLED = "CASE WHEN b.\"left\" + (:at - b.at) * :per_minute / 60 < :per_minute THEN b.\"left\" + (:at - b.at) * :per_minute / 60 ELSE :per_minute END"
_TAKE = text(f"""
    INSERT INTO api_buckets AS b (caller, "left", at, taken) VALUES (:caller, :per_minute - 1, :at, 1)
    ON CONFLICT (caller) DO UPDATE SET at = :at,
        taken = CASE WHEN {_REFILLED} >= 1 THEN 1 ELSE 0 END,
        "left" = CASE WHEN {_REFILLED} >= 1 THEN {_REFILLED} - 1 ELSE {_REFILLED} END
    RETURNING "left", taken
""")


class Rates:
    """Buckets in the store; beside a store on SQLite in a file of their own, whose writing waits for no other."""

    def __init__(self, store: Store, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._own = store.engine.dialect.name == "sqlite"
        self._engine = _beside(folder / "api.sqlite3") if self._own else store.engine
        self._ready = not self._own
        self._swept = 0.0

    def take(self, caller: str, per_minute: int) -> float:
        """Take one request of `caller`; return 0 when it was there, else the seconds until the next."""
        at = self.clock()
        values = {"caller": hashlib.sha256(caller.encode("utf-8", "replace")).hexdigest(), "per_minute": float(per_minute), "at": at}
        try:
            with self._engine.begin() as conn:
                if not self._ready:
                    api_buckets.create(conn, checkfirst=True)
                    self._ready = True
                if at - self._swept > FORGET_SECONDS:
                    conn.execute(delete(api_buckets).where(api_buckets.c.at < at - FORGET_SECONDS))
                    self._swept = at
                left, taken = conn.execute(_TAKE, values).one()
        except OperationalError:
            # A full disk must not close the API to programs that may read it.
            return 0.0
        return 0.0 if taken else (1 - left) * 60 / per_minute

    def close(self) -> None:
        """Give the connections of the own file back."""
        if self._own:
            self._engine.dispose()


def _beside(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 5, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def _begin(conn: object) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]

    return engine
