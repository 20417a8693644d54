"""The head of the audit log as last seen, kept in a file beside the store: who edits the database alone cannot move it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pipelines.store import audit

RESTORED = "nếu vừa khôi phục kho từ bản sao lưu thì xóa tệp này rồi kiểm tra lại"


def path_of(data: Path) -> Path:
    """Return the file of the data folder."""
    return data / "locks" / "audit-head.json"


def read(data: Path) -> dict[str, Any] | None:
    """Return the head that was seen last, or None; a file that is no head counts as none."""
    try:
        found = json.loads(path_of(data).read_text(encoding="utf-8"))
        return {"count": int(found["count"]), "seq": int(found["seq"]), "hash": str(found["hash"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note(conn: Connection, data: Path) -> None:
    """Keep the head as it is now, unless the file knows a later one (verify then says that entries are missing)."""
    seen, now = read(data), audit.head(conn)
    if now is None or (seen and seen["count"] >= now["count"]):
        return
    path = path_of(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(now), encoding="utf-8")
    os.replace(fresh, path)


def verify(conn: Connection, data: Path) -> tuple[int, str | None]:
    """Verify the log against its chain, its head and the file; what holds becomes what was seen last."""
    seen = read(data)
    count, problem = audit.verify(conn, seen)
    if problem is None:
        note(conn, data)
    elif seen and audit.verify(conn)[1] is None:
        problem = f"{problem} ({path_of(data)}; {RESTORED})"
    return count, problem
