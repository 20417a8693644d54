"""Do the declared selectors still match what an outlet serves? One answer from what was read, one from a live page.

`selector_trouble` is for the health of sources: a source whose selectors stopped matching is still read, by the
fallback, and nobody would notice that sapô, captions and boxes are guessed from then on.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from crawlers.registry import Registry, Source
from pipelines.clock import local
from pipelines.extract.declared import ASSUMED
from pipelines.store.rows import stamp
from pipelines.store.schema import articles

FEWEST = 3
SHARE = 0.5


def declares(source: Source, moment: datetime) -> str:
    """Return the version of the selectors that must match pages of `moment`, or an empty string when none is sure.

    Of selectors that are only assumed a miss says nothing about a change.
    """
    version = source.selectors_on(local(moment).date())
    return version.version if version is not None and version.body and not version.version.startswith(ASSUMED) else ""


def missed(parser: str, version: str) -> bool:
    """Tell whether an article was read by another way than the selectors of `version`."""
    return f" selectors:{version}" not in parser


def selector_trouble(conn: Connection, registry: Registry, now: datetime, since: datetime) -> dict[str, str]:
    """Return source → reason in Vietnamese for the sources whose selectors missed most of the articles first seen since."""
    wanted = {source.id: version for source in registry if (version := declares(source, now))}
    if not wanted:
        return {}
    counts: dict[str, list[int]] = {}
    query = (
        select(articles.c.source, articles.c.parser, func.count())
        .where(articles.c.first_seen >= stamp(since), articles.c.source.in_(list(wanted)))
        .group_by(articles.c.source, articles.c.parser)
    )
    for name, parser, count in conn.execute(query):
        seen = counts.setdefault(name, [0, 0])
        seen[0] += count if missed(parser, wanted[name]) else 0
        seen[1] += count
    return {
        name: f"bộ chọn không còn khớp: {bad}/{total} bài từ {local(since):%d/%m %H:%M} phải đọc bằng cách dự phòng"
        for name, (bad, total) in counts.items()
        if total >= FEWEST and bad > SHARE * total
    }
