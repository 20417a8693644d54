"""Parts of a page by declared CSS selectors: those of the source's file, then ours for well-known outlets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from pipelines.extract import dom

FIELDS = ("title", "sapo", "body", "captions", "date", "drop")


# How a version begins that was declared from what others wrote of an outlet's pages, without a page of the outlet itself.
ASSUMED = "assumed"


@dataclass(frozen=True)
class Parts:
    """What selectors found; `roots` are the elements that hold the body."""

    title: str = ""
    sapo: str = ""
    body: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    date: str = ""
    roots: tuple[Any, ...] = field(default=(), repr=False)


def version_on(versions: Iterable[Any], day: date) -> dict[str, str] | None:
    """Return the selectors in force on `day`: the oldest version that is still valid then; mappings or objects."""

    def get(version: Any, name: str) -> Any:
        return version.get(name) if isinstance(version, Mapping) else getattr(version, name, None)

    def end(version: Any) -> date:
        value = get(version, "valid_until")
        return value if isinstance(value, date) else date.fromisoformat(value) if value else date.max

    for version in sorted(versions, key=end):
        if day <= end(version):
            named = {name: str(get(version, name) or "") for name in FIELDS}
            return named | {"version": str(get(version, "version") or "")}
    return None


@cache
def _outlets() -> dict[str, list[dict[str, Any]]]:
    import yaml

    text = (files("pipelines.extract") / "outlets.yaml").read_text(encoding="utf-8")
    return {host: versions for entry in yaml.safe_load(text) for host in entry["hosts"] for versions in [entry["selectors"]]}


def for_host(url: str, day: date) -> tuple[str, dict[str, str]] | None:
    """Return (host, selectors) that we ship for the outlet at `url`, or None."""
    host = (urlsplit(url).hostname or "").lower()
    known = _outlets()
    while "." in host:
        if host in known:
            found = version_on(known[host], day)
            return (host, found) if found else None
        host = host.partition(".")[2]
    return None


def apply(tree: Any, rules: Mapping[str, str]) -> Parts:
    """Return the parts that `rules` find; a part whose selector finds nothing is empty."""
    root = tree.document
    title = next((text for node in dom.select(root, rules.get("title", "")) if (text := dom.text_of(node))), "")
    sapo = next((text for node in dom.select(root, rules.get("sapo", "")) if (text := dom.text_of(node))), "")
    moment = next((text for node in dom.select(root, rules.get("date", "")) if (text := _date_text(node))), "")
    captions = []
    for node in dom.select(root, rules.get("captions", "")):
        text = dom.text_of(node)
        if text:
            captions.append(text)
            node.setattr(dom.MARK, "1")
    for node in dom.select(root, rules.get("drop", "")):
        node.setattr(dom.MARK, "1")
    roots: list[Any] = []
    for node in dom.select(root, rules.get("body", ""))[:500]:
        if not any(outer.contains(node) for outer in roots[-1:]):
            roots.append(node)
    body = tuple(block for node in roots for block in dom.paragraphs(node, generic=False))
    # Paragraphs chosen one by one hold no pictures; their parents do.
    holders = tuple(dict.fromkeys(node.parent if node.tag == "p" and node.parent is not None else node for node in roots))
    return Parts(title, sapo, body, tuple(dict.fromkeys(captions)), moment, holders)


def _date_text(node: Any) -> str:
    """Return the machine-readable moment of an element if it carries one, else its text."""
    for name in ("datetime", "content"):
        if node.hasattr(name) and node.getattr(name):
            return str(node.getattr(name))[:200]
    return dom.text_of(node)[:200]
