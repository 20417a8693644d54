"""The body of a page nobody declared: microdata, the element with the most paragraphs, resiliparse, trafilatura.

resiliparse takes about 2 ms a page and trafilatura 10 to 190 ms (html/meth04 and fundus pages, 2026-11-21), so the
second is only asked when the first missed most of the page's paragraphs.
"""

from __future__ import annotations

import re
from typing import Any

from pipelines.extract import dom
from pipelines.extract.declared import Parts
from pipelines.extract.metadata import Metadata

ENOUGH = 200
# trafilatura on a page of this size took seconds.
_TRAFILATURA_LIMIT = 2_000_000
_MISSED = 0.6
# On a page this small a short text is all there is (posts, notices): nothing better can be found.
_SMALL = 20_000
_SAPO = (
    "[class*=sapo], [data-slot=sapo], [class*=tom-tat], [class*=tomtat], [itemprop=description]:not(meta), p.description, "
    "h2.summary, p.summary, div.summary, p.lead, h2.lead, div.lead, div.article-lead, p.standfirst, .article__sapo"
)
_CAPTIONS = "figcaption, [class*=aption], .chu-thich, [itemprop=caption]:not(meta)"
_BULLET = re.compile(r"^\s*(?:[•◦▪*-]|\d{1,2}\.)\s+")


def find(tree: Any, text: str, metadata: Metadata, *, thorough: bool) -> tuple[Parts, str]:
    """Return the parts of an undeclared page and the name of the way that found its body.

    Without `thorough` (nothing says that the page is an article) trafilatura is not asked.
    """
    title = heading(tree)
    sapo = _sapo(tree, title)
    root = _densest(tree)
    roots = tuple(dom.select(tree.document, "[itemprop=articleBody]")[:1])
    if roots:
        body = dom.paragraphs(roots[0], generic=True)
        if sum(map(len, body)) >= ENOUGH:
            return _parts(title, sapo, body, roots, metadata), "microdata"
    dense = dom.paragraphs(root, generic=True) if root is not None else []
    expected = sum(map(len, dense))
    body = by_resiliparse(tree)
    way = "resiliparse"
    found = sum(map(len, body))
    short = 0 < expected < ENOUGH and expected >= found and len(text) < _SMALL
    if short or (expected >= ENOUGH and expected >= _MISSED * found):
        # One element holds most of it: then what stands around that element is not the text.
        return _parts(title, sapo, dense, (root,), metadata), "paragraphs"
    if thorough and (found < ENOUGH or found < _MISSED * expected) and len(text) <= _TRAFILATURA_LIMIT:
        other = by_trafilatura(text)
        if sum(map(len, other)) > found:
            body, way = other, "trafilatura"
    return _parts(title, sapo, body, (root,) if root is not None else (), metadata), way


def heading(tree: Any) -> str:
    """Return the longest text of the first three h1 elements: a logo in an h1 has none."""
    found = [dom.text_of(node) for node in dom.select(tree.document, "h1")[:3]]
    return next((text for text in found if len(text) >= 15), max(found, key=len, default=""))


def _parts(title: str, sapo: str, body: list[str], roots: tuple[Any, ...], metadata: Metadata) -> Parts:
    """Take sapô and captions out of the body, and a description that opens the body as the sapô."""
    captions = list(dict.fromkeys(
        text for root in roots for node in dom.select(root, _CAPTIONS)[:100] if 3 <= len(text := dom.text_of(node)) <= 600
    ))  # fmt: skip
    said = dom.clean_text(metadata.first("description", "description2") or (metadata.ld.description if metadata.ld else ""))
    if not sapo and len(said) >= 40 and body and any(key(said)[:60] in key(part) for part in body[:2]):
        index = next(i for i, part in enumerate(body[:2]) if key(said)[:60] in key(part))
        # Only when the paragraph is the description: an opening that goes on is a paragraph like others.
        if len(body[index]) <= len(said) * 1.3:
            sapo = body[index]
    known = {key(caption) for caption in captions}
    kept = [part for part in body if key(part) not in known]
    return Parts(title, sapo, tuple(kept), tuple(captions), "", roots)


def key(text: str) -> str:
    """Return `text` as compared: lower case, letters and digits only."""
    return re.sub(r"[\W_]+", "", text.lower())


def _sapo(tree: Any, title: str) -> str:
    for node in dom.select(tree.document, _SAPO)[:5]:
        text = dom.text_of(node)
        if 40 <= len(text) <= 1200 and key(text) != key(title):
            return text
    return ""


def _densest(tree: Any) -> Any:
    """Return the element whose own paragraphs hold the most text, or None."""
    weight: dict[Any, int] = {}
    for node in dom.select(tree.body, "p")[:3000]:
        parent = node.parent
        if parent is not None:
            weight[parent] = weight.get(parent, 0) + len(node.text_content or "")
    return max(weight, key=lambda node: weight[node]) if weight else None


def by_resiliparse(tree: Any) -> list[str]:
    """Return the paragraphs that resiliparse takes for the main text."""
    from resiliparse.extract.html2text import extract_plain_text

    text = extract_plain_text(
        tree, main_content=True, alt_texts=False, links=False, form_fields=False, noscript=False, comments=False,
        skip_elements=["h1", "figure", "figcaption", "nav", "aside", "footer", "script", "style"],
    )  # fmt: skip
    lines = (dom.clean_text(_BULLET.sub("", line)) for line in text.split("\n"))
    return [line for line in lines if line]


def by_trafilatura(text: str) -> list[str]:
    """Return the paragraphs that trafilatura takes for the main text; none when it gives up."""
    from lxml.etree import LxmlError
    from trafilatura import extract

    try:
        found = extract(text, include_comments=False, include_tables=True, include_images=False, favor_recall=False) or ""
    except (LxmlError, ValueError, RecursionError):
        return []
    lines = (dom.clean_text(_BULLET.sub("", line)) for line in found.split("\n"))
    return [line for line in lines if line]
