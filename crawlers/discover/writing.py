"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that nobody reads half of it; OSError when the disk refuses."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".moi-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp makes files that only their owner reads; declarations are read by the service's account too.
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        # Gone already when it was moved.
        Path(name).unlink(missing_ok=True)
