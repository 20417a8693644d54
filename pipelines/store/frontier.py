"""The frontier: every address that was ever named by a source, waiting, done or given up, and never lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from pipelines.store.rows import insert_once, moment, stamp
from pipelines.store.schema import frontier

PENDING = "pending"
DONE = "done"
DEAD = "dead"

# An article is looked at again so long after it was found: most edits come within hours.
RECHECKS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(hours=72))
# Waiting times after failures that may pass; then the address is given up, with its reason kept.
RETRIES = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12), timedelta(hours=24))
GIVE_UP = timedelta(days=7)
# An address that is gone is asked for again for some days: sites lose their pages and find them again.
GIVE_UP_GONE = timedelta(days=3)
# A page that came without words gets one more look.
LATE_LOOK = timedelta(days=7)
# Found so long after its date, a story is history and says nothing of how much an outlet publishes now.
OLD_NEWS = timedelta(days=3)
# SQLite takes 32,766 variables in one statement; PostgreSQL 65,535.
_CHUNK = 500
_RANK = {"sitemap": 1, "feed": 2}


@dataclass(frozen=True, slots=True)
class Found:
    """An address as a feed, sitemap or list page named it."""

    url: str
    source: str
    host: str
    title: str = ""
    sapo: str = ""
    published: datetime | None = None
    date_origin: str = "none"
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """An address that is to be fetched now; `etag` and `last_modified` are set for a second look."""

    url: str
    source: str
    host: str
    title: str
    sapo: str
    published: datetime | None
    discovered: datetime
    attempts: int
    again: bool
    etag: str | None
    last_modified: str | None


def add(conn: Connection, found: Iterable[Found], now: datetime) -> int:
    """Insert addresses; return how many were new. Known ones learn what they lacked, and edits are looked at again."""
    items = list({item.url: item for item in reversed(list(found))}.values())[::-1]
    new = 0
    for start in range(0, len(items), _CHUNK):
        part = items[start : start + _CHUNK]
        query = select(frontier).where(frontier.c.url.in_([item.url for item in part]))
        known = {str(row["url"]): dict(row) for row in conn.execute(query).mappings()}
        fresh = [_row(item, now) for item in part if item.url not in known]
        new += insert_once(conn, frontier, fresh) if fresh else 0
        for item in part:
            values = _learnt(known[item.url], item, now) if item.url in known else {}
            if values:
                conn.execute(update(frontier).where(frontier.c.url == item.url).values(**values))
    return new


def _row(item: Found, now: datetime) -> dict[str, Any]:
    return {
        "url": item.url, "source": item.source, "host": item.host, "title": item.title, "sapo": item.sapo,
        "published": stamp(item.published), "modified": stamp(item.modified), "date_origin": item.date_origin,
        "discovered": stamp(now), "state": PENDING, "outcome": "", "reason": "", "attempts": 0,
    }  # fmt: skip


def _learnt(row: Mapping[str, Any], item: Found, now: datetime) -> dict[str, Any]:
    """Return the columns that `item` changes in a known row: a date it lacked, an edit that sends us there again."""
    values: dict[str, Any] = {}
    done = row["state"] == DONE
    if row["source"] == item.source and _RANK.get(item.date_origin, 0) > _RANK.get(row["date_origin"], 0):
        # A feed says more than a sitemap, and that more than a list: the same whichever was asked first.
        values |= {"title": item.title or row["title"], "sapo": item.sapo or row["sapo"], "date_origin": item.date_origin}
        values |= {"published": stamp(item.published) or row["published"]}
    elif item.published is not None and row["published"] is None:
        values |= {"published": stamp(item.published), "date_origin": item.date_origin, "sapo": item.sapo or row["sapo"]}
    if item.modified is not None and (row["modified"] or "") < (stamp(item.modified) or ""):
        # An outlet that says when it changed an article (Atom, SGGP's <updated>, lastmod of a sitemap).
        values |= {"modified": stamp(item.modified)} | ({"recheck": stamp(now)} if done else {})
    # List pages and feeds shorten titles each in their way: only like is compared with like, and two list pages of
    # one outlet tease the same article in different words (html/meth04, March 2026).
    alike = row["source"] == item.source and row["date_origin"] == item.date_origin != "none"
    if done and item.title and item.title != row["title"] and alike:
        values |= {"title": item.title, "sapo": item.sapo, "recheck": stamp(now)}
    return values


def due(conn: Connection, now: datetime, sources: Collection[str] | None = None, limit: int = 50_000) -> list[Due]:
    """Return the addresses to fetch now: waiting ones first, then second looks; hosts take turns."""
    at = stamp(now)
    waiting = and_(frontier.c.state == PENDING, or_(frontier.c.next_try.is_(None), frontier.c.next_try <= at))
    again = and_(frontier.c.state == DONE, frontier.c.recheck.is_not(None), frontier.c.recheck <= at)
    turn = func.row_number().over(
        partition_by=frontier.c.host, order_by=(frontier.c.state.desc(), frontier.c.discovered, frontier.c.url)
    )
    query = select(frontier, turn.label("turn")).where(or_(waiting, again))
    if sources is not None:
        query = query.where(frontier.c.source.in_(sources))
    rows = conn.execute(query.order_by("turn", frontier.c.host).limit(limit)).mappings()
    return list(_due(rows))


def named(conn: Connection, urls: Collection[str]) -> list[Due]:
    """Return the given addresses, whatever their state: a person asked for them."""
    rows = conn.execute(select(frontier).where(frontier.c.url.in_(urls)).order_by(frontier.c.url)).mappings()
    return list(_due(rows))


def _due(rows: Iterable[Any]) -> Iterator[Due]:
    for row in rows:
        found = moment(row["discovered"])
        assert found is not None
        yield Due(
            row["url"], row["source"], row["host"], row["title"], row["sapo"], moment(row["published"]), found,
            row["attempts"], row["state"] == DONE, row["etag"], row["last_modified"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fetched:
    """An address that was fetched, with its outcome; `odd` says why there was little to read."""

    item: Due
    outcome: str
    etag: str | None = None
    last_modified: str | None = None
    odd: str = ""


def done(conn: Connection, fetched: Collection[Fetched], now: datetime) -> None:
    """Close addresses that were fetched, and plan the next look at each; one statement for all of them."""
    if fetched:
        columns = ("state", "outcome", "reason", "attempts", "next_try", "recheck", "etag", "last_modified")
        change = update(frontier).where(frontier.c.url == bindparam("at")).values({name: bindparam(f"new_{name}") for name in columns})
        conn.execute(change, [_closed(each, now) for each in fetched])


def _closed(each: Fetched, now: datetime) -> dict[str, Any]:
    item, odd = each.item, each.odd
    looks = (*RECHECKS, LATE_LOOK) if odd else RECHECKS
    later = next((item.discovered + gap for gap in looks if item.discovered + gap > now), None)
    values: dict[str, Any] = {
        "state": DONE, "outcome": each.outcome, "reason": odd, "attempts": 0, "next_try": None,
        "recheck": stamp(later), "etag": each.etag, "last_modified": each.last_modified,
    }  # fmt: skip
    return {"at": item.url, **{f"new_{name}": value for name, value in values.items()}}


def failed(
    conn: Connection, item: Due, outcome: str, reason: str, now: datetime, *, final: bool, wait: float | None = None,
    patience: timedelta = GIVE_UP, soon: bool = False,
) -> None:
    """Note a failure: give the address up when `final` or tried for longer than `patience`, else plan the next try.

    `soon`: a second look that told nothing is repeated after the shortest pause, and not at its next regular time.
    """
    attempts = item.attempts + 1
    values: dict[str, Any] = {"outcome": outcome, "reason": reason, "attempts": attempts}
    if item.again:
        # The article is captured; only its second look failed.
        later = next((item.discovered + gap for gap in RECHECKS if item.discovered + gap > now), None)
        values |= {"recheck": None if final else stamp(now + RETRIES[0] if soon else later)}
    elif final or (attempts > len(RETRIES) and now - item.discovered > patience):
        values |= {"state": DEAD, "next_try": None}
    else:
        pause = max(RETRIES[min(attempts, len(RETRIES)) - 1], timedelta(seconds=wait or 0))
        values |= {"next_try": stamp(now + pause)}
    conn.execute(update(frontier).where(frontier.c.url == item.url).values(**values))


def outcome(conn: Connection, url: str) -> tuple[str, str] | None:
    """Return the last outcome and reason of an address, or None for one never met."""
    row = conn.execute(select(frontier.c.outcome, frontier.c.reason).where(frontier.c.url == url)).first()
    return (row.outcome, row.reason) if row else None


def unknown(conn: Connection, urls: Collection[str]) -> set[str]:
    """Return those of `urls` that were never named."""
    found, wanted = set(urls), list(urls)
    for start in range(0, len(wanted), _CHUNK):
        found -= set(conn.execute(select(frontier.c.url).where(frontier.c.url.in_(wanted[start : start + _CHUNK]))).scalars())
    return found


def hosts_read(conn: Connection, source: str) -> set[str]:
    """Return the hosts from which pages of a source were fetched."""
    return set(conn.execute(select(frontier.c.host).distinct().where(frontier.c.source == source, frontier.c.state == DONE)).scalars())


def same_titles(conn: Connection, source: str, items: Iterable[Any]) -> Iterator[tuple[Any, list[tuple[str, str | None]]]]:
    """Yield those of `items` (with `url` and `title`) that are not known, beside (address, date) of known ones so titled."""
    named = [item for item in items if item.title]
    urls: set[str] = set()
    titles: dict[str, list[tuple[str, str | None]]] = {}
    for start in range(0, len(named), _CHUNK):
        part = named[start : start + _CHUNK]
        query = select(frontier.c.url).where(frontier.c.url.in_([item.url for item in part]))
        urls |= set(conn.execute(query).scalars())
    fresh = [item for item in named if item.url not in urls]
    for start in range(0, len(fresh), _CHUNK):
        part = fresh[start : start + _CHUNK]
        known = select(frontier.c.title, frontier.c.url, frontier.c.published).where(
            frontier.c.source == source, frontier.c.title.in_([item.title for item in part])
        )
        for row in conn.execute(known):
            titles.setdefault(row.title, []).append((row.url, row.published))
    return ((item, titles[item.title]) for item in fresh if item.title in titles)


def lately(conn: Connection, source: str, now: datetime, limit: int = 12) -> list[tuple[str, str]]:
    """Return (outcome, reason) of the newest addresses of a source that were asked for, newest first, of three days."""
    query = (
        select(frontier.c.outcome, frontier.c.reason)
        .where(frontier.c.source == source, frontier.c.outcome != "", frontier.c.discovered >= stamp(now - timedelta(days=3)))
        .order_by(frontier.c.discovered.desc(), frontier.c.url)
    )
    return [(row.outcome, row.reason) for row in conn.execute(query.limit(limit))]


def found_at(conn: Connection, source: str, now: datetime, days: int = 84) -> list[datetime]:
    """Return when the items of a source were found in the last `days` days; old stories (history) do not count.

    When there are none, the last one of all.
    """
    query = select(frontier.c.discovered, frontier.c.published).where(
        frontier.c.source == source, frontier.c.discovered >= stamp(now - timedelta(days=days))
    )
    found = []
    for row in conn.execute(query):
        at, published = moment(row.discovered), moment(row.published)
        if at is not None and (published is None or at - published < OLD_NEWS):
            found.append(at)
    if found:
        return found
    last = moment(conn.execute(select(func.max(frontier.c.discovered)).where(frontier.c.source == source)).scalar())
    return [last] if last else []


def youngest(conn: Connection, source: str, now: datetime, fewest: int) -> timedelta | None:
    """Return how old by its own date the youngest of the newest stories of a feed was when it was found, of three days.

    None when fewer than `fewest` have a date. An outlet whose stories all seem hours old writes its dates in another zone.
    """
    query = select(frontier.c.discovered, frontier.c.published).where(
        frontier.c.source == source, frontier.c.date_origin == "feed", frontier.c.published.is_not(None),
        frontier.c.discovered >= stamp(now - timedelta(days=3)),
    )  # fmt: skip
    ages = []
    for row in conn.execute(query.order_by(frontier.c.discovered.desc()).limit(4 * fewest)):
        at, published = moment(row.discovered), moment(row.published)
        if at is not None and published is not None:
            ages.append(at - published)
    return min(ages) if len(ages) >= fewest else None


def waiting(conn: Connection, source: str, since: datetime) -> int:
    """Return how many addresses of a source were found before `since` and have never been asked for."""
    named = (frontier.c.source == source, frontier.c.state == PENDING, frontier.c.outcome == "")
    return int(conn.execute(select(func.count()).where(*named, frontier.c.discovered < stamp(since))).scalar_one())


def known_before(conn: Connection, urls: Collection[str], now: datetime) -> set[str]:
    """Return those of `urls` that were found in an earlier round than that of `now`."""
    every, known = sorted(urls), set[str]()
    for start in range(0, len(every), _CHUNK):
        part = every[start : start + _CHUNK]
        query = select(frontier.c.url).where(frontier.c.url.in_(part), frontier.c.discovered < stamp(now))
        known |= set(conn.execute(query).scalars())
    return known


def hosts_owed(conn: Connection, hosts: Collection[str], now: datetime) -> set[str]:
    """Return those of `hosts` with pages that wait for their first look and may be asked for now."""
    waiting = and_(frontier.c.state == PENDING, or_(frontier.c.next_try.is_(None), frontier.c.next_try <= stamp(now)))
    return set(conn.execute(select(frontier.c.host).distinct().where(frontier.c.host.in_(hosts), waiting)).scalars())


def counts(conn: Connection) -> dict[str, int]:
    """Return how many addresses are in each state."""
    rows = conn.execute(select(frontier.c.state, func.count().label("number")).group_by(frontier.c.state))
    return {row.state: row.number for row in rows}


def blank_summaries(conn: Connection, urls: Any) -> None:
    """Empty what feeds said of addresses that were fetched; `urls` is a question for them, or a list."""
    conn.execute(update(frontier).where(frontier.c.url.in_(urls), frontier.c.sapo != "", frontier.c.state != PENDING).values(sapo=""))


def blank_old_summaries(conn: Connection, before: datetime) -> None:
    """Empty what feeds said of addresses found before `before`, whatever became of them."""
    conn.execute(update(frontier).where(frontier.c.discovered < stamp(before), frontier.c.sapo != "", frontier.c.state != PENDING).values(sapo=""))
