"""When an article was published: the most trustworthy of what page, feed and address say.

Order: JSON-LD, meta elements, the declared or visible date, the feed, the address. JSON-LD stands before meta because
all outlets of html/meth04 but one fill it, and its minute is the one that readers see: Tuổi Trẻ says 08:01:00 in
JSON-LD and on the page, 08:01:53 in meta (2026-03-07). A doubtful date (future, before 1990) yields to the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any
from urllib.parse import urlsplit

from pipelines.dates import DOUBTFUL, VIETNAM, ParsedDate, date_from_url, parse_date
from pipelines.extract import dom
from pipelines.extract.metadata import Metadata
from pipelines.extract.model import FeedHint
from pipelines.records import DateOrigin

# Hours from UTC where a site's dates carry no zone; Việt Nam and Laos otherwise.
_ZONES = {"cn": 8, "tw": 8, "hk": 8, "ph": 8, "sg": 8, "my": 8, "jp": 9, "kr": 9}
_CHINESE = frozenset({"xinhuanet.com", "globaltimes.cn", "chinadaily.com.cn", "cgtn.com", "huanqiu.com", "scmp.com", "taipeitimes.com"})
_VISIBLE = (
    "time[datetime], [class*=publish], [class*=post-time], [class*=detail-time], [class*=article-date], [class*=news-date], "
    "[class*=ngay-dang], [class*=date-time], [class*=datetime], span.date, div.date, p.date, span.time, div.time, time"
)


@dataclass(frozen=True)
class Dated:
    """Publication and last change, with origin, confidence and what was odd."""

    published: datetime | None
    origin: DateOrigin
    confidence: float
    note: str
    modified: datetime | None


def zone_of(url: str) -> tzinfo:
    """Return the zone in which the site of `url` writes its times."""
    host = (urlsplit(url).hostname or "").lower()
    hours = _ZONES.get(host.rsplit(".", 1)[-1], 7)
    if any(host == name or host.endswith("." + name) for name in _CHINESE):
        hours = 8
    return VIETNAM if hours == 7 else timezone(timedelta(hours=hours))


def date_page(
    tree: Any, metadata: Metadata, declared: str, url: str, hint: FeedHint | None, now: datetime, zone: tzinfo
) -> Dated:
    """Choose the date of a page; a second voice that differs by more than two days lowers the confidence."""
    voices: list[tuple[DateOrigin, ParsedDate]] = []
    for origin, text in _said(metadata, declared):
        found = parse_date(text, now=now, zone=zone)
        if found is not None:
            voices.append((origin, found))
    if not any(found.confidence > DOUBTFUL for _, found in voices):
        visible = _visible(tree, now, zone)
        if visible is not None:
            voices.append((DateOrigin.TEXT, visible))
    if hint is not None and hint.published is not None:
        trust = 0.9 if hint.published <= now + timedelta(minutes=10) and hint.published.year >= 1990 else DOUBTFUL
        voices.append((_origin(hint.date_origin), ParsedDate(hint.published, trust)))
    address = date_from_url(url, now=now, zone=zone)
    if address is not None:
        voices.append((DateOrigin.URL, address))
    modified = _modified(metadata, now, zone)
    chosen = next((voice for voice in voices if voice[1].confidence > DOUBTFUL), voices[0] if voices else None)
    if chosen is None:
        return Dated(None, DateOrigin.NONE, 0.0, "", modified)
    origin, found = chosen
    # A bare day yields to a voice that knows the hour of that same day.
    if "không ghi giờ" in found.note:
        for other, voice in voices:
            if voice.value.date() == found.value.date() and "không ghi giờ" not in voice.note and other is not DateOrigin.URL:
                origin, found = other, voice
                break
    confidence, note = found.confidence, found.note
    other_voice = next((voice for name, voice in voices if name is not origin and voice.confidence > DOUBTFUL), None)
    if other_voice is not None and abs(other_voice.value - found.value) > timedelta(days=2):
        confidence = min(confidence, 0.7)
        note = "; ".join(filter(None, (note, "các nơi ghi ngày khác nhau")))
    return Dated(found.value, origin, confidence, note, modified)


def _said(metadata: Metadata, declared: str) -> Iterator[tuple[DateOrigin, str]]:
    if metadata.ld is not None and metadata.ld.published:
        yield DateOrigin.JSON_LD, metadata.ld.published
    for name in ("published", "published2", "published3", "published4"):
        if metadata.meta.get(name):
            yield DateOrigin.META, metadata.meta[name]
    if declared:
        yield DateOrigin.TEXT, declared


def _visible(tree: Any, now: datetime, zone: tzinfo) -> ParsedDate | None:
    """Return the first date that stands in an element made for dates, in the order of the page."""
    for node in dom.select(tree.body, _VISIBLE)[:12]:
        text = (node.getattr("datetime") or "") if node.hasattr("datetime") else ""
        for candidate in (text, dom.text_of(node)[:120]):
            found = parse_date(candidate, now=now, zone=zone)
            if found is not None and found.confidence > 0.5:
                return found
    return None


def _modified(metadata: Metadata, now: datetime, zone: tzinfo) -> datetime | None:
    texts = [metadata.ld.modified] if metadata.ld is not None else []
    texts += [metadata.meta.get(name, "") for name in ("modified", "modified2", "modified3")]
    for text in texts:
        found = parse_date(text, now=now, zone=zone)
        if found is not None and found.confidence > DOUBTFUL:
            return found.value
    return None


def _origin(name: str) -> DateOrigin:
    try:
        origin = DateOrigin(name)
    except ValueError:
        return DateOrigin.FEED
    return DateOrigin.FEED if origin is DateOrigin.NONE else origin
