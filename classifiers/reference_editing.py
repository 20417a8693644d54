"""Adding to the reference base and approving it: a source, two approvers, the entry in its file, a line in the CHANGELOG."""

from __future__ import annotations

import json
import os
import re
import unicodedata
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


# What stands before a name and makes nobody another person; an office's post after a comma neither.
TITLES = frozenset(
    [
        *("ông", "bà", "anh", "chị", "cô", "chú", "bác", "thầy", "đồng chí", "đ/c", "đc", "mr", "mrs", "ms", "dr", "prof"),
        *("ts", "tiến sĩ", "tiến sỹ", "ths", "thạc sĩ", "thạc sỹ", "cn", "cử nhân", "ks", "kỹ sư", "kĩ sư", "bs", "bác sĩ", "bác sỹ", "ls", "luật sư", "nhà báo"),
        *("gs", "giáo sư", "pgs", "phó giáo sư", "tskh", "nsnd", "nsưt", "ngnd", "ngưt"),
        *("giám đốc", "phó giám đốc", "trưởng phòng", "phó trưởng phòng", "phó phòng", "chánh văn phòng", "chuyên viên", "thanh tra viên", "trưởng ban", "phó ban", "phó trưởng ban"),
        *("đại tướng", "thượng tướng", "trung tướng", "thiếu tướng", "đại tá", "thượng tá", "trung tá", "thiếu tá", "đại úy", "thượng úy", "trung úy", "thiếu úy"),
    ]
)  # fmt: skip
_TITLE = re.compile(r"^(?:(?:" + "|".join(sorted(map(re.escape, TITLES), key=len, reverse=True)) + r")(?:[.,\s]+|$))+")


def person(name: str) -> str:
    """Return `name` as people are told apart: without titles before it, the post after a comma, brackets, dots and case."""
    whole = unicodedata.normalize("NFC", " ".join(re.split(r"[,;()\-–—]", name, maxsplit=1)[0].casefold().split()))
    bare = _TITLE.sub("", whole).strip() or " ".join(name.casefold().split())
    return " ".join(re.sub(r"[^\w\s]", "", bare).split())


def same_person(one: str, other: str) -> bool:
    """Whether two names may be one person: the same without titles, or the same letters where one is written without marks."""
    first, second = person(one), person(other)
    plain = (_unmarked(first), _unmarked(second))
    return first == second or plain[0] == plain[1] and (first == plain[0] or second == plain[1])


def _unmarked(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.replace("đ", "d")) if not unicodedata.combining(c))


def two_approvers(names: tuple[str, ...]) -> tuple[str, str]:
    """Return the two approvers; UsageError unless exactly two different people are given (a title makes nobody another)."""
    cleaned = tuple(" ".join(name.split()) for name in names if name.strip())
    if len(cleaned) != 2 or same_person(*cleaned):
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
    history = read_history(folder)
    if history and base.version not in history:
        raise UserError("cơ sở tư liệu có mục sửa tay chưa ghi phiên bản; chạy cotmoc references seal trước khi thêm mục mới")
    grown = ReferenceBase((*base, entry))
    problems = [problem for problem in validate(grown) if problem.id == entry.id]
    if problems:
        raise UserError("; ".join(str(problem) for problem in problems))
    approvals = [_approval(name, today, entry.version) for name in (first, second)]
    raw = {key: value for key, value in raw.items() if key != "approvals"} | {"approvals": approvals}
    _replace(path, path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + _as_yaml(raw))
    line = f"- {today.isoformat()}: thêm {entry.id} ({entry.statement_vi}) Nguồn: {entry.source.title}. Duyệt: {first}, {second}.\n"
    _log(folder, line)
    record_version(folder)
    return entry


def approve(folder: Path, id: str, names: tuple[str, ...], today: date) -> Reference:
    """Note that `names` approve the entry as it reads now, in its file and the CHANGELOG; nothing on a fault."""
    entry = read_references(folder).get(id)
    given = tuple(" ".join(name.split()) for name in names if name.strip())
    known = entry.approvers
    if not given or any(same_person(name, other) for n, name in enumerate(given) for other in (*known, *given[:n])):
        said = f"; đã duyệt: {', '.join(entry.approvers)}" if known else ""
        raise UsageError(f"{id}: mỗi lần duyệt nêu những người duyệt khác nhau, chưa duyệt mục này: --approver TÊN{said}")
    problems = [problem for problem in validate(read_references(folder)) if problem.id == id]
    if problems:
        raise UserError("; ".join(map(str, problems)))
    path = folder / f"{entry.area}.yaml"
    before = path.read_text(encoding="utf-8")
    kept = [approval for approval in entry.approvals if approval.version == entry.version]
    lines = [_approval(a.by, a.on, a.version) for a in kept] + [_approval(name, today, entry.version) for name in given]
    _replace(path, with_approvals(before, id, lines))
    try:
        now = read_references(folder).get(id)
        same = now.version == entry.version and now.approvers == (*entry.approvers, *given)
    except UserError:
        same = False
    if not same:
        _replace(path, before)
        raise UserError(f"{path.name}: không ghi được người duyệt vào mục {id}; hãy viết mục ấy theo dạng ở docs/references.md")
    _log(folder, f"- {today.isoformat()}: duyệt {id} (bản {entry.version}). Duyệt: {', '.join(given)}.\n")
    return now


def with_approvals(text: str, id: str, approvals: list[dict[str, Any]]) -> str:
    """Return the YAML text with the approvals of one entry replaced; every other line stays as it was written."""
    lines = text.splitlines(keepends=True)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for item in root.value if root is not None else ():
        keys = {key.value: (key.start_mark.line, value) for key, value in item.value}
        if keys["id"][1].value != id:
            continue
        start, end = item.start_mark.line, item.end_mark.line if item.end_mark.column == 0 else item.end_mark.line + 1
        body = lines[start:end]
        if "approvals" in keys:
            at = keys["approvals"][0] - start
            later = [line - start for line, _ in keys.values() if line - start > at]
            body = body[:at] + body[min(later, default=len(body)) :] if at else body
        last = max(at for at, line in enumerate(body) if line.strip() and not line.lstrip().startswith("#"))
        body[last] = body[last].rstrip("\n") + "\n"
        made = yaml.safe_dump({"approvals": approvals}, allow_unicode=True, sort_keys=False, width=108)
        indent = " " * item.start_mark.column
        body[last + 1 : last + 1] = [indent + line + "\n" for line in made.splitlines()] + ["\n"] * (not body[last + 1 :] and end < len(lines))
        return "".join(lines[:start] + body + lines[end:])
    return text


def _approval(name: str, on: date, version: str) -> dict[str, Any]:
    return {"by": name, "on": on, "version": version}


def _log(folder: Path, line: str) -> None:
    log = folder / CHANGELOG
    _replace(log, (log.read_text(encoding="utf-8").rstrip("\n") + "\n" if log.exists() else "") + line)


def seal(folder: Path) -> str:
    """Record the present version after a change by hand; UserError when an entry changed and the CHANGELOG does not name it."""
    base, history = read_references(folder), read_history(folder)
    if base.version in history or not history:
        return record_version(folder)
    last = list(history)[-1]
    changed = sorted(base.changed_since(last, history))
    log = folder / CHANGELOG
    said = log.read_text(encoding="utf-8") if log.exists() else ""
    told = said.partition(_mark(last))[2] if _mark(last) in said else said
    silent = [id for id in changed if not re.search(rf"\b{re.escape(id)}\b", told)]
    if silent:
        raise UserError(f"{CHANGELOG} chưa nói gì về {', '.join(silent)} từ lần ghi trước; hãy thêm một dòng: ngày, mã, việc, nguồn, hai người duyệt")
    return record_version(folder)


def record_version(folder: Path) -> str:
    """Write the present version to `versions.json`, and its mark to the CHANGELOG, so that later changes can be told; return it."""
    base = read_references(folder)
    history = read_history(folder)
    if base.version in history:
        return base.version
    history[base.version] = base.entry_versions()
    _log(folder, _mark(base.version) + "\n")
    _replace(folder / VERSIONS, json.dumps(history, ensure_ascii=False, indent=0, sort_keys=False) + "\n")
    return base.version


def _mark(version: str) -> str:
    """Return the comment that stands in the CHANGELOG where a version was recorded."""
    return f"<!-- phiên bản {version} -->"


def _as_yaml(raw: dict[str, Any]) -> str:
    return yaml.safe_dump([raw], allow_unicode=True, sort_keys=False, width=108)


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
