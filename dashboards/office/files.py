"""Writing papers: under their final name only when whole."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from pipelines.errors import UserError


def sha256(content: bytes) -> str:
    """Return the hex digest."""
    return hashlib.sha256(content).hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write beside, flush to the disk, rename; UserError when that fails, and nothing half-written stays."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UserError(f"{path}: không ghi được ({error.strerror}); giải phóng chỗ hoặc chọn nơi khác rồi chạy lại") from error
