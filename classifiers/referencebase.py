"""The reference base: all entries of `classifiers/references/*.yaml`, read once, with a version by content.

YAML is read with libyaml's loader where PyYAML has it (0.1 s for the whole base; pure Python takes 1 s).
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from classifiers.reference_records import Counter, Reference, Side, Source, Validity, Value
from pipelines.errors import UserError

__all__ = [
    "FOLDER",
    "Counter",
    "Reference",
    "ReferenceBase",
    "Side",
    "Source",
    "Validity",
    "Value",
    "load_references",
    "read_references",
]

FOLDER = Path(__file__).with_name("references")


class ReferenceBase:
    """Entries by id, in the order of the files; `version` hashes what they say, not how the YAML is laid out."""

    def __init__(self, entries: tuple[Reference, ...]) -> None:
        self._entries = {entry.id: entry for entry in entries}
        joined = "".join(f"{entry.id}:{entry.version}\n" for entry in sorted(entries, key=lambda e: e.id))
        self.version = hashlib.sha256(joined.encode()).hexdigest()[:16]

    def get(self, id: str) -> Reference:
        """Return the entry; raises UserError naming the id when there is none."""
        try:
            return self._entries[id]
        except KeyError:
            raise UserError(f"tư liệu “{id}” không có trong cơ sở tư liệu; xem: cotmoc references list") from None

    def __iter__(self) -> Iterator[Reference]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, id: object) -> bool:
        return id in self._entries

    def ids(self) -> tuple[str, ...]:
        """All ids in order."""
        return tuple(self._entries)

    def due(self, today: date) -> list[Reference]:
        """Entries that a curator has to review by `today`, the longest overdue first."""
        return sorted((entry for entry in self if entry.due(today)), key=lambda entry: (entry.review_by, entry.id))

    def entry_versions(self) -> dict[str, str]:
        """Version of each entry, to tell later which of them changed."""
        return {entry.id: entry.version for entry in self}

    def changed_since(self, version: str, history: Mapping[str, Mapping[str, str]] | None = None) -> frozenset[str]:
        """Ids that are new or differ since base `version`; all ids when that version was never recorded.

        An assessment made with `version` needs re-assessment when one of its refs is in this set.
        """
        if version == self.version:
            return frozenset()
        old = (read_history() if history is None else history).get(version)
        now = self.entry_versions()
        if old is None:
            return frozenset(now)
        return frozenset(id for id in now.keys() | old.keys() if now.get(id) != old.get(id))


def read_history(folder: Path = FOLDER) -> dict[str, dict[str, str]]:
    """Return {base version: {entry id: entry version}} of every released base (`versions.json`)."""
    path = folder / "versions.json"
    if not path.exists():
        return {}
    history: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return history


def read_yaml(path: Path) -> list[dict[str, Any]]:
    """Return the raw entries of one file; raises UserError naming file and line."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path.name}: không đọc được YAML ({' '.join(str(error).split())}); hãy sửa dòng đó") from error
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise UserError(f"{path.name}: phải là một danh sách mục tư liệu; hãy xem docs/references.md")
    return data


def read_references(folder: Path) -> ReferenceBase:
    """Read every `*.yaml` of `folder`; raises UserError naming file, entry and field of the first fault."""
    entries: list[Reference] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        for number, raw in enumerate(read_yaml(path), 1):
            name = str(raw.get("id", f"mục thứ {number}"))
            try:
                entry = Reference.model_validate({**raw, "area": path.stem})
            except ValidationError as error:
                first = error.errors()[0]
                field = ".".join(str(part) for part in first["loc"]) or "?"
                raise UserError(f"{path.name}: {name}: trường {field}: {first['msg']}; hãy sửa mục đó") from error
            if entry.id in seen:
                raise UserError(f"{path.name}: {entry.id} đã có trong {seen[entry.id]}; hãy bỏ một mục")
            seen[entry.id] = path.name
            entries.append(entry)
    return ReferenceBase(tuple(entries))


@functools.cache
def load_references() -> ReferenceBase:
    """Return the base that ships with the program (read once a process)."""
    return read_references(FOLDER)
