"""The charts of an issue: what the period's stories are about, and how much there was in the last seven periods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Text, and_, cast, func, or_, select

from dashboards.digest.themes import OTHER, THEMES
from dashboards.reports.records import Chart
from pipelines.clock import local
from pipelines.store.rows import moment, stamp
from pipelines.store.schema import alerts, article_provinces, articles

PERIODS = 7


def charts(themes: Counter[str], days: Mapping[str, tuple[int, int]]) -> tuple[Chart, ...]:
    """Return the charts that have anything to show; none on a week without news."""
    found = []
    if any(themes.values()):
        order = [name for name, _words in THEMES] + [OTHER]
        rows = [(name, themes[name]) for name in order if themes[name]]
        found.append(Chart("Tin trong kỳ theo chủ đề (mỗi tin tính một lần)", tuple(n for n, _ in rows), (("tin", tuple(c for _, c in rows)),), over_time=False))
    if any(articles + claims for articles, claims in days.values()):
        series = (("bài", tuple(a for a, _ in days.values())), ("nội dung cần đối chiếu", tuple(c for _, c in days.values())))
        found.append(Chart(f"Bài và nội dung cần đối chiếu trong {PERIODS} kỳ gần nhất (ngày kết thúc kỳ)", tuple(days), series))
    return tuple(found)


def week(conn: Connection, names: Collection[str], ours: Any, end: datetime) -> dict[str, tuple[int, int]]:
    """Return {day: (articles, claims raised)} of the last seven periods that end at the hour of `end`, oldest first.

    `ours` is the condition under which an alert is the office's.
    """
    start = end - timedelta(days=PERIODS)
    first, last = stamp(start), stamp(end)
    about = select(article_provinces.c.article).where(article_provinces.c.relation == "about", article_provinces.c.province.in_(names))
    national = cast(articles.c.places, Text).contains('"national": true')
    when = func.coalesce(articles.c.published, articles.c.first_seen)
    query = select(when).where(and_(articles.c.current == 1, when >= first, when < last, or_(articles.c.id.in_(about), national)))
    found = Counter(_slot(at, end) for at in conn.execute(query).scalars())
    # A claim counts on the day of its article, as in the box of the page.
    said = func.coalesce(alerts.c.published, alerts.c.raised)
    raised = Counter(_slot(at, end) for at in conn.execute(select(said).where(ours, said >= first, said < last)).scalars())
    slots = [end - timedelta(days=n) for n in reversed(range(PERIODS))]
    return {f"{local(slot):%d/%m}": (found[n], raised[n]) for n, slot in zip(reversed(range(PERIODS)), slots, strict=True)}


def _slot(stored: str, end: datetime) -> int:
    """How many periods before the one that ends at `end` a moment lies."""
    at = moment(stored)
    assert at is not None
    return int((end - at - timedelta(microseconds=1)) // timedelta(days=1))
