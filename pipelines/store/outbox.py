"""Deliveries owed: put in the transaction of their cause, taken in order, kept until they have arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, or_, select, update

from pipelines.clock import now as clock_now
from pipelines.records import OutboxMessage
from pipelines.store.rows import stamp
from pipelines.store.schema import outbox

# Beginning of the key of a message that drops a whole part of the index; keys of articles are hexadecimal.
DROP = "part:"


def put(
    conn: Connection, topic: str, key: str, version: int, payload: str, not_before: datetime | None = None
) -> None:
    """Owe `payload` to `topic`, to be tried not before a moment; the same topic, key and version is owed once."""
    known = conn.execute(
        select(outbox.c.seq).where(outbox.c.topic == topic, outbox.c.key == key, outbox.c.version == version)
    ).first()
    if known is None:
        conn.execute(
            outbox.insert().values(
                topic=topic, key=key, version=version, payload=payload, created=stamp(clock_now()), next_try=stamp(not_before)
            )
        )


def next_version(conn: Connection, topic: str, key: str, now: datetime) -> int:
    """Return a version above all earlier ones of `key`: the clock in microseconds, or one more when it stood still."""
    query = select(func.max(outbox.c.version)).where(outbox.c.topic == topic, outbox.c.key == key)
    return max(int(now.timestamp() * 1_000_000), (conn.execute(query).scalar() or 0) + 1)


def pending(conn: Connection, topic: str, limit: int, now: datetime) -> list[OutboxMessage]:
    """Return up to `limit` messages of `topic` that are due, oldest first."""
    rows = conn.execute(
        select(outbox)
        .where(
            outbox.c.topic == topic,
            outbox.c.delivered.is_(None),
            or_(outbox.c.next_try.is_(None), outbox.c.next_try <= stamp(now)),
        )
        .order_by(outbox.c.seq)
        .limit(limit)
    ).mappings()
    return [
        OutboxMessage(
            seq=row["seq"], topic=row["topic"], key=row["key"], version=row["version"],
            payload=row["payload"], attempts=row["attempts"],
        )
        for row in rows
    ]  # fmt: skip


def lease(conn: Connection, seq: int, now: datetime, until: datetime) -> bool:
    """Take a due message for oneself until `until`; False when another process has taken it."""
    due = or_(outbox.c.next_try.is_(None), outbox.c.next_try <= stamp(now))
    taken = conn.execute(
        update(outbox).where(outbox.c.seq == seq, outbox.c.delivered.is_(None), due).values(next_try=stamp(until))
    )
    return taken.rowcount == 1


def owed(conn: Connection, topic: str) -> int:
    """Return how many messages of `topic` have not arrived."""
    query = select(func.count()).select_from(outbox).where(outbox.c.topic == topic, outbox.c.delivered.is_(None))
    return conn.execute(query).scalar_one()


def refused(conn: Connection, topic: str) -> int:
    """Return how many of the messages of `topic` that have not arrived were tried and not taken."""
    query = select(func.count()).select_from(outbox).where(outbox.c.topic == topic, outbox.c.delivered.is_(None), outbox.c.attempts > 0)
    return conn.execute(query).scalar_one()


def mark_delivered(conn: Connection, seqs: Sequence[int], now: datetime) -> None:
    """Note that `seqs` have arrived."""
    if seqs:
        conn.execute(update(outbox).where(outbox.c.seq.in_(seqs)).values(delivered=stamp(now), last_error=""))


def drop(conn: Connection, seqs: Sequence[int]) -> None:
    """Owe `seqs` no more, as if they had never been: the same topic, key and version may be owed again."""
    if seqs:
        conn.execute(delete(outbox).where(outbox.c.seq.in_(seqs)))


def mark_failed(conn: Connection, seq: int, error: str, next_try: datetime) -> None:
    """Note a failed attempt and when to try again."""
    conn.execute(
        update(outbox)
        .where(outbox.c.seq == seq)
        .values(attempts=outbox.c.attempts + 1, last_error=error[:500], next_try=stamp(next_try))
    )
