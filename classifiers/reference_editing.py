"""Adding to the reference base: a source, two approvers, an entry in its file, a line in the CHANGELOG."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from classifiers.reference_checks import validate
from classifiers.reference_records import Reference
from classifiers.referencebase import ReferenceBase, read_history, read_references
from pipelines.errors import UsageError, UserError

CHANGELOG = "CHANGELOG.md"
VERSIONS = "versions.json"


def two_approvers(names: tuple[str, ...]) -> tuple[str, str]:
    """Return the two approvers; UsageError unless exactly two different names are given."""
    cleaned = tuple(" ".join(name.split()) for name in names if name.strip())
    if len(cleaned) != 2 or cleaned[0].casefold() == cleaned[1].casefold():
        raise UsageError("thêm tư liệu cần đúng hai người duyệt khác nhau: --approver TÊN --approver TÊN")
    return cleaned[0], cleaned[1]


def parse_entry(raw: object, area: str) -> Reference:
    """Return `raw` as an entry of `area`; UserError names the field, UsageError when the source is missing."""
    if not isinstance(raw, dict):
        raise UserError("tệp phải chứa đúng một mục tư liệu (YAML); hãy xem docs/references.md")
    source = raw.get("source")
    if not isinstance(source, dict) or not source.get("title") or not (source.get("url") or source.get("number")):
        raise UsageError("tư liệu mới phải có nguồn: source.title cùng source.number hoặc source.url")
    try:
        return Reference.model_validate({**raw, "area": area})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "?"
        raise UserError(f"mục {raw.get('id', '?')}: trường {field}: {first['msg']}; hãy sửa mục đó") from error


def add_reference(folder: Path, raw: dict[str, Any], area: str, approvers: tuple[str, ...], today: date) -> Reference:
    """Append the entry to `<area>.yaml`, note it in the CHANGELOG, record the new version; nothing on a fault."""
    first, second = two_approvers(approvers)
    entry = parse_entry(raw, area)
    path = folder / f"{area}.yaml"
    if not path.exists():
        areas = ", ".join(sorted(file.stem for file in folder.glob("*.yaml")))
        raise UsageError(f"không có lĩnh vực “{area}”; hiện có: {areas}")
    base = read_references(folder)
    if entry.id in base:
        raise UserError(f"{entry.id} đã có trong {base.get(entry.id).area}.yaml; hãy sửa mục ấy hoặc chọn mã khác")
    grown = ReferenceBase((*base, entry))
    problems = [problem for problem in validate(grown) if problem.id == entry.id]
    if problems:
        raise UserError("; ".join(str(problem) for problem in problems))
    _replace(path, path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + _as_yaml(raw))
    line = f"- {today.isoformat()}: thêm {entry.id} ({entry.statement_vi}) Nguồn: {entry.source.title}. Duyệt: {first}, {second}.\n"
    log = folder / CHANGELOG
    _replace(log, (log.read_text(encoding="utf-8").rstrip("\n") + "\n" if log.exists() else "") + line)
    record_version(folder)
    return entry


def record_version(folder: Path) -> str:
    """Write the present version of the base to `versions.json`, so that later changes can be told; return it."""
    base = read_references(folder)
    history = read_history(folder)
    history[base.version] = base.entry_versions()
    _replace(folder / VERSIONS, json.dumps(history, ensure_ascii=False, indent=0, sort_keys=False) + "\n")
    return base.version


def _as_yaml(raw: dict[str, Any]) -> str:
    return yaml.safe_dump([raw], allow_unicode=True, sort_keys=False, width=108)


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
