"""Taking a decision: the decision, its audit entry and its delivery land in one transaction, or nothing does."""

from __future__ import annotations

from datetime import datetime

from pipelines.records import Alert
from pipelines.search.owe import owe_story
from pipelines.store import alerts as alert_store
from pipelines.store import audit
from pipelines.store.engine import Store

REASON_LIMIT = 2000


def record(
    store: Store, alert: str, *, outcome: str, reason: str, note: str, analyst: str, version: int, now: datetime
) -> Alert:
    """Decide on `version` of an alert; errors as `pipelines.store.alerts.decide` (Conflict, UserError)."""
    with store.begin() as conn:
        earlier = alert_store.decisions_of(conn, alert)
        # "nth" and "NTH" are one person: the first spelling stands, so that nobody seconds himself.
        name = next((d.analyst for d in earlier if d.analyst.casefold() == analyst.casefold()), analyst)
        decided = alert_store.decide(
            conn, alert, outcome=outcome, reason=reason[:REASON_LIMIT], note=note[:REASON_LIMIT],
            analyst=name, version=version, now=now,
        )  # fmt: skip
        audit.append(
            conn, actor=name, action="alert.decide", thing=alert,
            details={"outcome": outcome, "status": decided.status, "version": version, "reason": reason[:REASON_LIMIT]},
            now=now,
        )  # fmt: skip
        owe_story(conn, decided.story, now)
    return decided
