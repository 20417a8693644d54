"""Retention of the data class `alert`, where an office sets one: cases that ended in nothing are forgotten with their texts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from pipelines.retention import forget, owe_deletion
from pipelines.store.alerts import DUPLICATE, NOT_DISTORTED
from pipelines.store.rows import stamp
from pipelines.store.schema import (
    alert_events,
    alert_work,
    alerts,
    audit,
    decisions,
    mentions,
    notes,
    papers,
    second_looks,
    seen,
    story_articles,
)

# Every other state is an open case, or one that the office answered.
ENDED = (NOT_DISTORTED, DUPLICATE)
# Entries of the audit log that name the alerts of a digest (dashboards/digest).
CARRIED = ("digest.write", "digest.approve")


def forget_cases(conn: Connection, before: datetime, now: datetime) -> int:
    """Delete stories whose alerts were all raised before `before` and ended in nothing; returns how many articles went.

    Kept whatever its age: a story with an open or answered alert, one that a digest carried, one with an evidence pack.
    The audit log keeps what was decided, by whom and when.
    """
    held = {alert for row in conn.execute(select(audit.c.details).where(audit.c.action.in_(CARRIED))) for alert in row.details.get("alerts", ())}
    packed = select(papers.c.story).where(papers.c.story.is_not(None))
    query = (
        select(alerts.c.story)
        .where(alerts.c.story.not_in(packed))
        .group_by(alerts.c.story)
        .having(func.max(alerts.c.raised) < stamp(before))
        .order_by(alerts.c.story)
    )
    gone: list[str] = []
    for story in list(conn.execute(query).scalars()):
        found = conn.execute(select(alerts.c.id, alerts.c.status, alerts.c.article).where(alerts.c.story == story)).all()
        if any(row.status not in ENDED or row.id in held for row in found):
            continue
        members = set(conn.execute(select(story_articles.c.article).where(story_articles.c.story == story)).scalars())
        _forget_alerts(conn, [row.id for row in found])
        gone.extend(sorted(members | {row.article for row in found}))
    forget(conn, gone)
    owe_deletion(conn, gone, now)
    return len(gone)


def _forget_alerts(conn: Connection, ids: list[str]) -> None:
    conn.execute(delete(mentions).where(mentions.c.note.in_(select(notes.c.id).where(notes.c.alert.in_(ids)))))
    for table in (notes, alert_events, alert_work, seen, second_looks, decisions):
        conn.execute(delete(table).where(table.c.alert.in_(ids)))
    conn.execute(delete(alerts).where(alerts.c.id.in_(ids)))
