"""What a folder of captured material holds: pages with their real addresses, feeds, and 2021's texts to render."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from html import unescape
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import urlsplit

from pipelines.errors import UserError

_CANONICAL = re.compile(
    rb"""<link[^>]+rel=["']canonical["'][^>]*?href=["']([^"']+)|<meta[^>]+og:url["'][^>]*?content=["']([^"']+)"""
)
_ABSOLUTE = re.compile(rb"https?://([A-Za-z0-9.-]+)")
_SECOND_LEVEL = {"com", "net", "org", "gov", "edu", "co", "ac"}


@dataclass(frozen=True)
class CapturedPage:
    """A page as it came: real address, raw bytes, and whether it is a list (its links lead to articles)."""

    url: str
    body: bytes
    is_list: bool
    name: str


@dataclass(frozen=True)
class CapturedFeed:
    """A feed as it came, with the site that most of its links lead to."""

    site: str
    body: bytes
    name: str


@dataclass(frozen=True)
class OldText:
    """One text of `news/dantri_2021.jsonl.gz`: title, paragraphs, true date (YYYY-MM-DD), category."""

    url: str
    title: str
    paragraphs: tuple[str, ...]
    day: str
    category: str


def site_of_host(host: str) -> str:
    """Return the registered name of `host`: `kinhdoanh.vnexpress.net` → `vnexpress.net`, `x.com.vn` keeps three."""
    labels = host.lower().split(".")
    keep = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2
    return ".".join(labels[-keep:])


def _raw(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def metadata(folder: Path) -> dict[str, dict[str, Any]]:
    """Return file name → facts of every `_auto_metadata.json` below `folder`."""
    out: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.rglob("_auto_metadata.json")):
        out |= json.loads(path.read_text(encoding="utf-8"))
    return out


def _crawled(folder: Path) -> dict[str, str]:
    """Return file name → address as the `*meta.info` files beside some captures tell."""
    out: dict[str, str] = {}
    for path in sorted(folder.rglob("*meta.info")):
        for name, facts in json.loads(path.read_text(encoding="utf-8")).items():
            out[name] = facts["url"]
    return out


def pages(folder: Path) -> list[CapturedPage]:
    """Return all captured pages below `folder/html`, with their real addresses."""
    root = folder / "html"
    known, crawled = metadata(root), _crawled(root)
    out = []
    for path in sorted([*root.rglob("*.html"), *root.rglob("*.html.gz")]):
        body = _raw(path)
        stem = path.name.removesuffix(".gz").removesuffix(".html")
        url = known.get(path.name, {}).get("canonical")
        url = url or next((link for name, link in crawled.items() if path.name.endswith(name)), None)
        found = _CANONICAL.search(body)
        if not url and found:
            url = unescape((found[1] or found[2]).decode("utf-8", "replace"))
        if not url or not urlsplit(url).hostname:
            url = f"https://{stem.replace('_', '-')}.invalid/{stem}.html"
        out.append(CapturedPage(url, body, stem.endswith("_list"), stem))
    return out


def feeds(folder: Path) -> list[CapturedFeed]:
    """Return the captured Vietnamese feeds below `folder/feeds`; the `generic-*` oddities have no site of their own."""
    out = []
    for path in sorted((folder / "feeds").rglob("*")):
        below = path.relative_to(folder).parts
        if path.suffix not in {".rss", ".xml", ".atom"} or any(part.startswith("generic-") for part in below):
            continue
        body = path.read_bytes()
        links = re.findall(rb"<(?:link|id)[^>]*>\s*(?:<!\[CDATA\[)?\s*https?://([A-Za-z0-9.-]+)", body)
        links = links or _ABSOLUTE.findall(body)
        hosts = [site_of_host(host.decode()) for host in links]
        if hosts:
            out.append(CapturedFeed(max(set(hosts), key=hosts.count), body, path.stem))
    return out


def old_texts(folder: Path, limit: int) -> list[OldText]:
    """Return `limit` texts of 2019–2021, taken in turn from every category."""
    path = folder / "news" / "dantri_2021.jsonl.gz"
    if limit <= 0 or not path.exists():
        return []
    by_category: dict[str, list[OldText]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            sentences = [" ".join(str(sentence).split()) for sentence in row["sentences"]]
            rest = sentences[1:]
            paragraphs = tuple(" ".join(rest[at : at + 3]) for at in range(0, len(rest), 3))
            text = OldText(row["url"], sentences[0], paragraphs, row["date"], row["category"])
            by_category.setdefault(text.category, []).append(text)
    turns = chain.from_iterable(zip_longest(*by_category.values()))
    return [text for text in turns if text is not None][:limit]


def _bodies(folder: Path) -> dict[str, dict[str, str | None]]:
    """Return real address → title and published of captures that have a reading as JSON beside them (fundus)."""
    root, crawled = folder / "html", _crawled(folder / "html")
    out: dict[str, dict[str, str | None]] = {}
    for path in sorted(root.rglob("fundus_*.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))["V1"]
        outlet = path.stem.rsplit("_", 1)[-1]
        url = next((link for name, link in crawled.items() if name.startswith(outlet + "_")), None)
        if url:
            out[url] = {"title": facts["title"].split("--")[0], "published": facts.get("publishing_date")}
    return out


def check(folder: Path) -> None:
    """Raise UserError unless `folder` holds captured pages, feeds or texts."""
    if not any((folder / part).exists() for part in ("html", "feeds", "news/dantri_2021.jsonl.gz")):
        raise UserError(f"{folder}: không có trang đã lưu (html/), luồng tin (feeds/) hay news/; hãy sửa DATA=THƯ-MỤC")


def expected(folder: Path, limit_news: int = 500) -> dict[str, dict[str, str | None]]:
    """Return real address → title and published (ISO; a bare day for the texts of 2019–2021, None where unknown)."""
    out = _bodies(folder)
    for facts in metadata(folder / "html").values():
        title, published = facts.get("h1") or facts.get("og_title"), facts.get("ld_datePublished")
        out[facts["canonical"]] = {
            "title": " ".join(unescape(title).split()) if title else None,
            "published": published or facts.get("meta_published_time"),
        }
    for text in old_texts(folder, limit_news):
        out[text.url] = {"title": text.title, "published": text.day}
    # a few old titles are in NFD; what a reader gives is NFC
    return {url: fact | {"title": fact["title"] and normalize("NFC", fact["title"])} for url, fact in out.items()}
