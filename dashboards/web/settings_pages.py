"""The settings in force and where each is from; a few may be changed here, each change in the audit log."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.accounts import office
from dashboards.steps import KEYS, REASONS, reasons
from dashboards.web.rights import ROLE_VI
from dashboards.web.view import page, settings, store
from pipelines.errors import UserError
from pipelines.settings import load_profile
from pipelines.store.alerts import NEW, WAITING

STATES = (NEW, *KEYS, WAITING)


def show(request: Request) -> Response:
    """GET /settings."""
    return _page(request)


def _page(request: Request, status: int = 200, error: str = "") -> Response:
    config = settings(request)
    rows = office.shown(config, store(request))
    fixed = {name for name, _value, origin in rows if origin in ("environment", "file")}
    return page(
        request, "settings.html", status, rows=rows, fixed=fixed, config=config, roles=ROLE_VI, states=STATES, keys=KEYS, ready=reasons(config),
        profile=load_profile(config.profile), error=error,
    )  # fmt: skip


def _reasons(form: FormData) -> dict[str, tuple[str, ...]]:
    """Return the ready reasons that differ from the house's own: one a line, at most nine, so that each has a key."""
    lists = {key: [" ".join(line.split())[:200] for line in str(form.get(f"reason {key}", "")).splitlines()] for key in KEYS}
    given = {key: tuple(line for line in lines if line)[:9] for key, lines in lists.items()}
    return {key: lines for key, lines in given.items() if lines and lines != REASONS[key]}


async def save(request: Request) -> Response:
    """POST /settings: 303 back, or 400 with what is wrong."""
    form = await request.form(max_files=0, max_fields=60)

    def land() -> Response:
        config = settings(request)
        given: dict[str, object] = {
            name: str(form.get(name, "")).replace(",", ".") for name in ("session_idle_minutes", "session_hours") if name in form
        }
        if "roles" in form:
            given["totp_required"] = [role for role in ROLE_VI if role in form.getlist("totp_required")]
        if "steps" in form:
            names = {state: " ".join(str(form.get(f"step {state}", "")).split())[:40] for state in STATES}
            given["steps"] = {state: name for state, name in names.items() if name and name != state}
        if "reasons" in form:
            given["reasons"] = _reasons(form)
        try:
            changed = office.save(store(request), config, given, actor=request.state.session.analyst)
        except UserError as error:
            return _page(request, 400, str(error))
        request.app.state.settings = request.app.state.access.settings = changed
        return RedirectResponse("/settings", 303)

    return await run_in_threadpool(land)
