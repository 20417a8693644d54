"""What people are told: headline, outlet, time, verdict, references and a link. Nothing of a person.

The sentence itself stays in the dashboard: it may quote or name somebody. Of posts not even the title goes out,
and addresses, telephone numbers and names of accounts are struck from headlines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Connection

from pipelines.clock import show
from pipelines.records import VERDICT_VI, Alert, Article
from pipelines.retention import POSTS
from pipelines.store import alerts, articles, stories

LONGEST_TITLE = 160
# A summary names so many stories, in so many messages where a service takes only short ones; the rest are counted.
MOST = 40
MOST_PAGES = 8
# Room for what joins the stories of a page: its number, the count of the rest, blank lines.
_JOINTS = 80
_HINT = "Máy nêu, chờ người thẩm định."
_PRIVATE = re.compile(
    # pages of accounts
    r"(?<![\w.])(?:https?://)?(?:www\.|m\.)?(?:facebook\.com|fb\.com|fb\.me|t\.me|telegram\.me|zalo\.me|tiktok\.com|youtube\.com|youtu\.be"
    r"|x\.com|twitter\.com|instagram\.com|threads\.net)/\S+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|(?<![\w/])@[\w.]{2,}"  # account
    r"|(?<!\d)\(?(?:(?:\+|00)?84|0)(?:[ .\-()]{0,2}\d){8,10}(?!\d)",  # telephone in Việt Nam
    re.IGNORECASE,
)
# Letters, digits and signs of addresses in East Asian width are read like others.
_WIDE = {ord(char) + 0xFEE0: char for char in "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@.+-"}
_DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True, slots=True)
class News:
    """One story as it is told."""

    title: str
    line: str
    reason: str
    link: str
    # Whether a verdict stands at which nobody has looked yet.
    new: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """One message of a gathered notice; `stories` is how many of the notice's stories it settles, named or counted."""

    title: str
    text: str
    stories: int


def clean(text: str) -> str:
    """Return `text` on one line without control and direction characters, accounts, addresses and numbers of people."""
    # A headline of a book's length is looked through no further than it could be told.
    flat = "".join(char if char.isprintable() and char not in _DIRECTION else " " for char in text[: 10 * LONGEST_TITLE])
    flat = _PRIVATE.sub("…", " ".join(flat.translate(_WIDE).split()))
    return flat if len(flat) <= LONGEST_TITLE else flat[: LONGEST_TITLE - 1].rstrip() + "…"


def outlet_name(outlet: str, url: str, source: str = "") -> str:
    """Return who published, as it is told: the outlet, or the site, or the source where the outlet is missing or an account."""
    name = clean(outlet)
    if name.strip("… ") and not outlet.lstrip().startswith("@"):
        return name
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return clean(host.removeprefix("www.") or source)


def settled(conn: Connection, story: str) -> bool:
    """Tell whether people have said of every alert of a story that there is nothing in it, before anybody was told."""
    states = alerts.statuses_of_story(conn, _current(conn, story))
    return bool(states) and all(state in alerts.ENDED for state in states)


def _current(conn: Connection, story: str) -> str:
    return story if stories.get(conn, story) else stories.story_of(conn, story) or story


def news(conn: Connection, story: str, desk_url: str) -> News | None:
    """Return what to tell of a story as it stands now, or None when nothing of it is left."""
    current = _current(conn, story)
    raised = [alert for alert in alerts.list_alerts(conn, story=current) if alert.status not in alerts.ENDED]
    first = stories.get(conn, current)
    article = articles.get(conn, raised[0].article if raised else first.first_article if first else current)
    if article is None:
        return None
    link = f"{desk_url}/alerts/{raised[0].id}" if raised else f"{desk_url}/articles/{article.id}"
    title = f"Bài đăng trên kênh {_outlet(article)}" if article.kind in POSTS else clean(article.title)
    new = bool(raised) and raised[0].status == alerts.NEW
    return News(title, _line(article), _reason(raised[0]) if raised else "", link, new)


def _line(article: Article) -> str:
    return " · ".join(part for part in (_outlet(article), show(article.published)) if part)


def _outlet(article: Article) -> str:
    return outlet_name(article.outlet, article.url, article.source)


def _reason(alert: Alert) -> str:
    known = [] if alert.status == alerts.NEW else [alert.status]
    return " · ".join([VERDICT_VI[alert.claim.verdict], f"loại {alert.claim.type}", f"tư liệu {', '.join(alert.claim.refs)}", *known])


def immediate(one: News, names: Sequence[str] = ()) -> Page:
    """Return the message about one flagged story; `names` are those of the watches that found it."""
    lines = [one.title, one.line, one.reason, _found_by(names), _HINT if one.new else "", one.link]
    # Without a verdict it is only what a watch found: people have settled its alerts meanwhile.
    return Page(f"{'Cảnh báo' if one.reason else 'Tin theo dõi'}: {one.title}", "\n".join(line for line in lines if line), 1)


def gathered(told: Sequence[tuple[News, Sequence[str]]], room: int) -> list[Page]:
    """Return the messages, of at most `room` characters each, about the flagged stories of a burst."""
    hint = _HINT if any(one.new for one, _names in told) else ""
    return _pages(f"Cảnh báo: {len(told)} tin dồn một lúc", [_block(one, one.reason, _found_by(names)) for one, names in told], hint, room)


def summary(told: Sequence[tuple[News, Sequence[str]]], room: int) -> list[Page]:
    """Return the messages of a summary; each story comes with its verdict and the names of the watches that found it."""
    blocks = [_block(one, one.reason, _found_by(names)) for one, names in told]
    return _pages(f"Tóm tắt theo dõi: {len(told)} tin", blocks, "", room)


def _found_by(names: Sequence[str]) -> str:
    return f"theo “{'”, “'.join(map(clean, names))}”" if names else ""


def _block(one: News, *more: str) -> str:
    return "\n".join([f"• {one.title}", *(f"  {line}" for line in (one.line, *more, one.link) if line)])


def _pages(title: str, blocks: Sequence[str], end: str, room: int) -> list[Page]:
    """Lay stories on pages, never across two of them; the last page counts those that are not named."""
    space = room - len(title) - len(end) - _JOINTS
    pages: list[list[str]] = [[]]
    for block in blocks[:MOST]:
        if pages[-1] and sum(len(one) + 2 for one in pages[-1]) + len(block) > space:
            if len(pages) == MOST_PAGES:
                break
            pages.append([])
        pages[-1].append(block)
    rest = len(blocks) - sum(map(len, pages))
    out = []
    for number, page in enumerate(pages, 1):
        last = number == len(pages)
        parts = [*page, f"… và {rest} tin khác trên bàn làm việc." if rest and last else "", end]
        heading = f"{title} ({number}/{len(pages)})" if len(pages) > 1 else title
        out.append(Page(heading, "\n\n".join(filter(None, parts)), len(page) + (rest if last else 0)))
    return out
