"""A file of results that is whole or not there: written beside its place, moved there at the end, and never over what is being read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pipelines.errors import UsageError


@contextmanager
def whole(target: Path, source: Path, command: str) -> Iterator[TextIO]:
    """Open the results of `source` for writing; UsageError when both are one file. A device or a pipe is written as it is."""
    if target.exists() and target.samefile(source):
        raise UsageError(f"{command}: --output trùng với --input ({target}); hãy ghi ra tệp khác")
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8") as out:
            yield out
        return
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as out:
            yield out
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
