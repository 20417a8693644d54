"""The one document that the index holds per article, and what both engines derive from it.

A document is plain JSON. It carries no person: neither writers of articles nor analysts (tests/test_never_people.py).
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipelines.clock import local
from pipelines.records import Article, Assessment, Places, Tier
from pipelines.search import analysis

# Field of a document → its type. A list holds strings. Anything else is rejected before an engine sees it.
FIELDS: Mapping[str, type | tuple[type, ...]] = {
    "id": str, "url": str, "title": str, "sapo": str, "body": str, "captions": list,
    "outlet": str, "source": str, "kind": str, "lang": str, "published": (str, type(None)), "date": str, "seen": str,
    "about": list, "mention": list, "national": bool, "tier": str, "verdicts": list, "types": list, "refs": list,
    "status": list, "story": str, "revision": int,
}  # fmt: skip
# Name in a question → where its values stand in a document.
TAGS: Mapping[str, tuple[str, ...]] = {
    "outlet": ("outlet",), "source": ("source",), "lang": ("lang",), "kind": ("kind",), "about": ("about",),
    "mention": ("mention",), "national": ("national",), "tier": ("tier",), "verdict": ("verdicts",),
    "type": ("types",), "ref": ("refs",), "status": ("status",), "story": ("story",),
}  # fmt: skip
ALL = "all"
# Data classes: articles of a story that raised an alert, and all others; with the parts of the index they name.
ALERT, ARTICLE = "alert", "article"
# What `cotmoc index verify` says of texts that were written without their compound words (worded.py).
UNCUT = "{} bài chưa tách từ ghép (ghi lúc index_words còn tắt), word: không tìm thấy chúng"
# Low bits of a rank tell articles of the same second apart; the whole stays below 2**53 until the year 2240.
RANK_BITS = 20


class BadDocument(ValueError):
    """A document that no engine can take: a field is missing, unknown, or of another type."""


def document_of(
    article: Article,
    places: Places | None,
    assessment: Assessment | None,
    alert_statuses: Sequence[str] = (),
    *,
    story: str = "",
    seen: datetime | None = None,
) -> dict[str, Any]:
    """Return the document of one article as it is now; equal states give equal documents.

    `seen` is when the first revision was seen; its day (UTC) never changes, and its month is where the document is kept (`part_of`).
    """
    claims = assessment.claims if assessment else ()
    first = article.first_seen or datetime(1970, 1, 1, tzinfo=UTC)
    date = article.published or first
    return {
        "id": article.id,
        "url": _clean(article.url),
        "title": _clean(article.title),
        "sapo": _clean(article.sapo),
        "body": _clean(article.body),
        "captions": [_clean(caption) for caption in article.captions],
        "outlet": article.outlet,
        "source": article.source,
        "kind": article.kind,
        "lang": article.lang,
        "published": _utc(article.published) if article.published else None,
        "date": _utc(date),
        "seen": (seen or first).astimezone(UTC).date().isoformat(),
        "about": sorted(places.about) if places else [],
        "mention": sorted(places.mentioned) if places else [],
        "national": bool(places and places.national),
        "tier": (assessment.tier if assessment else Tier.NONE).value,
        "verdicts": sorted({claim.verdict.value for claim in claims}),
        "types": sorted({claim.type for claim in claims}),
        "refs": sorted({ref for claim in claims for ref in claim.refs}),
        "status": sorted(set(alert_statuses)),
        "story": story or article.id,
        "revision": article.revision,
    }


def _clean(text: str) -> str:
    """Replace halves of surrogate pairs, which a page may hold and no UTF-8 can: one would spoil a whole bulk request."""
    return text.encode("utf-8", "replace").decode()


def _utc(moment: datetime) -> str:
    return local(moment).astimezone(UTC).isoformat(timespec="seconds")


def check(document: Mapping[str, Any]) -> str:
    """Return the checksum; raise BadDocument unless `document` has exactly the fields of FIELDS, each of its type."""
    for name, kind in FIELDS.items():
        if name not in document:
            raise BadDocument(f"thiếu trường “{name}”")
        value = document[name]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise BadDocument(f"trường “{name}” sai kiểu: {type(value).__name__}")
        if isinstance(value, list) and not all(isinstance(item, str) for item in value):
            raise BadDocument(f"trường “{name}” phải là danh sách chữ")
    unknown = set(document) - set(FIELDS)
    if unknown:
        raise BadDocument(f"trường lạ “{min(unknown)}”")
    for name in ("date", "published", "seen"):
        try:
            datetime.fromisoformat(document[name] or document["date"])
        except ValueError as error:
            raise BadDocument(f"trường “{name}” không phải thời điểm ISO: {document[name]}") from error
    try:
        return checksum(document)
    except UnicodeEncodeError as error:
        raise BadDocument("có ký tự không viết được bằng UTF-8") from error


def checksum(document: Mapping[str, Any]) -> str:
    """Return 16 hex digits of SHA-256 over the canonical JSON of `document`."""
    body = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def stored_sum(document: object) -> str:
    """Return the checksum of what was stored as a document; empty when it is none any more."""
    try:
        return check(document) if isinstance(document, Mapping) else ""
    except BadDocument:
        return ""


def part_of(document: Mapping[str, Any]) -> str:
    """Return the part of the index that keeps `document`: its data class, and of plain articles the month (UTC) first seen.

    What belongs to a story with an alert is evidence and has no month: its time ends by the case, not by the calendar.
    """
    return ALERT if document["status"] else f"{ARTICLE}-{document['seen'][:7]}"


def shelf_of(part: str) -> str:
    """Return where an engine that pays for every part keeps `part`: months by the quarter, `article-2026-q4`; all else as it is."""
    month = re.fullmatch(rf"({ARTICLE}-\d{{4}})-(\d\d)", part)
    return f"{month[1]}-q{(int(month[2]) + 2) // 3}" if month else part


def tag(name: str, value: str) -> str:
    """Return the token under which a field value is found, such as `outlet:tuoi-tre`."""
    return f"{name}:{analysis.key(value)}"


def rank_floor(moment: datetime) -> int:
    """Return the lowest rank of an article at or after `moment`."""
    return max(0, math.ceil(moment.timestamp())) << RANK_BITS


def rank_of(document: Mapping[str, Any]) -> int:
    """Return the place in time of a document: seconds since 1970, then bits of its id. Newest first is rank descending."""
    seconds = max(0, int(datetime.fromisoformat(document["date"]).timestamp()))
    return (seconds << RANK_BITS) | int(hashlib.sha256(document["id"].encode()).hexdigest()[:5], 16)


def day_of(document: Mapping[str, Any]) -> str:
    """Return the local day of a document."""
    return local(datetime.fromisoformat(document["date"])).date().isoformat()


@dataclass(frozen=True, slots=True)
class Indexed:
    """What an engine stores beside the document: tokens joined by blanks, tags, rank, local day, checksum."""

    exact: str
    folded: str
    tags: tuple[str, ...]
    rank: int
    day: str
    sum: str


def indexed(document: Mapping[str, Any], words: Sequence[str] = ()) -> Indexed:
    """Analyse a document, with the compound words that were found in it (worded.py); raises BadDocument."""
    total = check(document)
    exact = analysis.joined((document["title"], document["sapo"], document["body"], *document["captions"]))
    return Indexed(
        exact=" ".join(exact),
        folded=" ".join(map(analysis.folded, exact)),
        tags=(*tags_of(document), *dict.fromkeys(tag("word", word) for word in words)),
        rank=rank_of(document),
        day=day_of(document),
        sum=total,
    )


def tags_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the tags of a document, each once, `all` first."""
    found = {ALL: None}
    for name, places in TAGS.items():
        for place in places:
            value = document[place]
            if isinstance(value, bool):
                value = "yes" if value else "no"
            for item in value if isinstance(value, list) else [value]:
                found[tag(name, item)] = None
    return tuple(found)
