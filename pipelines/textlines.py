"""Reading text lines (CONTRACT.md): UTF-8 JSON, one object a line; a bad line is named, counted and skipped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipelines.errors import UsageError
from pipelines.records import TextLine

# A line longer than this is no article (the longest of 124,000 real ones has 89 kB).
MAX_LINE = 15_000_000

# UTF-16 surrogates that stand alone: JSON may hold them, UTF-8 may not.
HALF = re.compile("[\ud800-\udfff]")

# What pydantic finds, by a word of its error type, in the words of the office.
_WRONG = {"missing": "thiếu", "date": "không phải ngày giờ (viết 2026-03-12 hoặc 2026-03-12T08:00:00+07:00)", "string": "phải là chữ", "tuple": "phải là một danh sách"}


def read_text_lines(path: Path) -> Iterator[tuple[int, TextLine | str]]:
    """Yield (line number from 1, text line or the reason why it is bad); blank lines are passed over."""
    try:
        handle = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path}: không mở được ({error.strerror}); hãy kiểm tra đường dẫn") from error
    with handle:
        number = 0
        while raw := handle.readline(MAX_LINE + 1):
            number += 1
            if len(raw) > MAX_LINE:
                while raw and not raw.endswith(b"\n"):
                    raw = handle.readline(MAX_LINE)
                yield number, f"dài hơn {MAX_LINE // 1_000_000} MB"
            elif raw.strip():
                yield number, parse_line(raw)


def whole(value: Any) -> Any:
    """Return a text (or list of texts) with halves of characters replaced one for one: a cut emoji is no reason to lose a post."""
    if isinstance(value, str):
        return HALF.sub("\ufffd", value)
    return [whole(part) for part in value] if isinstance(value, list) else value


def parse_line(raw: bytes) -> TextLine | str:
    """Return the text line in `raw`, or in one phrase what is wrong with it."""
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "không phải UTF-8"
    except (json.JSONDecodeError, RecursionError) as error:
        return f"không phải JSON ({error.args[0].split(':')[0] if error.args else error})"
    if not isinstance(value, dict):
        return "không phải một đối tượng JSON"
    value = {name: whole(part) for name, part in value.items()}
    if isinstance(value.get("id"), int):
        value["id"] = str(value["id"])
    for name in ("title", "sapo", "captions"):
        if name in value and value[name] is None:
            del value[name]
    if not value.get("published"):
        value.pop("published", None)
    try:
        return TextLine.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        kind = next((said for word, said in _WRONG.items() if word in first["type"]), first["msg"])
        return f"trường {first['loc'][0]}: {kind}"
