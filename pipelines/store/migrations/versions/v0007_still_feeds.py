"""Feeds learn their own rhythm: the longest usual pause between the dates of the last full answer (2026-11-21)."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add one column."""
    op.add_column("feed_states", sa.Column("pause", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("feed_states", "pause")
