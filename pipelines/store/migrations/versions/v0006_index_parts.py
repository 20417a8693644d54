"""The index keeps articles by the month first seen: documents still owed learn it (2026-11-21). No table changes."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OUTBOX = sa.table("outbox", sa.column("seq"), sa.column("topic"), sa.column("key"), sa.column("payload"), sa.column("delivered"))
ARTICLES = sa.table("articles", sa.column("id"), sa.column("revision"), sa.column("first_seen"))


def upgrade() -> None:
    """Give every owed document `seen`; one whose article is gone is no longer owed. The index itself is to be rebuilt."""
    conn = op.get_bind()
    first = sa.and_(ARTICLES.c.id == OUTBOX.c.key, ARTICLES.c.revision == 1)
    query = sa.select(OUTBOX.c.seq, OUTBOX.c.payload, ARTICLES.c.first_seen).select_from(OUTBOX.outerjoin(ARTICLES, first))
    owed = sa.and_(OUTBOX.c.topic == "index", OUTBOX.c.delivered.is_(None), OUTBOX.c.payload.startswith("{"))
    for row in conn.execute(query.where(owed)).all():
        this = OUTBOX.c.seq == row.seq
        try:
            document = json.loads(row.payload)
        except ValueError:
            continue
        if row.first_seen is None:
            conn.execute(OUTBOX.delete().where(this))
        elif "seen" not in document:
            document["seen"] = row.first_seen[:10]
            conn.execute(OUTBOX.update().where(this).values(payload=json.dumps(document, ensure_ascii=False, sort_keys=True)))


def downgrade() -> None:
    """Nothing to take back: the older program rebuilds its index, and refuses no more than it knows."""
