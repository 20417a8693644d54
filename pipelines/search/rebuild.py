"""The index against the store: filling a new version from it without downtime, and finding where the two differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, case, delete, func, select

from pipelines.deliver import AWAY
from pipelines.records import Places
from pipelines.search.document import checksum, document_of
from pipelines.search.port import BulkResult, Change, Index, Outcome
from pipelines.store import Store, alerts, articles, assessments, outbox, stories
from pipelines.store.schema import articles as article_table
from pipelines.store.schema import meta
from pipelines.store.schema import outbox as outbox_table

PART = 200
# How many differing ids are kept to be shown.
SHOWN = 10


def states(conn: Connection, after: str = "") -> Iterator[Change]:
    """Give what the index ought to hold, by id: the document of every article that went through the assess step.

    Of an article whose newest revision still waits for that step, it is the last revision that did not.
    """
    assessed = article_table.c.assessed_with.is_not(None)
    query = (
        select(
            article_table.c.id,
            func.max(article_table.c.revision).label("last"),
            func.max(case((article_table.c.current == 1, article_table.c.revision))).label("current"),
        )
        .where(assessed)
        .group_by(article_table.c.id)
        .order_by(article_table.c.id)
        .limit(PART)
    )
    while True:
        ids = conn.execute(query.where(article_table.c.id > after)).all()
        for id_, last, current in ids:
            yield state(conn, id_, current or last)
        if len(ids) < PART:
            return
        after = ids[-1].id


def state(conn: Connection, id_: str, revision: int) -> Change:
    """Return the document of one current article with the version of its last message.

    The version is read first: a change between the two reads leaves a newer document under an older version,
    which its own message then overwrites, and never the other way round.
    """
    version = conn.execute(
        select(func.max(outbox_table.c.version)).where(outbox_table.c.topic == "index", outbox_table.c.key == id_)
    ).scalar()
    article = articles.get(conn, id_, revision)
    assert article is not None
    story = stories.story_of(conn, id_) or id_
    document = document_of(
        article, _places(conn, id_, revision), assessments.of_article(conn, id_, revision),
        alerts.statuses_of_story(conn, story), story=story, seen=articles.first_seen(conn, id_),
    )  # fmt: skip
    return Change(id_, version or 1, document)


def _places(conn: Connection, id_: str, revision: int) -> Places | None:
    query = select(article_table.c.places).where(article_table.c.id == id_, article_table.c.revision == revision)
    found = conn.execute(query).scalar()
    return Places.model_validate(found) if found else None


@dataclass
class Rebuilt:
    """What went into the new version, and what its engine did not take (id and reason)."""

    documents: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def rebuild(store: Store, index: Index, advance: Callable[[int], None] = lambda _done: None) -> Rebuilt:
    """Fill a new index version from the store and switch to it; searching and delivery go on meanwhile.

    Delivery writes to both versions while the new one is built. Killed half-way, the old version keeps answering
    and the next rebuild drops what was left. After a change of the embedded format there is no old version:
    searching and delivery rest until the switch (IndexUnavailable).
    """
    index.start_version()
    result = Rebuilt()
    with store.read() as conn:
        done = _drops(conn)
        part: list[Change] = []
        for change in states(conn):
            part.append(change)
            if len(part) == PART:
                _note(result, index.fill(part))
                advance(result.documents)
                part = []
        if part:
            _note(result, index.fill(part))
            advance(result.documents)
    with store.read() as conn:
        # What was dropped meanwhile may have been filled in from what the store held at the beginning.
        for key in sorted(_drops(conn) - done):
            index.drop(key[0].removeprefix(outbox.DROP))
    index.switch_version()
    with store.begin() as conn:
        # The index is there again: what waits for it is tried at once, and nobody is told any more that it is away.
        conn.execute(delete(meta).where(meta.c.key == AWAY))
    return result


def lacking(conn: Connection, held: int) -> int:
    """Return how many of the store's articles at least must be absent from an index of `held` documents; cheap (an index of the table).

    What is still owed may be absent; an article whose newest revision is not assessed yet is not counted.
    """
    assessed = article_table.c.assessed_with.is_not(None) & (article_table.c.current == 1)
    ours = conn.execute(select(func.count()).select_from(article_table).where(assessed)).scalar_one()
    return max(0, ours - outbox.owed(conn, "index") - held)


def _drops(conn: Connection) -> set[tuple[str, int]]:
    """Return key and version of the messages that dropped a part of the index and have arrived."""
    arrived = outbox_table.c.delivered.is_not(None) & outbox_table.c.key.startswith(outbox.DROP)
    query = select(outbox_table.c.key, outbox_table.c.version).where(outbox_table.c.topic == "index", arrived)
    return {(row.key, row.version) for row in conn.execute(query)}


def _note(result: Rebuilt, written: BulkResult) -> None:
    for item in written.items:
        if item.outcome in (Outcome.DELIVERED, Outcome.STALE):
            result.documents += 1
        else:
            result.refused.append((item.id, item.reason))


@dataclass
class Verified:
    """Counts of both sides, differences with the first ids of each kind, and messages still owed."""

    in_store: int = 0
    in_index: int = 0
    missing: int = 0
    surplus: int = 0
    different: int = 0
    owed: int = 0
    examples: dict[str, list[str]] = field(default_factory=dict)
    # What is wrong in the index beside its documents, a line each.
    faults: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Tell whether the index holds exactly what the store says."""
        return not (self.missing or self.surplus or self.different or self.faults)

    def note(self, kind: str, id_: str) -> None:
        """Count one difference of `kind`."""
        setattr(self, kind, getattr(self, kind) + 1)
        shown = self.examples.setdefault(kind, [])
        if len(shown) < SHOWN:
            shown.append(id_)


def verify(store: Store, index: Index, advance: Callable[[int], None] = lambda _done: None) -> Verified:
    """Walk both sides by id and compare the checksums of their documents, recomputed on either side; and ask the index for its own faults."""
    result = Verified(faults=index.faults())
    with store.read() as conn:
        result.owed = outbox.owed(conn, "index")
        ours = ((change.id, checksum(change.document or {})) for change in states(conn))
        theirs = index.checksums()
        left, right = next(ours, None), next(theirs, None)
        while left is not None or right is not None:
            if right is None or (left is not None and left[0] < right[0]):
                assert left is not None
                result.in_store += 1
                result.note("missing", left[0])
                left = next(ours, None)
            elif left is None or right[0] < left[0]:
                result.in_index += 1
                result.note("surplus", right[0])
                right = next(theirs, None)
            else:
                result.in_store += 1
                result.in_index += 1
                if left[1] != right[1]:
                    result.note("different", left[0])
                left, right = next(ours, None), next(theirs, None)
            if (result.in_store + result.in_index) % PART == 0:
                advance(result.in_store)
    return result
