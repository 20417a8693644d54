"""Version of the rules by their content: lexicon, frames, measures, register and the modules that read them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
PARTS = ("words/*.yaml", "frames/*.yaml", "*.yaml", "*.py", "guards/*.py")
# These measure, show, store or edit; no verdict hangs on them.
NO_RULES = frozenset({"abstention.py", "card.py", "evaluation.py", "explain.py", "grounds.py", "groundwords.py", "modelfile.py", "predictions.py", "processes.py", "reference_checks.py", "reference_editing.py", "shipping.py"})


@cache
def rules_version() -> str:
    """Return `r-` and 12 hex digits over every rule file that ships with the program."""
    digest = hashlib.sha256()
    for pattern in PARTS:
        for path in sorted(path for path in FOLDER.glob(pattern) if path.name not in NO_RULES):
            digest.update(path.relative_to(FOLDER).as_posix().encode())
            digest.update(path.read_bytes())
    return "r-" + digest.hexdigest()[:12]
