"""Tables of collecting: sources and their feeds, addresses, captures and what the network told of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table, Text

from pipelines.store.schema_base import metadata

source_states = Table(
    "source_states", metadata,
    Column("source", String(120), primary_key=True),
    Column("status", String(40), nullable=False, default="new"),
    Column("reason", Text, nullable=False, default=""),
    Column("failures", Float, nullable=False, default=0.0),
    Column("last_attempt", String(40)),
    Column("last_success", String(40)),
    Column("last_item", String(40)),
    Column("next_poll", String(40)),
    Column("interval", Integer, nullable=False, default=3600),
)

feed_states = Table(
    "feed_states", metadata,
    Column("url", Text, primary_key=True),
    Column("source", String(120), nullable=False, index=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_sha256", String(64)),
    Column("items_sha256", String(64)),
    Column("item_count", Integer, nullable=False, default=0),
    Column("status", Integer),
    Column("outcome", String(40), nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("checked", String(40)),
    Column("full_probe", String(40)),
    Column("trust", Float, nullable=False, default=1.0),
    Column("moved_to", Text),
    # What tells a feed that is alive from one that only answers: other addresses of known stories (they may change alone),
    # the newest stated date, when that date last advanced, how many new items came since, and the longest usual pause
    # between the dates of its last full answer (seconds).
    Column("aliases_sha256", String(64)),
    Column("newest", String(40)),
    Column("advanced", String(40)),
    Column("stale", Integer),
    Column("pause", Integer),
    # Between which times stories may have come and gone unseen: the last answer had nothing in common with those before.
    Column("missed_from", String(40)),
    Column("missed_to", String(40)),
)

# robots.txt of each host, as long as RFC 9309 lets us keep it; `rules` holds directives only, no comments.
robots = Table(
    "robots", metadata,
    Column("host", String(255), primary_key=True),
    Column("checked", String(40), nullable=False),
    Column("expires", String(40), nullable=False),
    Column("status", Integer, nullable=False, default=0),
    Column("rules", Text, nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
)

# Not before `until` is a host asked again: because it said so (`blocked` 1: 429, 503) or because of its long Crawl-delay.
host_pauses = Table(
    "host_pauses", metadata,
    Column("host", String(255), primary_key=True),
    Column("until", String(40), nullable=False),
    Column("blocked", Integer, nullable=False, default=0),
    Column("reason", Text, nullable=False, default=""),
)

# What each source gave per day (UTC): the trend line and the alarm of a source that dries up.
source_days = Table(
    "source_days", metadata,
    Column("source", String(120), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("failures", Integer, nullable=False, default=0),
)

# Addresses to fetch: each ends in one state and is never lost.
frontier = Table(
    "frontier", metadata,
    Column("url", Text, primary_key=True),
    Column("source", String(120), nullable=False, index=True),
    Column("host", String(255), nullable=False, index=True),
    Column("title", Text, nullable=False, default=""),
    Column("published", String(40)),
    Column("modified", String(40)),
    Column("date_origin", String(20), nullable=False, default="none"),
    Column("sapo", Text, nullable=False, default=""),
    Column("discovered", String(40), nullable=False),
    Column("state", String(20), nullable=False, default="pending", index=True),
    Column("outcome", String(40), nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_try", String(40)),
    Column("recheck", String(40)),
    Column("etag", Text),
    Column("last_modified", Text),
    # What the page came as: marks of title, text and the address it was sent to; whether it carries its headline.
    Column("mark_title", String(16)),
    Column("mark_text", String(16)),
    Column("mark_sent", String(16)),
    Column("named", Integer),
    # Trend lines of all sources at once.
    Index("ix_frontier_discovered", "discovered", "source"),
)

captures = Table(
    "captures", metadata,
    Column("id", String(32), primary_key=True),
    Column("url", Text, nullable=False, index=True),
    Column("final_url", Text, nullable=False),
    Column("source", String(120), nullable=False, index=True),
    Column("fetched", String(40), nullable=False, index=True),
    Column("status", Integer, nullable=False),
    Column("content_type", Text, nullable=False, default=""),
    Column("body_sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("warc_file", Text, nullable=False),
    Column("warc_offset", BigInteger, nullable=False),
    Column("warc_length", BigInteger, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("read_outcome", String(40), index=True),
    Column("read_reason", Text, nullable=False, default=""),
)

# Certificates of servers as they were shown, host and organisation only; many captures share one.
certificates = Table(
    "certificates", metadata,
    Column("sha256", String(64), primary_key=True),
    Column("subject", Text, nullable=False, default=""),
    Column("organisation", Text, nullable=False, default=""),
    Column("issuer", Text, nullable=False, default=""),
    Column("valid_from", String(40)),
    Column("valid_to", String(40)),
)

# Name, way and clock of the exchange behind a capture; none for captures out of WARC files of others.
network_facts = Table(
    "network_facts", metadata,
    Column("capture", String(32), primary_key=True),
    Column("address", String(64), nullable=False, default=""),
    Column("resolver_ms", Float),
    Column("tls_version", String(20), nullable=False, default=""),
    Column("cipher", String(80), nullable=False, default=""),
    Column("certificate", String(64)),
    Column("server_date", String(40)),
    Column("clock_offset", Float),
)

# Pictures of articles that raised an alert: where each ended, and its capture.
article_images = Table(
    "article_images", metadata,
    Column("article", String(32), primary_key=True),
    Column("url", Text, primary_key=True),
    Column("capture", String(32)),
    Column("outcome", String(40), nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_try", String(40)),
)
