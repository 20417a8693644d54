"""Names under which an element can be found again on another page of the same outlet: short, stable CSS selectors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# Numbers of three digits and more name one article or one advertisement, hashes of style builders change with each release.
_STABLE = re.compile(r"(?!.*\d{3})(?!.*__[a-zA-Z0-9]*\d[a-zA-Z0-9]*$)(?!(?:css|sc|jsx|svelte)-)[A-Za-z][\w-]{1,60}")
_LAYOUT = re.compile(r"(?:col|row|container|clearfix|fl|fr|left|right|wrap|w|mt|mb|pt|pb|m|p|d|text|flex|grid)(?:[-_]?(?:\w{1,3}|left|right|fluid|center))?(?:-\d+)?", re.I)
_ATTRIBUTES = ("itemprop", "data-slot", "data-role", "data-field", "data-testid", "data-component")
MOST = 8


def names_of(node: Any) -> list[str]:
    """Return selectors for the element itself, the most telling first; none when it carries no stable mark."""
    tag, found = node.tag, []
    if not re.fullmatch(r"[a-z][a-z0-9]*", tag):
        return []
    for name in _ATTRIBUTES:
        value = (node.getattr(name) or "").strip() if node.hasattr(name) else ""
        if _STABLE.fullmatch(value):
            found.append(f"{tag}[{name}={value}]")
    identity = (node.getattr("id") or "").strip() if node.hasattr("id") else ""
    if _STABLE.fullmatch(identity):
        found.append(f"{tag}#{identity}")
    classes = (node.getattr("class") or "").split() if node.hasattr("class") else []
    kept = [name for name in classes if _STABLE.fullmatch(name) and not _LAYOUT.fullmatch(name)][:4]
    found += [f"{tag}.{name}" for name in kept]
    if len(kept) > 1:
        found.append(tag + "".join(f".{name}" for name in kept))
    return found[:MOST]


def within(node: Any) -> list[str]:
    """Return selectors for an element without a mark of its own, by a marked ancestor: `div.detail h1`."""
    found: list[str] = []
    outer = node.parent
    for _ in range(4):
        if outer is None or outer.tag in {"body", "html", "#document"}:
            break
        found += [f"{name} {node.tag}" for name in names_of(outer)[:3]]
        outer = outer.parent
    return found


def ancestors(node: Any, most: int = 12) -> Iterator[Any]:
    """Yield the elements around `node` from the inside, up to the page's body."""
    outer = node.parent
    for _ in range(most):
        if outer is None or outer.tag in {"body", "html"} or outer.tag.startswith("#"):
            return
        yield outer
        outer = outer.parent
