"""Stored pages with the JSON expected of them, per version of the selectors: replayed, they show what a change breaks.

Kept in the office's data folder (`DATA/sources/fixtures/ID/VERSION/`): the program ships no text of others.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crawlers.discover.writing import write_bytes
from crawlers.registry import Source, own_folder
from pipelines.clock import local
from pipelines.errors import UserError
from pipelines.extract import FeedHint, NotArticle, extract, version_on
from pipelines.extract.dom import MAX_BYTES
from pipelines.settings import Settings

AUTO = "tu-dong"
# What is compared; the version of a library in `parser` is not, the way the body was found is.
FIELDS = ("title", "sapo", "body", "captions", "images", "published", "modified", "date_origin", "section", "canonical", "lang", "parser")


@dataclass(frozen=True)
class Change:
    """One field of one stored page that is read otherwise now; `before` and `after` shortened for one line."""

    page: str
    url: str
    field: str
    before: str
    after: str


def fixtures_folder(settings: Settings, output: Path | None = None) -> Path:
    """Return the folder of stored pages: `fixtures` in `output` or in the folder of the office's declarations."""
    return (output or own_folder(settings)) / "fixtures"


def read_page(
    source: Source, url: str, body: bytes, content_type: str, fetched: datetime, hint: FeedHint | None = None
) -> dict[str, Any]:
    """Return what collecting would read on the day of capture: the JSON of `cotmoc extract`, or `not_article`."""
    day = local(fetched).date()
    found = extract(
        body, url, content_type=content_type, selectors=version_on(source.selectors, day), feed=hint, now=fetched, captured=day,
        zone=source.clock,
    )  # fmt: skip
    if isinstance(found, NotArticle):
        return {"not_article": found.kind, "reason": found.reason}
    read = found.as_json()
    return {name: read[name] for name in FIELDS}


def record(
    folder: Path, source: Source, url: str, body: bytes, content_type: str, fetched: datetime, hint: FeedHint | None = None
) -> Path:
    """Store one page, what the feed said of it and the JSON expected; UserError when it is no article. Returns the JSON's path."""
    expected = read_page(source, url, body, content_type, fetched, hint)
    if "not_article" in expected:
        raise UserError(f"{url}: không phải bài viết ({expected['reason']}); hãy cho địa chỉ một bài")
    version = source.selectors_on(local(fetched).date())
    place = folder / source.id / (_safe(version.version) if version else AUTO)
    name = hashlib.sha256(url.encode()).hexdigest()[:12]
    facts = {"source": source.id, "url": url, "fetched": fetched.isoformat(), "content_type": content_type, "hint": _hint_facts(hint), "expected": expected}
    try:
        write_bytes(place / f"{name}.html.gz", gzip.compress(body, mtime=0))
        write_bytes(place / f"{name}.json", (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode())
    except OSError as error:
        raise UserError(f"{place}: không ghi được trang mẫu ({error.strerror})") from error
    return place / f"{name}.json"


def stored(folder: Path, name: str) -> list[Path]:
    """Return the JSON files stored for a source, all versions."""
    return sorted((folder / name).glob("*/*.json"))


def replay(folder: Path, source: Source) -> Iterator[tuple[Path, list[Change]]]:
    """Read every stored page of a source again; yield its JSON file with the fields that changed (none: as expected)."""
    for path in stored(folder, source.id):
        yield path, _compare(path, source)


def _compare(path: Path, source: Source) -> list[Change]:
    label = f"{path.parent.name}/{path.stem}"
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        url, expected = str(facts["url"]), dict(facts["expected"])
        fetched = datetime.fromisoformat(facts["fetched"])
        with gzip.open(path.with_suffix(".html.gz")) as packed:
            body = packed.read(MAX_BYTES + 1)
        content_type, hint = str(facts.get("content_type", "")), _hint(facts.get("hint"))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        return [Change(label, "", "file", "đọc được", f"tệp mẫu hỏng hoặc thiếu ({type(error).__name__})")]
    now = read_page(source, url, body, content_type, fetched, hint)
    if "not_article" in now:
        return [Change(label, url, "page", "bài viết", f"không còn đọc được thành bài: {now['reason']}")]
    changes = []
    for name in FIELDS:
        before, after = expected.get(name), now.get(name)
        if name == "parser":
            before, after = _way(before), _way(after)
        if before != after:
            changes.append(Change(label, url, name, *_shown(before, after)))
    return changes


def _hint_facts(hint: FeedHint | None) -> dict[str, str] | None:
    if hint is None:
        return None
    return {"title": hint.title, "sapo": hint.sapo, "published": hint.published.isoformat() if hint.published else "", "origin": hint.date_origin}


def _hint(facts: Any) -> FeedHint | None:
    if not isinstance(facts, dict):
        return None
    published = datetime.fromisoformat(facts["published"]) if facts.get("published") else None
    return FeedHint(str(facts.get("title", "")), str(facts.get("sapo", "")), published, str(facts.get("origin", "feed")))


def _way(parser: Any) -> str:
    return re.sub(r"\b(resiliparse|trafilatura|cotmoc)-\d[\w.]*", r"\1", str(parser))


def _shown(before: Any, after: Any) -> tuple[str, str]:
    """Return both values around the place where they part, each in one short line."""
    one, other = (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in (before, after))
    at = next((index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, at - 20)

    def cut(text: str) -> str:
        return ("…" if start else "") + " ".join(text[start : start + 60].split()) + ("…" if len(text) > start + 60 else "")

    return cut(one), cut(other)


def _safe(version: str) -> str:
    return re.sub(r"[^\w.-]+", "-", version).strip(".-")[:60] or AUTO
