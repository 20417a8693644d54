"""The index: one port, two engines. `open_index(settings)` gives the one that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pipelines.search.port import (
    BulkResult,
    Change,
    Hit,
    Index,
    IndexUnavailable,
    ItemResult,
    Outcome,
    SearchResult,
)

if TYPE_CHECKING:
    from pipelines.settings import Settings
    from pipelines.store import Store

__all__ = [
    "BulkResult", "Change", "Hit", "Index", "IndexUnavailable", "ItemResult", "Outcome", "SearchResult", "open_index",
]  # fmt: skip


def open_index(settings: Settings, store: Store | None = None) -> Index:
    """Return Elasticsearch when `elasticsearch_url` or a cloud id is set, else SQLite in the data folder.

    Opens nothing yet: an engine that is away is noticed by the first call. `store` is accepted for symmetry.
    """
    engine = _engine(settings)
    if not settings.index_words:
        return engine
    from pipelines.search.worded import WordedIndex

    return cast("Index", WordedIndex(engine))


def _engine(settings: Settings) -> Index:
    if settings.elasticsearch_url or settings.elasticsearch_cloud_id:
        from pipelines.search.elastic import ElasticIndex

        return ElasticIndex.open(settings)
    from pipelines.search.embedded import EmbeddedIndex

    return EmbeddedIndex(settings.data / "index.sqlite3")
