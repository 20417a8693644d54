"""The editor of a digest: reorder, leave out, rewrite a summary, then approve; one small form per story."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.digest import build_digest, write_digest
from dashboards.digest.approve import approve, editors, versions
from dashboards.digest.edits import LISTS, Edit, candidates, edited, edits_of, record
from dashboards.digest.gather import MOST
from dashboards.digest.outline import outline
from dashboards.digest.records import Digest, Item
from dashboards.office.files import sha256
from dashboards.web.access import Access
from dashboards.web.rights import may, require
from dashboards.web.view import page, settings, store
from pipelines.clock import now
from pipelines.errors import UsageError, UserError
from pipelines.store import Store

TITLES = dict(zip(LISTS, ("Tin trong nước về địa phương", "Tin nước ngoài về địa phương", "Biên giới, biển, đảo: trong nước", "Biên giới, biển, đảo: nước ngoài"), strict=True))


def _day(request: Request) -> date:
    try:
        return date.fromisoformat(request.path_params["day"])
    except ValueError as error:
        raise HTTPException(404, "Không có số báo của ngày này.") from error


def _mark(store: Store, province: str, day: date, owners: Mapping[str, str]) -> str:
    """What an approval is of: a hash of all lines of the issue as it would be written now."""
    with store.read() as conn:
        edits = edits_of(conn, province, day)
    return sha256(repr(outline(edited(build_digest(store, province, day, owners), edits))).encode())


def editor(request: Request) -> Response:
    """GET /digests/edit/{day}: the stories of the office's issue, each with its form."""
    return _editor(request)


def _editor(request: Request, status: int = 200, error: str = "") -> Response:
    day, province = _day(request), settings(request).profile
    try:
        digest = build_digest(store(request), province, day, getattr(request.app.state, "owners", {}))
    except UsageError as wrong:
        raise HTTPException(404, "Kỳ báo của ngày này chưa bắt đầu.") from wrong
    with store(request).read() as conn:
        found, done, hands = edits_of(conn, province, day), versions(conn, province, day), editors(conn, province, day)
    me = request.state.session
    issue = edited(digest, found)
    seen = sha256(repr(outline(issue)).encode())
    right = digest.until is None and may(me.role, "approve") and me.analyst.casefold() not in {name.casefold() for name in hands}
    sections = [(TITLES[name], *_ordered(digest, issue, name, found)) for name in LISTS]
    return page(request, "editor.html", status, digest=digest, day=day.isoformat(), sections=sections, most=MOST, versions=done, error=error, editors=hands, seen=seen, may_approve=right)


def _ordered(digest: Digest, issue: Digest, name: str, found: Mapping[str, Edit]) -> tuple[list[tuple[Item, Edit]], list[tuple[Item, Edit]]]:
    """Return the stories of one list in the order of the issue, and those that are not in it: left out, then dropped."""
    known = {item.story: item for item in candidates(digest, name)}
    printed = [item.story for item in getattr(issue, name)]
    others = [story for story in known if story not in set(printed)]
    others.sort(key=lambda story: found.get(story, Edit()).dropped)
    return tuple([(known[story], found.get(story, Edit())) for story in part] for part in (printed, others))  # type: ignore[return-value]


async def edit(request: Request) -> Response:
    """POST /digests/edit/{day}: save one story's edit, or approve the issue; 303 back."""
    form = await request.form(max_files=0, max_fields=8)
    access: Access = request.app.state.access
    if not access.token_fits(request.state.session, str(form.get("token", ""))):
        raise HTTPException(403, "Trang đã cũ hoặc biểu mẫu không đến từ trang này; hãy tải lại trang.")
    day, config, analyst = _day(request), settings(request), request.state.session.analyst
    given = {name: str(form.get(name, "")) for name in ("action", "story", "place", "dropped", "summary", "seen")}
    if given["action"] == "approve":
        require(request, "approve")

    def land() -> Response:
        try:
            if given["action"] == "approve":
                owners = getattr(request.app.state, "owners", {})
                if given["seen"] != _mark(store(request), config.profile, day, owners):
                    raise UserError("số báo đã đổi sau khi bạn mở trang này; đọc lại rồi duyệt")
                write_digest(store(request), config, config.profile, day, config.data / "digests", owners=owners)
                approve(store(request), config, config.profile, day, analyst, now(), owners=owners)
                return RedirectResponse("/digests", 303)
            if not re.fullmatch(r"[0-9a-f]{8,64}", given["story"]):
                raise UserError("không có tin này trong số báo; hãy tải lại trang")
            place = given["place"]
            one = Edit(int(place) if place.isascii() and place.isdigit() and len(place) < 3 else 0, given["dropped"] == "1", given["summary"])
            with store(request).begin() as conn:
                record(conn, config.profile, day, given["story"][:64], one, analyst, now())
        except UserError as error:
            return _editor(request, 400, str(error))
        return RedirectResponse(f"/digests/edit/{day.isoformat()}", 303)

    return await run_in_threadpool(land)
