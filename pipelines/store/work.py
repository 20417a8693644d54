"""Work on alerts beside the decision: who does it until when, notes with mentions, what was opened, visits, undo."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from pipelines.clock import local
from pipelines.errors import UserError
from pipelines.records import content_id
from pipelines.store.alerts import Conflict, get_alert, tell_again
from pipelines.store.rows import insert_once, moment, stamp, upsert
from pipelines.store.schema import alert_events, alert_work, alerts, decisions, mentions, notes, seen, visits

UNDO_WITHIN = timedelta(minutes=10)
# A pause of this length ends a visit: what happened in between is new at the next one.
PAUSE = timedelta(minutes=30)
NOTE_LIMIT = 2000


def event(conn: Connection, alert: str, kind: str, analyst: str, now: datetime, **details: Any) -> None:
    """Add one line to the history of an alert."""
    conn.execute(alert_events.insert().values(alert=alert, at=stamp(now), analyst=analyst, kind=kind, details=details))


def events_of(conn: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the events of several alerts, oldest first."""
    query = select(alert_events).where(alert_events.c.alert.in_(ids)).order_by(alert_events.c.seq)
    return [dict(row) for row in conn.execute(query).mappings()]


def work_of(conn: Connection, alert: str) -> tuple[str, str]:
    """Return (assignee, due day as YYYY-MM-DD) of an alert, each empty when there is none."""
    row = conn.execute(select(alert_work).where(alert_work.c.alert == alert)).first()
    return (row.assignee, row.due or "") if row else ("", "")


def assign(conn: Connection, alert: str, assignee: str, due: str, analyst: str, now: datetime) -> bool:
    """Give an alert to a colleague (`""`: to nobody) until `due` (YYYY-MM-DD or ""); False when that is so already."""
    if due:
        try:
            day = date.fromisoformat(due)
        except ValueError as error:
            raise UserError(f"hạn “{due[:20]}” không phải một ngày; ghi dạng 2026-11-30") from error
        # A day that was set earlier may have gone by: giving the work to another leaves it as it is.
        if day < local(now).date() and work_of(conn, alert)[1] != due:
            raise UserError(f"hạn {day:%d/%m/%Y} đã qua; chọn hôm nay hoặc ngày sau")
    if work_of(conn, alert) == (assignee, due):
        return False
    upsert(conn, alert_work, {"alert": alert, "assignee": assignee, "due": due or None})
    event(conn, alert, "assign", analyst, now, assignee=assignee, due=due)
    return True


def mentioned(text: str, names: Sequence[str]) -> list[str]:
    """Return the colleagues that `text` names as @Name, each once; of two names that begin alike the longer one."""
    found: dict[str, None] = {}
    ordered = sorted(names, key=len, reverse=True)
    for match in re.finditer(r"(?<!\w)@", text):
        rest = text[match.end() :].casefold()
        hit = next((n for n in ordered if rest.startswith(n.casefold()) and not rest[len(n) : len(n) + 1].isalnum()), None)
        if hit:
            found[hit] = None
    return list(found)


def add_note(conn: Connection, alert: str, text: str, analyst: str, names: Sequence[str], now: datetime) -> list[str]:
    """Store a note and return whom it names; UserError when it is empty or too long."""
    text = text.strip()
    if not text or len(text) > NOTE_LIMIT:
        raise UserError(f"ghi chú cần từ 1 đến {NOTE_LIMIT} ký tự")
    at = stamp(now) or ""
    id = content_id("note", alert, analyst, at, text)
    if insert_once(conn, notes, [{"id": id, "alert": alert, "analyst": analyst, "at": at, "text": text}]) == 0:
        return []
    named = [name for name in mentioned(text, names) if name != analyst]
    insert_once(conn, mentions, [{"note": id, "analyst": name} for name in named])
    return named


def notes_of(conn: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the notes on several alerts, oldest first."""
    query = select(notes).where(notes.c.alert.in_(ids)).order_by(notes.c.at, notes.c.id)
    return [dict(row) for row in conn.execute(query).mappings()]


def open_mentions(conn: Connection, analyst: str) -> list[dict[str, Any]]:
    """Return the notes that name `analyst` and were not opened since, newest first, with title and id of the alert."""
    query = (
        select(notes, alerts.c.title)
        .join(mentions, mentions.c.note == notes.c.id)
        .join(alerts, alerts.c.id == notes.c.alert)
        .where(mentions.c.analyst == analyst, mentions.c.read.is_(None))
        .order_by(notes.c.at.desc())
        .limit(100)
    )
    return [dict(row) for row in conn.execute(query).mappings()]


def opened(conn: Connection, analyst: str, ids: Sequence[str], now: datetime) -> None:
    """Note that `analyst` has opened these alerts as they are now; writes only what is new."""
    rows = conn.execute(
        select(alerts.c.id, alerts.c.version)
        .outerjoin(seen, (seen.c.alert == alerts.c.id) & (seen.c.analyst == analyst))
        .where(alerts.c.id.in_(ids), (seen.c.version.is_(None)) | (seen.c.version < alerts.c.version))
    ).all()
    for row in rows:
        upsert(conn, seen, {"analyst": analyst, "alert": row.id, "version": row.version})
    about = select(notes.c.id).where(notes.c.alert.in_(ids))
    conn.execute(
        update(mentions).where(mentions.c.analyst == analyst, mentions.c.read.is_(None), mentions.c.note.in_(about)).values(read=stamp(now))
    )


def unopen(conn: Connection, analyst: str, ids: Sequence[str]) -> None:
    """Make alerts unread again for `analyst`; that they were read stays known, as a negative version (second_looks)."""
    conn.execute(update(seen).where(seen.c.analyst == analyst, seen.c.alert.in_(ids)).values(version=-func.abs(seen.c.version)))


def visit(conn: Connection, analyst: str) -> tuple[datetime | None, datetime | None]:
    """Return (last look, the visit before this one) of `analyst`, as stored."""
    row = conn.execute(select(visits).where(visits.c.analyst == analyst)).first()
    return (moment(row.at), moment(row.previous)) if row else (None, None)


def visited(conn: Connection, analyst: str, now: datetime) -> datetime | None:
    """Note a look at the inbox and return when the visit before this one ended (None at the first)."""
    last, previous = visit(conn, analyst)
    if last is not None and now - last > PAUSE:
        previous = last
    upsert(conn, visits, {"analyst": analyst, "at": stamp(now), "previous": stamp(previous)})
    return previous


@dataclass(frozen=True, slots=True)
class Undone:
    """A decision that was taken back: its alert, the state that is back, the version now."""

    alert: str
    outcome: str
    status: str
    version: int


def last_batch(conn: Connection, analyst: str, now: datetime, ids: Sequence[str] | None = None) -> str | None:
    """Return the newest post of decisions of `analyst` (`ids`: on these alerts) that may still be taken back by its age, or None."""
    query = (
        select(decisions.c.batch)
        .where(decisions.c.analyst == analyst, decisions.c.undone.is_(None), decisions.c.decided >= stamp(now - UNDO_WITHIN))
        .order_by(decisions.c.decided.desc(), decisions.c.id)
        .limit(1)
    )
    return conn.execute(query if ids is None else query.where(decisions.c.alert.in_(ids))).scalar()


def undone(conn: Connection, analyst: str, ids: Sequence[str], now: datetime) -> list[tuple[str, str, str]]:
    """Return (outcome, title, alert) of what `analyst` took back of these alerts just now, the newest of each."""
    query = (
        select(alert_events.c.alert, alert_events.c.details, alerts.c.title)
        .join(alerts, alerts.c.id == alert_events.c.alert)
        .where(alert_events.c.alert.in_(ids), alert_events.c.kind == "undo", alert_events.c.analyst == analyst)
        .where(alert_events.c.at >= stamp(now - UNDO_WITHIN))
        .order_by(alert_events.c.seq)
    )
    found = {row.alert: (row.details.get("outcome", ""), row.title, row.alert) for row in conn.execute(query)}
    return [found[id] for id in ids if id in found]


def batch_ids(conn: Connection, batch: str) -> set[str]:
    """Return the ids of the decisions of one post."""
    return set(conn.execute(select(decisions.c.id).where(decisions.c.batch == batch)).scalars())


def undo(conn: Connection, analyst: str, batch: str, now: datetime) -> tuple[list[Undone], int]:
    """Take back the decisions of one post: (those taken back, how many were not because somebody acted since).

    Nothing is deleted: the decision is marked, the alert gets its state from before and a new version. Conflict when
    none can be taken back (older than ten minutes, or others acted on all of them).
    """
    limit = stamp(now - UNDO_WITHIN)
    query = select(decisions).where(decisions.c.batch == batch, decisions.c.analyst == analyst, decisions.c.undone.is_(None))
    back: list[Undone] = []
    kept = 0
    for row in conn.execute(query).mappings().all():
        newest = conn.execute(
            select(decisions.c.id)
            .where(decisions.c.alert == row["alert"], decisions.c.undone.is_(None))
            .order_by(decisions.c.decided.desc(), decisions.c.id)
            .limit(1)
        ).scalar()
        found = get_alert(conn, row["alert"])
        if row["decided"] < limit or row["before"] is None or newest != row["id"] or found is None or found[0].status != row["status"]:
            kept += 1
            continue
        version = found[1] + 1
        conn.execute(update(decisions).where(decisions.c.id == row["id"]).values(undone=stamp(now)))
        conn.execute(update(alerts).where(alerts.c.id == row["alert"]).values(status=row["before"], version=version))
        tell_again(conn, row["alert"], row["status"], row["before"], version)
        event(conn, row["alert"], "undo", analyst, now, outcome=row["outcome"], status=row["before"])
        back.append(Undone(row["alert"], row["outcome"], row["before"], version))
    if not back:
        raise Conflict("không hoàn tác được: đã quá 10 phút hoặc người khác đã xử lý tiếp; hãy mở cảnh báo và ghi quyết định mới")
    return back, kept


def mine(conn: Connection, analyst: str) -> list[dict[str, Any]]:
    """Return the open alerts assigned to `analyst` with `due`, the soonest due first."""
    from pipelines.store.inbox import OPEN_STATUSES

    query = (
        select(alerts, alert_work.c.due)
        .join(alert_work, alert_work.c.alert == alerts.c.id)
        .where(alert_work.c.assignee == analyst, alerts.c.status.in_(OPEN_STATUSES))
        .order_by(func.coalesce(alert_work.c.due, "9999"), alerts.c.tier, alerts.c.raised.desc())
        .limit(200)
    )
    return [dict(row) for row in conn.execute(query).mappings()]
