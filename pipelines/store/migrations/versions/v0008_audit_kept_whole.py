"""The audit log can only grow, and its head is kept; a second look knows the version that the decision made (2026-11-21)."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SAID = "nhật ký kiểm toán chỉ ghi thêm"
AUDIT = sa.table("audit", sa.column("seq"), sa.column("hash"))
META = sa.table("meta", sa.column("key"), sa.column("value"))


def upgrade() -> None:
    """Add a column and the triggers, and note where the log ends now."""
    op.add_column("second_looks", sa.Column("version", sa.Integer(), nullable=True))
    conn = op.get_bind()
    last = conn.execute(sa.select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)).first()
    if last:
        count = conn.execute(sa.select(sa.func.count()).select_from(AUDIT)).scalar_one()
        conn.execute(META.insert().values(key="audit-head", value=json.dumps({"count": count, "seq": last.seq, "hash": last.hash})))
    if conn.dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER audit_no_{act.lower()} BEFORE {act} ON audit BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
        return
    op.execute(f"CREATE OR REPLACE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$")
    for act, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(f"CREATE TRIGGER audit_no_{act.lower()} BEFORE {act} ON audit FOR EACH {each} EXECUTE FUNCTION audit_kept()")


def downgrade() -> None:
    """Take all of it away again."""
    conn = op.get_bind()
    for act in ("update", "delete"):
        op.execute(f"DROP TRIGGER audit_no_{act}" + (" ON audit" if conn.dialect.name == "postgresql" else ""))
    if conn.dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_no_truncate ON audit")
        op.execute("DROP FUNCTION audit_kept()")
    conn.execute(META.delete().where(META.c.key == "audit-head"))
    op.drop_column("second_looks", "version")
