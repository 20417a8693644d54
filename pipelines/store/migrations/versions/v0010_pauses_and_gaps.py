"""How long a host asked to be left alone outlives the run, and between which times a feed may have lost stories (2026-11-21)."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table and two columns."""
    op.create_table(
        "host_pauses",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("until", sa.String(length=40), nullable=False),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host_pauses")),
    )
    op.add_column("feed_states", sa.Column("missed_from", sa.String(length=40), nullable=True))
    op.add_column("feed_states", sa.Column("missed_to", sa.String(length=40), nullable=True))


def downgrade() -> None:
    """Take all of it away again."""
    op.drop_column("feed_states", "missed_to")
    op.drop_column("feed_states", "missed_from")
    op.drop_table("host_pauses")
