"""The provinces on a map, drawn on the server: what is open where. Hoàng Sa and Trường Sa are always there and named."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select
from starlette.requests import Request
from starlette.responses import Response

from dashboards.country import country
from dashboards.web.kept import kept
from dashboards.web.view import page, store
from pipelines.settings import load_profile, profile_names
from pipelines.store import inbox
from pipelines.store.inbox import NATIONAL, Wanted
from pipelines.store.rows import stamp
from pipelines.store.schema import article_provinces, articles

DAYS = 30
ARCHIPELAGOS = ("hoang-sa", "truong-sa")


def recent(conn: Connection, now: datetime) -> dict[str, int]:
    """Return articles of the last 30 days about each province."""
    first = stamp(now - timedelta(days=DAYS))
    # The articles of the days first (an index), then their provinces by key; `+ 0` holds SQLite to that order.
    ids = select(articles.c.id).where(articles.c.current == 1, articles.c.published >= first).subquery()
    query = (
        select(article_provinces.c.province, func.count()).select_from(ids)
        .join(article_provinces, article_provinces.c.article == ids.c.id)
        .where(article_provinces.c.relation == "about").group_by(article_provinces.c.province)
    )  # fmt: skip
    return dict(conn.execute(query).tuples().all())


def provinces(request: Request) -> Response:
    """GET /map: outlines shaded by open stories, and the same as a table."""
    found = kept(request, "map", recent)["value"]
    with store(request).read() as conn:
        open_now = inbox.provinces(conn, Wanted(analyst=request.state.session.analyst))
    national = open_now.pop(NATIONAL, 0)
    drawn = country()
    most = max([1, *open_now.values()])
    rows: list[dict[str, Any]] = []
    for name in sorted({*(name for name in profile_names() if "/" not in name), *open_now, *found}):
        title = load_profile(name).title if name in profile_names() else next((a.name for a in drawn.areas if a.id == name), name)
        rows.append({"id": name, "title": title, "open": open_now.get(name, 0), "articles": found.get(name, 0)})
    shades = {row["id"]: min(4, -(-4 * row["open"] // most)) for row in rows}
    return page(
        request, "map.html", country=drawn, rows=sorted(rows, key=lambda r: (-r["open"], -r["articles"], r["title"])), shades=shades,
        national=national, open=open_now, archipelagos=ARCHIPELAGOS, days=DAYS,
    )  # fmt: skip
