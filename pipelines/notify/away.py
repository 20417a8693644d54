"""Channels that take nothing: one alarm when it begins, one line when it is over, whatever is owed meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select

from pipelines.clock import show
from pipelines.store import watches
from pipelines.store.rows import moment, stamp, upsert
from pipelines.store.schema import meta

log = logging.getLogger("cotmoc.notify")


def _key(channel: str) -> str:
    return f"notify-away-{channel}"


def is_away(conn: Connection, channel: str) -> bool:
    """Tell whether the alarm for a channel was given and stands."""
    return conn.execute(select(meta.c.key).where(meta.c.key == _key(channel))).first() is not None


def all_away(conn: Connection, channels: Collection[str]) -> list[tuple[str, str]]:
    """Return the channels that are away, and since when (as shown): of the office's `channels` and those that an enabled watch names."""
    wanted = {*channels, *(watch.channel for watch in watches.enabled(conn))}
    return [one for one in _noted(conn) if one[0] in wanted]


def forget_others(conn: Connection, channels: Collection[str]) -> None:
    """End the alarms of channels that nobody sends to any more: neither of `channels` nor named by an enabled watch."""
    if not (noted := {channel for channel, _since in _noted(conn)}):
        return
    for channel in noted - {channel for channel, _since in all_away(conn, channels)}:
        conn.execute(delete(meta).where(meta.c.key == _key(channel)))
        log.warning("kênh thông báo “%s” không còn trong cấu hình; thôi báo động", channel)


def _noted(conn: Connection) -> list[tuple[str, str]]:
    rows = conn.execute(select(meta.c.key, meta.c.value).where(meta.c.key.startswith(_key(""), autoescape=True)).order_by(meta.c.key))
    return [(row.key.removeprefix(_key("")), show(moment(row.value))) for row in rows]


def note_away(conn: Connection, channel: str, what: str, now: datetime) -> None:
    """Give the alarm, `what` said of the channel, unless it stands."""
    if not is_away(conn, channel):
        log.error("kênh thông báo “%s” %s", channel, what)
        upsert(conn, meta, {"key": _key(channel), "value": stamp(now)})


def note_back(conn: Connection, channel: str) -> None:
    """Take the alarm back, when it stands."""
    if conn.execute(delete(meta).where(meta.c.key == _key(channel))).rowcount:
        log.warning("kênh thông báo “%s” nhận tin trở lại", channel)
