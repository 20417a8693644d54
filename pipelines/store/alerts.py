"""Alerts and the decisions on them. An alert's version grows with every change, and every change is delivered."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import Connection, Text, and_, cast, func, or_, select, update

from pipelines.errors import UserError
from pipelines.records import Alert, Decision, content_id
from pipelines.store import outbox, users
from pipelines.store.rows import insert_once, moment, stamp
from pipelines.store.schema import alerts, decisions

# Names of states and outcomes follow the usage of a verification centre (tiếp nhận → thẩm định → công bố).
NEW, LOOKING, NEEDS_REPLY, NOT_DISTORTED, FOLLOW, DUPLICATE = (
    "mới", "đang xem", "cần phản hồi", "không sai lệch", "theo dõi", "trùng",
)  # fmt: skip
WAITING = "chờ người thứ hai"
PROPOSED = "bạn đã đề nghị “cần phản hồi”; đang chờ người thứ hai, không cần ghi lại"
OUTCOMES = (LOOKING, NEEDS_REPLY, NOT_DISTORTED, FOLLOW, DUPLICATE)
# Of these a person has said that there is nothing to tell.
ENDED = (NOT_DISTORTED, DUPLICATE)


class Conflict(UserError):
    """Somebody else has decided since the page was opened."""


class Already(Conflict):
    """The same analyst has: a key pressed twice, or a page of one's own that is old."""


def alert_id(story: str, claim_key: str) -> str:
    """Return the id of the alert for one claim of one story; copies in other outlets give the same id."""
    return content_id("alert", story, claim_key)


def raise_alert(conn: Connection, alert: Alert) -> bool:
    """Store `alert` unless its story and claim already raised one; return whether it is new."""
    row = {
        "id": alert.id,
        "story": alert.story,
        "article": alert.article,
        "revision": alert.revision,
        "tier": alert.tier.value,
        "claim": alert.claim.model_dump(mode="json"),
        "claim_type": alert.claim.type,
        "role": alert.claim.role.value,
        "verdict": alert.claim.verdict.value,
        "confidence": alert.claim.confidence,
        "provinces": list(alert.provinces),
        "national": int(alert.national),
        "title": alert.title,
        "outlet": alert.outlet,
        "url": alert.url,
        "published": stamp(alert.published),
        "raised": stamp(alert.raised),
        "status": alert.status,
        "version": 1,
    }
    return insert_once(conn, alerts, [row]) == 1


def from_row(row: Any) -> Alert:
    """Return the record that `row` is a view of."""
    return Alert.model_validate(
        {
            **{name: row[name] for name in ("id", "story", "article", "revision", "tier", "claim", "title")},
            **{name: row[name] for name in ("outlet", "url", "status")},
            "provinces": tuple(row["provinces"]),
            "national": bool(row["national"]),
            "published": moment(row["published"]),
            "raised": moment(row["raised"]),
        }
    )


def get_alert(conn: Connection, alert: str) -> tuple[Alert, int] | None:
    """Return one alert and its version, or None."""
    row = conn.execute(select(alerts).where(alerts.c.id == alert)).mappings().first()
    return (from_row(row), row["version"]) if row else None


class Filter(TypedDict, total=False):
    """What alerts may be narrowed by; an empty value narrows nothing, but no `outlets` leave no alert. `province` also takes in national topics."""

    tier: str | None
    since: datetime | None
    province: str | None
    status: str | None
    claim_type: str | None
    outlets: Collection[str] | None
    story: str | None


def _where(wanted: Filter) -> Any:
    clauses = []
    for name in ("tier", "status", "claim_type", "story"):
        if value := wanted.get(name):
            clauses.append(alerts.c[name] == value)
    if (names := wanted.get("outlets")) is not None:
        clauses.append(alerts.c.outlet.in_(names))
    if since := wanted.get("since"):
        clauses.append(alerts.c.raised >= stamp(since))
    if province := wanted.get("province"):
        # Profiles are plain ASCII names, so their JSON form is the same text in both databases. A national topic that
        # is about no province matters to every profile (CODEBOOK, province).
        named = cast(alerts.c.provinces, Text)
        everywhere = and_(alerts.c.national == 1, named == "[]")
        clauses.append(or_(named.contains(json.dumps(province), autoescape=True), everywhere))
    return and_(*clauses) if clauses else True


def outlets(conn: Connection) -> list[str]:
    """Return the outlets that alerts name."""
    return list(conn.execute(select(alerts.c.outlet).distinct()).scalars())


def cited(conn: Connection) -> set[str]:
    """Return the references that alerts cite which nobody found undistorted or told twice."""
    query = select(alerts.c.claim).where(alerts.c.status.not_in(ENDED))
    return {ref for claim in conn.execute(query).scalars() for ref in claim["refs"]}


def list_alerts(conn: Connection, *, limit: int = 100, offset: int = 0, **wanted: Unpack[Filter]) -> list[Alert]:
    """Return alerts, flags first, newest and most certain first."""
    query = (
        select(alerts)
        .where(_where(wanted))
        .order_by(alerts.c.tier, alerts.c.published.desc(), alerts.c.confidence.desc(), alerts.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [from_row(row) for row in conn.execute(query).mappings()]


def count_alerts(conn: Connection, **wanted: Unpack[Filter]) -> int:
    """Return how many alerts `list_alerts` would page through."""
    return conn.execute(select(func.count()).select_from(alerts).where(_where(wanted))).scalar_one()


def statuses_of_story(conn: Connection, story: str) -> tuple[str, ...]:
    """Return the states of the alerts of a story, for its documents in the index."""
    query = select(alerts.c.status).where(alerts.c.story == story).order_by(alerts.c.id)
    return tuple(row.status for row in conn.execute(query))


def decisions_of(conn: Connection, alert: str) -> list[Decision]:
    """Return the decisions on `alert` that stand, oldest first; those taken back are left out."""
    names = ("id", "alert", "outcome", "reason", "note", "analyst")
    query = select(decisions).where(decisions.c.alert == alert, decisions.c.undone.is_(None)).order_by(decisions.c.decided)
    return [
        Decision.model_validate({**{name: row[name] for name in names}, "decided": moment(row["decided"])})
        for row in conn.execute(query).mappings()
    ]


def concerning(names: Iterable[str]) -> Any:
    """Return the condition for alerts on the whole country or on one of the profiles `names`: digests and reports count by it."""
    named = [cast(alerts.c.provinces, Text).contains(json.dumps(name), autoescape=True) for name in names]
    return or_(alerts.c.national == 1, *named)


def tell_again(conn: Connection, alert: str, before: str, after: str, version: int) -> None:
    """Let people be told of an alert that is open again: while it was ended its notice may have been dropped."""
    if before in ENDED and after not in ENDED:
        outbox.put(conn, "tell", alert, version, "")


def decide(
    conn: Connection,
    alert: str,
    *,
    outcome: str,
    reason: str,
    note: str = "",
    analyst: str,
    version: int,
    now: datetime,
    batch: str = "",
) -> Alert:
    """Record a decision on version `version` of an alert and return the alert as it is then.

    "cần phản hồi" holds when a second person says it too; until then the alert waits, and the first cannot say it again.
    Raises Conflict when the alert has changed since `version`, UserError for an unknown alert, outcome or an empty reason.
    """
    if outcome not in OUTCOMES:
        raise UserError(f"kết luận “{outcome}” không có; chọn một trong: {', '.join(OUTCOMES)}")
    if not reason.strip() and outcome != LOOKING:
        raise UserError("cần ghi lý do cho kết luận")
    row = conn.execute(select(alerts).where(alerts.c.id == alert)).mappings().first()
    if row is None:
        raise UserError(f"không có cảnh báo {alert}")
    if row["version"] != version:
        newest = select(decisions.c.analyst, decisions.c.undone).where(decisions.c.alert == alert).order_by(decisions.c.decided.desc(), decisions.c.id)
        last = conn.execute(newest.limit(1)).first()
        if last and last.undone is None and users.name_key(last.analyst) == users.name_key(analyst):
            raise Already("bạn đã ghi quyết định cho cảnh báo này; muốn đổi, hãy mở lại rồi ghi quyết định mới")
        raise Conflict("cảnh báo đã được người khác xử lý sau khi trang này mở; hãy xem lại rồi quyết định")
    status = outcome
    if outcome == NEEDS_REPLY:
        earlier = {d.analyst for d in decisions_of(conn, alert) if d.outcome == NEEDS_REPLY}
        if row["status"] != WAITING or not users.others(conn, earlier, analyst):
            status = WAITING
        if row["status"] == status and users.name_key(analyst) in map(users.name_key, earlier):
            raise UserError(PROPOSED)
    decision = content_id("decision", alert, outcome, reason, analyst, str(version))
    written = {
        "id": decision, "alert": alert, "outcome": outcome, "reason": reason.strip(), "note": note.strip(), "analyst": analyst,
        "decided": stamp(now), "before": row["status"], "status": status, "batch": batch or decision,
    }  # fmt: skip
    if insert_once(conn, decisions, [written]) == 0:  # the same post twice at once, on PostgreSQL
        raise Conflict("quyết định này đã được ghi")
    changed = conn.execute(
        update(alerts)
        .where(alerts.c.id == alert, alerts.c.version == version)
        .values(status=status, version=version + 1)
    )
    if changed.rowcount != 1:
        raise Conflict("cảnh báo vừa được người khác xử lý; hãy xem lại rồi quyết định")
    tell_again(conn, alert, row["status"], status, version + 1)
    found = get_alert(conn, alert)
    assert found is not None
    return found[0]
