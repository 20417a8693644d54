"""robots.txt kept between runs: at most a day (RFC 9309, 2.4), longer only while the host does not give it out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from crawlers.exchange import Exchange
from pipelines.store import Store, robots
from pipelines.store.rows import moment

# RFC 9309, 2.4: not longer than 24 hours, "unless the robots.txt file is unreachable".
LONGEST, SHORTEST = timedelta(hours=24), timedelta(hours=1)
# A copy this old is no longer the host's word, reachable or not.
TOO_OLD = timedelta(days=7)
# RFC 9309, 2.5: at least 500 KiB must be read.
MAX_ROBOTS = 512_000
_DIRECTIVE = re.compile(r"(?i)^\s*(user-agent|allow|disallow|crawl-delay|request-rate|sitemap)\s*:")
_MAX_AGE = re.compile(r"(?i)\bmax-age\s*=\s*(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Kept:
    """The directives of a host as last read."""

    rules: str
    checked: datetime
    fresh: bool


class Book(Protocol):
    """Where rules are kept; both methods may block."""

    def get(self, host: str) -> Kept | None:
        """Return what is kept of a host, unless it is too old for any use."""

    def put(self, host: str, rules: str, answer: Exchange) -> None:
        """Keep the rules that an answer gave."""


class StoreBook:
    """The book in the store, at the moment `now` of a run."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        self._now = now

    def get(self, host: str) -> Kept | None:
        """Return what is kept of a host, unless it is a week old."""
        with self._store.read() as conn:
            row = robots.get(conn, host)
        checked, expires = (moment(row["checked"]), moment(row["expires"])) if row else (None, None)
        if row is None or checked is None or expires is None or self._now - checked > TOO_OLD:
            return None
        return Kept(row["rules"], checked, checked <= self._now < expires)

    def put(self, host: str, rules: str, answer: Exchange) -> None:
        """Keep rules for a day, or for the shorter time that the server asks for (at least an hour)."""
        found = _MAX_AGE.search(answer.header("cache-control"))
        stay = min(max(timedelta(seconds=int(found[1])), SHORTEST), LONGEST) if found else LONGEST
        with self._store.begin() as conn:
            robots.save(conn, host, rules, answer.status, self._now, self._now + stay)


def directives(body: bytes) -> str:
    """Return the lines of a robots.txt that say something; none of a web page that stands in its place.

    Comments go: they may name people, and nothing follows from them.
    """
    text = body[:MAX_ROBOTS].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        return ""
    return "\n".join(line.split("#", 1)[0].strip() for line in text.splitlines() if _DIRECTIVE.match(line))
