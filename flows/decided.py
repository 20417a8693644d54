"""Analysts' decisions as training material: the claim as it was raised, the text around it, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from pipelines.store import Store
from pipelines.store.schema import alerts, articles
from pipelines.store.schema import decisions as decided

# So much of the text on either side of a claim is read with it, as the assessor reads it.
AROUND = 400


def decisions(store: Store) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield (claim with `title`, `before`, `after`, `published`, `lang`; outcome) of every decision that stands, oldest first.

    No name of a member of staff is read, and none of a writer exists.
    """
    same = (articles.c.id == alerts.c.article) & (articles.c.revision == alerts.c.revision)
    text = (articles.c.title, articles.c.body, articles.c.published, articles.c.lang)
    query = (
        select(alerts.c.claim, decided.c.outcome, *text)
        .join(decided, decided.c.alert == alerts.c.id)
        .outerjoin(articles, same)
        .where(decided.c.undone.is_(None))
        .order_by(decided.c.decided, decided.c.id)
    )
    with store.read() as conn:
        rows = list(conn.execute(query))
    for claim, outcome, title, body, published, lang in rows:
        yield {**claim, **_around(claim, title or "", body or ""), "published": str(published or "")[:10], "lang": lang}, str(outcome)


def _around(claim: dict[str, Any], title: str, body: str) -> dict[str, str]:
    """Return the title and what stands on either side of a claim of the body."""
    at = body.find(claim["sentence"]) if claim.get("field") == "body" else -1
    if at < 0:
        return {"title": "" if claim.get("field") == "title" else title, "before": "", "after": ""}
    end = at + len(claim["sentence"])
    before, after = body[max(0, at - AROUND) : at], body[end : end + AROUND]
    # A word cut in two teaches nothing.
    before = before.partition(" ")[2] if at > AROUND else before
    after = after.rpartition(" ")[0] if end + AROUND < len(body) else after
    return {"title": title, "before": before, "after": after}
