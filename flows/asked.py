"""What the command line says to a readable question that asks in vain."""

from __future__ import annotations

from dashboards.advice import unknown_codes
from pipelines.search.query import small_connectives


def spoken(query: str) -> list[str]:
    """Return the notes on a readable question as lines of the command line."""
    said = [
        f"lưu ý: {one.field}:{one.code} không có trong cơ sở tư liệu hay danh mục loại" + (f"; gần nhất: {', '.join(one.near)}" if one.near else "")
        for one in unknown_codes(query)
    ]
    if small := small_connectives(query):
        said.append(f"lưu ý: “{'”, “'.join(small)}” được tìm như một từ; muốn nối hay loại trừ thì viết hoa: AND, OR, NOT")
    return said
