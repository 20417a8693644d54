"""False alarms by class, and one standard for all: what is raised and what people take back, by outlet class, language and direction.

DUTIES 7.1 asks for this table every month. A false alarm is a conclusion “không sai lệch”.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, select

from dashboards.highlight import sides
from dashboards.shown import is_foreign
from pipelines.store.alerts import FOLLOW, NEEDS_REPLY, NOT_DISTORTED
from pipelines.store.rows import stamp
from pipelines.store.schema import alerts, articles
from pipelines.text import fold

DAYS = 365
FINAL = (NEEDS_REPLY, NOT_DISTORTED, FOLLOW)
VIET_NAM, OTHERS, UNCLEAR = "lợi cho Việt Nam", "lợi cho nước khác", "không rõ hướng"
DOMESTIC, FOREIGN = "trong nước", "nước ngoài"
_PARTY = re.compile(
    r"(?:cho|thuộc|thuộc về|của|to|for|by)\s+(?:the\s+)?(việt nam|viet nam|vietnam|trung quốc|china|đài loan|taiwan|lào|laos|campuchia|cambodia|"
    r"philippines|malaysia)",
    re.IGNORECASE,
)  # fmt: skip


def direction(sentence: str, differs: str) -> str:
    """Tell whom a sentence would favour: the one party that its differing span (else the sentence) gives something to."""
    two = sides(differs) if differs else None
    for text in (two.text if two else "", sentence):
        named = {fold(name).replace(" ", "") == "vietnam" for name in _PARTY.findall(text)}
        if len(named) == 1:
            return VIET_NAM if named.pop() else OTHERS
    return UNCLEAR


def band(confidence: float) -> str:
    """Return the band of a confidence: below 70 %, 70–85 %, from 85 % on."""
    return "< 70 %" if confidence < 0.7 else "70–85 %" if confidence < 0.85 else "≥ 85 %"


def table(rows: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return per name: raised, concluded, false alarms, and their share (None below one conclusion); the most raised first."""
    found: dict[str, dict[str, Any]] = {}
    for name, status in rows:
        row = found.setdefault(name, {"name": name, "raised": 0, "concluded": 0, "false": 0})
        row["raised"] += 1
        row["concluded"] += status in FINAL
        row["false"] += status == NOT_DISTORTED
    for row in found.values():
        row["share"] = row["false"] / row["concluded"] if row["concluded"] else None
    return sorted(found.values(), key=lambda row: (-row["raised"], row["name"]))


def tables(conn: Connection, now: datetime, owners: Mapping[str, str]) -> dict[str, Any]:
    """Return the tables by tier, type, verdict, confidence, outlet class, language and direction, over alerts of DAYS days."""
    joined = and_(articles.c.id == alerts.c.article, articles.c.revision == alerts.c.revision)
    # Of the claim only two fields are read: to parse all of it 5,000 times took a quarter of the page's time.
    told = [alerts.c.claim[name].as_string().label(name) for name in ("sentence", "differs")]
    named = (alerts.c.tier, alerts.c.claim_type, alerts.c.verdict, alerts.c.confidence, alerts.c.status)
    query = (
        select(*named, *told, articles.c.lang, articles.c.kind, articles.c.source)
        .join(articles, joined).where(alerts.c.raised >= stamp(now - timedelta(days=DAYS)))
    )  # fmt: skip
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in ("tier", "type", "verdict", "confidence", "outlet", "lang", "direction")}
    for tier, kind_of, verdict, confidence, status, sentence, differs, lang, kind, source in conn.execute(query).tuples():
        outlet = FOREIGN if is_foreign(kind, lang, owners.get(source, "")) else DOMESTIC
        values = (tier, kind_of, verdict, band(confidence), outlet, lang, direction(sentence or "", differs or ""))
        for name, value in zip(found, values, strict=True):
            found[name].append((value, status))
    return {name: table(rows) for name, rows in found.items()}
