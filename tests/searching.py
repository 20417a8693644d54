"""Documents for the tests of search: made by hand, and real articles by path."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.records import Article, content_id
from pipelines.search import Change, Index
from pipelines.search.document import document_of

START = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)


def document(id_: str, title: str = "", body: str = "", **fields: Any) -> dict[str, Any]:
    """Return a document with defaults for everything that a test does not name."""
    published = fields.pop("published", START)
    article = Article(
        id=id_, url=f"https://example.invalid/{id_}", canonical=f"https://example.invalid/{id_}", source="bao-mau",
        outlet="Báo Mẫu", title=title, body=body, published=published, first_seen=START,
    )  # fmt: skip
    return {**document_of(article, None, None), **fields}


def put(index: Index, *documents: dict[str, Any], version: int = 1) -> None:
    """Index documents and insist that all arrive."""
    result = index.bulk([Change(d["id"], version, d) for d in documents])
    assert [item.reason for item in result.items if item.reason] == []


def found(index: Index, query: str) -> list[str]:
    """Return the ids that answer, newest first."""
    return [hit.id for hit in index.search(query, limit=1000).hits]


def real_documents(shared_data: Path, limit: int) -> Iterator[dict[str, Any]]:
    """Give documents of real articles, with dates, outlets and marks spread over them by their number."""
    made = 0
    for name in ("dantri_2021", "press_2016"):
        with gzip.open(shared_data / f"news/{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                if made >= limit:
                    return
                yield _real(json.loads(line), made, name)
                made += 1


def _real(raw: dict[str, Any], number: int, name: str) -> dict[str, Any]:
    if name == "dantri_2021":
        title, body, outlet = raw["sentences"][0], "\n".join(raw["sentences"][1:]), "Dân trí"
        published: datetime | None = datetime.fromisoformat(raw["date"]).replace(tzinfo=UTC)
    else:
        title, body, outlet = raw["title"], raw["text"], str(raw["labels"]).split("/")[0]
        published = datetime(2016, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    article = Article(
        id=content_id(raw["url"], str(number)), url=raw["url"], canonical=raw["url"], source=name, outlet=outlet,
        title=title, body=body, published=published if number % 97 else None, first_seen=START,
    )  # fmt: skip
    tier = ("none", "none", "watch", "flag")[number % 4]
    return {
        # Seen over three months, so that both engines keep them in several parts.
        **document_of(article, None, None, seen=START - timedelta(days=number % 90)),
        "tier": tier,
        "about": [("ninh-binh", "lao-cai", "thanh-hoa", "quang-tri")[number % 4]] if number % 3 == 0 else [],
        "mention": ["ha-noi"] if number % 5 == 0 else [],
        "national": number % 7 == 0,
        "types": [f"D{number % 18 + 1:02d}"] if tier != "none" else [],
        "verdicts": ["CONTRADICTED"] if tier == "flag" else ["POSITION_CLAIM"] if tier == "watch" else [],
        "refs": [f"PCA-{number % 9 + 1:02d}"] if tier != "none" else [],
        "status": [("mới", "đang xem", "cần phản hồi")[number % 3]] if tier != "none" else [],
    }
