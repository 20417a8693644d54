"""What analysts do to alerts: each act lands with its audit entry and its delivery in one transaction, or nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from dashboards.web.rights import may
from pipelines.errors import UserError
from pipelines.records import Alert, content_id
from pipelines.search.owe import owe_story
from pipelines.store import alerts as alert_store
from pipelines.store import audit, second_looks, users, work
from pipelines.store.engine import Store

REASON_LIMIT = 2000
Pick = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Landed:
    """What one post of decisions did: the alerts decided, and (alert id, why not) of the others; `batch` names it for undo."""

    batch: str
    done: list[Alert] = field(default_factory=list)
    refused: list[tuple[str, UserError]] = field(default_factory=list)

    @property
    def lost(self) -> list[tuple[str, UserError]]:
        """Those refused that the same analyst had not just decided: only these are to be told."""
        return [one for one in self.refused if not isinstance(one[1], alert_store.Already)]


def deciders(conn: Connection) -> list[str]:
    """Return the names of users who may decide."""
    return [user.name for user in users.listed(conn) if user.disabled is None and may(user.role, "decide")]


def record(
    store: Store, alert: str, *, outcome: str, reason: str, note: str, analyst: str, version: int, now: datetime, batch: str = ""
) -> Alert:
    """Decide on `version` of an alert; errors as `pipelines.store.alerts.decide` (Conflict, UserError)."""
    with store.begin() as conn:
        return _land(conn, alert, outcome, reason, note, analyst, version, now, batch)


def _land(
    conn: Connection, alert: str, outcome: str, reason: str, note: str, analyst: str, version: int, now: datetime, batch: str
) -> Alert:
    earlier = alert_store.decisions_of(conn, alert)
    # "nth" and "NTH" are one person: the first spelling stands, so that nobody seconds himself.
    name = next((d.analyst for d in earlier if d.analyst.casefold() == analyst.casefold()), analyst)
    reason, note = reason.strip()[:REASON_LIMIT], note.strip()[:REASON_LIMIT]
    decided = alert_store.decide(
        conn, alert, outcome=outcome, reason=reason, note=note, analyst=name, version=version, now=now, batch=batch
    )
    audit.append(
        conn, actor=name, action="alert.decide", thing=alert,
        details={"outcome": outcome, "status": decided.status, "version": version, "reason": reason}, now=now,
    )  # fmt: skip
    second_looks.release(conn, alert, name)
    second_looks.choose(conn, content_id("decision", alert, outcome, reason, name, str(version)), deciders(conn), now)
    work.opened(conn, name, [alert], now)
    owe_story(conn, decided.story, now)
    return decided


def record_many(
    store: Store, picks: Sequence[Pick], *, outcome: str, reason: str, note: str, analyst: str, now: datetime
) -> Landed:
    """Decide alike on several alerts, each in its own transaction: one that others changed is refused, the rest land."""
    landed = Landed(_batch(picks, outcome, reason, analyst, now))
    for pick in dict.fromkeys(picks):
        _try(store, landed, pick, outcome, reason, note, analyst, now)
    return landed


def record_first(
    store: Store, pick: Pick, also: Sequence[Pick], *, outcome: str, reason: str, note: str, analyst: str, now: datetime
) -> Landed:
    """Decide on `pick` (errors as `record`) and alike on `also`, of which those that others changed are refused."""
    landed = Landed(_batch([pick, *also], outcome, reason, analyst, now))
    first = record(
        store, pick[0], outcome=outcome, reason=reason, note=note, analyst=analyst, version=pick[1], now=now, batch=landed.batch
    )
    landed.done.append(first)
    for other in dict.fromkeys(also):
        _try(store, landed, other, outcome, reason, note, analyst, now)
    return landed


def _batch(picks: Sequence[Pick], outcome: str, reason: str, analyst: str, now: datetime) -> str:
    return content_id("batch", outcome, reason, analyst, now.isoformat(), *(f"{id}:{version}" for id, version in picks))


def _try(store: Store, landed: Landed, pick: Pick, outcome: str, reason: str, note: str, analyst: str, now: datetime) -> None:
    try:
        done = record(
            store, pick[0], outcome=outcome, reason=reason, note=note, analyst=analyst, version=pick[1], now=now, batch=landed.batch
        )
    except UserError as error:
        landed.refused.append((pick[0], error))
    else:
        landed.done.append(done)


def take_back(store: Store, analyst: str, batch: str, now: datetime, alert: str = "") -> tuple[list[work.Undone], int]:
    """Undo one post of decisions (empty `batch`: the newest, with `alert` the newest on its story); Conflict when nothing can be."""
    with store.begin() as conn:
        found = alert_store.get_alert(conn, alert) if alert else None
        here = [one.id for one in alert_store.list_alerts(conn, story=found[0].story)] if found else None
        wanted = batch or work.last_batch(conn, analyst, now, here)
        if not wanted and here:
            raise alert_store.Conflict("bạn không có quyết định nào ở câu chuyện này trong 10 phút qua để hoàn tác")
        if not wanted:
            raise alert_store.Conflict("không có quyết định nào của bạn trong 10 phút qua để hoàn tác")
        back, kept = work.undo(conn, analyst, wanted, now)
        for one in back:
            audit.append(
                conn, actor=analyst, action="alert.undo", thing=one.alert,
                details={"outcome": one.outcome, "status": one.status, "version": one.version}, now=now,
            )  # fmt: skip
        work.opened(conn, analyst, [one.alert for one in back], now)
        for story in {found[0].story for one in back if (found := alert_store.get_alert(conn, one.alert))}:
            owe_story(conn, story, now)
    return back, kept


def assign(store: Store, ids: Sequence[str], assignee: str, due: str, analyst: str, now: datetime) -> int:
    """Give alerts to a colleague until a day; return how many changed. UserError for an unknown colleague, alert or day."""
    changed = 0
    with store.begin() as conn:
        if assignee and assignee not in deciders(conn):
            raise UserError(f"không có đồng nghiệp “{assignee[:60]}” được giao việc")
        for alert in ids:
            if alert_store.get_alert(conn, alert) is None:
                raise UserError(f"không có cảnh báo {alert[:32]}")
            if work.assign(conn, alert, assignee, due, analyst, now):
                changed += 1
                second_looks.release(conn, alert, analyst)
                audit.append(conn, actor=analyst, action="alert.assign", thing=alert, details={"assignee": assignee, "due": due}, now=now)
    return changed


def note(store: Store, alert: str, text: str, analyst: str, now: datetime) -> list[str]:
    """Write a note and return the colleagues it names."""
    with store.begin() as conn:
        if alert_store.get_alert(conn, alert) is None:
            raise UserError("không có cảnh báo này")
        second_looks.release(conn, alert, analyst)
        named = work.add_note(conn, alert, text, analyst, users.names(conn), now)
        audit.append(conn, actor=analyst, action="alert.note", thing=alert, details={"text": text.strip(), "mentions": named}, now=now)
    return named


def second_answer(store: Store, decision: str, analyst: str, outcome: str, reason: str, now: datetime) -> str:
    """Store a blind second answer and return its alert, which the analyst may now see in full."""
    with store.begin() as conn:
        found: dict[str, Any] | None = second_looks.get(conn, decision, analyst)
        second_looks.answer(conn, decision, analyst, outcome, reason[:REASON_LIMIT], now)
        assert found is not None
        alert = str(found["alert"])
        work.event(conn, alert, "second-look", analyst, now, outcome=outcome)
        audit.append(
            conn, actor=analyst, action="alert.second-look", thing=alert,
            details={"decision": decision, "outcome": outcome, "reason": reason[:REASON_LIMIT]}, now=now,
        )  # fmt: skip
    return alert
