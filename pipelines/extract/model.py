"""What extraction gives: an article's parts, or the reason why a page is no article. There is no author."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.clock import local
from pipelines.records import DateOrigin, Image


@dataclass(frozen=True)
class FeedHint:
    """What the feed, sitemap or list said of the article before its page was read."""

    title: str = ""
    sapo: str = ""
    published: datetime | None = None
    date_origin: str = "feed"


@dataclass(frozen=True)
class NotArticle:
    """A page that is no article: `kind` out of a closed list, `reason` in one Vietnamese phrase."""

    kind: str
    reason: str


# home, list, error, login, empty: no article there. too-large, too-deep, too-slow, binary: nobody can read it.
UNREADABLE = frozenset({"too-large", "too-deep", "too-slow", "binary"})


@dataclass(frozen=True)
class Extracted:
    """The parts of an article as CONTRACT.md names them; `parser` names the way and its version."""

    title: str
    sapo: str
    body: str
    captions: tuple[str, ...]
    images: tuple[Image, ...]
    published: datetime | None
    modified: datetime | None
    date_origin: DateOrigin
    date_confidence: float
    date_note: str
    section: str
    canonical: str
    lang: str
    parser: str

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object of `cotmoc extract`; times on the wall clock of Hà Nội."""
        return {
            "title": self.title,
            "sapo": self.sapo,
            "body": self.body,
            "captions": list(self.captions),
            "images": [image.model_dump() for image in self.images],
            "published": local(self.published).isoformat() if self.published else None,
            "modified": local(self.modified).isoformat() if self.modified else None,
            "date_origin": self.date_origin.value,
            "date_confidence": round(self.date_confidence, 2),
            "date_note": self.date_note,
            "section": self.section,
            "canonical": self.canonical,
            "lang": self.lang,
            "parser": self.parser,
        }
