"""Quality: false alarms, symmetry, agreement of two analysts, time to decision. Numbers about classes, never about people."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from dashboards import overview, quality, symmetry
from dashboards.web.kept import kept
from dashboards.web.view import page, store


def quality_page(request: Request) -> Response:
    """GET /quality."""
    owners = getattr(request.app.state, "owners", {})
    found = kept(
        request, "quality", lambda conn, at: {"tables": symmetry.tables(conn, at, owners), "delays": overview.delays(conn, at, symmetry.DAYS)}
    )
    with store(request).read() as conn:
        agreed = quality.agreement(conn)
    outcomes = sorted({name for pair in agreed.table for name in pair})
    return page(
        request, "quality.html", at=found["at"], tables=found["value"]["tables"], delays=found["value"]["delays"], agreed=agreed,
        outcomes=outcomes, days=symmetry.DAYS,
    )  # fmt: skip
