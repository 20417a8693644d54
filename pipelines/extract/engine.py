"""From the bytes of a page to an article's parts: declared selectors first, then resiliparse, then trafilatura."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, tzinfo
from importlib.metadata import version
from typing import Any

from pipelines.charset import decode
from pipelines.clock import local
from pipelines.extract import declared, dom, gate, generic
from pipelines.extract.dating import date_page, zone_of
from pipelines.extract.declared import Parts
from pipelines.extract.metadata import Metadata, read_metadata
from pipelines.extract.model import Extracted, FeedHint, NotArticle
from pipelines.extract.pictures import images_of
from pipelines.urls import canonical, clean

PARSER = "cotmoc-1"
# A page that takes longer is given up between two stages; real ones take 5 to 60 ms.
MAX_SECONDS = 20.0
_LONGEST_BODY = 1_000_000
_NAME = re.compile(r"^(?:Theo\s+)?(?:[A-ZĐÀ-Ỹ][\w.'’]*[\s,–-]*(?:và\s+)?){1,8}$")


def extract(
    html: bytes | str,
    url: str,
    *,
    content_type: str = "",
    selectors: Mapping[str, Any] | None = None,
    feed: FeedHint | None = None,
    now: datetime,
    captured: date | None = None,
    zone: tzinfo | None = None,
) -> Extracted | NotArticle:
    """Return the article at `url`, or why the page is none. Never raises on any input.

    `selectors` is one declared version {title, sapo, body, captions, date}; `captured` picks our own dated selectors.
    `zone` is that of times written without one; None goes by the address.
    """
    started = time.monotonic()
    if len(html) > dom.MAX_BYTES:
        return NotArticle("too-large", f"trang lớn hơn {dom.MAX_BYTES // 1_000_000} MB")
    if isinstance(html, bytes):
        if html[:5] == b"%PDF-" or html[:4] in {b"\x89PNG", b"PK\x03\x04", b"GIF8"} or html[:3] == b"\xff\xd8\xff":
            return NotArticle("binary", "không phải trang HTML")
        text = decode(html, content_type).text
    else:
        text = html
    if not text.strip():
        return NotArticle("empty", "trang trống")
    try:
        tree = dom.parse(text)
    except dom.TooDeep:
        return NotArticle("too-deep", f"HTML lồng nhau quá {dom.MAX_DEPTH} tầng")
    if tree.body is None:
        return NotArticle("empty", "trang trống")
    metadata = read_metadata(tree)
    thorough = feed is not None or metadata.ld is not None or bool(metadata.first("published")) or gate.slug(metadata.canonical or url)
    parts, way, matched = _find(tree, text, url, metadata, selectors, captured or local(now).date(), thorough)
    if time.monotonic() - started > MAX_SECONDS:
        return NotArticle("too-slow", f"đọc trang quá {MAX_SECONDS:.0f} giây")
    title = _title(parts.title, metadata, tree, feed)
    sapo = "" if generic.key(parts.sapo) == generic.key(title) else parts.sapo
    body = _body(parts, title, sapo)
    dated = date_page(tree, metadata, parts.date, url, feed, now, zone or zone_of(url))
    whole = "\n".join(filter(None, (sapo, body, *parts.captions)))
    refusal = gate.judge(
        tree, metadata, url, title, whole,
        declared=matched, dated=dated.origin.value in {"json-ld", "meta", "text"}, hinted=feed is not None and bool(feed.title),
    )  # fmt: skip
    if refusal is not None:
        return refusal
    base = _base(tree, url)
    return Extracted(
        title=title,
        sapo=sapo,
        body=body[:_LONGEST_BODY],
        captions=parts.captions,
        images=images_of(parts.roots, base, metadata.first("image")),
        published=dated.published,
        modified=dated.modified,
        date_origin=dated.origin,
        date_confidence=dated.confidence,
        date_note=dated.note,
        section=(metadata.ld.section if metadata.ld else "") or dom.clean_text(metadata.first("section", "section2")) or metadata.trail,
        canonical=canonical(url, metadata.canonical or metadata.first("url")),
        lang=_lang(metadata, "\n".join((title, sapo, body[:3000]))),
        parser=f"{PARSER} {way}",
    )


def _find(
    tree: Any, text: str, url: str, metadata: Metadata, selectors: Mapping[str, Any] | None, day: date, thorough: bool
) -> tuple[Parts, str, bool]:
    """Return the parts, the way they were found, and whether declared selectors found title and body."""
    ways: list[tuple[str, Mapping[str, Any]]] = []
    if selectors and selectors.get("body"):
        ways.append((f"selectors:{selectors.get('version') or 'source'}", selectors))
    known = declared.for_host(url, day)
    if known is not None:
        ways.append((f"selectors:{known[0]}@{known[1]['version']}", known[1]))
    other: tuple[Parts, str] | None = None
    for name, rules in ways:
        parts = declared.apply(tree, rules)
        if sum(map(len, parts.body)) + len(parts.sapo) >= gate.FEWEST and parts.body:
            if str(rules.get("version") or "").startswith(declared.ASSUMED):
                # Nobody has seen these match: a teaser or the whole page would be taken for the article in silence.
                other = other or generic.find(tree, text, metadata, thorough=thorough)
                if not _alike(parts, other[0]):
                    continue
            return parts, name, bool(parts.title)
    parts, way = other or generic.find(tree, text, metadata, thorough=thorough)
    if selectors:
        # Selectors may name only some parts, or have aged: what they do find still counts.
        some = declared.apply(tree, selectors)
        parts = replace(parts, title=some.title or parts.title, sapo=some.sapo or parts.sapo, date=some.date)
    name = f"{way}-{version(way)}" if way in {"resiliparse", "trafilatura"} else way
    return parts, f"{name} (selectors missed)" if ways else name, False


def _alike(chosen: Parts, other: Parts) -> bool:
    """Tell whether a body that assumed selectors chose is about as long as the one found without any."""
    mine, theirs = (sum(map(len, parts.body)) for parts in (chosen, other))
    return theirs < gate.FEWEST or 0.6 * theirs <= mine <= 2 * theirs


def _title(found: str, metadata: Metadata, tree: Any, feed: FeedHint | None) -> str:
    """Return the title readers see: declared or h1, then Open Graph, JSON-LD, the feed, the title element.

    Where they differ the h1 is the newer one (NLĐ, 2026-03-07: its slug agrees with the h1, og:title kept a draft).
    """
    site = metadata.first("site")
    if found and generic.key(found) != generic.key(site):
        shown = dom.clean_text(metadata.first("title"))
        # An h1 may hold only the topic or an outlet's name; then Open Graph and JSON-LD agree against it.
        if len(found) >= 15 or not shown or metadata.ld is None:
            return found
    for text in (metadata.first("title"), metadata.ld.headline if metadata.ld else "", feed.title if feed else "", metadata.first("title2"), tree.title or ""):
        plain = _without_site(dom.clean_text(text), site)
        if plain and generic.key(plain) != generic.key(site):
            return plain
    return found


def _without_site(title: str, site: str) -> str:
    """Cut " - Báo Sông Vân" or " | Tuổi Trẻ Online" off a title element."""
    head, mark, tail = _last_part(title)
    if mark and len(head) >= 10 and (generic.key(tail) in generic.key(site) or generic.key(site) in generic.key(tail) if site else mark == "|"):
        return head
    return title


def _last_part(title: str) -> tuple[str, str, str]:
    for mark in ("|", " - ", " – ", "--", "_"):
        head, found, tail = title.rpartition(mark)
        if found and head:
            return head.strip(), mark.strip(), tail.strip()
    return title, "", ""


def _body(parts: Parts, title: str, sapo: str) -> str:
    """Join the paragraphs without title, sapô and captions repeated, and without the signature at the end."""
    known = {generic.key(title), *(generic.key(caption) for caption in parts.captions)}
    kept = [
        block for index, block in enumerate(parts.body)
        if generic.key(block) not in known and not (index < 4 and sapo and generic.key(block) == generic.key(sapo))
    ]  # fmt: skip
    while kept and len(kept) > 1 and _is_signature(kept[-1]):
        kept.pop()
    return "\n".join(kept)


def _is_signature(block: str) -> bool:
    """Tell whether a last line is a name or an agency alone: who wrote a text is never read out."""
    return len(block) <= 60 and len(block.split()) <= 8 and bool(_NAME.match(block))


def _base(tree: Any, url: str) -> str:
    node = tree.document.query_selector("base[href]")
    return (clean(node.getattr("href") or "", url) if node is not None else None) or url


def _lang(metadata: Metadata, text: str) -> str:
    """Return the language of the text itself; what the page declares decides only when the text does not."""
    from pipelines.language import detect

    found = detect(text)
    if found != "und":
        return found
    stated = metadata.lang or (metadata.ld.lang if metadata.ld else "") or metadata.first("locale").lower()
    return re.split(r"[-_,]", stated)[0] or "und"
