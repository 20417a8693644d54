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
# Five years of metadata for the five-yearly statistics (DUTIES, duty T9), and a quarter for writing them.
METADATA = timedelta(days=5 * 366 + 90)
DELIVERED = timedelta(days=14)


def upkeep(chain: Chain) -> StepCount:
    """Forget what is over: texts, metadata after five years, deliveries that arrived long ago; return what was done."""
    from pipelines.retention import blank_texts, drop_delivered, expired_warcs, forget_articles, forget_warc

    moment = now()
    with chain.store.begin() as conn:
        outcomes = {
            "metadata-expired": forget_articles(conn, moment - METADATA, moment),
            "post-text-expired": blank_texts(conn, moment - POST_TEXT, posts=True, now=moment),
            "press-text-expired": blank_texts(conn, moment - PRESS_TEXT, posts=False, now=moment),
            "delivery-forgotten": drop_delivered(conn, moment - DELIVERED),
        }
        files = expired_warcs(conn, moment - PRESS_TEXT)
    for name in files:
        # The file first: a kill in between leaves rows of a file that is gone, and the next night repeats this.
        for path in (chain.settings.data / name, chain.settings.data / f"{name}.sha256"):
            path.unlink(missing_ok=True)
        with chain.store.begin() as conn:
            forget_warc(conn, name)
    outcomes["warc-expired"] = len(files)
    if chain.settings.tsa_urls:
        from dashboards.evidence.stamps import stamp_due

        outcomes |= stamp_due(chain.store, chain.settings, moment)
    return counted("upkeep", outcomes)
