"""What an outlet is called and where it is at home, from what its pages and feeds say of themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

# "Trang chủ | Báo X", "Báo X - Tin mới nhất RSS": what stands between these is one name.
_BREAK = re.compile(r"\s+[|–—·»-]\s+|\s*[|»]\s*|:\s+")
_COMMON = re.compile(
    r"(?i)(?:rss|feeds?|rss feeds?|atom|home|homepage|news|latest(?: news)?|index|trang nhất|trang chủ|tin (?:tức|mới|mới nhất|nhanh|nóng)|"
    r"tin tức(?: mới)?(?: nhất)?|thời sự|首页|主页|新闻)"
)
_TAIL = re.compile(r"(?i)\s*(?:[-–|:]\s*)?\b(?:rss(?: feeds?)?|feed)\s*(?:2\.0)?$")
# An edition in a language lives under its own path: bbc.com/vietnamese, rfi.fr/vi, nhk.or.jp/nhkworld/vi.
_EDITION = re.compile(
    r"(?i)^(?:[\w-]+/)?(?:vi|en|zh|fr|lo|km|th|ja|ko|ru|es|[a-z]{2}-[a-z]{2}|vietnamese|tiengviet|tieng-viet|english|chinese|zhongwen|khmer|lao)(?=/|$)"
)
LONGEST = 120


def name_of(declared: str, title: str, feeds: Sequence[str]) -> str:
    """Return the outlet's name: as it declares (og:site_name), else the part that its feeds' titles and its page's title share,
    else the first telling part of the page's title, then of the feeds'; empty when nothing tells.
    """
    parts = [_parts(text) for text in feeds]
    shared = [part for part in _parts(title) if any(part.casefold() in {each.casefold() for each in found} for found in parts)]
    counted = Counter(part for found in parts for part in dict.fromkeys(found))
    often = [part for part, count in counted.most_common(1) if count > 1]
    found = [" ".join(declared.split()), *shared, *_parts(title), *often, *(part for each in parts for part in each)]
    return next((name for name in found if name), "")[:LONGEST]


def _parts(title: str) -> list[str]:
    """Return the parts of a title that may name an outlet."""
    kept = (_TAIL.sub("", part).strip(" -–|") for part in _BREAK.split(" ".join(title.split())))
    return [part for part in kept if part and not _COMMON.fullmatch(part)]


def home_of(url: str) -> str:
    """Return the root of the site at `url`, or of its edition in a language; a section or a feed is no home."""
    path = urlsplit(url).path.strip("/")
    edition = _EDITION.match(path)
    return urljoin(url, f"/{edition[0]}/" if edition and "." not in edition[0] else "/")
