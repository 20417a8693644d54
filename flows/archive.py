"""The archive step: every capture's record is where the store says, and a finished WARC file is sealed by its hash."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from flows.outcomes import counted
from pipelines.records import StepCount

if TYPE_CHECKING:
    from flows.chain import Chain


def archive(chain: Chain) -> StepCount:
    """Seal WARC files (`FILE.sha256` beside each); outcomes: sealed, kept, open, changed, short, missing."""
    from pipelines.store import captures

    with chain.store.read() as conn:
        ends = captures.warc_ends(conn)
    outcomes = Counter(_seal(chain.settings.data / name, end) for name, end in sorted(ends.items()))
    return counted("archive", outcomes)


def _seal(path: Path, end: int) -> str:
    if not path.exists():
        return "missing"
    if path.with_name(path.name + ".open").exists():
        return "open"
    if path.stat().st_size < end:
        return "short"
    seal = path.with_name(path.name + ".sha256")
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while block := handle.read(1 << 20):
            digest.update(block)
    size = path.stat().st_size
    if seal.exists():
        written, _, sealed_size = seal.read_text().strip().partition(" ")
        if written == digest.hexdigest():
            return "kept"
        if int(sealed_size or 0) >= size:
            return "changed"
    temporary = seal.with_name(seal.name + ".tmp")
    temporary.write_text(f"{digest.hexdigest()} {size}\n")
    temporary.replace(seal)
    return "sealed"
