"""What stands in Elasticsearch beside a document, compared with it (`cotmoc index verify`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.search.document import day_of, indexed, part_of, rank_of, shelf_of, stored_sum, tags_of
from pipelines.search.mapping import DERIVED
from pipelines.search.port import MISPLACED

# What is found and counted by; asked for beside the document, because two of them are not kept in it.
ASKED = ("tags", "rank", "day", "sum")
# What `cotmoc index verify` says of texts that lost their words.
UNREAD = "{} bài mất phần toàn văn, không câu hỏi bằng chữ nào tìm thấy"


def document_in(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document as it was handed over."""
    return {name: value for name, value in source.items() if name not in DERIVED}


def checksum_of(found: Mapping[str, Any]) -> str:
    """Return the checksum of a stored document; MISPLACED unless it is found and counted as it says itself, in its own part."""
    document, beside = document_in(found["_source"]), found.get("fields", {})
    total = stored_sum(document)
    if not total or document["id"] != found["_id"]:
        return MISPLACED
    tags = sorted(tag for tag in beside.get("tags", ()) if not tag.startswith("word:"))
    same = tags == sorted(tags_of(document)) and _is(beside, "rank", rank_of(document)) and _is(beside, "day", day_of(document))
    placed = found["_index"].endswith(f"-{shelf_of(part_of(document))}")
    return total if same and placed and _is(beside, "sum", total) else MISPLACED


def _is(beside: Mapping[str, Sequence[Any]], name: str, value: object) -> bool:
    return list(beside.get(name, ())) == [value]


def unread() -> dict[str, Any]:
    """Return what finds the articles without words: an update by hand writes a document anew without what is not kept in it."""
    return {"bool": {"must_not": [{"bool": {"filter": [{"exists": {"field": "exact"}}, {"exists": {"field": "folded"}}]}}]}}


def has_words(found: Mapping[str, Any]) -> bool:
    """Tell whether a stored document should be found by words; one that cannot be read is named elsewhere."""
    document = document_in(found["_source"])
    return bool(stored_sum(document)) and bool(indexed(document).exact)
