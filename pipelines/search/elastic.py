"""The Elasticsearch engine: ready tokens, external versions, bulk item by item; its indices are those of elastic_layout.py."""

from __future__ import annotations

import logging
import ssl
import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from elasticsearch import ApiError

from pipelines.errors import UsageError, UserError
from pipelines.search import mapping
from pipelines.search.analysis import ANALYSIS_VERSION
from pipelines.search.document import UNCUT, BadDocument
from pipelines.search.dsl import compile_dsl, uncut
from pipelines.search.elastic_counts import counted, counts
from pipelines.search.elastic_errors import blocked, outcome_of, spoken
from pipelines.search.elastic_layout import Layout
from pipelines.search.elastic_stored import ASKED, UNREAD, checksum_of, document_in, has_words, unread
from pipelines.search.elastic_writes import Entry, entry_of, insertion, removal, runs, whereabouts
from pipelines.search.hits import hit, page, tree_of
from pipelines.search.port import (
    COUNT_LIMIT,
    FACETS,
    BulkResult,
    Change,
    IndexUnavailable,
    ItemResult,
    Outcome,
    SearchResult,
)
from pipelines.search.tree import Everything, Node

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from pipelines.settings import Settings

# One bulk request carries at most this much (Elasticsearch's advice is 5 to 15 MB) …
BULK_BYTES = 5_000_000
# … and what it refuses with 429 is offered again in halves after these seconds, then left to the outbox.
PAUSES = (0.5, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0)
# Operations of one request: place of the change, lines of the bulk body.
Part = list[tuple[int, list[dict[str, Any]]]]
SCAN_PART = 1000
KEEP_ALIVE = "2m"
# What answers 404 or 503 is asked again after these seconds: a rebuild may be taking away the very indices that were asked.
AGAIN = (0.05, 0.2, 0.5, 1.0)
# So often reading on survives that the indices of its point in time are dropped.
RENEWALS = 3


class ElasticIndex:
    """The port on an Elasticsearch 9 of any size."""

    name = "elasticsearch"

    def __init__(self, client: Elasticsearch, prefix: str, where: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self.client, self.prefix, self.where, self._sleep = client, prefix, where, sleep
        self.layout = Layout(client, prefix, where)
        self.alias = self.layout.alias
        self._ready = False

    @classmethod
    def open(cls, settings: Settings) -> ElasticIndex:
        """Return the engine that `settings` name; nothing is asked of the server yet. UsageError for a bad address."""
        from elasticsearch import Elasticsearch

        # One alarm is raised by us (pipelines/deliver.py); the client's own line for every attempt says nothing more.
        logging.getLogger("elastic_transport").setLevel(logging.ERROR)
        options: dict[str, Any] = {"request_timeout": 30, "max_retries": 2, "retry_on_timeout": True}
        if settings.elasticsearch_api_key:
            options["api_key"] = settings.elasticsearch_api_key
        elif settings.elasticsearch_user:
            # The client's own basic_auth takes ASCII only (9.5.1); a Vietnamese password is UTF-8 (RFC 7617).
            pair = f"{settings.elasticsearch_user}:{settings.elasticsearch_password}".encode()
            options["headers"] = {"authorization": "Basic " + b64encode(pair).decode()}
        if settings.elasticsearch_ca:
            options["ca_certs"] = _readable(settings.elasticsearch_ca)
        if settings.elasticsearch_cloud_id:
            options["cloud_id"] = settings.elasticsearch_cloud_id
            where, named = settings.elasticsearch_cloud_id.split(":")[0], "COTMOC_ELASTICSEARCH_CLOUD_ID: mã"
            like = "chép nguyên từ trang của Elastic Cloud"
        else:
            options["hosts"] = [url.strip() for url in settings.elasticsearch_url.split(",") if url.strip()]
            where, named = ",".join(map(_shown, options["hosts"])), "COTMOC_ELASTICSEARCH_URL: địa chỉ"
            like = "viết như http://127.0.0.1:9200"
        try:
            index = cls(Elasticsearch(**options), settings.index_prefix, where)
        except (ValueError, OSError) as error:
            raise UsageError(f"{named} không dùng được ({error}); {like}") from error
        index.layout.shards, index.layout.replicas = settings.index_shards, settings.index_replicas
        return index

    def setup(self) -> None:
        """Put the template and make the first version unless the alias is there."""
        if self._ready:
            return
        with spoken(self.where):
            self.layout.setup()
            self._check()
        self._ready = True

    def _check(self) -> None:
        for body in self.client.indices.get_mapping(index=self.alias).values():
            found = body["mappings"].get("_meta", {})
            if found != {"mapping": mapping.MAPPING_VERSION, "analysis": ANALYSIS_VERSION}:
                raise IndexUnavailable(
                    f"Elasticsearch {self.where}: chỉ mục {self.alias} do một phiên bản khác của cotmoc tạo; chạy cotmoc index rebuild", "version"
                )

    def bulk(self, changes: Sequence[Change]) -> BulkResult:
        """Write changes to the current version, and to one that is being built."""
        self.setup()
        with spoken(self.where):
            there = self.layout.there()
            current, building = self.layout.live(there)
            if not current:  # somebody deleted it since: begin again, verify will tell what is missing
                self._ready = False
                self.setup()
                there = self.layout.there()
                current, building = self.layout.live(there)
            result = self._write(current, changes, self.alias, there)
            if building:
                result = _both(result, self._write(building, changes, self.layout.building_alias, there))
            self.client.options(ignore_status=404).indices.refresh(index=self.alias, ignore_unavailable=True)
        return result

    def _write(self, version: str, changes: Sequence[Change], alias: str = "", there: Collection[str] = ()) -> BulkResult:
        """Write changes to one version; parts that are not `there` are made behind `alias` (without one, they are refused)."""
        results: dict[int, ItemResult] = {}
        for run in runs(changes):
            self._write_run(version, [(at, changes[at]) for at in run], alias, there, results)
        return BulkResult(tuple(results[at] for at in range(len(changes))))

    def _write_run(
        self, version: str, run: Sequence[tuple[int, Change]], alias: str, there: Collection[str], results: dict[int, ItemResult]
    ) -> None:
        """Write changes of different ids: into the part where each belongs, and out of the part where it was."""
        entries: dict[int, Entry] = {}
        for at, change in run:
            try:
                if change.document is not None:
                    entries[at] = entry_of(change)
            except BadDocument as error:
                results[at] = ItemResult(change.id, change.version, Outcome.REJECTED, str(error))
        if alias:
            self.layout.ensure(version, alias, {entry.shelf for entry in entries.values()}, there)
        held = whereabouts(self.client, version, run, entries)
        slots: list[tuple[int, Change]] = []
        lines: list[tuple[int, list[dict[str, Any]], int]] = []
        for at, change in run:
            if at in results:
                continue
            newer = max((number for _index, number in held[at]), default=-1)
            if at in entries and newer > change.version:
                results[at] = ItemResult(change.id, change.version, Outcome.STALE, f"đã có phiên bản {newer}")
                continue
            results[at] = ItemResult(change.id, change.version, Outcome.DELIVERED)
            wanted = [insertion(f"{version}-{entries[at].shelf}", change, entries[at])] if at in entries else []
            for body, weight in (*wanted, *(removal(index, change) for index, _number in held[at])):
                lines.append((len(slots), body, weight))
                slots.append((at, change))
        outcomes: list[ItemResult | None] = [None] * len(slots)
        for part in _parts(lines):
            self._send(part, [change for _at, change in slots], outcomes)
        for (at, _change), outcome in zip(slots, outcomes, strict=True):
            # Of two operations the one that went wrong counts: the message stays owed until both are done.
            if outcome is not None and outcome.outcome is not Outcome.DELIVERED and results[at].outcome is not Outcome.RETRY:
                results[at] = outcome

    def _send(self, part: Part, changes: Sequence[Change], results: list[ItemResult | None]) -> None:
        """Send one request; what is refused for load is offered again after a pause, in halves."""
        waiting, pauses = deque([part]), iter(PAUSES)
        while waiting:
            part = waiting.popleft()
            refused: ApiError | None = None
            try:
                again = self._offer(part, changes, results)
            except ApiError as error:
                if error.status_code != 429:
                    raise
                again, refused = part, error
            if again:
                pause = next(pauses, None)
                if pause is not None:
                    self._sleep(pause)
                    half = (len(again) + 1) // 2
                    waiting.extendleft(filter(None, (again[half:], again[:half])))
                elif refused:
                    raise refused

    def _offer(self, part: Part, changes: Sequence[Change], results: list[ItemResult | None]) -> Part:
        """Send one request and note what became of each operation; returns those refused for load."""
        # 429 is ours to answer, with a pause; the client would offer the same again at once.
        client = self.client.options(retry_on_status=(502, 503, 504))
        answer = client.bulk(operations=[line for _, operation in part for line in operation])
        again: Part = []
        for (at, operation), item in zip(part, answer["items"], strict=True):
            body = next(iter(item.values()))
            outcome, reason = outcome_of(body)
            if outcome is Outcome.RETRY and "cluster_block" in reason:
                raise blocked(self.where)
            results[at] = ItemResult(changes[at].id, changes[at].version, outcome, reason)
            if outcome is Outcome.RETRY and body.get("status") == 429:
                again.append((at, operation))
        return again

    def search(self, query: str | Node, limit: int = 20, offset: int = 0) -> SearchResult:
        """Return hits, newest first."""
        tree = tree_of(query)
        page(limit, offset)
        answer = self._ask(query=compile_dsl(tree.lowered), sort=_order(), size=limit, from_=offset, track_total_hits=COUNT_LIMIT + 1)
        if answer is None:
            return SearchResult([], 0)
        total = answer["hits"]["total"]["value"]
        hits = [hit(document_in(found["_source"]), tree.node) for found in answer["hits"]["hits"]]
        return SearchResult(hits, min(total, COUNT_LIMIT), total > COUNT_LIMIT)

    def _ask(self, **question: Any) -> Any:
        """Return the whole answer, None when there is no index at all. Whoever asked during a switch asks again, of the new version."""
        with spoken(self.where):
            return self._again(lambda: self.client.search(index=self.alias, allow_partial_search_results=False, **question))

    def _again(self, ask: Callable[[], Any]) -> Any:
        for pause in (*AGAIN, None):
            try:
                return ask()
            except ApiError as error:
                if error.status_code == 404 and not self.client.indices.exists_alias(name=self.alias):
                    return None
                if error.status_code not in (404, 503) or pause is None:
                    raise
                self._sleep(pause)
        raise AssertionError("the last pause is None")

    def scan(self, query: str | Node) -> Iterator[Mapping[str, Any]]:
        """Give every document that matches, newest first, from one point in time."""
        tree = tree_of(query)
        for found in self._walk(compile_dsl(tree.lowered), _order()):
            yield document_in(found["_source"])

    def _walk(self, query: Mapping[str, Any], order: list[dict[str, str]], **more: Any) -> Iterator[Mapping[str, Any]]:
        """Give all hits from one point in time; should its indices go meanwhile (a rebuild), from a new one on from where it was."""
        with spoken(self.where):
            point, after, renewed = self._point(), None, 0
            try:
                while point:
                    try:
                        answer = self.client.search(
                            pit={"id": point, "keep_alive": KEEP_ALIVE}, query=query, sort=order, size=SCAN_PART,
                            search_after=after, track_total_hits=False, allow_partial_search_results=False, **more,
                        )  # fmt: skip
                    except ApiError as error:
                        if error.status_code not in (404, 503) or renewed == RENEWALS:
                            raise
                        self._sleep(AGAIN[renewed])
                        point, renewed = self._point(), renewed + 1
                        continue
                    point = answer["pit_id"]
                    found = answer["hits"]["hits"]
                    yield from found
                    if len(found) < SCAN_PART:
                        return
                    after = found[-1]["sort"]
            finally:
                if point:
                    self.client.options(ignore_status=404).close_point_in_time(id=point)

    def _point(self) -> str:
        """Open a point in time and return its id; empty when there is no index."""
        opened = self._again(lambda: self.client.open_point_in_time(index=self.alias, keep_alive=KEEP_ALIVE))
        return "" if opened is None else str(opened["id"])

    def facets(
        self, query: str | Node, fields: Sequence[str] = FACETS, limit: int = 50
    ) -> dict[str, list[tuple[str, int]]]:
        """Count matching articles by field value."""
        answer = self._ask(query=compile_dsl(tree_of(query).lowered), size=0, aggregations=counts(fields, limit), track_total_hits=False)
        if answer is None:
            return {name: [] for name in fields}
        return {name: counted(name, answer["aggregations"][name]["buckets"], limit) for name in fields}

    def parts(self) -> dict[str, int]:
        """Return how many documents each part holds."""
        with spoken(self.where):
            return self.layout.parts()

    def drop(self, part: str) -> int:
        """Forget a whole part; an index that is left empty is deleted."""
        with spoken(self.where):
            return self.layout.drop(part)

    def count(self) -> int:
        """Return the number of documents."""
        # Not the count API, which leaves out what is just being dropped and says nothing of it.
        answer = self._ask(size=0, track_total_hits=True)
        return int(answer["hits"]["total"]["value"]) if answer is not None else 0

    def checksums(self) -> Iterator[tuple[str, str]]:
        """Give id and checksum of every document as it is stored, by id."""
        for found in self._walk(compile_dsl(Everything()), [{"id": "asc"}], docvalue_fields=list(ASKED)):
            yield found["_id"], checksum_of(found)

    def faults(self, *, words: bool = False) -> list[str]:
        """Name how many texts were written without compound words, or lost their words since; Lucene minds its own counts."""
        lost = sum(map(has_words, self._walk(unread(), [{"id": "asc"}])))
        answer = self._ask(query=uncut(), size=0, track_total_hits=True) if words else None
        whole = answer["hits"]["total"]["value"] if answer else 0
        return [said.format(number) for said, number in ((UNREAD, lost), (UNCUT, whole)) if number]

    def delete(self, changes: Iterable[tuple[str, int]]) -> BulkResult:
        """Delete documents by id and version."""
        return self.bulk([Change(id_, version, None) for id_, version in changes])

    def start_version(self) -> str:
        """Make an empty new version behind the alias `…-building`."""
        with spoken(self.where):
            self._ready = True
            return self.layout.start()

    def fill(self, changes: Sequence[Change]) -> BulkResult:
        """Write changes to the new version only."""
        with spoken(self.where):
            there = self.layout.there()
            building = self.layout.live(there)[1]
            if not building:
                raise UserError("chỉ mục: một lần dựng lại khác đã xong hoặc bị hủy; chạy lại cotmoc index rebuild")
            return self._write(building, changes, self.layout.building_alias, there)

    def switch_version(self) -> None:
        """Move the alias to the new version in one step, then drop the old one."""
        with spoken(self.where):
            self.layout.switch()

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


def _readable(path: str) -> str:
    """Return the path of a certificate file; UsageError when it cannot be read or holds none: the client would blame the server."""
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:
        raise UsageError(f"COTMOC_ELASTICSEARCH_CA: {path}: không đọc được chứng chỉ ({error.strerror or error}); hãy chỉ tới tệp PEM của CA") from error
    return path


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname or url)


def _both(current: BulkResult, building: BulkResult) -> BulkResult:
    """Of two versions the one that went wrong counts: what the new one lacks would be lost with the switch."""
    pairs = zip(current.items, building.items, strict=True)
    return BulkResult(tuple(new if now.outcome is Outcome.DELIVERED and new.outcome in (Outcome.RETRY, Outcome.REJECTED) else now for now, new in pairs))


def _order() -> list[dict[str, str]]:
    return [{"rank": "desc"}, {"id": "asc"}]


def _parts(lines: Iterable[tuple[int, list[dict[str, Any]], int]]) -> Iterator[Part]:
    """Cut operations into requests of at most about BULK_BYTES."""
    part: Part = []
    size = 0
    for at, operation, weight in lines:
        if part and size + weight > BULK_BYTES:
            yield part
            part, size = [], 0
        part.append((at, operation))
        size += weight
    if part:
        yield part
