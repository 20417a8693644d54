"""What the digest asks of the store: news by story, claims, open matters, corrections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Text, and_, cast, func, or_, select

from classifiers.referencebase import load_references
from dashboards import queries
from dashboards.digest.carried import approved_alerts, carriers
from dashboards.digest.records import Checked, Cited, Correction, Item
from dashboards.digest.summary import summary
from dashboards.digest.themes import NATIONAL, theme_of
from dashboards.shown import day_vi, is_foreign, one_line
from pipelines.clock import local
from pipelines.records import Alert
from pipelines.settings import Profile
from pipelines.store import alerts as alert_store
from pipelines.store.rows import moment, stamp
from pipelines.store.schema import alerts, article_provinces, articles, decisions, stories, story_articles

# One issue is 1–3 pages (DUTIES 6.2): the rest is counted and said to be left out, never dropped in silence.
MOST = 12
# Of the rest of a list, as many more are put before the editor.
MORE = 100
LATE = timedelta(days=7)


@dataclass(frozen=True)
class News:
    """All rows of the period, and the stories to show."""

    rows: list[Mapping[str, Any]]
    from_abroad: int
    domestic: tuple[Item, ...]
    foreign: tuple[Item, ...]
    sea_domestic: tuple[Item, ...]
    sea_foreign: tuple[Item, ...]
    left_out: int
    themes: Counter[str]
    rest: Mapping[str, tuple[Item, ...]]


def names_of(profile: Profile) -> tuple[str, ...]:
    """Return the profile names whose news the issue carries: the office's own, and for a commune its province's."""
    return (profile.name, profile.parent) if profile.parent else (profile.name,)


def _within(published: Any, seen: Any, start: datetime, end: datetime) -> Any:
    """Published in the period; or seen in it for the first time, with an older date or none."""
    first, last = stamp(start), stamp(end)
    return or_(
        and_(published >= first, published < last),
        and_(
            seen >= first, seen < last,
            or_(published.is_(None), and_(published < first, published >= stamp(start - LATE))),
        ),
    )  # fmt: skip


def news(
    conn: Connection, profile: Profile, start: datetime, end: datetime, disputed: Mapping[str, Collection[str]], owners: Mapping[str, str]
) -> News:
    """Return the period's articles about the province or on a national topic, joined into stories.

    A story in `disputed` (with the types of its claims) is marked, so that its summary does not read as fact.
    """
    about = select(article_provinces.c.article).where(
        article_provinces.c.relation == "about", article_provinces.c.province.in_(names_of(profile))
    )
    national = cast(articles.c.places, Text).contains('"national": true')
    query = (
        select(
            articles, story_articles.c.story, stories.c.first_article, stories.c.first_outlet,
            articles.c.id.in_(about).label("is_about"), national.label("is_national"),
        )
        .select_from(
            articles.outerjoin(story_articles, story_articles.c.article == articles.c.id)
            .outerjoin(stories, stories.c.id == story_articles.c.story)
        )
        .where(
            articles.c.current == 1, _within(articles.c.published, articles.c.first_seen, start, end),
            or_(articles.c.id.in_(about), national),
        )
        .order_by(func.coalesce(articles.c.published, articles.c.first_seen), articles.c.id)
    )  # fmt: skip
    rows: list[Mapping[str, Any]] = [dict(row) for row in conn.execute(query).mappings()]
    rows = [row for row in rows if not (row["places"] or {}).get("spam")]
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["story"] or row["id"], []).append(row)
    # The most copied stories first, then the newest.
    ranked = sorted(
        groups.items(), key=lambda kv: (-len({r["outlet"] for r in kv[1]}), _reverse(kv[1][0]["published"]), kv[0])
    )
    shown: dict[str, list[Item]] = {"domestic": [], "foreign": [], "sea_domestic": [], "sea_foreign": []}
    left_out, themes = 0, Counter[str]()
    for story, members in ranked:
        lead = next((row for row in members if row["id"] == row["first_article"]), members[0])
        where = "foreign" if _foreign(lead, owners) else "domestic"
        near = any(row["is_about"] for row in members)
        # What is here for a national topic alone, and what holds a claim, is on sovereignty even where no word of a theme says so.
        theme = theme_of(lead["title"], lead["sapo"] or lead["body"], disputed.get(story, ()) or (() if near else (NATIONAL,)))
        themes[theme] += 1
        section = shown[where if near else f"sea_{where}"]
        left_out += len(section) >= MOST
        if len(section) < MOST + MORE:
            section.append(_item(story, lead, members, story in disputed, theme))
    lists = {name: tuple(items[:MOST]) for name, items in shown.items()}
    rest = {name: tuple(items[MOST:]) for name, items in shown.items()}
    return News(rows, sum(_foreign(row, owners) for row in rows), **lists, left_out=left_out, themes=themes, rest=rest)


def _foreign(row: Mapping[str, Any], owners: Mapping[str, str]) -> bool:
    return is_foreign(row["kind"], row["lang"], owners.get(row["source"], ""))


def _reverse(published: str | None) -> float:
    found = moment(published)
    return -found.timestamp() if found else 0.0


def _item(story: str, lead: Mapping[str, Any], members: list[Mapping[str, Any]], disputed: bool, theme: str) -> Item:
    others = dict.fromkeys(row["outlet"] for row in members if row["outlet"] != lead["outlet"])
    return Item(
        story=story, title=one_line(lead["title"] or "(không có đầu đề)"), outlet=one_line(lead["outlet"], 80),
        published=moment(lead["published"]), url=lead["canonical"] or lead["url"], lang=lead["lang"],
        summary=summary(lead["title"], lead["sapo"], lead["body"], lead["lang"]),
        copies=tuple(one_line(name, 80) for name in others), archived=lead["capture"] or "", disputed=disputed, article=lead["id"], theme=theme,
    )  # fmt: skip


def ours(profile: Profile) -> Any:
    """Return the condition under which an alert is the office's: on the whole country, or on a place of `names_of`."""
    return alert_store.concerning(names_of(profile))


def _alerts(conn: Connection, where: Any) -> Iterable[Alert]:
    query = select(alerts).where(where).order_by(alerts.c.tier, alerts.c.published.desc(), alerts.c.confidence.desc(), alerts.c.id)
    return [alert_store.from_row(row) for row in conn.execute(query).mappings()]


def claims(conn: Connection, profile: Profile, start: datetime, end: datetime) -> tuple[Checked, ...]:
    """Return the period's claims to be checked; what a person found undistorted or a duplicate is not among them."""
    settled = (alert_store.NOT_DISTORTED, alert_store.DUPLICATE)
    where = and_(
        ours(profile), _within(alerts.c.published, alerts.c.raised, start, end), alerts.c.status.not_in(settled)
    )
    return tuple(checked(conn, alert, local(end).date()) for alert in _alerts(conn, where))


def following(conn: Connection, profile: Profile, start: datetime, names: Collection[str] = ()) -> tuple[Checked, ...]:
    """Return older matters that are still open: being looked at, followed, waiting, or needing a reply.

    `names`: of these profiles instead of `names_of`.
    """
    still = (alert_store.LOOKING, alert_store.FOLLOW, alert_store.WAITING, alert_store.NEEDS_REPLY)
    first = stamp(start)
    where = and_(
        alert_store.concerning(names or names_of(profile)), alerts.c.status.in_(still), alerts.c.raised < first,
        or_(alerts.c.published.is_(None), alerts.c.published < first),
    )  # fmt: skip
    return tuple(checked(conn, alert, local(start).date()) for alert in list(_alerts(conn, where))[:MOST])


def checked(conn: Connection, alert: Alert, on: date) -> Checked:
    """Return one alert in the words of the digest of the day `on`."""
    known = [cited(id, on) for id in alert.claim.refs]
    kept = select(articles.c.capture).where(articles.c.id == alert.article, articles.c.revision == alert.revision)
    return Checked(
        alert=alert.id, story=alert.story, tier=alert.tier.value, sentence=alert.claim.sentence, role=alert.claim.role.value,
        verdict=alert.claim.verdict.value, refs=tuple(ref for ref in known if ref),
        missing_refs=tuple(id for id, ref in zip(alert.claim.refs, known, strict=True) if not ref),
        differs=alert.claim.differs, why=alert.claim.why, title=one_line(alert.title or "(không có đầu đề)"),
        outlet=one_line(alert.outlet, 80), published=alert.published, url=alert.url, status=alert.status,
        reviewers=tuple(dict.fromkeys(d.analyst for d in alert_store.decisions_of(conn, alert.id))), type=alert.claim.type,
        article=alert.article, archived=conn.execute(kept).scalar() or "",
    )  # fmt: skip


def cited(id: str, on: date) -> Cited | None:
    """Return the reference entry `id` as a digest of `on` cites it, or None when the base no longer holds it."""
    base = load_references()
    if id not in base:
        return None
    entry = base.get(id)
    source = ", ".join(part for part in (entry.source.title, entry.source.number, entry.source.article, day_vi(entry.source.date)) if part)
    return Cited(
        id, entry.statement_vi, source, entry.source.url, entry.contested,
        tuple((side.party, side.position_vi) for side in entry.sides), entry.note if entry.contested else "",
        stale=f"tư liệu tính đến {entry.as_of:%d/%m/%Y}, đã đến hạn xem lại ngày {entry.review_by:%d/%m/%Y}: kiểm tra trước khi dùng" if entry.due(on) else "",
    )  # fmt: skip


def corrections(conn: Connection, profile: Profile, start: datetime, end: datetime, names: Collection[str] = ()) -> tuple[Correction, ...]:
    """Return what earlier issues carried and a person decided in this period not to be distorted; `names` as in `following`."""
    query = (
        select(alerts, decisions.c.outcome, decisions.c.reason.label("decision_reason"), decisions.c.decided)
        .join(decisions, decisions.c.alert == alerts.c.id)
        .where(
            alert_store.concerning(names or names_of(profile)), decisions.c.outcome == alert_store.NOT_DISTORTED, decisions.c.undone.is_(None),
            alerts.c.status == alert_store.NOT_DISTORTED, decisions.c.decided >= stamp(start),
            decisions.c.decided < stamp(end),
        )
        .order_by(decisions.c.decided, alerts.c.id)
    )  # fmt: skip
    found = []
    for row in conn.execute(query).mappings():
        held = carriers(conn, row["id"], row["story"], row["decided"])
        # Raised before the period, or raised in it and already printed: the issue of 06:30 carries what came since 06:00.
        if row["raised"] >= stamp(start) and not any(one.kind == "digest" and one.day < f"{local(end):%Y-%m-%d}" for one in held):
            continue
        found.append(
            Correction(
                one_line(row["title"]), one_line(row["outlet"], 80), row["claim"]["sentence"],
                datetime.fromisoformat(row["raised"]), datetime.fromisoformat(row["decided"]), row["outcome"], row["decision_reason"],
                tuple(carrier.name for carrier in held), row["id"],
            )
        )  # fmt: skip
    return tuple(found)


def recalled(conn: Connection, profile: Profile, day: date, shown: Collection[str], known: Collection[str]) -> tuple[Correction, ...]:
    """Return what an approved edition of this very issue carried and a person has since found not to be distorted, or a duplicate.

    What is still `shown`, or already `known` as corrected, is not among them.
    """
    found = []
    for id, edition in approved_alerts(conn, profile.name, day).items():
        held = None if id in shown or id in known else alert_store.get_alert(conn, id)
        if held is None or held[0].status not in (alert_store.NOT_DISTORTED, alert_store.DUPLICATE):
            continue
        alert = held[0]
        last = next((d for d in reversed(alert_store.decisions_of(conn, id)) if d.outcome == alert.status), None)
        if last:
            found.append(
                Correction(
                    one_line(alert.title), one_line(alert.outlet, 80), alert.claim.sentence, alert.raised, last.decided, last.outcome,
                    last.reason, (f"bản phát hành lần {edition} của số này",), id,
                )
            )  # fmt: skip
    return tuple(found)


def newest(conn: Connection, end: datetime) -> datetime | None:
    """Return when the newest text before `end` was first seen: until then the numbers of an unfinished period count."""
    return moment(conn.execute(select(func.max(articles.c.first_seen)).where(articles.c.first_seen < stamp(end))).scalar())


def versions(conn: Connection) -> tuple[str, ...]:
    """Return the versions of models and reference bases in use."""
    return tuple(f"mô hình {row['model_version']}, tư liệu {row['reference_version']}" for row in queries.versions(conn)[:3])
