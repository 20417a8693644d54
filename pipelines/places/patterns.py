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


def _closing(source: str) -> int:
    """Return where the bracket that opens `source` closes."""
    depth, inside, index = 0, False, 0
    while index < len(source):
        char = source[index]
        if char == "\\":
            index += 1
        elif inside:
            inside = char != "]"
        elif char == "[":
            inside = True
        elif char in "()":
            depth += 1 if char == "(" else -1
            if not depth:
                return index
        index += 1
    return 0


def _branches(source: str) -> list[str]:
    """Split an alternation at the bars outside of brackets."""
    found, depth, start, inside = [], 0, 0, False
    index = 0
    while index < len(source):
        char = source[index]
        if char == "\\":
            index += 1
        elif inside:
            inside = char != "]"
        elif char == "[":
            inside = True
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "|" and not depth:
            found.append(source[start:index])
            start = index + 1
        index += 1
    return [*found, source[start:]]
