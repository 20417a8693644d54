"""A lowered question as Elasticsearch's query DSL; only queries that the core without modules has."""

from __future__ import annotations

from typing import Any

from pipelines.search.document import rank_floor
from pipelines.search.tree import And, Close, Dates, Match, Node, Not, Or, Tag


def compile_dsl(node: Node) -> dict[str, Any]:
    """Return the query for `node` (lowered); all in filters, because order is by rank and never by score."""
    if isinstance(node, Match):
        return _words(node)
    if isinstance(node, Close):
        return {
            "intervals": {
                node.field: {
                    "all_of": {
                        "ordered": False,
                        "max_gaps": node.distance,
                        "intervals": [_run(node.left), _run(node.right)],
                    }
                }
            }
        }
    if isinstance(node, Tag):
        return {"term": {"tags": node.value}}
    if isinstance(node, Dates):
        bounds: dict[str, int] = {}
        if node.since is not None:
            bounds["gte"] = rank_floor(node.since)
        if node.before is not None:
            bounds["lt"] = rank_floor(node.before)
        return {"range": {"rank": bounds}}
    if isinstance(node, Or):
        return {"bool": {"should": [compile_dsl(part) for part in node.parts], "minimum_should_match": 1}}
    if isinstance(node, And):
        return {
            "bool": {
                "filter": [compile_dsl(part) for part in node.parts if not isinstance(part, Not)],
                "must_not": [compile_dsl(part.part) for part in node.parts if isinstance(part, Not)],
            }
        }
    if isinstance(node, Not):
        return {"bool": {"must_not": [compile_dsl(node.part)]}}
    return {"match_all": {}}


def _run(words: tuple[str, ...]) -> dict[str, Any]:
    return {"match": {"query": " ".join(words), "ordered": True, "max_gaps": 0}}


def _words(node: Match) -> dict[str, Any]:
    if node.prefix:
        return {"prefix": {node.field: {"value": node.words[-1]}}}
    if len(node.words) == 1:
        return {"term": {node.field: node.words[0]}}
    return {"match_phrase": {node.field: {"query": " ".join(node.words)}}}
