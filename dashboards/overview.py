"""What the overview counts: articles and alerts of thirty days, how long decisions take. All of it fits JSON."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, func, select

from pipelines.clock import HANOI, local
from pipelines.store.rows import moment, stamp
from pipelines.store.schema import alerts, articles, decisions

DAYS = 30


def _days(now: datetime) -> list[str]:
    today = local(now).date()
    return [(today - timedelta(days=back)).isoformat() for back in range(DAYS - 1, -1, -1)]


def _by_day(hours: dict[str, int]) -> Counter[str]:
    """Turn counts per hour of UTC (`2026-11-20T17`) into counts per day of Hà Nội."""
    found: Counter[str] = Counter()
    for hour, count in hours.items():
        found[datetime.fromisoformat(f"{hour}:00:00+00:00").astimezone(HANOI).date().isoformat()] += count
    return found


def volumes(conn: Connection, now: datetime) -> dict[str, Any]:
    """Return articles per day, language and source, and alerts per day, tier, type and verdict, by publication in DAYS days."""
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    first, last = stamp(midnight - timedelta(days=DAYS - 1)), stamp(midnight + timedelta(days=1))
    hour = func.substr(articles.c.published, 1, 13)
    inside = (articles.c.current == 1, articles.c.published >= first, articles.c.published < last)
    hours: Counter[str] = Counter()
    langs: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    # One pass over the index that holds all four columns; no article is read.
    query = select(hour, articles.c.lang, articles.c.source, func.count()).where(*inside).group_by(hour, articles.c.lang, articles.c.source)
    for at, lang, source, count in conn.execute(query).tuples():
        hours[at] += count
        langs[lang] += count
        sources[source] += count
    told: dict[str, Counter[str]] = {"flag": Counter(), "watch": Counter()}
    types: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    hour = func.substr(alerts.c.published, 1, 13)
    named = (hour, alerts.c.tier, alerts.c.claim_type, alerts.c.verdict)
    for at, tier, kind, verdict, count in conn.execute(
        select(*named, func.count()).where(alerts.c.published >= first, alerts.c.published < last).group_by(*named)
    ).tuples():
        told.setdefault(tier, Counter())[at] += count
        types[kind] += count
        verdicts[verdict] += count
    days = _days(now)
    per_day = {"articles": _by_day(hours), "flag": _by_day(told["flag"]), "watch": _by_day(told["watch"])}
    return {
        "days": days, **{name: [found[day] for day in days] for name, found in per_day.items()},
        "langs": langs.most_common(), "sources": sources.most_common(12), "outlets": len(sources),
        "types": types.most_common(12), "verdicts": verdicts.most_common(),
    }  # fmt: skip


def delays(conn: Connection, now: datetime, days: int = 90) -> dict[str, Any]:
    """Return median hours from publication to alert, alert to first decision, and how many alerts had one within a day.

    Over alerts raised in the last `days` days; a decision that was taken back does not count.
    """
    since = stamp(now - timedelta(days=days))
    first = (
        select(decisions.c.alert, func.min(decisions.c.decided).label("decided"))
        .where(decisions.c.undone.is_(None)).group_by(decisions.c.alert).subquery()
    )  # fmt: skip
    query = select(alerts.c.published, alerts.c.raised, first.c.decided).outerjoin(first, first.c.alert == alerts.c.id).where(alerts.c.raised >= since)
    found, looked, count, quick = [], [], 0, 0
    for published, raised, decided in conn.execute(query).tuples():
        count += 1
        one, two, three = moment(published), moment(raised), moment(decided)
        if one and two and two >= one:
            found.append((two - one).total_seconds() / 3600)
        if two and three:
            looked.append((three - two).total_seconds() / 3600)
            quick += three - two <= timedelta(days=1)
    middle = [round(median(values), 1) if values else None for values in (found, looked)]
    return {"days": days, "alerts": count, "decided": len(looked), "within_day": quick, "to_alert": middle[0], "to_decision": middle[1]}
