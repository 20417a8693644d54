"""What the API answers: articles through the index, alerts from the store, exports with their audit entry."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from classifiers.referencebase import load_references
from dashboards.export.rows import row
from dashboards.export.served import served
from dashboards.labels import TYPE_VI
from pipelines.clock import local
from pipelines.gazetteer import province_names
from pipelines.records import Alert
from pipelines.search import Index, open_index
from pipelines.search.analysis import key
from pipelines.search.port import COUNT_LIMIT, FACETS
from pipelines.search.query_errors import LONGEST
from pipelines.search.rebuild import state
from pipelines.settings import Settings, profile_names
from pipelines.store import Store
from pipelines.store import alerts as alert_store
from pipelines.store import articles as article_store

LARGEST_PAGE = 200


def _parts(request: Request) -> tuple[Settings, Store]:
    return request.app.state.settings, request.app.state.store


def _index(request: Request) -> Index:
    return open_index(*_parts(request))


def _number(request: Request, name: str, default: int, most: int) -> int:
    given = request.query_params.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit()) or len(given) > 9 or int(given) > most:
        raise HTTPException(400, f"{name}: nhận số từ 0 đến {most}")
    return int(given)


def _query(request: Request) -> str:
    query = request.query_params.get("q", "")
    # Said by the language too, but with the question in the answer.
    if len(query) > LONGEST:
        raise HTTPException(400, f"q: dài quá {LONGEST} ký tự")
    return query


def _only(request: Request, *names: str) -> None:
    """A parameter that is none, or stands twice, is a mistake of the caller: left out, it would give him far more than he asked for."""
    given = [name for name, _value in request.query_params.multi_items()]
    if strange := next((name for name in given if name not in names), ""):
        raise HTTPException(400, f"không có tham số “{strange[:40]}”; có: {', '.join(names) or 'không tham số nào'}")
    if twice := next((name for name in names if given.count(name) > 1), ""):
        raise HTTPException(400, f"{twice}: chỉ nêu một lần")
    for name, value in request.query_params.items():
        if "\0" in value:
            raise HTTPException(400, f"{name}: có ký tự NUL")


def _page(request: Request, items: list[dict[str, Any]], total: int, more: bool, limit: int, offset: int) -> Response:
    after = offset + limit
    follows = limit and after < min(total, COUNT_LIMIT)
    # The last page before the limit is as long as what is left.
    query = urlencode({**request.query_params, "limit": min(limit, COUNT_LIMIT - after), "offset": after})
    link = f"{request.url.path}?{query}" if follows else None
    return JSONResponse({"items": items, "total": total, "more": more, "next": link})


def articles(request: Request) -> Response:
    """GET /v1/articles?q=&limit=&offset=: what the question finds, newest first."""
    _only(request, "q", "limit", "offset")
    limit, offset = _number(request, "limit", 50, LARGEST_PAGE), _number(request, "offset", 0, COUNT_LIMIT)
    with closing(_index(request)) as index:
        found = index.search(_query(request), limit=limit, offset=offset)
    items = [{**row(hit.document), "snippet": hit.snippet} for hit in found.hits]
    return _page(request, items, found.total, found.more, limit, offset)


def article(request: Request) -> Response:
    """GET /v1/articles/{id}: one article with its text as the store has it now."""
    _only(request)
    with _parts(request)[1].read() as conn:
        found = article_store.get(conn, request.path_params["id"])
        if found is None:
            raise HTTPException(404, "không có bài này")
        return JSONResponse(dict(state(conn, found.id, found.revision).document or {}))


def facets(request: Request) -> Response:
    """GET /v1/facets?q=: counts by field value; `day` is the timeline, newest first."""
    _only(request, "q", "limit")
    with closing(_index(request)) as index:
        counts = index.facets(_query(request), limit=_number(request, "limit", 50, LARGEST_PAGE))
    return JSONResponse({name: [{"value": value, "count": count} for value, count in counts[name]] for name in FACETS})


def _view(alert: Alert) -> dict[str, Any]:
    base = load_references()
    references = [
        {"id": one.id, "statement": one.statement_vi, "source": one.source.title, "url": one.source.url}
        for one in (base.get(id_) for id_ in alert.claim.refs if id_ in base)
    ]
    return {**alert.model_dump(mode="json"), "references": references}


def _known(given: str | None, name: str, values: Collection[str]) -> None:
    """A value that no alert can have is a mistake of the caller, not an empty answer."""
    if given and given not in values:
        raise HTTPException(400, f"{name}: không có “{given[:40]}”; có: {', '.join(values)}")


def alerts(request: Request) -> Response:
    """GET /v1/alerts?tier=&status=&type=&outlet=&province=&story=&since=: flags first, newest first."""
    _only(request, "tier", "status", "type", "outlet", "province", "story", "since", "limit", "offset")
    asked = request.query_params
    limit, offset = _number(request, "limit", 50, LARGEST_PAGE), _number(request, "offset", 0, COUNT_LIMIT)
    try:
        since = local(datetime.fromisoformat(asked["since"])).astimezone(UTC) if asked.get("since") else None
    except (ValueError, OverflowError) as error:
        raise HTTPException(400, "since: nhận ngày giờ ISO như 2026-11-01") from error
    _known(asked.get("tier"), "tier", ("flag", "watch"))
    _known(asked.get("type"), "type", TYPE_VI)
    _known(asked.get("status"), "status", (alert_store.NEW, alert_store.WAITING, *alert_store.OUTCOMES))
    _known(asked.get("province"), "province", {**province_names(), **dict.fromkeys(profile_names())})
    where: dict[str, Any] = {name: asked.get(name) or None for name in ("tier", "status", "province", "story")}
    where |= {"claim_type": asked.get("type") or None, "since": since}
    with _parts(request)[1].read() as conn:
        if outlet := asked.get("outlet"):
            # As questions and /v1/facets name it: “Tuổi Trẻ” and “tuoi-tre” are one.
            where["outlets"] = [name for name in alert_store.outlets(conn) if key(name) == key(outlet)]
        found = alert_store.list_alerts(conn, **where, limit=limit, offset=offset)
        total = alert_store.count_alerts(conn, **where)
    return _page(request, [_view(alert) for alert in found], total, False, limit, offset)


def alert(request: Request) -> Response:
    """GET /v1/alerts/{id}: one alert with its claim and references."""
    _only(request)
    with _parts(request)[1].read() as conn:
        found = alert_store.get_alert(conn, request.path_params["id"])
    if found is None:
        raise HTTPException(404, "không có cảnh báo này")
    return JSONResponse(_view(found[0]))


def export(request: Request) -> Response:
    """GET /v1/export?q=&format=: all that the question finds, as one file; an entry in the audit log names the program."""
    _only(request, "q", "format")
    settings, store = _parts(request)
    form = request.query_params.get("format", "csv")
    with closing(_index(request)) as index:
        return served(store, index, settings, _query(request), form, actor=f"API: {request.state.client.name}")
