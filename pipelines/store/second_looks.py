"""Second looks: one decision in twenty is put blind before another analyst; from both answers agreement is counted."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, update

from pipelines.errors import UserError
from pipelines.records import content_id
from pipelines.store.alerts import LOOKING, OUTCOMES
from pipelines.store.rows import insert_once, stamp
from pipelines.store.schema import alert_events, alerts, decisions, meta, notes, second_looks, seen, users

# Reviewed again per thousand (issue 8: 5 %).
PER_THOUSAND = 50
ANSWERS = tuple(outcome for outcome in OUTCOMES if outcome != LOOKING)
# Roles that decide nothing are asked nothing, and nothing is kept from them (dashboards/web/rights.py).
ONLY_READ = ("guest", "viewer")
# Key of `meta`: what the drawing is mixed with.
SECRET = "second-look-secret"


def chosen(decision: str, per_thousand: int = PER_THOUSAND, secret: str = "") -> bool:
    """Tell whether a decision is looked at again: by its id and the secret of the store, so that a rerun agrees.

    The id holds the reason: without a secret one could try reasons until a decision is not drawn.
    """
    return int(content_id("second look", secret, decision)[:8], 16) % 1000 < per_thousand


def _secret(conn: Connection) -> str:
    query = select(meta.c.value).where(meta.c.key == SECRET)
    if (found := conn.execute(query).scalar()) is None:
        insert_once(conn, meta, [{"key": SECRET, "value": secrets.token_hex(16)}])
        found = conn.execute(query).scalar_one()
    return str(found)


def choose(conn: Connection, decision: str, names: Sequence[str], now: datetime, per_thousand: int = PER_THOUSAND) -> bool:
    """Put a decision before a colleague in `names` who has not worked on the alert; without one, before whoever comes."""
    row = conn.execute(select(decisions).where(decisions.c.id == decision)).mappings().one()
    if row["outcome"] == LOOKING or not chosen(decision, per_thousand, _secret(conn)):
        return False
    version = conn.execute(select(alerts.c.version).where(alerts.c.id == row["alert"])).scalar_one()
    free = sorted(set(names) - _acted(conn, row["alert"]))
    second = free[int(content_id("second", decision)[:8], 16) % len(free)] if free else ""
    values = {
        "decision": decision, "alert": row["alert"], "first": row["analyst"], "first_outcome": row["outcome"], "chosen": stamp(now),
        "second": second, "version": version,
    }  # fmt: skip
    return insert_once(conn, second_looks, [values]) == 1


def _acted(conn: Connection, alert: str) -> set[str]:
    found: set[str] = set()
    for table in (decisions, alert_events, notes):
        found |= set(conn.execute(select(table.c.analyst).where(table.c.alert == alert).distinct()).scalars())
    return found


def waiting(conn: Connection, analyst: str) -> list[dict[str, Any]]:
    """Return the second looks that `analyst` may answer, oldest first: given to them, or to nobody and not their own.

    Left out are decisions that were taken back, and whose result the analyst has seen; nothing of the first decision but its
    id is in the rows.
    """
    query = (
        select(second_looks.c.decision, second_looks.c.alert, second_looks.c.chosen, alerts.c.title, alerts.c.outlet)
        .join(alerts, alerts.c.id == second_looks.c.alert)
        .join(decisions, decisions.c.id == second_looks.c.decision)
        .where(_open_to(analyst))
        .order_by(second_looks.c.chosen)
        .limit(100)
    )
    return [dict(row) for row in conn.execute(query).mappings()]


def _open_to(analyst: str) -> ColumnElement[bool]:
    """Condition on `second_looks` and its decision: unanswered, standing, and `analyst` can still judge blind.

    A look given to nobody is kept from everybody who decides and could answer it, else it would be answered after reading.
    """
    alert = second_looks.c.alert
    acted = [exists(select(t.c.alert).where(t.c.alert == alert, t.c.analyst == analyst)) for t in (decisions.alias(), alert_events, notes)]
    decides = ~exists(select(users.c.id).where(users.c.name == analyst, users.c.role.in_(ONLY_READ)))
    given = or_(second_looks.c.second == analyst, and_(second_looks.c.second == "", second_looks.c.first != analyst, decides))
    return and_(second_looks.c.answered.is_(None), decisions.c.undone.is_(None), given, ~_has_read(analyst), *(~one for one in acted))


def _has_read(analyst: str) -> ColumnElement[bool]:
    # A negative version was read up to there and put back among the unread (work.unopen).
    now = alerts.alias()
    since = func.coalesce(second_looks.c.version, now.c.version)
    read = select(seen.c.alert).join(now, now.c.id == seen.c.alert)
    return exists(read.where(seen.c.alert == second_looks.c.alert, seen.c.analyst == analyst, func.abs(seen.c.version) >= since))


def owed(analyst: str) -> Select[tuple[str]]:
    """Return the question for the alerts whose decision `analyst` must not see yet: theirs to judge blind, unanswered, standing."""
    return select(second_looks.c.alert).join(decisions, decisions.c.id == second_looks.c.decision).where(_open_to(analyst))


def hidden_from(conn: Connection, analyst: str) -> set[str]:
    """Return those alerts: lists leave them out, and their pages lead to the second look."""
    return set(conn.execute(owed(analyst)).scalars()) if analyst else set()


def hidden_stories(conn: Connection, analyst: str) -> set[str]:
    """Return the stories of those alerts: a search leaves them out as a whole, for any count would tell a state."""
    return set(conn.execute(select(alerts.c.story).where(alerts.c.id.in_(owed(analyst)))).scalars()) if analyst else set()


def owed_by(conn: Connection, analyst: str, ids: Sequence[str]) -> str | None:
    """Return the unanswered second look that is `analyst`'s on one of these alerts: they must not see more."""
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
