"""What one bulk request to Elasticsearch carries: a document goes into its part, and out of the part where it was before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.search.document import ALERT, BadDocument, Indexed, indexed, part_of, shelf_of
from pipelines.search.port import Change

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

# Elasticsearch gives at most 10,000 hits of one question.
ASKED = 5_000
# Index and version of each place where a document stands now.
Held = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A document analysed, the shelf (shelf_of) where it belongs, and the only other one where an earlier state may stand."""

    indexed: Indexed
    shelf: str
    other: str


def entry_of(change: Change) -> Entry:
    """Analyse the document of `change`; raises BadDocument."""
    assert change.document is not None
    entry = indexed(change.document, change.words)
    if change.document["id"] != change.id:
        raise BadDocument(f"mã “{change.document['id']}” khác khóa “{change.id}”")
    part = part_of(change.document)
    other = part_of({**change.document, "status": []}) if part == ALERT else ALERT
    return Entry(entry, shelf_of(part), shelf_of(other))


def runs(changes: Sequence[Change]) -> Iterator[list[int]]:
    """Cut changes into runs in which no id comes twice: where a document stands must be known before each change of it."""
    run: list[int] = []
    ids: set[str] = set()
    for at, change in enumerate(changes):
        if change.id in ids:
            yield run
            run, ids = [], set()
        run.append(at)
        ids.add(change.id)
    if run:
        yield run


def whereabouts(
    client: Elasticsearch, version: str, run: Sequence[tuple[int, Change]], entries: Mapping[int, Entry]
) -> dict[int, Held]:
    """Return for each change where its document stands now, besides the shelf where it belongs.

    Of a document to be written that is read in real time; of one to be deleted it is searched for.
    """
    held: dict[int, Held] = {at: [] for at, _change in run}
    written = [(at, {"_index": f"{version}-{entries[at].other}", "_id": change.id}) for at, change in run if at in entries]
    if written:
        answer = client.mget(docs=[place for _at, place in written], source=False)
        for (at, _place), found in zip(written, answer["docs"], strict=True):
            if found.get("found"):
                held[at].append((found["_index"], found["_version"]))
    deleted = {change.id: at for at, change in run if change.document is None}
    if deleted:
        client.indices.refresh(index=f"{version}-*")
    ids = sorted(deleted)
    for start in range(0, len(ids), ASKED):
        part = ids[start : start + ASKED]
        answer = client.search(index=f"{version}-*", query={"ids": {"values": part}}, size=2 * len(part), version=True, source=False)
        for found in answer["hits"]["hits"]:
            held[deleted[found["_id"]]].append((found["_index"], found["_version"]))
    return held


def insertion(index: str, change: Change, entry: Entry) -> tuple[list[dict[str, Any]], int]:
    """Return the lines that write a document into `index`, and about how many bytes they take."""
    assert change.document is not None
    ready = entry.indexed
    body = {
        **change.document, "exact": ready.exact, "folded": ready.folded, "tags": list(ready.tags),
        "rank": ready.rank, "day": ready.day, "sum": ready.sum,
    }  # fmt: skip
    return [{"index": _target(index, change)}, body], 500 + 2 * len(ready.exact) + 2 * len(change.document["body"])


def removal(index: str, change: Change) -> tuple[list[dict[str, Any]], int]:
    """Return the line that takes a document out of `index`."""
    return [{"delete": _target(index, change)}], 200


def _target(index: str, change: Change) -> dict[str, Any]:
    # external_gte: the same message twice lands twice as the same document, and both count as delivered.
    return {"_index": f"{index}-write", "_id": change.id, "version": change.version, "version_type": "external_gte", "require_alias": True}
