"""One export: written beside its target, noted in the audit log, and only then put under its name."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from dashboards.export.claimreview import reviews, write_claimreview
from dashboards.export.rows import row, write_csv, write_jsonl, write_xlsx
from pipelines.errors import UsageError, UserError
from pipelines.search import Index
from pipelines.search.hits import tree_of
from pipelines.search.tree import Node
from pipelines.settings import Settings
from pipelines.store import Store, audit

# Format → media type.
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "claimreview": "application/ld+json",
}
_ROWS: dict[str, Callable[[Iterable[Mapping[str, Any]], BinaryIO], int]] = {
    "csv": write_csv, "jsonl": write_jsonl, "xlsx": write_xlsx,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """How many rows (or reviews) were written, and the SHA-256 of the file."""

    rows: int
    sha256: str


def export(
    store: Store, index: Index, settings: Settings, query: str, form: str, target: Path, *, actor: str, now: datetime,
    asked: str | Node | None = None,
) -> Exported:  # fmt: skip
    """Write all that `query` finds, newest first, as `form` to `target`; without its audit entry there is no file.

    `asked` is what is put to the index in its stead, where the reader may not see all that it finds.

    Errors: UsageError for a format that is not in FORMATS, QueryError, UserError when the file cannot be written.
    """
    if form not in FORMATS:
        raise UsageError(f"định dạng “{form}” không có; có: {', '.join(FORMATS)}")
    tree_of(query)
    if target.is_dir():
        raise UsageError(f"{target}: là một thư mục; hãy cho tên tệp")
    try:
        handle, name = tempfile.mkstemp(prefix=".xuat-", dir=target.parent)
    except OSError as error:
        raise UserError(f"{target.parent}: không ghi được ({error.strerror}); chọn thư mục khác") from error
    try:
        # By name, so that XLSX, which seeks, and the hash read what is on disk.
        os.close(handle)
        with Path(name).open("w+b") as out:
            found = index.scan(query if asked is None else asked)
            rows = write_claimreview(reviews(store, settings, found), out) if form == "claimreview" else _ROWS[form](map(row, found), out)
            out.flush()
            os.fsync(out.fileno())
            out.seek(0)
            digest = hashlib.file_digest(out, "sha256").hexdigest()
        details = {"query": query, "format": form, "rows": rows, "sha256": digest}
        with store.begin() as conn:
            audit.append(conn, actor=actor, action="export", thing=target.name, details=details, now=now)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
    return Exported(rows, digest)
