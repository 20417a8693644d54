"""A model on disk: plain arrays in a skops file, the same bytes for the same content; nothing is ever unpickled."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from pipelines.errors import UserError

# Arrays, dictionaries, strings and numbers, which skops trusts by itself: no type of ours, none of others.
TRUSTED: tuple[str, ...] = ()
PARTS = {
    "statement": ("idf", "classes", "weights", "bias"), "voice": ("idf", "classes", "weights", "bias"),
    "neighbours": ("data", "indices", "indptr", "group", "type", "refs", "text"), "weigher": ("classes", "mean", "scale", "weights", "bias"),
    "calibration": ("raised", "shown"),
}  # fmt: skip
MEND = "hãy xóa tệp và chạy cotmoc train"


def write(data: dict[str, Any], path: Path) -> bytes:
    """Write a model under a name that appears only when it is whole; return its bytes."""
    from skops.io import dumps

    content = same_bytes(dumps(data))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_bytes(content)
    os.replace(temporary, path)
    return content


def same_bytes(content: bytes) -> bytes:
    """Return a skops file without moments and memory addresses (skops 0.16 names arrays by `id()`), members in order."""
    with ZipFile(BytesIO(content)) as archive:
        schema = json.loads(archive.read("schema.json"))
        names: dict[str, str] = {}
        _number(schema, count(1), names)
        out = BytesIO()
        with ZipFile(out, "w") as target:
            for old, new in names.items():
                target.writestr(ZipInfo(new), archive.read(old))
            target.writestr(ZipInfo("schema.json"), json.dumps(schema, sort_keys=True))
    return out.getvalue()


def _number(node: Any, ids: Iterator[int], names: dict[str, str]) -> None:
    """Replace object ids and file names by their place in reading order (two short-lived objects may have had one id)."""
    if isinstance(node, list):
        for part in node:
            _number(part, ids, names)
    elif isinstance(node, dict):
        if isinstance(node.get("__id__"), int):
            node["__id__"] = next(ids)
        if isinstance(node.get("file"), str):
            node["file"] = names.setdefault(node["file"], f"{len(names):03}.npy")
        for key in sorted(node):
            _number(node[key], ids, names)


def read(path: Path, key: str = "") -> dict[str, Any]:
    """Return the arrays of a model; UserError in one line when the file is damaged, no model of ours, or not the one of `key`."""
    from skops.io import get_untrusted_types, load

    try:
        unknown = get_untrusted_types(file=path)
        if unknown:
            raise UserError(f"{path}: tệp mô hình chứa kiểu lạ {unknown[:3]}; {MEND}")
        data = load(path, trusted=list(TRUSTED))
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, IndexError, BadZipFile, zlib.error, NotImplementedError, RecursionError, MemoryError) as error:
        raise UserError(f"{path}: không đọc được mô hình ({' '.join(str(error).split())[:120] or type(error).__name__}); {MEND}") from error
    fault = fault_of(data, key)
    if fault:
        raise UserError(f"{path}: {fault}; {MEND}")
    return dict(data)


def fault_of(data: object, key: str = "") -> str:
    """Return what is wrong with the parts of a model, or an empty string."""
    if not isinstance(data, dict) or not isinstance(data.get("version"), str):
        return "không phải mô hình của Cột Mốc"
    for name, fields in PARTS.items():
        part = data.get(name)
        if not isinstance(part, dict) or any(field not in part for field in fields):
            return f"mô hình thiếu phần {name}"
    for name in ("statement", "voice"):
        part = data[name]
        width = len(part["classes"])
        if part["weights"].shape != (len(part["idf"]), width) or part["bias"].shape != (width,):
            return f"phần {name} của mô hình có kích thước không khớp"
    if key and data.get("key") != key:
        return "mô hình của một phiên bản khác (luật, câu mẫu hoặc tư liệu đã đổi)"
    return ""
