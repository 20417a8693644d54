"""Second looks: one decision in twenty is put blind before another analyst; from both answers agreement is counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, or_, select, update

from pipelines.errors import UserError
from pipelines.records import content_id
from pipelines.store.alerts import LOOKING, OUTCOMES
from pipelines.store.rows import insert_once, stamp
from pipelines.store.schema import alert_events, alerts, decisions, notes, second_looks

# Reviewed again per thousand (issue 8: 5 %).
PER_THOUSAND = 50
ANSWERS = tuple(outcome for outcome in OUTCOMES if outcome != LOOKING)


def chosen(decision: str, per_thousand: int = PER_THOUSAND) -> bool:
    """Tell whether a decision is looked at again: by its id alone, so that nobody can steer it and a rerun agrees."""
    return int(content_id("second look", decision)[:8], 16) % 1000 < per_thousand


def choose(conn: Connection, decision: str, names: Sequence[str], now: datetime, per_thousand: int = PER_THOUSAND) -> bool:
    """Put a decision before a colleague in `names` who has not worked on the alert; without one, before whoever comes."""
    row = conn.execute(select(decisions).where(decisions.c.id == decision)).mappings().one()
    if row["outcome"] == LOOKING or not chosen(decision, per_thousand):
        return False
    free = sorted(set(names) - _acted(conn, row["alert"]))
    second = free[int(content_id("second", decision)[:8], 16) % len(free)] if free else ""
    values = {"decision": decision, "alert": row["alert"], "first": row["analyst"], "first_outcome": row["outcome"], "chosen": stamp(now), "second": second}
    return insert_once(conn, second_looks, [values]) == 1


def _acted(conn: Connection, alert: str) -> set[str]:
    found: set[str] = set()
    for table in (decisions, alert_events, notes):
        found |= set(conn.execute(select(table.c.analyst).where(table.c.alert == alert).distinct()).scalars())
    return found


def waiting(conn: Connection, analyst: str) -> list[dict[str, Any]]:
    """Return the second looks that `analyst` may answer, oldest first: given to them, or to nobody and not their own.

    Decisions that were taken back are left out; nothing of the first decision but its id is in the rows.
    """
    query = (
        select(second_looks.c.decision, second_looks.c.alert, second_looks.c.chosen, alerts.c.title, alerts.c.outlet)
        .join(alerts, alerts.c.id == second_looks.c.alert)
        .join(decisions, decisions.c.id == second_looks.c.decision)
        .where(second_looks.c.answered.is_(None), decisions.c.undone.is_(None), second_looks.c.first != analyst)
        .where(or_(second_looks.c.second == analyst, second_looks.c.second == ""))
        .order_by(second_looks.c.chosen)
        .limit(100)
    )
    rows = [dict(row) for row in conn.execute(query).mappings()]
    return [row for row in rows if analyst not in _acted(conn, row["alert"])]


def owed(analyst: str) -> Select[tuple[str]]:
    """Return the question for the alerts whose decision `analyst` must not see yet: given to them, unanswered, standing."""
    return (
        select(second_looks.c.alert)
        .join(decisions, decisions.c.id == second_looks.c.decision)
        .where(second_looks.c.second == analyst, second_looks.c.answered.is_(None), decisions.c.undone.is_(None))
    )


def hidden_from(conn: Connection, analyst: str) -> set[str]:
    """Return those alerts: lists leave them out, and their pages lead to the second look."""
    return set(conn.execute(owed(analyst)).scalars()) if analyst else set()


def owed_by(conn: Connection, analyst: str, ids: Sequence[str]) -> str | None:
    """Return the unanswered second look that is given to `analyst` on one of these alerts: they must not see more."""
    query = owed(analyst).with_only_columns(second_looks.c.decision).where(second_looks.c.alert.in_(ids)).limit(1)
    return conn.execute(query).scalar()


def release(conn: Connection, alert: str, analyst: str) -> None:
    """Take the second looks on an alert from somebody who has acted on it after all; whoever comes next may answer."""
    mine = (second_looks.c.alert == alert, second_looks.c.second == analyst, second_looks.c.answered.is_(None))
    conn.execute(update(second_looks).where(*mine).values(second=""))


def get(conn: Connection, decision: str, analyst: str) -> dict[str, Any] | None:
    """Return the second look that `analyst` may answer, or None."""
    return next((row for row in waiting(conn, analyst) if row["decision"] == decision), None)


def answer(conn: Connection, decision: str, analyst: str, outcome: str, reason: str, now: datetime) -> None:
    """Store the second answer; UserError when it is not `analyst`'s to give, or lacks outcome or reason."""
    if get(conn, decision, analyst) is None:
        raise UserError("lần xem lại này đã có người làm, đã bị hoàn tác, hoặc không dành cho bạn")
    if outcome not in ANSWERS:
        raise UserError(f"kết luận “{outcome}” không có; chọn một trong: {', '.join(ANSWERS)}")
    if not reason.strip():
        raise UserError("cần ghi lý do cho kết luận")
    conn.execute(
        update(second_looks)
        .where(second_looks.c.decision == decision, second_looks.c.answered.is_(None))
        .values(second=analyst, outcome=outcome, reason=reason.strip(), answered=stamp(now))
    )


def pairs(conn: Connection) -> list[tuple[str, str]]:
    """Return (first, second outcome) of all answered second looks whose decision still stands, oldest first."""
    query = (
        select(second_looks.c.first_outcome, second_looks.c.outcome)
        .join(decisions, decisions.c.id == second_looks.c.decision)
        .where(second_looks.c.answered.is_not(None), decisions.c.undone.is_(None))
        .order_by(second_looks.c.answered)
    )
    return [(row[0], row[1]) for row in conn.execute(query)]
