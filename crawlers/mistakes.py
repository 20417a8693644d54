"""What is wrong with a declaration, in Vietnamese, with the line on which each mistake stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import ValidationError

Where = tuple[Any, ...]

# Types of pydantic's errors → our words; what is in braces comes from the error's own context.
_WORDS = {
    "missing": "thiếu trường bắt buộc này",
    "extra_forbidden": "không có trường nào tên như vậy",
    "string_type": "phải là chữ",
    "string_pattern_mismatch": "chỉ gồm chữ thường không dấu, số và gạch nối, từ 2 đến 61 ký tự",
    "bool_type": "phải là true hoặc false",
    "bool_parsing": "phải là true hoặc false",
    "int_type": "phải là số nguyên",
    "int_parsing": "phải là số nguyên",
    "int_from_float": "phải là số nguyên",
    "float_type": "phải là số",
    "float_parsing": "phải là số",
    "finite_number": "phải là số",
    "greater_than_equal": "nhỏ nhất là {ge}",
    "less_than_equal": "lớn nhất là {le}",
    "literal_error": "phải là một trong {expected}",
    "tuple_type": "phải là một danh sách, mỗi mục một dòng “- …”",
    "too_short": "phải có ít nhất {min_length} mục",
    "model_type": "phải là các dòng “trường: giá trị”",
    "date_type": "phải là ngày dạng 2026-11-21",
    "date_parsing": "phải là ngày dạng 2026-11-21",
    "date_from_datetime_parsing": "phải là ngày dạng 2026-11-21",
    "date_from_datetime_inexact": "phải là ngày dạng 2026-11-21, không kèm giờ",
}


class Problems(ValueError):
    """Several mistakes that only show when the whole declaration is looked at: (field, what is wrong with it)."""

    def __init__(self, found: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{field}: {what}" for field, what in found))
        self.found = found


@cache
def _loader() -> Any:
    import yaml

    # libyaml reads the shipped declarations in a tenth of the time.
    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):
        """Dates stay text: the declaration's own fields judge them, and 2026-13-40 is a mistake with a line, no crash."""

    Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _loader, node: node.value)
    return Loader


def parsed(text: str) -> Any:
    """Return what a YAML text holds; yaml.YAMLError for one that is none, ValueError for a value that cannot be."""
    import yaml

    return yaml.load(text, Loader=_loader())


def mistakes(text: str, error: ValidationError) -> list[str]:
    """Return every mistake as `line: field: what`, in the order of the file."""
    found = [(line_of(text, where), ".".join(str(part) for part in where) or "nguồn", what) for where, what in explained(error)]
    return [f"{line}: {field}: {what}" for line, field, what in sorted(dict.fromkeys(found))]


def explained(error: ValidationError) -> Iterator[tuple[Where, str]]:
    """Yield where each mistake is and what it is, in Vietnamese."""
    for each in error.errors():
        where, context = tuple(each["loc"]), each.get("ctx", {})
        cause = context.get("error")
        if isinstance(cause, Problems):
            yield from (((*where, field), what) for field, what in cause.found)
        elif isinstance(cause, ValueError):
            yield where, str(cause)
        else:
            words = _WORDS.get(each["type"], "giá trị không dùng được")
            yield where, words.format(**context).replace("' or '", "' hoặc '") if "{" in words else words


def doubled(text: str) -> list[str]:
    """Return `line: field: what` for every field that is written twice: YAML would silently take the last one."""
    import yaml

    found: list[str] = []

    def walk(node: Any, path: tuple[str, ...]) -> None:
        if isinstance(node, yaml.MappingNode):
            seen: dict[Any, int] = {}
            for key, value in node.value:
                line = key.start_mark.line + 1
                if key.value in seen:
                    found.append(f"{line}: {'.'.join((*path, str(key.value)))}: đã ghi ở dòng {seen[key.value]}; mỗi trường chỉ ghi một lần")
                seen.setdefault(key.value, line)
                walk(value, (*path, str(key.value)))
        elif isinstance(node, yaml.SequenceNode):
            for number, part in enumerate(node.value):
                walk(part, (*path, str(number)))

    walk(yaml.compose(text, Loader=_loader()), ())
    return found


def line_of(text: str, where: Where) -> int:
    """Return the line on which the field `where` stands, or that of its nearest parent."""
    import yaml

    node = yaml.compose(text, Loader=_loader())
    line = 1
    for part in where:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in reversed(node.value) if key.value == part), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line
