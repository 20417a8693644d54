"""Reading the desk's forms: alerts picked with their versions, the way back, and whether htmx asks."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Connection
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.web.guards import local_target
from pipelines.clock import now
from pipelines.store import work

MOST_PICKS = 500


async def read(request: Request) -> FormData:
    """Return the fields of a posted form; no files."""
    return await request.form(max_files=0, max_fields=MOST_PICKS + 20)


def said(form: FormData, name: str, limit: int = 4000) -> str:
    """Return one field as text, empty when it is absent; without NUL, which PostgreSQL does not take."""
    return str(form.get(name, "")).replace("\x00", "")[:limit]


def number(text: str) -> int:
    """Return a small number written in digits, else 0."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def picks(form: FormData) -> list[tuple[str, int]]:
    """Return the alerts of a form, each `id:version`, several to a field by blanks."""
    found = [part.partition(":") for value in form.getlist("pick") for part in str(value).split()]
    return [(id[:32], number(version)) for id, _, version in found][:MOST_PICKS]


def undone(request: Request, conn: Connection) -> list[tuple[str, str, str]]:
    """Return (outcome, title, address) of what this reader has just taken back, as the address names it (`undone=ids`)."""
    ids = request.query_params.get("undone", "").split()[:MOST_PICKS]
    return [(outcome, title, f"/alerts/{id}") for outcome, title, id in work.undone(conn, request.state.session.analyst, ids, now())] if ids else []


def htmx(request: Request) -> bool:
    """Tell whether htmx asks for a part of a page."""
    return request.headers.get("hx-request") == "true"


def back(form: FormData, default: str = "/alerts", **more: str) -> Response:
    """Return a redirect to the form's `next` (on this site only) with further parameters in its query."""
    path, _, query = local_target(said(form, "next") or default).partition("?")
    fields = [(key, value) for key, value in parse_qsl(query) if key not in more and key not in ("batch", "kept", "undone")]
    query = urlencode([*fields, *((key, value) for key, value in more.items() if value)])
    return RedirectResponse(path + (f"?{query}" if query else ""), 303)
