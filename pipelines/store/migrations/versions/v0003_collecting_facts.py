"""What collecting learns: robots.txt kept, facts of the network, pictures of alerts, signs of a feed's life (2026-11-21)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FEED_COLUMNS = (
    ("aliases_sha256", sa.String(length=64)), ("newest", sa.String(length=40)), ("advanced", sa.String(length=40)),
    ("stale", sa.Integer()),
)  # fmt: skip


def upgrade() -> None:
    """Add four columns and make four tables."""
    for name, kind in _FEED_COLUMNS:
        op.add_column("feed_states", sa.Column(name, kind, nullable=True))
    op.create_table(
        "robots",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("checked", sa.String(length=40), nullable=False),
        sa.Column("expires", sa.String(length=40), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_robots")),
    )
    op.create_table(
        "certificates",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.String(length=40), nullable=True),
        sa.Column("valid_to", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_certificates")),
    )
    op.create_table(
        "network_facts",
        sa.Column("capture", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("resolver_ms", sa.Float(), nullable=True),
        sa.Column("tls_version", sa.String(length=20), nullable=False),
        sa.Column("cipher", sa.String(length=80), nullable=False),
        sa.Column("certificate", sa.String(length=64), nullable=True),
        sa.Column("server_date", sa.String(length=40), nullable=True),
        sa.Column("clock_offset", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("capture", name=op.f("pk_network_facts")),
    )
    op.create_table(
        "article_images",
        sa.Column("article", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("capture", sa.String(length=32), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("article", "url", name=op.f("pk_article_images")),
    )


def downgrade() -> None:
    """Take them away again."""
    for table in ("article_images", "network_facts", "certificates", "robots"):
        op.drop_table(table)
    for name, _kind in reversed(_FEED_COLUMNS):
        op.drop_column("feed_states", name)
