"""Quality of extraction on every stored page with known facts, beside trafilatura and resiliparse alone.

Title and date: the nine pages of html/meth04 and the three of html/fundus_*; body: the three with gold (ROUGE-L F1 of sapô
and body); dates of feeds: every item of feeds/trimmed-2026-09 against the date as written.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers.discover.learning import rouge_l, words_of
from crawlers.feeds import parse_feed
from pipelines.dates import VIETNAM
from pipelines.extract import Extracted, extract
from pipelines.extract.dom import parse
from pipelines.extract.generic import by_resiliparse

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
UNKNOWN = "https://bao.example/luu/mot-trang-da-luu-lai.html"
_GOLD = {"fundus_VnExpress": "fundus_meta.info", "fundus_cn_People": "fundus_cn_meta.info", "fundus_tw_TaipeiTimes": "fundus_tw_meta.info"}


@dataclass(frozen=True)
class Page:
    """One stored page with what is known of it; `date` may lack its time, `body` and `captions` may be unknown."""

    content: bytes
    url: str
    title: str
    date: str
    body: str = ""
    captions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Read:
    """What one reader gave."""

    title: str
    date: str
    text: str
    captions: tuple[str, ...] = ()
    extracted: Extracted | None = None


def pages(folder: Path) -> list[Page]:
    """Return the stored pages with known facts of the folder `html`."""
    found = []
    facts = json.loads((folder / "meth04" / "_auto_metadata.json").read_text(encoding="utf-8"))
    for name, page in facts.items():
        # baodautu.vn names its date only in the text of the page (read by eye: 07/03/2026 08:47).
        date = page["ld_datePublished"] or page["meta_published_time"] or "2026-03-07T08:47:00"
        found.append(Page((folder / "meth04" / name).read_bytes(), page["canonical"], (page["h1"] or page["og_title"]).strip(), date[:16]))
    for name, info in _GOLD.items():
        gold = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["V1"]
        stem, meta = next(iter(json.loads((folder / info).read_text(encoding="utf-8")).items()))
        body = gold["body"]
        text = "\n".join([*body["summary"], *(part for block in body["sections"] for part in (*block["headline"], *block["paragraphs"]))])
        captions = tuple(image["caption"] for image in gold["images"] or () if image["caption"])
        content = gzip.decompress(next(folder.glob(f"fundus*{stem}")).read_bytes())
        date = str(gold["publishing_date"]).replace(" ", "T")
        found.append(Page(content, meta["url"], gold["title"], date[:10] if "00:00:00" in date else date[:16], text, captions))
    return found


def _local(found: Extracted) -> str:
    if found.published is None:
        return ""
    # Taipei writes its own day; the gold of that page is Taipei's.
    return (found.published if found.published.utcoffset() else found.published.astimezone(VIETNAM)).isoformat()[:16]


def ours(known: bool) -> Callable[[Page], Read]:
    """Return our reader, with the outlet's address or with an unknown one."""

    def read(page: Page) -> Read:
        found = extract(page.content, page.url if known else UNKNOWN, now=NOW)
        if not isinstance(found, Extracted):
            return Read("", "", "")
        return Read(found.title, _local(found), f"{found.sapo}\n{found.body}", found.captions, found)

    return read


def by_trafilatura(page: Page) -> Read:
    """Read by trafilatura alone, with its metadata; it gives days, no times and no captions."""
    import trafilatura

    found: Any = trafilatura.bare_extraction(page.content, url=page.url, with_metadata=True)
    return Read(found.title or "", found.date or "", found.text or "") if found is not None else Read("", "", "")


def by_resiliparse_alone(page: Page) -> Read:
    """Read by resiliparse alone: the main text and the title element; it gives no date."""
    from pipelines.charset import decode

    tree = parse(decode(page.content).text)
    return Read(re.split(r"\s[|–-]\s|--", tree.title or "")[0].strip(), "", "\n".join(by_resiliparse(tree)))


def score(found: list[Page], read: Callable[[Page], Read]) -> dict[str, str | float]:
    """Return the row of the table for one reader."""
    answers = [(page, read(page)) for page in found]
    shares = [rouge_l(words_of(answer.text), words_of(page.body)) for page, answer in answers if page.body]
    # The gold leaves out the credit that ends a caption.
    captions = [any(caption in one for one in answer.captions) for page, answer in answers for caption in page.captions]
    return {
        "title": sum(bool(answer.title) and page.title.startswith(answer.title) for page, answer in answers) / len(answers),
        "day": sum(bool(answer.date) and answer.date[:10] == page.date[:10] for page, answer in answers) / len(answers),
        "minute": sum(answer.date[: len(page.date)] == page.date for page, answer in answers) / len(answers),
        "body mean": sum(shares) / len(shares),
        "body worst": min(shares),
        "captions": sum(captions) / len(captions) if captions else 0.0,
    }


def presence(found: list[Page]) -> dict[str, str]:
    """Return on how many pages each further part is there."""
    read = [answer.extracted for page in found if (answer := ours(True)(page)).extracted is not None]
    parts: dict[str, Callable[[Extracted], object]] = {
        "sapô": lambda item: item.sapo, "captions": lambda item: item.captions, "images": lambda item: item.images,
        "alt texts": lambda item: any(image.alt for image in item.images), "section": lambda item: item.section,
        "modified": lambda item: item.modified, "canonical": lambda item: item.canonical,
    }  # fmt: skip
    return {name: f"{sum(bool(part(item)) for item in read)}/{len(found)}" for name, part in parts.items()}


def feed_dates(folder: Path) -> tuple[int, int]:
    """Return (items dated without doubt, items) of the trimmed feeds."""
    items = [item for path in sorted(folder.glob("*.*")) for item in parse_feed(path.read_bytes(), "https://bao.example/rss", NOW).items]
    return sum(item.published is not None and item.confidence > 0.5 for item in items), len(items)


def table(data: Path) -> dict[str, Any]:
    """Print the table and return its figures."""
    found = pages(data / "html")
    readers: dict[str, Callable[[Page], Read]] = {
        "Cột Mốc, outlet known": ours(True), "Cột Mốc, outlet unknown": ours(False),
        "trafilatura alone": by_trafilatura, "resiliparse alone": by_resiliparse_alone,
    }  # fmt: skip
    rows = {name: score(found, read) for name, read in readers.items()}
    print(f"{'':26s}" + "".join(f"{name:>11s}" for name in next(iter(rows.values()))))
    for name, row in rows.items():
        print(f"{name:26s}" + "".join(f"{float(value):11.3f}" for value in row.values()))
    there = presence(found)
    print("parts present (outlet known): " + ", ".join(f"{name} {count}" for name, count in there.items()))
    dated, total = feed_dates(data / "feeds" / "trimmed-2026-09")
    print(f"dates of feeds/trimmed-2026-09: {dated} of {total} items without doubt")
    return {"pages": len(found), "readers": rows, "present": there, "feed dates": [dated, total]}
