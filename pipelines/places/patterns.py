"""Long alternations made quick: alternatives that begin with the same letter are tried together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator


def by_first_letter(source: str) -> str:
    """Return a pattern that matches what the alternation `source` matches at the beginning of a word, its branches grouped by first letter.

    Where branches of different groups match at one place, another of them may win; whether anything matches stays the same.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for bare in _opened(source):
        plain = bare[:1].isalnum() and bare[1:2] not in ("?", "*", "+", "{")
        groups[bare[0] if plain else ""].append(bare[1:] if plain else bare)
    parts = [*groups.pop("", []), *(f"{letter}(?:{'|'.join(rest)})" for letter, rest in groups.items())]
    return rf"\b(?:{'|'.join(parts)})"


def _opened(source: str) -> Iterator[str]:
    """Yield the branches of an alternation; one that begins with alternatives itself, "(?:a|b)c", as "ac" and "bc"."""
    for branch in _branches(source):
        bare = branch.removeprefix(r"\b")
        end = _closing(bare) if bare.startswith("(?:") else 0
        if end and bare[end + 1 : end + 2] not in ("?", "*", "+", "{"):
            yield from (first + bare[end + 1 :] for first in _opened(bare[3:end]))
        else:
            yield bare


def _marks(source: str) -> Iterator[tuple[int, str]]:
    """Yield the brackets and bars of a pattern with their places; what is escaped or stands in a class is none."""
    inside, escaped = False, False
    for index, char in enumerate(source):
        if escaped or char == "\\":
            escaped = not escaped
        elif inside:
            inside = char != "]"
        elif char == "[":
            inside = True
        elif char in "()|":
            yield index, char


def _closing(source: str) -> int:
    """Return where the bracket that opens `source` closes."""
    depth = 0
    for index, char in _marks(source):
        depth += {"(": 1, ")": -1, "|": 0}[char]
        if not depth and char == ")":
            return index
    return 0


def _branches(source: str) -> list[str]:
    """Split an alternation at the bars outside of brackets."""
    found, depth, start = [], 0, 0
    for index, char in _marks(source):
        depth += {"(": 1, ")": -1, "|": 0}[char]
        if char == "|" and not depth:
            found.append(source[start:index])
            start = index + 1
    return [*found, source[start:]]
