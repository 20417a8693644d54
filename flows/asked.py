"""What the command line says to a readable question that asks in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.advice import unknown_codes
from pipelines.search.query import asks_words, small_connectives

if TYPE_CHECKING:
    from pipelines.settings import Settings


def spoken(query: str, settings: Settings) -> list[str]:
    """Return the notes on a readable question as lines of the command line."""
    said = []
    if not settings.index_words and asks_words(query):
        said.append("lưu ý: index_words đang tắt, nên word: không tìm thấy bài ghi lúc tắt; đặt index_words = true rồi chạy cotmoc index rebuild")
    said += [
        f"lưu ý: {one.field}:{one.code} không có trong cơ sở tư liệu hay danh mục loại" + (f"; gần nhất: {', '.join(one.near)}" if one.near else "")
        for one in unknown_codes(query)
    ]
    if small := small_connectives(query):
        said.append(f"lưu ý: “{'”, “'.join(small)}” được tìm như một từ; muốn nối hay loại trừ thì viết hoa: AND, OR, NOT")
    return said
