"""Pages as trees: parsing within bounds, and paragraphs of a part of a page. Trees are resiliparse's (lexbor)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from resiliparse.parse.html import HTMLTree

from pipelines.text import normalize

MAX_BYTES = 15_000_000
MAX_DEPTH = 400
# A page that may be deeper than this by its tags is measured exactly before anything walks it.
_SUSPICIOUS = 600

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,10})")
_UNPAIRED = frozenset(["br", "img", "meta", "link", "input", "hr", "source", "area", "base", "col", "embed", "param", "track", "wbr", "p", "li", "td", "tr", "th", "option", "path", "dt", "dd"])

SKIP = frozenset(
    ["script", "style", "noscript", "template", "iframe", "object", "embed", "video", "audio", "canvas", "svg", "math", "form", "button", "select", "textarea", "nav", "aside", "footer", "figure", "figcaption", "head", "title", "link", "meta", "h1", "input", "label", "dialog"]
)
BLOCK = frozenset(
    ["p", "div", "section", "article", "main", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "table", "tbody", "thead", "tr", "caption", "header", "br", "hr", "figure", "figcaption", "center", "address", "details", "summary"]
)
# Boxes that outlets put between paragraphs; matched against whole words of class and id. "relative" and "overflow-hidden"
# are words of layout (Dân trí, March 2026): what carries them may hold the text itself.
_BOX = re.compile(
    r"(?:^|[\s_-])(?:relat(?!ive(?:[\s_-]|$))\w*|tin-?lien-?quan|lien-?quan|xem-?them|read-?more|recommend\w*|author\w*|byline|tac-?gia|share|sharing|"
    r"social\w*|comments?|binh-?luan|tags?|breadcrumbs?|adv?s?|advert\w*|banner|sponsor\w*|promo\w*|newsletter|subscribe|widget|"
    r"popup|modal|(?<!overflow-)(?<!overflow-[xy]-)hidden|d-none|toolbar|rating|reaction\w*|react|audio|player|copyright)(?:[\s_-]|$)",
    re.I,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_VCCORP = re.compile(r"^(?:RelatedNews|RelatedOneNews|Tag|Poll|Quiz|insertembedcode|InsertEmbed|link-)", re.I)
MARK = "data-cotmoc-drop"


class TooDeep(Exception):
    """The page nests deeper than any real one; walking it would take quadratic time."""


def clean_text(text: str) -> str:
    """Return one line of NFC text: entities that were escaped twice undone, blanks joined (VietNamNet, August 2026)."""
    for _ in range(2):
        if "&" in text and ";" in text:
            text = html.unescape(text)
    return normalize(" ".join(text.split())).strip()


def parse(text: str) -> HTMLTree:
    """Return the tree of a page; TooDeep beyond 400 levels (real pages stay below 40)."""
    tree = HTMLTree.parse(text)
    if _balance(text) > _SUSPICIOUS and tree.body is not None and _depth(tree.body) > MAX_DEPTH:
        raise TooDeep
    return tree


def _balance(text: str) -> int:
    level = deepest = 0
    for close, name in _TAG.findall(text):
        if name in _UNPAIRED:
            continue
        level += -1 if close else 1
        deepest = max(deepest, level)
    return deepest


def _depth(root: Any) -> int:
    """Measure the depth of a tree without recursion; stops beyond the bound."""
    stack = [(root, 0)]
    deepest = 0
    while stack:
        node, level = stack.pop()
        deepest = max(deepest, level)
        if level > MAX_DEPTH:
            break
        child = node.first_element_child
        while child is not None:
            stack.append((child, level + 1))
            child = child.next_element_sibling
    return deepest


def select(root: Any, selector: str) -> list[Any]:
    """Return the nodes that a CSS selector finds; a selector that is none finds nothing."""
    if not selector or root is None:
        return []
    try:
        # A slice, because iterating over a collection of resiliparse 2.0.1 is quadratic: 5 s for 1,000 nodes.
        return list(root.query_selector_all(selector)[:])
    except (ValueError, RuntimeError):
        return []


def text_of(node: Any) -> str:
    """Return the text of a node as one clean line, without scripts."""
    return clean_text(" ".join(_blocks(node, keep_all=True)))


def paragraphs(node: Any, *, generic: bool) -> list[str]:
    """Return the paragraphs of a part of a page; with `generic`, boxes that only look like boxes are left out too."""
    found = (clean_text(block) for block in _blocks(node, generic=generic))
    return [block for block in found if block]


def is_box(node: Any, *, generic: bool) -> bool:
    """Tell whether an element is no part of the text: hidden, marked by a selector, or a box between paragraphs."""
    attributes = set(node.attrs or ())
    if not attributes:
        return False
    if MARK in attributes or "hidden" in attributes:
        return True
    if "style" in attributes and _HIDDEN.search(node.getattr("style") or ""):
        return True
    if "type" in attributes and _VCCORP.match(node.getattr("type") or ""):
        return True
    if generic and ("class" in attributes or "id" in attributes):
        names = f"{node.getattr('class') or ''} {node.getattr('id') or ''}"
        return names_a_box(names)
    return False


def names_a_box(names: str) -> bool:
    """Tell whether classes and ids are those of a box between paragraphs: related texts, sharing, bylines, banners."""
    return bool(_BOX.search(names))


def _blocks(root: Any, *, generic: bool = False, keep_all: bool = False) -> Iterator[str]:
    """Yield the text between block borders, in order, without recursion."""
    line: list[str] = []
    stack: list[Any] = [root]
    while stack:
        node = stack.pop()
        if node is None:
            if line:
                yield "".join(line)
                line = []
            continue
        tag = node.tag
        if tag == "#text":
            line.append(node.value or "")
            continue
        if tag.startswith(("#", "!")):
            continue
        if node is not root:
            if keep_all:
                if tag in {"script", "style", "noscript", "template"}:
                    continue
            elif tag in SKIP or is_box(node, generic=generic):
                continue
        border = tag in BLOCK
        if tag in {"td", "th"}:
            line.append(" ")
        if border:
            stack.append(None)
        stack.extend(node.child_nodes[:][::-1])
        if border:
            stack.append(None)
    if line:
        yield "".join(line)
