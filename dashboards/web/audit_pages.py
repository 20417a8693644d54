"""The audit log: who read, decided, exported, came in or changed something; filtered, in pages, with its chain verified on demand."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dashboards.web.view import page, page_number, settings, store
from pipelines import witness
from pipelines.clock import HANOI
from pipelines.store import audit, second_looks, users

PAGE = 100


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=HANOI)
    except ValueError:
        return None


def listing(request: Request) -> Response:
    """GET /audit?actor=&action=&thing=&since=&until=&page=: newest first."""
    return _page(request)


def _page(request: Request, verified: tuple[int, str | None] | None = None) -> Response:
    names = ("actor", "action", "thing", "since", "until")
    chosen = {name: request.query_params.get(name, "").strip()[:200] for name in names}
    number, until = page_number(request), _day(chosen["until"])
    with store(request).read() as conn:
        rows = audit.find(
            conn, actor=chosen["actor"], action=chosen["action"], thing=chosen["thing"], since=_day(chosen["since"]),
            until=until + timedelta(days=1) if until else None, limit=PAGE, offset=(number - 1) * PAGE,
        )  # fmt: skip
        actors, actions = audit.kinds(conn)
        # What was decided stays unsaid to an administrator who has yet to judge it blind.
        hidden = second_looks.hidden_from(conn, request.state.session.analyst)
        people = {user.id: user.name for user in users.listed(conn)}
    query = urlencode({name: value for name, value in chosen.items() if value})
    return page(
        request, "audit.html", rows=[{**row, "details": {}} if row["object"] in hidden else row for row in rows[:PAGE]], more=len(rows) > PAGE, number=number, query=query, chosen=chosen,
        actors=actors, actions=actions, people=people, verified=verified,
    )  # fmt: skip


async def verify(request: Request) -> Response:
    """POST /audit: walk the whole chain and say what is wrong first, if anything."""

    def land() -> Response:
        with store(request).read() as conn:
            return _page(request, witness.verify(conn, settings(request).data))

    return await run_in_threadpool(land)
