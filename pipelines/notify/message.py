"""What people are told: headline, outlet, time, verdict, references and a link. Nothing of a person.

The sentence itself stays in the dashboard: it may quote or name somebody. Of posts not even the title goes out,
and addresses, telephone numbers and names of accounts are struck from headlines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from pipelines.clock import show
from pipelines.records import VERDICT_VI, Alert, Article
from pipelines.retention import POSTS
from pipelines.store import alerts, articles, stories

LONGEST_TITLE = 160
# A summary names so many stories; the rest are counted.
MOST = 40
_PRIVATE = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|(?<![\w/])@[\w.]{2,}"  # account
    r"|(?<!\d)(?:\+?84|0)(?:[ .\-]?\d){8,10}(?!\d)"  # telephone in Việt Nam
)
_DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True, slots=True)
class News:
    """One story as it is told."""

    title: str
    line: str
    reason: str
    link: str


def clean(text: str) -> str:
    """Return `text` on one line without control and direction characters, accounts, addresses and numbers of people."""
    flat = "".join(char if char.isprintable() and char not in _DIRECTION else " " for char in text)
    flat = _PRIVATE.sub("…", " ".join(flat.split()))
    return flat if len(flat) <= LONGEST_TITLE else flat[: LONGEST_TITLE - 1].rstrip() + "…"


def news(conn: Connection, story: str, desk_url: str) -> News | None:
    """Return what to tell of a story as it stands now, or None when nothing of it is left."""
    current = story if stories.get(conn, story) else stories.story_of(conn, story) or story
    raised = alerts.list_alerts(conn, story=current, limit=1)
    first = stories.get(conn, current)
    article = articles.get(conn, raised[0].article if raised else first.first_article if first else current)
    if article is None:
        return None
    link = f"{desk_url}/alerts/{raised[0].id}" if raised else f"{desk_url}/articles/{article.id}"
    title = f"Bài đăng trên kênh {clean(article.outlet)}" if article.kind in POSTS else clean(article.title)
    return News(title, _line(article), _reason(raised[0]) if raised else "", link)


def _line(article: Article) -> str:
    when = show(article.published)
    return clean(article.outlet) + (f" · {when}" if when else "")


def _reason(alert: Alert) -> str:
    return f"{VERDICT_VI[alert.claim.verdict]} · loại {alert.claim.type} · tư liệu {', '.join(alert.claim.refs)}"


def immediate(one: News) -> tuple[str, str]:
    """Return title and text of the message about one flagged story."""
    lines = [one.title, one.line, one.reason, "Máy nêu, chờ người thẩm định.", one.link]
    return f"Cảnh báo: {one.title}", "\n".join(line for line in lines if line)


def gathered(told: Sequence[News]) -> tuple[str, str]:
    """Return title and text of one message about the flagged stories of a burst."""
    parts = ["\n".join(line for line in (f"• {one.title}", f"  {one.line}", f"  {one.reason}", f"  {one.link}") if line.strip()) for one in told[:MOST]]
    if len(told) > MOST:
        parts.append(f"… và {len(told) - MOST} tin khác trên bàn làm việc.")
    return f"Cảnh báo: {len(told)} tin dồn một lúc", "\n\n".join([*parts, "Máy nêu, chờ người thẩm định."])


def summary(told: Sequence[tuple[News, Sequence[str]]]) -> tuple[str, str]:
    """Return title and text of a summary; each story comes with the names of the watches that found it."""
    parts = []
    for one, names in told[:MOST]:
        found = f"theo “{'”, “'.join(map(clean, names))}”" if names else ""
        parts.append("\n".join(line for line in (f"• {one.title}", f"  {one.line}", f"  {one.reason or found}", f"  {one.link}") if line.strip()))
    if len(told) > MOST:
        parts.append(f"… và {len(told) - MOST} tin khác trên bàn làm việc.")
    return f"Tóm tắt theo dõi: {len(told)} tin", "\n\n".join(parts)
