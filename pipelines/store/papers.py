"""What left the office: digests, reports and evidence packs, with their hashes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from pipelines.records import content_id
from pipelines.store.rows import stamp, upsert
from pipelines.store.schema import papers


def save_paper(
    conn: Connection, *, kind: str, province: str, day: str, story: str | None, path: str, sha256: str, now: datetime
) -> str:
    """Note a paper (`kind` is digest or evidence) and return its id; the same path is noted once."""
    paper = content_id("paper", kind, province, day, story or "", path)
    upsert(
        conn, papers,
        {"id": paper, "kind": kind, "province": province, "day": day, "story": story, "path": path,
         "sha256": sha256, "made": stamp(now)},
    )  # fmt: skip
    return paper


def saved_sum(conn: Connection, path: str) -> str | None:
    """Return the SHA-256 under which the paper at `path` was noted last, or None."""
    return conn.execute(select(papers.c.sha256).where(papers.c.path == path)).scalar()


def list_papers(conn: Connection, kind: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """Return papers as rows, newest day first."""
    query = select(papers).order_by(papers.c.day.desc(), papers.c.made.desc()).limit(limit)
    if kind:
        query = query.where(papers.c.kind == kind)
    return [dict(row) for row in conn.execute(query).mappings()]
