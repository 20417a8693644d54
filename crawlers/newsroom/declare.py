"""Writes source declarations of loopback sites, in place of those that an earlier run left."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml


def write(rows: Iterable[dict[str, Any]], folder: Path, prefix: str) -> Path:
    """Write one YAML file per row into `folder`; older files named `prefix*.yaml` are removed. Returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{prefix}*.yaml"):
        old.unlink()
    for row in rows:
        text = yaml.safe_dump(row, allow_unicode=True, sort_keys=False)
        (folder / f"{row['id']}.yaml").write_text(text, encoding="utf-8")
    return folder
