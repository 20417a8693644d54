"""Tables of the store. Times are UTC text in ISO 8601, so that SQLite and PostgreSQL order them alike.

No column names a person: the only people in the store are the office's own staff (`decisions.analyst`, `users`).
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from pipelines.store.schema_base import Serial as Serial
from pipelines.store.schema_base import metadata as metadata
from pipelines.store.schema_collecting import article_images as article_images
from pipelines.store.schema_collecting import captures as captures
from pipelines.store.schema_collecting import certificates as certificates
from pipelines.store.schema_collecting import feed_states as feed_states
from pipelines.store.schema_collecting import frontier as frontier
from pipelines.store.schema_collecting import host_pauses as host_pauses
from pipelines.store.schema_collecting import network_facts as network_facts
from pipelines.store.schema_collecting import robots as robots
from pipelines.store.schema_collecting import source_days as source_days
from pipelines.store.schema_collecting import source_states as source_states

articles = Table(
    "articles", metadata,
    Column("id", String(32), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("current", Integer, nullable=False, default=1),
    Column("url", Text, nullable=False),
    Column("canonical", Text, nullable=False),
    Column("source", String(120), nullable=False),
    Column("outlet", Text, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("lang", String(8), nullable=False),
    Column("title", Text, nullable=False),
    Column("sapo", Text, nullable=False, default=""),
    Column("body", Text, nullable=False),
    Column("captions", JSON, nullable=False),
    Column("images", JSON, nullable=False),
    Column("published", String(40)),
    Column("date_origin", String(20), nullable=False),
    Column("date_confidence", Float, nullable=False),
    Column("modified", String(40)),
    Column("section", Text, nullable=False, default=""),
    Column("parser", Text, nullable=False, default=""),
    Column("capture", String(32)),
    Column("text_hash", String(32), nullable=False),
    Column("first_seen", String(40), nullable=False),
    Column("places", JSON),
    Column("assess_outcome", String(40)),
    Column("assessed_with", String(80)),
    # Holds all that the overview counts, so that no article is read for it.
    Index("ix_articles_overview", "current", "published", "lang", "source"),
    Index("ix_articles_assessed_with", "assessed_with", "current"),
)

article_provinces = Table(
    "article_provinces", metadata,
    Column("article", String(32), primary_key=True),
    Column("province", String(60), primary_key=True),
    Column("relation", String(10), nullable=False),
    Index("ix_article_provinces_province", "province", "relation"),
)

stories = Table(
    "stories", metadata,
    Column("id", String(32), primary_key=True),
    Column("first_article", String(32), nullable=False),
    Column("first_outlet", Text, nullable=False),
)

story_articles = Table(
    "story_articles", metadata,
    Column("article", String(32), primary_key=True),
    Column("story", String(32), ForeignKey("stories.id"), nullable=False, index=True),
)

# One row per MinHash band of an article: an equal (band, hash) makes two articles candidates.
signatures = Table(
    "signatures", metadata,
    Column("article", String(32), primary_key=True),
    Column("band", Integer, primary_key=True),
    Column("hash", BigInteger, nullable=False),
    Index("ix_signatures_band", "band", "hash"),
)

minhashes = Table(
    "minhashes", metadata,
    Column("article", String(32), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("values", LargeBinary, nullable=False),
)

assessments = Table(
    "assessments", metadata,
    Column("article", String(32), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("model_version", String(80), primary_key=True),
    Column("reference_version", String(80), nullable=False),
    Column("tier", String(10), nullable=False, index=True),
    Column("national", Integer, nullable=False, default=0),
    Column("reason", Text, nullable=False, default=""),
    Column("provinces", JSON, nullable=False),
    Column("claims", JSON, nullable=False),
)

alerts = Table(
    "alerts", metadata,
    Column("id", String(32), primary_key=True),
    Column("story", String(32), nullable=False, index=True),
    Column("article", String(32), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("tier", String(10), nullable=False),
    Column("claim", JSON, nullable=False),
    Column("claim_type", String(8), nullable=False),
    Column("role", String(20), nullable=False),
    Column("verdict", String(24), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("provinces", JSON, nullable=False),
    Column("national", Integer, nullable=False, default=0),
    Column("title", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("published", String(40)),
    Column("raised", String(40), nullable=False),
    Column("status", String(40), nullable=False, default="mới"),
    Column("version", Integer, nullable=False, default=1),
    Index("ix_alerts_status_raised", "status", "raised"),
    Index("ix_alerts_tier_raised", "tier", "raised"),
    Index("ix_alerts_inbox", "status", "tier", "story", "published", "confidence", "version"),
    Index("ix_alerts_raised", "raised"),
)

decisions = Table(
    "decisions", metadata,
    Column("id", String(32), primary_key=True),
    Column("alert", String(32), ForeignKey("alerts.id"), nullable=False, index=True),
    Column("outcome", String(40), nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False, default=""),
    Column("analyst", String(120), nullable=False),
    Column("decided", String(40), nullable=False),
    # State before and after, the posts that belong together, and when the analyst took it back (the row stays).
    Column("before", String(40)),
    Column("status", String(40)),
    Column("batch", String(32)),
    Column("undone", String(40)),
    Index("ix_decisions_decided", "decided"),
    Index("ix_decisions_batch", "batch"),
    Index("ix_decisions_analyst_decided", "analyst", "decided"),
)

# Who works on an alert, until when.
alert_work = Table(
    "alert_work", metadata,
    Column("alert", String(32), ForeignKey("alerts.id"), primary_key=True),
    Column("assignee", String(120), nullable=False, default="", index=True),
    Column("due", String(10)),
)

# What else was done on an alert: assignment, date, undo, second look. Rows are only added.
alert_events = Table(
    "alert_events", metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("alert", String(32), nullable=False, index=True),
    Column("at", String(40), nullable=False, index=True),
    Column("analyst", String(120), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("details", JSON, nullable=False),
)

notes = Table(
    "notes", metadata,
    Column("id", String(32), primary_key=True),
    Column("alert", String(32), ForeignKey("alerts.id"), nullable=False, index=True),
    Column("analyst", String(120), nullable=False),
    Column("at", String(40), nullable=False, index=True),
    Column("text", Text, nullable=False),
)

# Colleagues whom a note names; `read` when the named one opened the story.
mentions = Table(
    "mentions", metadata,
    Column("note", String(32), ForeignKey("notes.id"), primary_key=True),
    Column("analyst", String(120), primary_key=True),
    Column("read", String(40)),
    Index("ix_mentions_analyst", "analyst", "read"),
)

# The version of an alert that an analyst has opened: newer ones are unread.
seen = Table(
    "seen", metadata,
    Column("analyst", String(120), primary_key=True),
    Column("alert", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
)

# The current visit of an analyst's inbox and the one before it.
visits = Table(
    "visits", metadata,
    Column("analyst", String(120), primary_key=True),
    Column("at", String(40), nullable=False),
    Column("previous", String(40)),
)

# Filters of the inbox under a name: the query string of its address.
saved_filters = Table(
    "saved_filters", metadata,
    Column("id", String(32), primary_key=True),
    Column("analyst", String(120), nullable=False, index=True),
    Column("name", String(80), nullable=False),
    Column("query", Text, nullable=False),
    Column("shared", Integer, nullable=False, default=0),
)

# Decisions shown blind to a second analyst; `second` empty: whoever comes first. Agreement is counted from here.
second_looks = Table(
    "second_looks", metadata,
    Column("decision", String(32), primary_key=True),
    Column("alert", String(32), ForeignKey("alerts.id"), nullable=False, index=True),
    Column("first", String(120), nullable=False),
    Column("first_outcome", String(40), nullable=False),
    Column("chosen", String(40), nullable=False),
    Column("second", String(120), nullable=False, default=""),
    Column("outcome", String(40)),
    Column("reason", Text, nullable=False, default=""),
    Column("answered", String(40)),
    # Version of the alert that the decision made: who has read that one or a later one cannot judge blind.
    Column("version", Integer),
    Index("ix_second_looks_second", "second", "answered"),
)

# Deliveries owed, written in the transaction of their cause.
outbox = Table(
    "outbox", metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("topic", String(40), nullable=False),
    Column("key", String(64), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
    Column("created", String(40), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_try", String(40)),
    Column("last_error", Text, nullable=False, default=""),
    Column("delivered", String(40)),
    Index("ix_outbox_pending", "delivered", "topic", "seq"),
    Index("ix_outbox_key", "topic", "key", "version"),
)

runs = Table(
    "runs", metadata,
    Column("id", String(32), primary_key=True),
    Column("command", Text, nullable=False),
    Column("started", String(40), nullable=False),
    Column("ended", String(40)),
)

run_steps = Table(
    "run_steps", metadata,
    Column("run", String(32), ForeignKey("runs.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("step", String(40), nullable=False),
    Column("entered", Integer, nullable=False),
    Column("outcomes", JSON, nullable=False),
)

# What left the office: digests and evidence packs.
papers = Table(
    "papers", metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("province", String(60), nullable=False),
    Column("day", String(10), nullable=False),
    Column("story", String(32)),
    Column("path", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("made", String(40), nullable=False),
    Column("status", String(20), nullable=False, default="dự thảo"),
    Index("ix_papers_story", "story"),
)

# Append-only and hash-chained: `hash` covers `previous` and all other fields.
audit = Table(
    "audit", metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("action", String(60), nullable=False),
    Column("object", Text, nullable=False),
    Column("details", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

# Saved searches; an enabled one is a watch. `desk` empty: shared. `channel` empty: all channels of the office.
watches = Table(
    "watches", metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("desk", String(120), nullable=False, default=""),
    Column("query", Text, nullable=False),
    Column("channel", String(30), nullable=False, default=""),
    Column("made", String(40), nullable=False),
    Column("enabled", String(40)),
)

# Programs that may read the API; of a token only its SHA-256 is kept.
clients = Table(
    "clients", metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("token_sha256", String(64), nullable=False, unique=True),
    Column("made", String(40), nullable=False),
    Column("revoked", String(40)),
)

# The office's own staff. `key` is the folded name: no two users whose names look alike; names are never used again.
users = Table(
    "users", metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("key", String(120), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    # argon2id with its salt and parameters; empty: no password yet, or one who comes in through the office's OIDC.
    Column("password", Text, nullable=False, default=""),
    Column("password_set", String(40)),
    # Sealed with the data folder's key, so that a copy of the database alone gives no codes.
    Column("totp", Text, nullable=False, default=""),
    Column("totp_since", String(40)),
    # The time step of the last code that opened: a code opens once.
    Column("totp_step", BigInteger, nullable=False, default=0),
    Column("subject", String(255), unique=True),
    Column("made", String(40), nullable=False),
    Column("seen", String(40)),
    Column("disabled", String(40)),
)

# `id` is the SHA-256 of the cookie: a copy of the table opens nothing.
sessions = Table(
    "sessions", metadata,
    Column("id", String(64), primary_key=True),
    Column("staff", String(32), ForeignKey("users.id"), nullable=False, index=True),
    Column("made", String(40), nullable=False),
    Column("seen", String(40), nullable=False),
    Column("expires", String(40), nullable=False),
    Column("way", String(20), nullable=False),
    Column("address", String(64), nullable=False, default=""),
    Column("browser", String(200), nullable=False, default=""),
    Column("ended", String(40)),
)

# Codes that work once: first administrator (`setup`), new password (`reset`), lost telephone (`recovery`). Hashes only.
tickets = Table(
    "tickets", metadata,
    Column("hash", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("staff", String(32), ForeignKey("users.id"), index=True),
    Column("made", String(40), nullable=False),
    Column("expires", String(40)),
    Column("used", String(40)),
)

# Failed attempts to come in, by name and by address (hashed), so that a restart does not forget them.
throttles = Table(
    "throttles", metadata,
    Column("key", String(64), primary_key=True),
    Column("failures", Integer, nullable=False, default=0),
    Column("since", String(40), nullable=False),
    Column("until", String(40)),
)

# How many requests each caller of the API has left (pipelines/store/rates.py); with SQLite kept in a file of its own.
api_buckets = Table(
    "api_buckets", metadata,
    Column("caller", String(64), primary_key=True),
    Column("left", Float, nullable=False),
    Column("at", Float, nullable=False),
    Column("taken", Integer, nullable=False),
)

meta = Table(
    "meta", metadata,
    Column("key", String(60), primary_key=True),
    Column("value", Text, nullable=False),
)
