"""Other ways into a source: when its own ones gave nothing, and when a feed no longer holds what came between two polls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from crawlers.fetch import Fetcher
from crawlers.gaps import reaches
from crawlers.health import own_outage
from crawlers.polling import Poll
from crawlers.registry import ListPage, Source
from pipelines.store import Store
from pipelines.store.feeds import ANSWERED

States = Mapping[str, Sequence[Mapping[str, Any]]]


def backups(polls: Sequence[Poll], fetcher: Fetcher, sources: Sequence[Source], states: States, delay: float, now: datetime) -> list[Poll]:
    """Return the backup lists of the sources whose every other way failed or came empty; none while we are offline.

    And of those with a gap between two answers all ways to what came in between: backup and history lists, archives.
    """
    if own_outage(polls):
        return []
    gave = {poll.source.id for poll in polls if poll.outcome in ANSWERED and poll.outcome != "empty"}
    made: list[Poll] = []
    for source in sources:
        known = {row["url"]: dict(row) for row in states[source.id]}
        asked = {poll.url for poll in polls if poll.source.id == source.id}
        gaps = [poll.gap for poll in polls if poll.source.id == source.id and poll.gap is not None]
        since = min(gap.begin for gap in gaps) if gaps else None
        ways: list[tuple[str, str, ListPage | None]] = []
        if since is not None and not reaches(polls, source.id):
            ways += [(page.url, "list", page) for page in source.lists if page.url not in asked or page.older]
            ways += [(url, "sitemap", None) for url in source.archives if url not in asked]
        elif source.id not in gave:
            ways += [(page.url, "list", page) for page in source.lists if page.when == "backup" and page.url not in asked]
        for url, kind, page in ways:
            state = known.get(url, {"url": url, "trust": None})
            made.append(Poll(fetcher, source, url, kind, state, delay, page, now, since=since))
    return made


def settle(store: Store, polls: Sequence[Poll], made: Sequence[Poll]) -> None:
    """Take back the gaps of sources that were read back to what was known by another way.

    No word of them where that way is asked at every poll; where it had to be asked for that, health says so.
    """
    for poll in polls:
        if poll.gap is None or poll in made or not reaches(polls, poll.source.id):
            continue
        poll.fill(store)
        if not any(poll.source.id == other.source.id for other in made):
            poll.gap = None
