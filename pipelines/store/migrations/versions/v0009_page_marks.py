"""What each page came as: one page that stands in place of many articles is found by its marks (2026-11-21)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("mark_title", sa.String(length=16)), ("mark_text", sa.String(length=16)), ("mark_sent", sa.String(length=16)),
    ("named", sa.Integer()),
)  # fmt: skip


def upgrade() -> None:
    """Add four columns."""
    for name, kind in _COLUMNS:
        op.add_column("frontier", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Take them away again."""
    for name, _ in reversed(_COLUMNS):
        op.drop_column("frontier", name)
