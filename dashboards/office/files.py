"""Writing papers: under their final names only when all of them are whole."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from secrets import token_hex

from pipelines.errors import UserError


def sha256(content: bytes) -> str:
    """Return the hex digest."""
    return hashlib.sha256(content).hexdigest()


def beside(path: Path) -> Path:
    """Return a name next to `path` that no other process or thread writes to."""
    return path.with_name(f".{path.name}.{os.getpid()}-{token_hex(4)}.tmp")


@contextlib.contextmanager
def alone(data: Path, name: str) -> Iterator[None]:
    """Let one process or thread at a time do what the block does; the others wait. UserError when the folder refuses."""
    try:
        (data / "locks").mkdir(parents=True, exist_ok=True)
        handle = os.open(data / "locks" / name, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UserError(f"{data}: không ghi được vào thư mục dữ liệu ({error.strerror})") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_whole(files: Mapping[Path, bytes], mode: int = 0o666) -> None:
    """Write all files beside their places, flush them to the disk, then rename them; `mode` as the umask leaves it.

    UserError when that fails; then nothing half-written stays.
    """
    waiting = {path: beside(path) for path in files}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(waiting[path], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
            with os.fdopen(handle, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
        for path in files:
            os.replace(waiting[path], path)
    except OSError as error:
        for path in waiting.values():
            with contextlib.suppress(OSError):
                path.unlink()
        where = next(iter(files)).parent
        raise UserError(f"{where}: không ghi được ({error.strerror}); giải phóng chỗ hoặc chọn nơi khác rồi chạy lại") from error
