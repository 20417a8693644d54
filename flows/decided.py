"""Analysts' decisions as training material: the claim as it was raised, and what was decided of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from pipelines.store import Store
from pipelines.store.schema import alerts
from pipelines.store.schema import decisions as decided


def decisions(store: Store) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield (claim, outcome) of every decision, oldest first; no name of a member of staff is read."""
    joined = select(alerts.c.claim, decided.c.outcome).join(decided, decided.c.alert == alerts.c.id)
    query = joined.where(decided.c.undone.is_(None)).order_by(decided.c.decided, decided.c.id)
    with store.read() as conn:
        rows = list(conn.execute(query))
    for claim, outcome in rows:
        yield dict(claim), str(outcome)
