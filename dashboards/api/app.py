"""The API as a Starlette application, mounted at /api by the desk."""

from __future__ import annotations

from sqlalchemy.exc import DataError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboards.api import answers
from dashboards.api.guard import Tokens
from dashboards.api.openapi import document
from pipelines.errors import UserError
from pipelines.search import IndexUnavailable
from pipelines.settings import Settings
from pipelines.store import Store


def _described(_request: Request) -> Response:
    return JSONResponse(document())


def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = {404: "không có địa chỉ này", 405: "API chỉ đọc"}
    said = words.get(error.status_code, error.detail) if error.detail.isascii() else error.detail
    return JSONResponse({"error": said}, error.status_code, headers=error.headers)


def _user_error(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 503 if isinstance(error, IndexUnavailable) else 400)


def _bad_words(_request: Request, _error: Exception) -> Response:
    """PostgreSQL refuses NUL in any text."""
    return JSONResponse({"error": "địa chỉ có ký tự không dùng được"}, 400)


def create_api(settings: Settings, store: Store) -> Starlette:
    """Return the API over `store`; only the description is open without a token."""
    app = Starlette(
        routes=[
            Route("/openapi.json", _described),
            Route("/v1/articles", answers.articles),
            Route("/v1/articles/{id}", answers.article),
            Route("/v1/facets", answers.facets),
            Route("/v1/alerts", answers.alerts),
            Route("/v1/alerts/{id}", answers.alert),
            Route("/v1/export", answers.export),
        ],
        middleware=[Middleware(Tokens, store=store, folder=settings.data, per_minute=settings.api_per_minute)],
        exception_handlers={HTTPException: _http_error, UserError: _user_error, DataError: _bad_words},
    )
    app.state.settings, app.state.store = settings, store
    return app
