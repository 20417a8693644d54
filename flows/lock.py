"""One writer per data folder: a lock file that names the process, freed by the system when that process dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipelines.errors import UserError


@contextmanager
def held(data: Path, name: str, *, wait: bool = False) -> Iterator[None]:
    """Hold `DATA/locks/NAME` while the block runs; UserError with the pid of the holder, unless `wait`."""
    folder = data / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UserError(f"{data}: không ghi được vào thư mục dữ liệu ({error.strerror}); chọn nơi khác bằng --data", 2) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            pid = os.read(handle, 32).decode(errors="replace").strip() or "?"
            raise UserError(
                f"{data}: tiến trình {pid} đang dùng thư mục dữ liệu này ({name}); dừng nó hoặc chọn thư mục khác bằng --data"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


@contextmanager
def announced(data: Path, address: str) -> Iterator[None]:
    """Say in `DATA/locks/dashboard` where the desk listens while the block runs; of two desks on one folder the first is named."""
    folder = data / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "dashboard", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(handle, 0)
            os.pwrite(handle, address.encode(), 0)
        yield
    finally:
        os.close(handle)


def running(data: Path) -> str | None:
    """Return the address of the desk that runs on this data folder, or None; a desk that died is none."""
    try:
        handle = os.open(data / "locks" / "dashboard", os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(handle, 200).decode(errors="replace").strip() or None
    finally:
        os.close(handle)
    return None
