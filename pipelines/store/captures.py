"""Captures: one row per HTTP exchange in a WARC, and what the reading step made of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from pipelines.records import Article, Capture
from pipelines.store.rows import insert_once, moment, stamp
from pipelines.store.schema import article_images, captures, certificates, frontier
from pipelines.store.schema import network_facts as facts_table

_FIELDS = tuple(Capture.model_fields)
# `read_outcome` of a picture's capture: it is evidence beside an article and never read as one.
IMAGE = "image"
# `read_outcome` of the page of a cited instrument: kept beside the claims, never read as an article.
INSTRUMENT = "instrument"
# `read_reason` of a page that declares as its own the address of another article: it was kept under the address it came from.
SHARED_CANONICAL = "địa chỉ chuẩn (rel=canonical) là của bài khác; giữ theo địa chỉ đã tải"


@dataclass(frozen=True, slots=True)
class Hint:
    """What the feed, sitemap or list page said of an article before its page was read."""

    title: str = ""
    sapo: str = ""
    published: datetime | None = None
    date_origin: str = "none"


def add(conn: Connection, found: Iterable[Capture]) -> int:
    """Insert captures; those that are there already (same URL and body) stay as they are. Return how many were new."""
    rows = [{**capture.model_dump(), "fetched": stamp(capture.fetched)} for capture in found]
    return insert_once(conn, captures, rows)


def known(conn: Connection, ids: Collection[str]) -> set[str]:
    """Return which of `ids` are stored."""
    return set(conn.execute(select(captures.c.id).where(captures.c.id.in_(ids))).scalars())


def latest(conn: Connection, url: str) -> tuple[str, str] | None:
    """Return id and body hash of the newest capture of an address, or None."""
    query = select(captures.c.id, captures.c.body_sha256).where(captures.c.url == url)
    row = conn.execute(query.order_by(captures.c.fetched.desc(), captures.c.id).limit(1)).first()
    return (row.id, row.body_sha256) if row else None


def add_facts(conn: Connection, capture_id: str, facts: Mapping[str, Any], certificate: Mapping[str, Any] | None) -> None:
    """Keep what the network told of a capture (columns of `network_facts`), and the server's certificate once."""
    add_all_facts(conn, {capture_id: facts}, [certificate] if certificate else [])


def add_all_facts(conn: Connection, facts: Mapping[str, Mapping[str, Any]], shown: Iterable[Mapping[str, Any]]) -> None:
    """Keep what the network told of many captures (id → columns of `network_facts`), and each certificate once."""
    insert_once(conn, certificates, list(shown))
    insert_once(conn, facts_table, [{"capture": key, **row} for key, row in facts.items()])


def network_facts(conn: Connection, capture_id: str) -> dict[str, Any] | None:
    """Return what the network told of a capture, or None when nothing was recorded (WARC files of others, posts).

    Keys: `address`, `resolver_ms`, `tls_version`, `cipher` (empty for plain HTTP), `server_date` (UTC text of the Date
    header), `clock_offset` (seconds by which the server's clock was ahead of ours, to the second), `certificate`: None
    or a dict of `sha256`, `subject` (host name), `organisation`, `issuer`, `valid_from`, `valid_to`.
    """
    row = conn.execute(select(facts_table).where(facts_table.c.capture == capture_id)).mappings().first()
    if row is None:
        return None
    found = {name: row[name] for name in row if name != "capture"}
    shown = conn.execute(select(certificates).where(certificates.c.sha256 == row["certificate"])).mappings().first()
    return found | {"certificate": dict(shown) if shown else None}


def images_of(conn: Connection, article: Article) -> list[Capture]:
    """Return the stored pictures of an article, in the order of its text; only articles with an alert have any."""
    query = (
        select(article_images.c.url.label("named"), captures)
        .join(captures, captures.c.id == article_images.c.capture)
        .where(article_images.c.article == article.id)
    )
    rows = {row["named"]: row for row in conn.execute(query).mappings()}
    wanted = dict.fromkeys([*(image.url for image in article.images), *sorted(rows)])
    return [Capture.model_validate({name: rows[url][name] for name in _FIELDS}) for url in wanted if url in rows]


def _one(query: Select[tuple[object, ...]], conn: Connection) -> list[Capture]:
    rows = conn.execute(query).mappings()
    return [Capture.model_validate({name: row[name] for name in _FIELDS}) for row in rows]


def get(conn: Connection, capture_id: str) -> Capture | None:
    """Return the capture of that id, or None."""
    return next(iter(_one(select(captures).where(captures.c.id == capture_id), conn)), None)


def unread(conn: Connection, sources: Collection[str] | None = None, limit: int = 100_000) -> list[Capture]:
    """Return captures that nobody has read yet, oldest first; only of `sources` when given."""
    query = select(captures).where(captures.c.read_outcome.is_(None))
    if sources is not None:
        query = query.where(captures.c.source.in_(sources))
    return _one(query.order_by(captures.c.fetched, captures.c.id).limit(limit), conn)


def mark_read(conn: Connection, capture_id: str, outcome: str, reason: str = "") -> None:
    """Note in which outcome the reading of a capture ended."""
    conn.execute(update(captures).where(captures.c.id == capture_id).values(read_outcome=outcome, read_reason=reason))


def counted(conn: Connection, source: str, reason: str, since: datetime) -> int:
    """Return how many captures of a source since then were read with that reason."""
    query = select(func.count()).select_from(captures)
    return int(conn.execute(query.where(captures.c.source == source, captures.c.read_reason == reason, captures.c.fetched >= stamp(since))).scalar_one())


def hint(conn: Connection, capture: Capture) -> Hint | None:
    """Return what was said of the capture's address where it was found, or None (manual address, foreign WARC)."""
    row = conn.execute(select(frontier).where(frontier.c.url == capture.url)).mappings().first()
    if row is None:
        return None
    return Hint(row["title"], row["sapo"], moment(row["published"]), row["date_origin"])


def end_of(conn: Connection, warc_file: str) -> int:
    """Return the offset behind the last committed record of `warc_file`; 0 when none is."""
    end = func.max(captures.c.warc_offset + captures.c.warc_length)
    return conn.execute(select(end).where(captures.c.warc_file == warc_file)).scalar() or 0


def warc_ends(conn: Connection) -> dict[str, int]:
    """Return for each WARC file (relative to the data folder) the offset behind its last committed record."""
    end = func.max(captures.c.warc_offset + captures.c.warc_length)
    query = select(captures.c.warc_file, end).where(captures.c.warc_file != "").group_by(captures.c.warc_file)
    return {name: int(offset) for name, offset in conn.execute(query).tuples()}
