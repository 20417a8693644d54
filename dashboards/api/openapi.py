"""The description of the API (OpenAPI 3.1); tests/test_api.py holds every answer against it."""

from __future__ import annotations

from typing import Any

from dashboards.export import FORMATS
from dashboards.export.rows import COLUMNS
from pipelines.records import Alert
from pipelines.search.port import FACETS
from pipelines.search.query_errors import LONGEST

_STRINGS = {"type": "array", "items": {"type": "string"}}
_TYPES: dict[str, Any] = {
    **dict.fromkeys(("verdicts", "types", "refs", "about", "mention", "status", "captions"), _STRINGS),
    "national": {"type": "boolean"}, "revision": {"type": "integer"}, "published": {"type": ["string", "null"]},
}  # fmt: skip


def _object(properties: dict[str, Any], required: tuple[str, ...] | None = None) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties if required is None else required)}


def _fields(*names: str) -> dict[str, Any]:
    return _object({name: _TYPES.get(name, {"type": "string"}) for name in names})


def _paged(item: str) -> dict[str, Any]:
    return _object(
        {
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{item}"}},
            "total": {"type": "integer", "description": "Đếm đến 10.000."},
            "more": {"type": "boolean", "description": "Có nhiều hơn số đếm được."},
            "next": {"type": ["string", "null"], "description": "Địa chỉ trang sau."},
        }
    )


def _schemas() -> dict[str, Any]:
    record = Alert.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    parts = record.pop("$defs")
    reference = _object({**{name: {"type": "string"} for name in ("id", "statement", "source")}, "url": {"type": ["string", "null"]}})
    record["properties"]["references"] = {"type": "array", "items": reference}
    record.pop("additionalProperties", None)
    count = _object({"value": {"type": "string"}, "count": {"type": "integer"}})
    return {
        **parts,
        "Alert": record,
        "ArticleRow": _fields(*COLUMNS, "snippet"),
        "Article": _fields(*COLUMNS, "sapo", "body", "captions", "date"),
        "Articles": _paged("ArticleRow"),
        "Alerts": _paged("Alert"),
        "Facets": _object({name: {"type": "array", "items": count} for name in FACETS}),
        "Error": _object({"error": {"type": "string"}}),
    }


def _parameter(name: str, about: str, kind: str = "string", where: str = "query", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "required": where == "path", "description": about, "schema": {"type": kind, **more}}


_Q = _parameter("q", "Câu tìm, ngôn ngữ ở docs/search.md; bỏ trống là tất cả.", maxLength=LONGEST)
_LIMIT = _parameter("limit", "Số mục mỗi trang.", "integer", minimum=0, maximum=200, default=50)
_OFFSET = _parameter("offset", "Bỏ qua bấy nhiêu mục đầu.", "integer", minimum=0, maximum=10_000, default=0)
_ID = _parameter("id", "Mã.", where="path")
_ALERTS = [
    _parameter("tier", "Mức.", enum=["flag", "watch"]), _parameter("status", "Tình trạng xử lý."),
    _parameter("type", "Loại, như D06."), _parameter("outlet", "Cơ quan báo chí, như /v1/facets ghi hoặc đúng tên."),
    _parameter("province", "Hồ sơ địa phương."), _parameter("story", "Mã tin."),
    _parameter("since", "Nêu từ lúc này (ISO)."),
]  # fmt: skip


def _get(about: str, schema: str, *parameters: dict[str, Any]) -> dict[str, Any]:
    good = {"description": "Được.", "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}
    return {"get": {"summary": about, "parameters": list(parameters), "responses": {"200": good, **_errors()}}}


def _errors() -> dict[str, Any]:
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    words = {
        "400": "Câu hỏi sai.", "401": "Thiếu mã hoặc mã đã thu hồi.", "404": "Không có.", "429": "Quá nhanh; chờ Retry-After giây.",
        "503": "Chỉ mục hoặc kho chưa trả lời.",
    }  # fmt: skip
    return {status: {"description": said, "content": body} for status, said in words.items()}


def document() -> dict[str, Any]:
    """Return the description."""
    files = {kind.split(";")[0]: {"schema": {"type": "string", "format": "binary"}} for kind in FORMATS.values()}
    export = _get("Xuất tệp; mỗi lần là một mục nhật ký.", "Error", _Q, _parameter("format", "Định dạng.", enum=list(FORMATS), default="csv"))
    export["get"]["responses"]["200"] = {"description": "Tệp.", "content": files}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Cột Mốc", "version": "1", "description": "Chỉ đọc; nhận định về câu văn, không về con người."},
        "servers": [{"url": "/api"}],
        "security": [{"token": []}],
        "paths": {
            "/v1/articles": _get("Tìm bài, mới trước.", "Articles", _Q, _LIMIT, _OFFSET),
            "/v1/articles/{id}": _get("Một bài với văn bản.", "Article", _ID),
            "/v1/facets": _get("Đếm theo trường và theo ngày.", "Facets", _Q, _LIMIT),
            "/v1/alerts": _get("Cảnh báo, gắn cờ trước, mới trước.", "Alerts", *_ALERTS, _LIMIT, _OFFSET),
            "/v1/alerts/{id}": _get("Một cảnh báo với câu và tư liệu.", "Alert", _ID),
            "/v1/export": export,
        },
        "components": {"schemas": _schemas(), "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }
