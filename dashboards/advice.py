"""What a readable question asks in vain: codes that there are not, with those that come near, and connectives in small letters."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from dashboards.labels import TYPE_VI
from pipelines.search.query import small_connectives, values

NEAR = 3


@dataclass(frozen=True, slots=True)
class Unknown:
    """A code that stands behind `field` and is none, and those that may have been meant."""

    field: str
    code: str
    near: tuple[str, ...]


def unknown_codes(query: str) -> tuple[Unknown, ...]:
    """Return the codes of `query` that are unknown now; an entry taken back may still stand in old articles, so it is no mistake."""
    asked = {name: values(query, name) for name in ("ref", "type")}
    known: dict[str, tuple[str, ...]] = {"type": tuple(TYPE_VI)}
    if asked["ref"]:
        from classifiers.referencebase import load_references

        known["ref"] = tuple(sorted(load_references().ids()))
    return tuple(
        Unknown(name, code.upper(), nearest(code.upper(), known[name]))
        for name, codes in asked.items() for code in codes if code.upper() not in known[name]
    )  # fmt: skip


def notes(query: str) -> dict[str, Any]:
    """Return what the template question_notes.html shows of a readable question."""
    return {"small": "”, “".join(small_connectives(query)), "unknown": unknown_codes(query)}


def nearest(code: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return up to NEAR known codes: of the same family those with the nearest number, else those that are written alike."""
    family = [one for one in known if one.rpartition("-")[0] == code.rpartition("-")[0] and "-" in code]
    if family:
        return tuple(sorted(family, key=lambda one: (abs(_number(one) - _number(code)), one))[:NEAR])
    return tuple(get_close_matches(code, known, NEAR, 0.5))


def _number(code: str) -> int:
    return int("".join(char for char in code.rpartition("-")[2] if char.isdecimal()) or 0)
