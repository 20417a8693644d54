"""Writing papers: under their final names only when all of them are whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from pipelines.errors import UserError


def sha256(content: bytes) -> str:
    """Return the hex digest."""
    return hashlib.sha256(content).hexdigest()


def write_whole(files: Mapping[Path, bytes], mode: int = 0o666) -> None:
    """Write all files beside their places, flush them to the disk, then rename them; `mode` as the umask leaves it.

    UserError when that fails; then nothing half-written stays.
    """
    beside = {path: path.with_name(f".{path.name}.{os.getpid()}.tmp") for path in files}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(beside[path], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
            with os.fdopen(handle, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
        for path in files:
            os.replace(beside[path], path)
    except OSError as error:
        for path in beside.values():
            with contextlib.suppress(OSError):
                path.unlink()
        where = next(iter(files)).parent
        raise UserError(f"{where}: không ghi được ({error.strerror}); giải phóng chỗ hoặc chọn nơi khác rồi chạy lại") from error
