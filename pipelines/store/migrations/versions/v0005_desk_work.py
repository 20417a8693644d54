"""Work at the desk: assignment, notes, mentions, what was seen, saved filters, second looks, undo (2026-11-21)."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAME, ID, TIME = sa.String(length=120), sa.String(length=32), sa.String(length=40)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDICES = (
    ("alerts", ("status", "tier", "story", "published", "confidence", "version"), "ix_alerts_inbox"),
    ("alerts", ("raised",), "ix_alerts_raised"),
    ("articles", ("current", "published", "lang", "source"), "ix_articles_overview"),
    ("frontier", ("discovered", "source"), "ix_frontier_discovered"),
    ("decisions", ("decided",), "ix_decisions_decided"),
    ("decisions", ("batch",), "ix_decisions_batch"),
    ("papers", ("story",), "ix_papers_story"),
    ("decisions", ("analyst", "decided"), "ix_decisions_analyst_decided"),
    ("alert_work", ("assignee",), "ix_alert_work_assignee"),
    ("alert_events", ("alert",), "ix_alert_events_alert"),
    ("alert_events", ("at",), "ix_alert_events_at"),
    ("notes", ("alert",), "ix_notes_alert"),
    ("notes", ("at",), "ix_notes_at"),
    ("mentions", ("analyst", "read"), "ix_mentions_analyst"),
    ("saved_filters", ("analyst",), "ix_saved_filters_analyst"),
    ("second_looks", ("alert",), "ix_second_looks_alert"),
    ("second_looks", ("second", "answered"), "ix_second_looks_second"),
)


def upgrade() -> None:
    """Make the tables, and let a decision say what it changed and when it was taken back."""
    for name, kind in (("before", TIME), ("status", TIME), ("batch", ID), ("undone", TIME)):
        op.add_column("decisions", sa.Column(name, kind, nullable=True))
    op.create_table(
        "api_buckets",
        sa.Column("caller", sa.String(length=64), nullable=False),
        sa.Column("left", sa.Float(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("caller", name=op.f("pk_api_buckets")),
    )
    op.create_table(
        "alert_work",
        sa.Column("alert", ID, nullable=False),
        sa.Column("assignee", NAME, nullable=False),
        sa.Column("due", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name=op.f("fk_alert_work_alert")),
        sa.PrimaryKeyConstraint("alert", name=op.f("pk_alert_work")),
    )
    op.create_table(
        "alert_events",
        sa.Column("seq", SERIAL, autoincrement=True, nullable=False),
        sa.Column("alert", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("analyst", NAME, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_alert_events")),
    )
    op.create_table(
        "notes",
        sa.Column("id", ID, nullable=False),
        sa.Column("alert", ID, nullable=False),
        sa.Column("analyst", NAME, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name=op.f("fk_notes_alert")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_table(
        "mentions",
        sa.Column("note", ID, nullable=False),
        sa.Column("analyst", NAME, nullable=False),
        sa.Column("read", TIME, nullable=True),
        sa.ForeignKeyConstraint(["note"], ["notes.id"], name=op.f("fk_mentions_note")),
        sa.PrimaryKeyConstraint("note", "analyst", name=op.f("pk_mentions")),
    )
    op.create_table(
        "seen",
        sa.Column("analyst", NAME, nullable=False),
        sa.Column("alert", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("analyst", "alert", name=op.f("pk_seen")),
    )
    op.create_table(
        "visits",
        sa.Column("analyst", NAME, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("previous", TIME, nullable=True),
        sa.PrimaryKeyConstraint("analyst", name=op.f("pk_visits")),
    )
    op.create_table(
        "saved_filters",
        sa.Column("id", ID, nullable=False),
        sa.Column("analyst", NAME, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
    )
    op.create_table(
        "second_looks",
        sa.Column("decision", ID, nullable=False),
        sa.Column("alert", ID, nullable=False),
        sa.Column("first", NAME, nullable=False),
        sa.Column("first_outcome", TIME, nullable=False),
        sa.Column("chosen", TIME, nullable=False),
        sa.Column("second", NAME, nullable=False),
        sa.Column("outcome", TIME, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered", TIME, nullable=True),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name=op.f("fk_second_looks_alert")),
        sa.PrimaryKeyConstraint("decision", name=op.f("pk_second_looks")),
    )
    for table, columns, name in INDICES:
        op.create_index(name, table, list(columns), unique=False)
    op.drop_index("ix_articles_current_published", table_name="articles")


def downgrade() -> None:
    """Drop all of it."""
    op.drop_table("api_buckets")
    op.create_index("ix_articles_current_published", "articles", ["current", "published"], unique=False)
    for table, _columns, name in reversed(INDICES):
        op.drop_index(name, table_name=table)
    for table in ("second_looks", "saved_filters", "visits", "seen", "mentions", "notes", "alert_events", "alert_work"):
        op.drop_table(table)
    with op.batch_alter_table("decisions") as batch:
        for name in ("undone", "batch", "status", "before"):
            batch.drop_column(name)
