"""The index template of Elasticsearch: fields for questions (ready tokens) and fields for Kibana and Grafana.

docs/elasticsearch.md says what each field means. Only built-in types and analyzers: any Elasticsearch 9 will do.
"""

from __future__ import annotations

from typing import Any

from pipelines.search.analysis import ANALYSIS_VERSION

MAPPING_VERSION = 3
_TOKENS = {"type": "text", "analyzer": "whitespace", "norms": False}
_KEYWORD = {"type": "keyword", "ignore_above": 1024}
_STORED = {"type": "text", "index": False}

PROPERTIES: dict[str, Any] = {
    # For questions: written from analysis.py, never shown, not kept in _source.
    "exact": _TOKENS, "folded": _TOKENS, "tags": {"type": "keyword"}, "rank": {"type": "long"},
    # For people and dashboards: the document as it is.
    "id": _KEYWORD, "url": {"type": "keyword", "index": False, "doc_values": False},
    "title": _STORED, "sapo": _STORED, "body": _STORED, "captions": _STORED,
    "outlet": _KEYWORD, "source": _KEYWORD, "kind": _KEYWORD, "lang": _KEYWORD,
    "published": {"type": "date"}, "date": {"type": "date"}, "seen": {"type": "date"}, "day": _KEYWORD,
    "about": _KEYWORD, "mention": _KEYWORD, "national": {"type": "boolean"}, "tier": _KEYWORD,
    "verdicts": _KEYWORD, "types": _KEYWORD, "refs": _KEYWORD, "status": _KEYWORD, "story": _KEYWORD,
    "revision": {"type": "integer"}, "sum": {"type": "keyword"},
}  # fmt: skip
# In _source beside the document's own fields; taken off when a document is read back.
DERIVED = ("day", "sum")


def alias(prefix: str) -> str:
    """Name under which the current version answers."""
    return f"{prefix}-articles"


def template(prefix: str, shards: int = 1, replicas: int | None = None) -> dict[str, Any]:
    """Return the body of the index template for all versions of one prefix; `replicas` None: one when there is a second node."""
    copies: dict[str, Any] = {"index.auto_expand_replicas": "0-1"} if replicas is None else {"index.number_of_replicas": replicas}
    return {
        "index_patterns": [f"{alias(prefix)}-v*"],
        "priority": 500,
        "template": {
            "settings": {
                "index.number_of_shards": shards,
                **copies,
                "index.refresh_interval": "5s",
                # An old message that comes after a deletion must not bring the document back.
                "index.gc_deletes": "1d",
            },
            "mappings": {
                "dynamic": "strict",
                "_meta": {"mapping": MAPPING_VERSION, "analysis": ANALYSIS_VERSION},
                "_source": {"excludes": ["exact", "folded", "tags", "rank"]},
                "properties": PROPERTIES,
            },
        },
    }
