"""Hosts that are to be left alone for a while, kept between runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select

from pipelines.store.rows import moment, stamp, upsert
from pipelines.store.schema import host_pauses

# A pause that is long over still tells which host wants to be asked seldom.
KEPT = timedelta(days=7)


class Pause(NamedTuple):
    """Seconds from now (negative when over), whether the host itself refused, and why."""

    seconds: float
    blocked: bool
    reason: str


def load(conn: Connection, now: datetime) -> dict[str, Pause]:
    """Return the pauses of all hosts, those of the last week that are over included."""
    rows = conn.execute(select(host_pauses).where(host_pauses.c.until >= stamp(now - KEPT))).mappings()
    return {row["host"]: Pause((until - now).total_seconds(), bool(row["blocked"]), row["reason"]) for row in rows if (until := moment(row["until"]))}


def save(conn: Connection, pauses: Mapping[str, Pause], now: datetime) -> None:
    """Keep the pauses of a run, and forget those of a week ago."""
    conn.execute(host_pauses.delete().where(host_pauses.c.until < stamp(now - KEPT)))
    for host, pause in sorted(pauses.items()):
        until = stamp(now + timedelta(seconds=pause.seconds))
        upsert(conn, host_pauses, {"host": host[:255], "until": until, "blocked": int(pause.blocked), "reason": pause.reason})
