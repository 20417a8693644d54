"""What both engines do alike around a search: the question read, the page checked, the hit made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.errors import UsageError
from pipelines.search.port import COUNT_LIMIT, Hit
from pipelines.search.query import parse
from pipelines.search.snippet import snippet
from pipelines.search.tree import Node, lower


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the analyst wrote it and as the engines take it."""

    node: Node
    lowered: Node


def tree_of(query: str | Node) -> Asked:
    """Parse and lower a question; a tree passes as it is."""
    node = parse(query) if isinstance(query, str) else query
    return Asked(node, lower(node))


def page(limit: int, offset: int) -> None:
    """Raise UsageError for a page that no engine gives."""
    if limit < 0 or offset < 0 or offset + limit > COUNT_LIMIT:
        raise UsageError(f"chỉ xem được {COUNT_LIMIT} kết quả đầu; hãy thu hẹp câu tìm")


def hit(document: Mapping[str, Any], node: Node) -> Hit:
    """Return the hit that shows `document` as an answer to `node`."""
    text, marks = snippet(document, node)
    return Hit(
        id=document["id"], title=document["title"], outlet=document["outlet"], published=document["published"],
        tier=document["tier"], url=document["url"], snippet=text, marks=marks, document=document,
    )  # fmt: skip
