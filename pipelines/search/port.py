"""The index as the rest of the house sees it: one port, two engines, the same answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from pipelines.errors import UserError
from pipelines.search.tree import Node

# Both engines count hits up to here and page no deeper; `SearchResult.more` says that there are more.
COUNT_LIMIT = 10_000
# In place of the checksum of a document that stands in a part where it does not belong, cannot be read, or is not found or counted as it says.
MISPLACED = "sai phần"
# What `facets` can count; `day` is the timeline in local days.
FACETS = ("outlet", "lang", "kind", "type", "verdict", "tier", "about", "mention", "ref", "status", "day")


class Outcome(StrEnum):
    """What became of one change that was handed to the index."""

    DELIVERED = "delivered"
    STALE = "stale"
    RETRY = "retry"
    REJECTED = "rejected"


class IndexUnavailable(UserError):
    """The engine as a whole takes nothing now: down, wrong password, read-only. `cause` is a short stable name."""

    def __init__(self, message: str, cause: str) -> None:
        super().__init__(message)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Change:
    """A document's state as of `version`; None deletes it. A version never overwrites a higher one."""

    id: str
    version: int
    document: Mapping[str, Any] | None
    # Compound words of its text, only with the setting `index_words` (worded.py); found by `word:`.
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemResult:
    """The outcome of one change, with the engine's reason when it did not arrive."""

    id: str
    version: int
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BulkResult:
    """Outcomes in the order of the changes."""

    items: tuple[ItemResult, ...]

    def count(self, outcome: Outcome) -> int:
        """Return how many changes ended so."""
        return sum(item.outcome is outcome for item in self.items)


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found; `marks` are spans of `snippet` that answer the question, `document` is all of it."""

    id: str
    title: str
    outlet: str
    published: str | None
    tier: str
    url: str
    snippet: str
    marks: tuple[tuple[int, int], ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits newest first; `total` counts up to COUNT_LIMIT, `more` tells that it stopped there."""

    hits: list[Hit]
    total: int
    more: bool = False


class Index(Protocol):
    """What an engine must do. All methods raise IndexUnavailable when the engine is away, QueryError for a bad question."""

    name: str

    def setup(self) -> None:
        """Make templates and the first index version if they are not there; harmless when they are."""

    def bulk(self, changes: Sequence[Change]) -> BulkResult:
        """Write changes; item by item, so that one bad document stops no other. Visible to search on return."""

    def search(self, query: str | Node, limit: int = 20, offset: int = 0) -> SearchResult:
        """Return hits, newest first; an empty question finds everything."""

    def scan(self, query: str | Node) -> Iterator[Mapping[str, Any]]:
        """Give every document that matches, newest first, from one point in time."""

    def facets(
        self, query: str | Node, fields: Sequence[str] = FACETS, limit: int = 50
    ) -> dict[str, list[tuple[str, int]]]:
        """Count matching articles by field value, most frequent first (days: newest first)."""

    def parts(self) -> dict[str, int]:
        """Return how many documents each part holds (document.part_of), by name of part."""

    def drop(self, part: str) -> int:
        """Forget a whole part at once, in all versions; returns how many documents it held. None there: 0."""

    def count(self) -> int:
        """Return how many documents the current version holds."""

    def checksums(self) -> Iterator[tuple[str, str]]:
        """Give id and checksum of every document, recomputed from what is stored, by id; MISPLACED when not what is found or counted."""

    def faults(self, *, words: bool = False) -> list[str]:
        """Name, one line each, what is wrong beside the documents: counts, full text; with `words`, texts without compound words."""

    def delete(self, changes: Iterable[tuple[str, int]]) -> BulkResult:
        """Delete documents by id and version."""

    def start_version(self) -> str:
        """Make an empty new index version; from now on `bulk` writes to it as well. An abandoned one is dropped."""

    def fill(self, changes: Sequence[Change]) -> BulkResult:
        """Write changes to the new version only."""

    def switch_version(self) -> None:
        """Answer from the new version at once, and drop the old one."""

    def close(self) -> None:
        """Give connections back."""
