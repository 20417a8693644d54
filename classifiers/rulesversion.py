"""Version of the rules by their content: lexicon, frames, measures, register and the modules that read them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
PARTS = ("words/*.yaml", "frames/*.yaml", "*.yaml", "*.py")


@cache
def rules_version() -> str:
    """Return `r-` and 12 hex digits over every rule file that ships with the program."""
    digest = hashlib.sha256()
    for pattern in PARTS:
        for path in sorted(FOLDER.glob(pattern)):
            digest.update(path.relative_to(FOLDER).as_posix().encode())
            digest.update(path.read_bytes())
    return "r-" + digest.hexdigest()[:12]
