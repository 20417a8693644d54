"""Delivery: what the outbox owes to the index is pushed in order, at least once, with exactly one effect.

An engine that is away costs delay and one alarm: the queue stands still as a whole (order is kept) and is tried
again later and later. A message that the engine refuses by itself waits alone, and stays until it is mended.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, delete, select

from pipelines.clock import show
from pipelines.records import OutboxMessage, StepCount
from pipelines.search.port import Change, Index, IndexUnavailable, ItemResult, Outcome
from pipelines.store import Store, outbox, watches
from pipelines.store.rows import moment, stamp, upsert
from pipelines.store.schema import meta

TOPIC = "index"
# Key of `meta` that says since when, why and until when the engine is left alone.
AWAY = "index-away"
FIRST_DELAY = timedelta(seconds=15)
# An engine back from a day's absence is noticed this soon at the latest; a refused message is offered this often.
LONGEST_AWAY = timedelta(minutes=10)
LONGEST_ITEM = timedelta(hours=6)

log = logging.getLogger("cotmoc.deliver")


def deliver(store: Store, index: Index, *, batch: int = 500, now: datetime, batches: int | None = None) -> StepCount:
    """Push all messages that are due (`batches`: that many batches at most) and return what became of them.

    Outcomes: delivered; superseded (a newer state had arrived or followed); retry; rejected (the engine cannot take
    this document: kept, offered again rarely); waiting (the engine is away: kept, nothing tried).
    """
    outcomes: Counter[str] = Counter()
    with store.read() as conn:
        away = _away(conn)
        if away and moment(away["next_try"]) > now:  # type: ignore[operator]
            return _count(Counter(waiting=outbox.owed(conn, TOPIC)))
    for _ in range(batches) if batches is not None else count():
        with store.read() as conn:
            messages = outbox.pending(conn, TOPIC, batch, now)
        if not messages:
            break
        messages = _up_to_a_drop(messages)
        try:
            results, older, unreadable = _push(index, messages)
        except IndexUnavailable as error:
            with store.begin() as conn:
                _note_away(conn, away, error, now)
                # What failed by itself earlier in this run is owed too, and already counted.
                outcomes["waiting"] = outbox.owed(conn, TOPIC) - outcomes["retry"] - outcomes["rejected"]
            break
        with store.begin() as conn:
            if away:
                conn.execute(delete(meta).where(meta.c.key == AWAY))
                log.warning("chỉ mục đã trở lại sau khi vắng từ %s; đang chuyển tiếp hàng chờ", away["since"])
                away = None
            outcomes += _land(conn, results, older, unreadable, now)
    return _count(outcomes)


def backoff(attempts: int, longest: timedelta) -> timedelta:
    """Return how long to wait after `attempts` failures: doubled each time, up to `longest`."""
    return min(longest, FIRST_DELAY * 2 ** min(attempts, 20))


def _push(
    index: Index, messages: Sequence[OutboxMessage]
) -> tuple[list[tuple[OutboxMessage, ItemResult]], list[OutboxMessage], list[tuple[OutboxMessage, str]]]:
    """Push the newest message of each key; return results, messages overtaken by a newer one, and unreadable ones."""
    changes: dict[str, tuple[OutboxMessage, Change]] = {}
    older: list[OutboxMessage] = []
    unreadable: list[tuple[OutboxMessage, str]] = []
    for message in messages:
        part = _dropped(message)
        if part:
            index.drop(part)
            return [(message, ItemResult(message.key, message.version, Outcome.DELIVERED))], [], []
        try:
            document = json.loads(message.payload) if message.payload else None
        except ValueError as error:
            unreadable.append((message, f"nội dung không phải JSON: {error}"))
            continue
        if document is not None and not isinstance(document, dict):
            unreadable.append((message, "nội dung không phải là một tài liệu"))
            continue
        earlier = changes.pop(message.key, None)
        newer = (message, Change(message.key, message.version, document))
        if earlier is not None:
            if earlier[0].version > message.version:
                earlier, newer = newer, earlier
            older.append(earlier[0])
        changes[message.key] = newer
    todo = list(changes.values())
    result = index.bulk([change for _, change in todo]) if todo else None
    return list(zip((m for m, _ in todo), result.items if result else (), strict=True)), older, unreadable


def _dropped(message: OutboxMessage) -> str:
    """Return the part of the index that a message says to drop as a whole (pipelines.retention), empty for any other."""
    return json.loads(message.payload)["drop"] if message.key.startswith(outbox.DROP) else ""


def _up_to_a_drop(messages: list[OutboxMessage]) -> list[OutboxMessage]:
    """Cut a batch before the first message that drops a part, which goes alone: what was owed before it arrives before it."""
    first = next((at for at, message in enumerate(messages) if message.key.startswith(outbox.DROP)), len(messages))
    return messages[: first or 1]


def _land(
    conn: Connection,
    results: Sequence[tuple[OutboxMessage, ItemResult]],
    older: Sequence[OutboxMessage],
    unreadable: Sequence[tuple[OutboxMessage, str]],
    now: datetime,
) -> Counter[str]:
    """Mark what became of a batch."""
    outcomes: Counter[str] = Counter()
    arrived: list[int] = []
    for message, item in results:
        if item.outcome in (Outcome.DELIVERED, Outcome.STALE):
            arrived.append(message.seq)
            outcomes["delivered" if item.outcome is Outcome.DELIVERED else "superseded"] += 1
        else:
            _failed(conn, message, item.reason, now)
            outcomes[item.outcome.value] += 1
    for message in older:
        # The newer state is owed by its own message, so this one need not arrive any more.
        arrived.append(message.seq)
        outcomes["superseded"] += 1
    for message, reason in unreadable:
        _failed(conn, message, reason, now)
        outcomes["rejected"] += 1
    outbox.mark_delivered(conn, arrived, now)
    if watches.enabled(conn):
        for message, item in results:
            if item.outcome is Outcome.DELIVERED and message.payload and not message.key.startswith(outbox.DROP):
                # The watches run on what has arrived (pipelines.notify).
                outbox.put(conn, "watch", message.key, message.version, "")
    refused = [(message, item.reason) for message, item in results if item.outcome is Outcome.REJECTED] + list(unreadable)
    new = [(message, reason) for message, reason in refused if message.attempts == 0]
    if new:
        log.error("chỉ mục từ chối %d tài liệu, giữ lại trong hàng chờ; đầu tiên là %s: %s", len(new), new[0][0].key, new[0][1])
    return outcomes


def _failed(conn: Connection, message: OutboxMessage, reason: str, now: datetime) -> None:
    outbox.mark_failed(conn, message.seq, reason, now + backoff(message.attempts, LONGEST_ITEM))


def _away(conn: Connection) -> dict[str, Any] | None:
    row = conn.execute(select(meta.c.value).where(meta.c.key == AWAY)).first()
    return json.loads(row.value) if row else None


def away_since(conn: Connection) -> tuple[str, str] | None:
    """Return since when (as shown) and why the engine is away, or None."""
    away = _away(conn)
    return (show(moment(away["since"])), away["reason"]) if away else None


def _note_away(conn: Connection, away: dict[str, Any] | None, error: IndexUnavailable, now: datetime) -> None:
    """Remember that the engine is away; one alarm when it goes, one more when the cause becomes another."""
    attempts = away["attempts"] + 1 if away else 0
    if away is None or away["cause"] != error.cause:
        log.error("%s", error)
    state = {
        "since": away["since"] if away else stamp(now),
        "cause": error.cause,
        "reason": str(error),
        "attempts": attempts,
        "next_try": stamp(now + backoff(attempts, LONGEST_AWAY)),
    }
    upsert(conn, meta, {"key": AWAY, "value": json.dumps(state, ensure_ascii=False)})


def _count(outcomes: Counter[str]) -> StepCount:
    kept = {name: number for name, number in outcomes.items() if number}
    return StepCount(step="deliver", entered=sum(kept.values()), outcomes=kept)
