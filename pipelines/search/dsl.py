"""A lowered question as Elasticsearch's query DSL; only queries that the core without modules has."""

from __future__ import annotations

from typing import Any

from pipelines.search.document import RANK_BITS, rank_floor
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
        return _dates(node)
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


def _dates(node: Dates) -> dict[str, Any]:
    """Return what finds the ranks (document.rank_of) of these dates, asked of the field `date`.

    Of a date Elasticsearch knows without looking which indices hold none in that range, of a number it does not (9.5.3): a week is
    then asked of the newest quarter alone. A rank begins with the year 1970, so that earlier bounds are no bounds.
    """
    bounds: dict[str, Any] = {"format": "epoch_second"}
    if node.since is not None and (since := rank_floor(node.since) >> RANK_BITS):
        bounds["gte"] = since
    if node.before is not None:
        if not (before := rank_floor(node.before) >> RANK_BITS):
            return {"match_none": {}}
        bounds["lt"] = before
    return {"range": {"date": bounds}} if len(bounds) > 1 else {"match_all": {}}


def _run(words: tuple[str, ...]) -> dict[str, Any]:
    return {"match": {"query": " ".join(words), "ordered": True, "max_gaps": 0}}


def _words(node: Match) -> dict[str, Any]:
    if node.prefix:
        return {"prefix": {node.field: {"value": node.words[-1]}}}
    if len(node.words) == 1:
        return {"term": {node.field: node.words[0]}}
    return {"match_phrase": {node.field: {"query": " ".join(node.words)}}}


def uncut() -> dict[str, Any]:
    """Return what finds the texts that worded.is_to_be_cut names and worded.is_cut does not."""
    ours = [{"prefix": {"tags": "about:"}}, {"term": {"tags": "national:yes"}}, {"bool": {"must_not": {"term": {"tags": "tier:none"}}}}]
    wanted = [{"term": {"tags": "lang:vi"}}, {"bool": {"should": ours}}]
    return {"bool": {"filter": wanted, "must_not": {"prefix": {"tags": "word:"}}}}
