"""What left the office: digests, reports and evidence packs, with their hashes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

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


def months_of(conn: Connection, kind: str) -> list[str]:
    """Return the months (`2026-11`) that have papers of `kind`, newest first."""
    month = func.substr(papers.c.day, 1, 7)
    return list(conn.execute(select(month).where(papers.c.kind == kind).distinct().order_by(month.desc())).scalars())


def list_papers(conn: Connection, kind: str | None = None, limit: int = 100, month: str = "") -> list[dict[str, Any]]:
    """Return papers as rows, newest day first; `month` as `2026-11`."""
    query = select(papers).order_by(papers.c.day.desc(), papers.c.made.desc()).limit(limit)
    if kind:
        query = query.where(papers.c.kind == kind)
    if month:
        query = query.where(papers.c.day >= f"{month}-01", papers.c.day <= f"{month}-31")
    return [dict(row) for row in conn.execute(query).mappings()]
