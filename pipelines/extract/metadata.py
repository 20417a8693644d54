"""What a page says of itself for machines: JSON-LD, Open Graph, meta elements, microdata. Never its author."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.extract.dom import clean_text, select

ARTICLE_TYPES = frozenset(
    ["newsarticle", "article", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle", "backgroundnewsarticle", "blogposting", "socialmediaposting", "discussionforumposting", "liveblogposting", "videoobject", "report"]
)
_COLLECTIONS = frozenset({"collectionpage", "itemlist", "website", "searchresultspage"})
_HOME = re.compile(r"(?i)trang (?:chủ|nhất)|home(?:\s?page)?|首页|首頁|ໜ້າຫຼັກ|.*\.(?:vn|com|net|org)(?:\.vn)?")
_SCRIPT_LIMIT = 400_000
_SCRIPTS = 30
_NAMES = {
    "og:title": "title", "twitter:title": "title2", "og:type": "type", "og:url": "url", "og:image": "image",
    "og:site_name": "site", "og:description": "description", "description": "description2", "og:locale": "locale",
    "article:published_time": "published", "article:modified_time": "modified", "article:section": "section",
    "pubdate": "published2", "publishdate": "published3", "publish_date": "published3", "date": "published4",
    "dc.date.issued": "published4", "dc.date": "published4", "dcterms.created": "published4", "lastmod": "modified2",
    "og:updated_time": "modified3", "datepublished": "published2", "datemodified": "modified2", "articlesection": "section2",
}  # fmt: skip


@dataclass(frozen=True)
class JsonLd:
    """The article that the page's JSON-LD describes."""

    type: str
    headline: str = ""
    description: str = ""
    published: str = ""
    modified: str = ""
    section: str = ""
    url: str = ""
    lang: str = ""


@dataclass(frozen=True)
class Metadata:
    """Meta elements by our short names, the article of the JSON-LD if there is one, declared canonical, lang, section."""

    meta: dict[str, str]
    ld: JsonLd | None
    canonical: str
    lang: str
    trail: str = ""

    def first(self, *names: str) -> str:
        """Return the first of `names` that the page fills."""
        return next((self.meta[name] for name in names if self.meta.get(name)), "")


def read_metadata(tree: Any) -> Metadata:
    """Read the metadata of a parsed page; broken JSON-LD counts as absent."""
    root = tree.document
    meta: dict[str, str] = {}
    for node in select(root, "meta[content]"):
        name = node.getattr("property") or node.getattr("name") or node.getattr("itemprop") or ""
        short = _NAMES.get(name.strip().lower())
        content = (node.getattr("content") or "")[:4000].strip()
        if short and content and short not in meta:
            meta[short] = content
    for node in select(root, "[itemprop=datePublished][datetime]"):
        meta.setdefault("published2", (node.getattr("datetime") or "").strip()[:100])
    link = root.query_selector("link[rel=canonical]")
    html = root.query_selector("html")
    article, trail = _linked(root)
    return Metadata(
        meta,
        article,
        (link.getattr("href") or "").strip() if link else "",
        (html.getattr("lang") or "").strip().lower() if html else "",
        trail,
    )


def _linked(root: Any) -> tuple[JsonLd | None, str]:
    """Return the first article among the JSON-LD scripts, the most complete kind first, and the section of its trail."""
    found: list[JsonLd] = []
    trail = ""
    for script in select(root, 'script[type="application/ld+json"]')[:_SCRIPTS]:
        text = script.text_content
        if len(text) > _SCRIPT_LIMIT or "@type" not in text:
            continue
        for item in _items(_loads(text)):
            types = [str(name).rsplit("/", 1)[-1].lower() for name in _listed(item.get("@type"))]
            kind = next((name for name in types if name in ARTICLE_TYPES), "")
            if kind:
                found.append(_json_ld(kind, item))
            elif "breadcrumblist" in types:
                trail = trail or _section(item)
    found.sort(key=lambda item: (item.type == "videoobject", not item.published))
    return (found[0] if found else None), trail


def _section(item: dict[str, Any]) -> str:
    """Return the first step after the home page of a BreadcrumbList; Dân trí nests its list twice (March 2026)."""
    steps = _listed(item.get("itemListElement"))
    steps = steps[0] if len(steps) == 1 and isinstance(steps[0], list) else steps
    names = []
    for step in steps[:10]:
        if isinstance(step, dict):
            inner = step.get("item")
            names.append(_string(step.get("name") or (inner.get("name") if isinstance(inner, dict) else "")))
    return next((name for name in names if 2 <= len(name) <= 60 and not _HOME.fullmatch(name)), "") if len(names) > 1 else ""


def _loads(text: str) -> Any:
    """Parse JSON as outlets write it: CDATA and comments around it, raw line breaks within, a trailing comma."""
    text = text.strip()
    if not text.startswith(("{", "[")):
        start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=0)
        text = text[start:]
    # Whatever closes the wrapping comes after the last bracket.
    text = text[: max(text.rfind("}"), text.rfind("]")) + 1]
    try:
        return json.loads(text, strict=False)
    except RecursionError:
        return None
    except json.JSONDecodeError:
        pass
    try:
        return json.loads(re.sub(r",(\s{0,200}[}\]])", r"\1", text), strict=False)
    except (json.JSONDecodeError, RecursionError):
        return None


def _items(data: Any) -> Iterator[dict[str, Any]]:
    """Yield the top-level things, those of `@graph` and `mainEntity`; things in a list of links are not this page's."""
    for item in _listed(data)[:50]:
        if not isinstance(item, dict):
            continue
        types = {str(name).lower() for name in _listed(item.get("@type"))}
        yield item
        for inner in (*_listed(item.get("@graph"))[:100], *_listed(item.get("mainEntity"))[:2]):
            if isinstance(inner, dict) and not types & (_COLLECTIONS - {"website"}):
                yield inner


def _json_ld(kind: str, item: dict[str, Any]) -> JsonLd:
    page = item.get("mainEntityOfPage")
    return JsonLd(
        type=kind,
        headline=_string(item.get("headline") or item.get("name")),
        description=_string(item.get("description")),
        published=_string(item.get("datePublished") or item.get("uploadDate")),
        modified=_string(item.get("dateModified")),
        section=_string(next(iter(_listed(item.get("articleSection"))), "")),
        url=_string(item.get("url") or (page.get("@id") if isinstance(page, dict) else page)),
        lang=_string(item.get("inLanguage")).lower(),
    )


def _string(value: Any) -> str:
    return clean_text(value[:4000]) if isinstance(value, str) else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
