"""The statistics of DUTIES 1.6, counted in the store: what was collected, judged, reviewed, issued. None is about people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, Text, cast, func, or_, select

from dashboards.labels import TYPE_VI
from dashboards.reports.records import Numbers
from dashboards.reports.replies import CORRECTED, SILENT, Reply, replies
from dashboards.shown import is_foreign, lang_vi, place_vi, verdict_vi
from pipelines.clock import HANOI, local
from pipelines.records import Alert, Decision, Verdict
from pipelines.settings import Profile, load_profile, profile_names
from pipelines.store import alerts as alert_store
from pipelines.store.rows import moment, stamp
from pipelines.store.schema import alerts, article_provinces, articles, audit, decisions, papers

# As `dashboards.digest.approve` notes an edition.
APPROVED = "đã duyệt"
PRODUCTS = {"digest": "điểm báo đã phát hành (số)", "draft": "điểm báo mới có dự thảo (số)", "evidence": "hồ sơ chứng cứ", "report": "báo cáo", "factcard": "thẻ thông tin", "correction": "bản đính chính"}
OWNER_VI = {
    "central press": "báo chí trung ương", "provincial press": "báo, đài địa phương", "city press": "báo chí thành phố",
    "official": "trang của cơ quan nhà nước", "journal": "tạp chí", "foreign press": "báo chí nước ngoài",
    "foreign state media": "truyền thông nhà nước nước ngoài", "foreign public broadcaster": "đài công nước ngoài",
    "think tank": "viện nghiên cứu", "fact-checker": "trang kiểm chứng", "portal": "trang tổng hợp",
    "wire": "hãng tin", "organisation channel": "kênh của tổ chức",
}  # fmt: skip
CHANNEL_VI = {
    "radio": "thẻ thông tin: truyền thanh, loa", "sms160": "thẻ thông tin: tin nhắn", "sms500": "thẻ thông tin: tin nhắn dài, Zalo",
    "web": "thẻ thông tin: trang thông tin điện tử",
}  # fmt: skip
# Found not to be distorted, or told twice: no reference was contradicted.
SETTLED = (alert_store.NOT_DISTORTED, alert_store.DUPLICATE)
# Days of a period that is told year by year: more than two years.
LONG = 2 * 366
FINAL = (alert_store.NEEDS_REPLY, alert_store.NOT_DISTORTED, alert_store.FOLLOW)


def communes_of(profile: Profile) -> list[Profile]:
    """Return the commune profiles under a province's profile."""
    return [found for name in profile_names() if (found := load_profile(name)).parent == profile.name]


def names_in(profile: Profile) -> tuple[str, ...]:
    """Return the profiles whose news a report counts: the office's own and, for a province, its communes."""
    return (profile.name, *(commune.name for commune in communes_of(profile)))


def false_alarms(conn: Connection, profile: Profile, start: date, end: date) -> list[tuple[Alert, Decision]]:
    """Return the alerts that `numbers` counts as false alarms of the period, each with the decision by which it is one."""
    first = stamp(datetime.combine(start, time(), HANOI))
    last = stamp(datetime.combine(end + timedelta(days=1), time(), HANOI))
    found = []
    for row in _claims(conn, names_in(profile), first, last):
        if row["status"] == alert_store.NOT_DISTORTED:
            taken = [d for d in alert_store.decisions_of(conn, row["id"]) if d.outcome == alert_store.NOT_DISTORTED]
            found += [(alert_store.from_row(row), taken[-1])] if taken else []
    return found


def numbers(conn: Connection, profile: Profile, start: date, end: date, owners: Mapping[str, str]) -> Numbers:
    """Return the numbers of an office for `start` ≤ day ≤ `end` in Hà Nội time; a province counts its communes in.

    `owners` maps a source to the class of its owner, where that is known.
    """
    first = stamp(datetime.combine(start, time(), HANOI))
    last = stamp(datetime.combine(end + timedelta(days=1), time(), HANOI))
    names = names_in(profile)
    when = func.coalesce(articles.c.published, articles.c.first_seen)
    inside = (articles.c.current == 1, when >= first, when < last)
    national = cast(articles.c.places, Text).contains('"national": true')
    about = select(article_provinces.c.article).where(article_provinces.c.relation == "about", article_provinces.c.province.in_(names))
    query = select(
        articles.c.source, articles.c.kind, articles.c.lang, when.label("at"), articles.c.id.in_(about).label("local"), national.label("national")
    ).where(*inside, or_(articles.c.id.in_(about), national))  # fmt: skip
    ours = list(conn.execute(query).mappings())
    judged = _claims(conn, names, first, last)
    decided = _decided(conn, [row["id"] for row in judged])
    contradicted: Counter[str] = Counter(
        ref for row in judged if row["verdict"] == Verdict.CONTRADICTED.value and row["status"] not in SETTLED for ref in _against(row["claim"])
    )
    said = replies(conn)
    stories = {row["story"] for row in _claims(conn, names, None, None)}
    asked = [one for one in said.values() if start <= one.sent <= end and one.story in stories]
    finals = [row["status"] for row in judged if row["status"] in FINAL]
    made = Counter(conn.execute(_issued(profile, first, last)).scalars())
    written = conn.execute(
        select(papers.c.day, papers.c.status).where(papers.c.kind == "digest", papers.c.province == profile.name, papers.c.made >= first, papers.c.made < last)
    ).all()
    issued = {row.day for row in written if row.status.startswith(APPROVED)}
    made["digest"], made["draft"] = len(issued), len({row.day for row in written} - issued)
    return Numbers(
        collected=conn.execute(select(func.count()).select_from(articles).where(*inside)).scalar_one(), ours=len(ours), local=sum(bool(row["local"]) for row in ours),
        by_class=_most(_class(r, owners.get(r["source"], "")) for r in ours),
        by_lang=_most(lang_vi(row["lang"]) for row in ours),
        by_topic=_most(name for row in ours for name, yes in (("địa phương", row["local"]), ("biên giới, biển, đảo (toàn quốc)", row["national"])) if yes),
        by_place=_places(conn, names, inside),
        claims=len(judged), local_claims=sum(bool({*names} & {*row["provinces"]}) for row in judged), reviewed=sum(row["id"] in decided for row in judged),
        by_type=_most(f"{row['claim_type']} {TYPE_VI.get(row['claim_type'], '')}".strip() for row in judged),
        by_verdict=_most(verdict_vi(row["verdict"]) for row in judged), by_status=_most(row["status"] for row in judged),
        references=tuple(contradicted.most_common(10)), hours=_hours(judged, decided, said),
        needs_reply=finals.count(alert_store.NEEDS_REPLY), packs=made["evidence"], sent=len(asked),
        answered=sum(one.answered is not None and one.answer != SILENT for one in asked), corrected=sum(one.answer == CORRECTED for one in asked),
        unanswered=sum(one.answer == SILENT for one in asked),
        false_alarms=finals.count(alert_store.NOT_DISTORTED), concluded=len(finals),
        products=(*((label, made[kind]) for kind, label in PRODUCTS.items() if made[kind]), *_channels(conn, profile, first, last)),
        trend=_trend(start, end, [row["at"] for row in ours], [row["raised"] for row in judged]),
        years=_years(start, end, [row["at"] for row in ours], judged),
    )  # fmt: skip


def _class(row: Mapping[Any, Any], owner: str) -> str:
    """The class of the outlet by its owner as declared, else only whether it is of this country."""
    if owner in OWNER_VI:
        return OWNER_VI[owner]
    return "nước ngoài, chưa phân loại" if is_foreign(row["kind"], row["lang"], owner) else "trong nước, chưa phân loại"


def _channels(conn: Connection, profile: Profile, first: str | None, last: str | None) -> list[tuple[str, int]]:
    """Return how often the office's own products went out by each channel (DUTIES 1.6), as its audit log tells."""
    query = select(audit.c.action, audit.c.object, audit.c.details).where(
        audit.c.action.in_(("digest.send", "factcard.write", "evidence.export")), audit.c.at >= first, audit.c.at < last
    )
    found: Counter[str] = Counter()
    for row in conn.execute(query):
        if row.action == "digest.send" and row.object.split(" ")[0] == profile.name:
            found["điểm báo gửi qua thư điện tử (lần)"] += 1
        elif row.action == "factcard.write":
            found[CHANNEL_VI[row.details["format"]]] += 1
        elif row.action == "evidence.export":
            found["hồ sơ tải về để gửi đi (lần)"] += 1
    return sorted(found.items())


def _claims(conn: Connection, names: Collection[str], first: str | None, last: str | None) -> list[Mapping[str, Any]]:
    query = select(alerts).where(alert_store.concerning(names)).order_by(alerts.c.raised, alerts.c.id)
    if first and last:
        query = query.where(alerts.c.raised >= first, alerts.c.raised < last)
    return [dict(row) for row in conn.execute(query).mappings()]


def _against(claim: Mapping[str, Any]) -> list[str]:
    """Return the references that a claim differs from, where it says which (“tư liệu GT-02: …”), else all that it cites."""
    refs: list[str] = claim["refs"]
    return [ref for ref in refs if f"{ref}:" in (claim.get("differs") or "")] or refs


def _decided(conn: Connection, ids: list[str]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for at in range(0, len(ids), 500):
        query = select(decisions).where(decisions.c.alert.in_(ids[at : at + 500]), decisions.c.undone.is_(None)).order_by(decisions.c.decided)
        for row in conn.execute(query).mappings():
            found.setdefault(row["alert"], []).append(dict(row))
    return found


def _hours(
    judged: list[Mapping[str, Any]], decided: Mapping[str, list[Mapping[str, Any]]], said: Mapping[str, Reply]
) -> tuple[tuple[str, float | None], ...]:
    """Median hours between the steps; None where no case has both ends."""
    seen, looked, settled, sent, answered = [], [], [], [], []
    for row in judged:
        published, raised = moment(row["published"]), moment(row["raised"])
        if published and raised and raised >= published:
            seen.append((raised - published).total_seconds() / 3600)
        took = decided.get(row["id"], [])
        if raised and took:
            first = datetime.fromisoformat(took[0]["decided"])
            looked.append((first - raised).total_seconds() / 3600)
            final = [datetime.fromisoformat(d["decided"]) for d in took if d["outcome"] == alert_store.NEEDS_REPLY]
            if row["status"] == alert_store.NEEDS_REPLY and final:
                settled.append((final[-1] - first).total_seconds() / 3600)
            reply = said.get(row["story"])
            if reply:
                # Only the day of sending and of the answer is known.
                sent.append(24.0 * max(0, (reply.sent - local(first).date()).days))
                answered += [24.0 * (reply.answered - reply.sent).days] if reply.answered and reply.answer != SILENT else []
    steps = (("từ lúc đăng đến lúc phát hiện", seen), ("từ lúc phát hiện đến lúc có người xem", looked), ("từ lúc xem đến khi thống nhất cần phản hồi", settled),
             ("từ lúc xem đến khi gửi công văn (tính theo ngày)", sent), ("từ khi gửi đến khi có trả lời (tính theo ngày)", answered))  # fmt: skip
    return tuple((name, round(median(values), 1) if values else None) for name, values in steps)


def _places(conn: Connection, names: Collection[str], inside: tuple[Any, ...]) -> tuple[tuple[str, int], ...]:
    query = (
        select(article_provinces.c.province, func.count())
        .join(articles, articles.c.id == article_provinces.c.article)
        .where(article_provinces.c.relation == "about", article_provinces.c.province.in_(names), *inside)
        .group_by(article_provinces.c.province)
    )
    found = {row[0]: row[1] for row in conn.execute(query)}
    return tuple((place_vi(name), found.get(name, 0)) for name in names)


def _issued(profile: Profile, first: str | None, last: str | None) -> Any:
    return select(papers.c.kind).where(
        papers.c.kind != "digest", papers.c.province == profile.name, papers.c.made >= first, papers.c.made < last
    )


def _most(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))


def _trend(start: date, end: date, found: list[str], raised: list[str]) -> tuple[tuple[str, int, int], ...]:
    """Items and claims per day up to five weeks, per week up to half a year, per month up to two years, else per year."""
    span = (end - start).days + 1
    step = "day" if span <= 35 else "week" if span <= 185 else "month" if span <= LONG else "year"

    def slot(day: date) -> date:
        if step == "day":
            return day
        if step == "year":
            return day.replace(month=1, day=1)
        return day.replace(day=1) if step == "month" else day - timedelta(days=day.weekday())

    slots = sorted({slot(start + timedelta(days=n)) for n in range(span)})
    counts = [Counter(slot(local(datetime.fromisoformat(at)).date()) for at in times) for times in (found, raised)]
    words = {"year": "%Y", "month": "%m/%y"}.get(step, "%d/%m")
    return tuple((day.strftime(words), counts[0][day], counts[1][day]) for day in slots)


def _years(start: date, end: date, found: list[str], judged: list[Mapping[str, Any]]) -> tuple[tuple[str, int, int, int, int], ...]:
    """Articles and claims of each year, with what became of the claims; nothing for a period of up to two years."""
    if (end - start).days + 1 <= LONG:
        return ()
    seen = Counter(local(datetime.fromisoformat(at)).year for at in found)
    raised = Counter((local(datetime.fromisoformat(row["raised"])).year, row["status"]) for row in judged)
    return tuple(
        (str(one), seen[one], sum(count for (when, _status), count in raised.items() if when == one), raised[one, alert_store.NEEDS_REPLY], raised[one, alert_store.NOT_DISTORTED])
        for one in range(start.year, end.year + 1)
    )  # fmt: skip
