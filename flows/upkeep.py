"""Retention (DUTIES 6.5): unflagged press text 90 days, unflagged posts 7 days, metadata for five years' statistics."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flows.outcomes import counted
from pipelines.clock import now
from pipelines.records import StepCount

if TYPE_CHECKING:
    from flows.chain import Chain

PRESS_TEXT = timedelta(days=90)
POST_TEXT = timedelta(days=7)
DELIVERED = timedelta(days=14)


def upkeep(chain: Chain) -> StepCount:
    """Blank the texts whose time is over and drop deliveries that arrived long ago; return what was done."""
    from pipelines.retention import blank_texts, drop_delivered

    moment = now()
    with chain.store.begin() as conn:
        outcomes = {
            "post-text-expired": blank_texts(conn, moment - POST_TEXT, posts=True, now=moment),
            "press-text-expired": blank_texts(conn, moment - PRESS_TEXT, posts=False, now=moment),
            "delivery-forgotten": drop_delivered(conn, moment - DELIVERED),
        }
    return counted("upkeep", outcomes)
