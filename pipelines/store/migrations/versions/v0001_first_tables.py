"""The first tables, as they stood on 2026-11-21."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite only counts up by itself in an INTEGER PRIMARY KEY.
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("story", sa.String(length=32), nullable=False),
        sa.Column("article", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=10), nullable=False),
        sa.Column("claim", sa.JSON(), nullable=False),
        sa.Column("claim_type", sa.String(length=8), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=24), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("provinces", sa.JSON(), nullable=False),
        sa.Column("national", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("published", sa.String(length=40), nullable=True),
        sa.Column("raised", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_article"), "alerts", ["article"], unique=False)
    op.create_index("ix_alerts_status_raised", "alerts", ["status", "raised"], unique=False)
    op.create_index(op.f("ix_alerts_story"), "alerts", ["story"], unique=False)
    op.create_index("ix_alerts_tier_raised", "alerts", ["tier", "raised"], unique=False)
    op.create_table(
        "article_provinces",
        sa.Column("article", sa.String(length=32), nullable=False),
        sa.Column("province", sa.String(length=60), nullable=False),
        sa.Column("relation", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("article", "province", name=op.f("pk_article_provinces")),
    )
    op.create_index(
        "ix_article_provinces_province", "article_provinces", ["province", "relation"], unique=False
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sapo", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("captions", sa.JSON(), nullable=False),
        sa.Column("images", sa.JSON(), nullable=False),
        sa.Column("published", sa.String(length=40), nullable=True),
        sa.Column("date_origin", sa.String(length=20), nullable=False),
        sa.Column("date_confidence", sa.Float(), nullable=False),
        sa.Column("modified", sa.String(length=40), nullable=True),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("parser", sa.Text(), nullable=False),
        sa.Column("capture", sa.String(length=32), nullable=True),
        sa.Column("text_hash", sa.String(length=32), nullable=False),
        sa.Column("first_seen", sa.String(length=40), nullable=False),
        sa.Column("places", sa.JSON(), nullable=True),
        sa.Column("assess_outcome", sa.String(length=40), nullable=True),
        sa.Column("assessed_with", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", "revision", name=op.f("pk_articles")),
    )
    op.create_index("ix_articles_assessed_with", "articles", ["assessed_with", "current"], unique=False)
    op.create_index("ix_articles_current_published", "articles", ["current", "published"], unique=False)
    op.create_table(
        "assessments",
        sa.Column("article", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("model_version", sa.String(length=80), nullable=False),
        sa.Column("reference_version", sa.String(length=80), nullable=False),
        sa.Column("tier", sa.String(length=10), nullable=False),
        sa.Column("national", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("provinces", sa.JSON(), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("article", "revision", "model_version", name=op.f("pk_assessments")),
    )
    op.create_index(op.f("ix_assessments_tier"), "assessments", ["tier"], unique=False)
    op.create_table(
        "audit",
        sa.Column("seq", SERIAL, autoincrement=True, nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_table(
        "captures",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("fetched", sa.String(length=40), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("warc_file", sa.Text(), nullable=False),
        sa.Column("warc_offset", sa.BigInteger(), nullable=False),
        sa.Column("warc_length", sa.BigInteger(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("read_outcome", sa.String(length=40), nullable=True),
        sa.Column("read_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
    )
    op.create_index(op.f("ix_captures_fetched"), "captures", ["fetched"], unique=False)
    op.create_index(op.f("ix_captures_read_outcome"), "captures", ["read_outcome"], unique=False)
    op.create_index(op.f("ix_captures_source"), "captures", ["source"], unique=False)
    op.create_index(op.f("ix_captures_url"), "captures", ["url"], unique=False)
    op.create_table(
        "feed_states",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_sha256", sa.String(length=64), nullable=True),
        sa.Column("items_sha256", sa.String(length=64), nullable=True),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("checked", sa.String(length=40), nullable=True),
        sa.Column("full_probe", sa.String(length=40), nullable=True),
        sa.Column("trust", sa.Float(), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_feed_states")),
    )
    op.create_index(op.f("ix_feed_states_source"), "feed_states", ["source"], unique=False)
    op.create_table(
        "frontier",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published", sa.String(length=40), nullable=True),
        sa.Column("modified", sa.String(length=40), nullable=True),
        sa.Column("date_origin", sa.String(length=20), nullable=False),
        sa.Column("sapo", sa.Text(), nullable=False),
        sa.Column("discovered", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.String(length=40), nullable=True),
        sa.Column("recheck", sa.String(length=40), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_frontier")),
    )
    op.create_index(op.f("ix_frontier_host"), "frontier", ["host"], unique=False)
    op.create_index(op.f("ix_frontier_source"), "frontier", ["source"], unique=False)
    op.create_index(op.f("ix_frontier_state"), "frontier", ["state"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "minhashes",
        sa.Column("article", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_minhashes")),
    )
    op.create_table(
        "outbox",
        sa.Column("seq", SERIAL, autoincrement=True, nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.String(length=40), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("delivered", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_key", "outbox", ["topic", "key", "version"], unique=False)
    op.create_index("ix_outbox_pending", "outbox", ["delivered", "topic", "seq"], unique=False)
    op.create_table(
        "papers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("province", sa.String(length=60), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("story", sa.String(length=32), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("started", sa.String(length=40), nullable=False),
        sa.Column("ended", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_table(
        "signatures",
        sa.Column("article", sa.String(length=32), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("article", "band", name=op.f("pk_signatures")),
    )
    op.create_index("ix_signatures_band", "signatures", ["band", "hash"], unique=False)
    op.create_table(
        "source_days",
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "day", name=op.f("pk_source_days")),
    )
    op.create_table(
        "source_states",
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("failures", sa.Float(), nullable=False),
        sa.Column("last_attempt", sa.String(length=40), nullable=True),
        sa.Column("last_success", sa.String(length=40), nullable=True),
        sa.Column("last_item", sa.String(length=40), nullable=True),
        sa.Column("next_poll", sa.String(length=40), nullable=True),
        sa.Column("interval", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_states")),
    )
    op.create_table(
        "stories",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("first_article", sa.String(length=32), nullable=False),
        sa.Column("first_outlet", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("alert", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("analyst", sa.String(length=120), nullable=False),
        sa.Column("decided", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name=op.f("fk_decisions_alert")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_alert"), "decisions", ["alert"], unique=False)
    op.create_table(
        "run_steps",
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_run_steps_run")),
        sa.PrimaryKeyConstraint("run", "position", name=op.f("pk_run_steps")),
    )
    op.create_table(
        "story_articles",
        sa.Column("article", sa.String(length=32), nullable=False),
        sa.Column("story", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name=op.f("fk_story_articles_story")),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_story_articles")),
    )
    op.create_index(op.f("ix_story_articles_story"), "story_articles", ["story"], unique=False)


def downgrade() -> None:
    """Drop all tables."""
    op.drop_index(op.f("ix_story_articles_story"), table_name="story_articles")
    op.drop_table("story_articles")
    op.drop_table("run_steps")
    op.drop_index(op.f("ix_decisions_alert"), table_name="decisions")
    op.drop_table("decisions")
    op.drop_table("stories")
    op.drop_table("source_states")
    op.drop_table("source_days")
    op.drop_index("ix_signatures_band", table_name="signatures")
    op.drop_table("signatures")
    op.drop_table("runs")
    op.drop_table("papers")
    op.drop_index("ix_outbox_pending", table_name="outbox")
    op.drop_index("ix_outbox_key", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("minhashes")
    op.drop_table("meta")
    op.drop_index(op.f("ix_frontier_state"), table_name="frontier")
    op.drop_index(op.f("ix_frontier_source"), table_name="frontier")
    op.drop_index(op.f("ix_frontier_host"), table_name="frontier")
    op.drop_table("frontier")
    op.drop_index(op.f("ix_feed_states_source"), table_name="feed_states")
    op.drop_table("feed_states")
    op.drop_index(op.f("ix_captures_url"), table_name="captures")
    op.drop_index(op.f("ix_captures_source"), table_name="captures")
    op.drop_index(op.f("ix_captures_read_outcome"), table_name="captures")
    op.drop_index(op.f("ix_captures_fetched"), table_name="captures")
    op.drop_table("captures")
    op.drop_table("audit")
    op.drop_index(op.f("ix_assessments_tier"), table_name="assessments")
    op.drop_table("assessments")
    op.drop_index("ix_articles_current_published", table_name="articles")
    op.drop_index("ix_articles_assessed_with", table_name="articles")
    op.drop_table("articles")
    op.drop_index("ix_article_provinces_province", table_name="article_provinces")
    op.drop_table("article_provinces")
    op.drop_index("ix_alerts_tier_raised", table_name="alerts")
    op.drop_index(op.f("ix_alerts_story"), table_name="alerts")
    op.drop_index("ix_alerts_status_raised", table_name="alerts")
    op.drop_index(op.f("ix_alerts_article"), table_name="alerts")
    op.drop_table("alerts")
