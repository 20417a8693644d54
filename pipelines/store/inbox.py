"""The inbox: alerts gathered into stories, narrowed, counted by facet, and what an analyst has not read yet."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import compress
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    cast,
    distinct,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)

from pipelines.store.alerts import LOOKING, NEW, WAITING, from_row
from pipelines.store.rows import stamp
from pipelines.store.schema import (
    alert_events,
    alert_work,
    alerts,
    articles,
    decisions,
    notes,
    seen,
    story_articles,
)
from pipelines.store.second_looks import hidden_from, owed

# What still waits for somebody; `all` narrows nothing.
OPEN, ALL = "open", "all"
OPEN_STATUSES = (NEW, LOOKING, WAITING)
PLAIN = ("tier", "claim_type", "verdict", "outlet")
FACETS = ("tier", "status", *PLAIN[1:], "province")
NATIONAL = "national"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the inbox is narrowed by; an empty field narrows nothing. `status` also takes `open` and `all`.

    `unread` and `changed` are about `analyst`: not opened since it last changed; changed by others since a moment.
    """

    status: str = OPEN
    tier: str = ""
    province: str = ""
    claim_type: str = ""
    verdict: str = ""
    outlet: str = ""
    assignee: str = ""
    analyst: str = ""
    unread: bool = False
    changed: datetime | None = None
    # Published (else raised) at or after; language of the article.
    since: datetime | None = None
    lang: str = ""
    # Alerts that `analyst` has yet to judge blind; None: not asked yet (`settled`).
    hidden: frozenset[str] | None = None


def settled(conn: Connection, wanted: Wanted) -> Wanted:
    """Return `wanted` with what its analyst must not see asked once, for a page that asks for several things of it."""
    if wanted.hidden is not None or not wanted.analyst:
        return wanted
    return replace(wanted, hidden=frozenset(hidden_from(conn, wanted.analyst)))


def _province(name: str) -> ColumnElement[bool]:
    # Profiles are plain ASCII names, so their JSON form is the same text in both databases. National topics that are
    # about no province matter to every profile (CODEBOOK, province); a commune sees what its province sees.
    text = cast(alerts.c.provinces, Text)
    everywhere = and_(alerts.c.national == 1, text == "[]")
    if name == NATIONAL:
        return alerts.c.national == 1
    chain = {name, name.split("/")[0]}
    return or_(*(text.contains(json.dumps(one), autoescape=True) for one in sorted(chain)), everywhere)


def _unread(analyst: str) -> ColumnElement[bool]:
    opened = and_(seen.c.analyst == analyst, seen.c.alert == alerts.c.id, seen.c.version >= alerts.c.version)
    return ~exists().where(opened).correlate(alerts)


def _changed(analyst: str, since: datetime) -> ColumnElement[bool]:
    at = stamp(since)
    others = (
        select(decisions.c.alert).where(decisions.c.decided >= at, decisions.c.analyst != analyst),
        select(alert_events.c.alert).where(alert_events.c.at >= at, alert_events.c.analyst != analyst),
        select(notes.c.alert).where(notes.c.at >= at, notes.c.analyst != analyst),
    )
    return or_(alerts.c.raised >= at, *(alerts.c.id.in_(query) for query in others))


def _where(wanted: Wanted) -> ColumnElement[bool]:
    # What an analyst has yet to judge blind is not in their lists: its state would tell the first answer.
    clauses: list[ColumnElement[bool]] = []
    if wanted.hidden is None and wanted.analyst:
        clauses.append(alerts.c.id.not_in(owed(wanted.analyst)))
    elif wanted.hidden:
        clauses.append(alerts.c.id.not_in(sorted(wanted.hidden)))
    if wanted.status != ALL:
        clauses.append(alerts.c.status.in_(OPEN_STATUSES) if wanted.status == OPEN else alerts.c.status == wanted.status)
    clauses += [alerts.c[name] == getattr(wanted, name) for name in PLAIN if getattr(wanted, name)]
    if wanted.province:
        clauses.append(_province(wanted.province))
    if wanted.assignee:
        clauses.append(alerts.c.id.in_(select(alert_work.c.alert).where(alert_work.c.assignee == wanted.assignee)))
    if wanted.since:
        clauses.append(func.coalesce(alerts.c.published, alerts.c.raised) >= stamp(wanted.since))
    if wanted.lang:
        written = and_(articles.c.id == alerts.c.article, articles.c.revision == alerts.c.revision, articles.c.lang == wanted.lang)
        clauses.append(exists().where(written).correlate(alerts))
    if wanted.unread:
        clauses.append(_unread(wanted.analyst))
    if wanted.changed:
        clauses.append(_changed(wanted.analyst, wanted.changed))
    return and_(*clauses) if clauses else true()


def count(conn: Connection, wanted: Wanted) -> int:
    """Return how many stories `stories` would page through."""
    return conn.execute(select(func.count(distinct(alerts.c.story))).where(_where(wanted))).scalar_one()


def facets(conn: Connection, wanted: Wanted) -> dict[str, list[tuple[str, int]]]:
    """Return stories per value of each facet, the most first, each facet counted as if it alone were not narrowed."""
    return counted(conn, wanted)[0]


def counted(conn: Connection, wanted: Wanted) -> tuple[dict[str, list[tuple[str, int]]], int]:
    """Return the facets, and how many stories `stories` would page through.

    What is listed is read once and counted here; only a facet that is itself narrowed asks the database again. A desk with few
    open among many closed alerts reads only the open ones (2026-11-21).
    """
    wanted = settled(conn, wanted)
    columns = [alerts.c[name] for name in ("story", *FACETS[:-1])]
    rows = conn.execute(select(*columns, *_PLACES).where(_where(wanted))).all()
    listed = list(zip(*rows, strict=True)) or [()] * (len(columns) + len(_PLACES))
    found: dict[str, dict[str, int]] = {}
    for number, name in enumerate(FACETS[:-1], start=1):
        free = _freed(wanted, name)
        if free == wanted:
            found[name] = _stories_of(listed[number], listed[0])
        else:
            query = select(alerts.c[name], func.count(distinct(alerts.c.story))).where(_where(free)).group_by(alerts.c[name])
            found[name] = dict(conn.execute(query).tuples().all())
    found["province"] = provinces(conn, wanted) if wanted.province else _places(zip(listed[0], listed[-2], listed[-1], strict=True))
    return {name: sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))[:80] for name, sums in found.items()}, len(set(listed[0]))


def _stories_of(values: Sequence[str], stories: Sequence[str]) -> dict[str, int]:
    """Return in how many stories each value stands; most stories have one alert and need no comparing (a tenth of the time)."""
    times = Counter(stories)
    several = [times[story] > 1 for story in stories] if len(times) < len(stories) else []
    sums = Counter(value for value, more in zip(values, several, strict=True) if not more) if several else Counter(values)
    sums.update(value for value, _ in set(compress(zip(values, stories, strict=True), several)))
    return sums


_PLACES = (cast(alerts.c.provinces, Text), alerts.c.national)


def provinces(conn: Connection, wanted: Wanted) -> dict[str, int]:
    """Return stories per province (and `national`), as if `wanted` were not narrowed by it."""
    query = select(alerts.c.story, *_PLACES).where(_where(_freed(wanted, "province")))
    return _places(conn.execute(query).tuples())


def _places(rows: Iterable[tuple[str, str, int]]) -> dict[str, int]:
    found: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for story, raw, national in rows:
        found[raw, national].add(story)
    sums: defaultdict[str, set[str]] = defaultdict(set)
    for (raw, national), told in found.items():
        for name in (*json.loads(raw), *([NATIONAL] if national else [])):
            sums[name] |= told
    return {name: len(told) for name, told in sums.items()}


def _freed(wanted: Wanted, facet: str) -> Wanted:
    free: dict[str, Any] = {facet: ALL if facet == "status" else ""}
    return replace(wanted, **free)


def stories(conn: Connection, wanted: Wanted, *, limit: int, offset: int = 0, newest: bool = False) -> list[str]:
    """Return ids of stories: flags first, then by day of publication, most certain first (`newest`: by time alone)."""
    when = func.max(func.coalesce(alerts.c.published, alerts.c.raised))
    surest, worst = func.max(alerts.c.confidence), func.min(alerts.c.tier)
    order = (when.desc(), surest.desc()) if newest else (worst, func.substr(when, 1, 10).desc(), surest.desc(), when.desc())
    query = select(alerts.c.story).where(_where(wanted)).group_by(alerts.c.story).order_by(*order, alerts.c.story)
    return list(conn.execute(query.limit(limit).offset(offset)).scalars())


@dataclass(frozen=True, slots=True)
class Item:
    """One story of the inbox: its alerts within the filter (worst first), how many articles carry it, what is new."""

    story: str
    alerts: tuple[Any, ...]
    versions: dict[str, int]
    copies: int
    notes: int
    unread: bool
    assignee: str
    due: str

    @property
    def picks(self) -> list[str]:
        """The alerts as a form names them, `id:version`."""
        return [f"{id}:{version}" for id, version in self.versions.items()]


def items(conn: Connection, ids: Sequence[str], wanted: Wanted) -> list[Item]:
    """Return the stories `ids` in that order, with six queries however many they are."""
    if not ids:
        return []
    by_story: dict[str, list[Any]] = {}
    chosen = select(alerts).where(alerts.c.story.in_(ids), _where(wanted)).order_by(alerts.c.tier, alerts.c.confidence.desc(), alerts.c.id)
    for row in conn.execute(chosen).mappings():
        by_story.setdefault(row["story"], []).append(row)
    named = [row["id"] for rows in by_story.values() for row in rows]
    copies = _counts(conn, story_articles.c.story, list(ids))
    written = _counts(conn, notes.c.alert, named)
    opened = dict(
        conn.execute(select(seen.c.alert, seen.c.version).where(seen.c.analyst == wanted.analyst, seen.c.alert.in_(named))).tuples().all()
    )
    work = {row.alert: row for row in conn.execute(select(alert_work).where(alert_work.c.alert.in_(named)))}
    return [_item(story, by_story[story], copies, written, opened, work) for story in ids if story in by_story]


def _item(
    story: str, rows: list[Any], copies: dict[str, int], written: dict[str, int], opened: dict[str, int], work: dict[str, Any]
) -> Item:
    mine = [work[row["id"]] for row in rows if row["id"] in work]
    return Item(
        story=story, alerts=tuple(from_row(row) for row in rows), versions={row["id"]: row["version"] for row in rows},
        copies=copies.get(story, 1), notes=sum(written.get(row["id"], 0) for row in rows),
        unread=any(opened.get(row["id"], 0) < row["version"] for row in rows),
        assignee=next((one.assignee for one in mine if one.assignee), ""), due=min((one.due for one in mine if one.due), default=""),
    )  # fmt: skip


def _counts(conn: Connection, column: Any, ids: list[str]) -> dict[str, int]:
    query = select(column, func.count(literal_column("1"))).where(column.in_(ids)).group_by(column)
    return dict(conn.execute(query).tuples().all())


def unread(conn: Connection, analyst: str, hidden: frozenset[str] | None = None) -> int:
    """Return how many stories with open alerts `analyst` has not opened since they last changed."""
    return count(conn, Wanted(analyst=analyst, unread=True, hidden=hidden))


def raised_since(conn: Connection, since: datetime) -> int:
    """Return how many stories got an alert after `since`."""
    return conn.execute(select(func.count(distinct(alerts.c.story))).where(alerts.c.raised > stamp(since))).scalar_one()
