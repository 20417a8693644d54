"""Which digests and packs carried an alert, and the correction that is due when its verdict was overturned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, select

from dashboards.shown import one_line, place_vi
from pipelines.records import Alert
from pipelines.store import alerts as alert_store
from pipelines.store.rows import moment, stamp
from pipelines.store.schema import alerts, decisions, papers
from pipelines.store.schema import audit as audit_table

WRITTEN, APPROVED = "digest.write", "digest.approve"


@dataclass(frozen=True)
class Carrier:
    """A paper that carried an alert: `kind` is digest or evidence, `name` as people know it."""

    kind: str
    name: str
    day: str
    path: str = ""


@dataclass(frozen=True)
class Overturned:
    """An alert that was carried and that a person has since found not to be distorted."""

    alert: Alert
    decided: datetime
    reason: str
    carriers: tuple[Carrier, ...]


def carriers(conn: Connection, alert: str, story: str, decided: str) -> tuple[Carrier, ...]:
    """Return the digests that carried `alert` and the packs of its story, oldest first; each once.

    Papers made at the moment `decided` (as stored) or later carry the decision with it: they are not among them.

    An issue that was never approved is named a draft; of an approved one the editions that carried it.
    """
    issues: dict[str, list[int]] = {}
    query = select(audit_table.c.action, audit_table.c.object, audit_table.c.details).where(
        audit_table.c.action.in_((WRITTEN, APPROVED)), audit_table.c.at < decided
    )
    for row in conn.execute(query.order_by(audit_table.c.seq)):
        if alert in row.details.get("alerts", ()):
            editions = issues.setdefault(row.object, [])
            if row.action == APPROVED:
                editions.append(row.details["version"])
    found: dict[tuple[str, str], Carrier] = {}
    for issue, editions in issues.items():
        province, _, day = issue.partition(" ")
        name = f"điểm báo {place_vi(province)} ngày {day[8:10]}/{day[5:7]}/{day[:4]}"
        name = f"{name}, bản phát hành lần {', '.join(map(str, editions))}" if editions else f"dự thảo {name} (chưa phát hành)"
        found["digest", issue] = Carrier("digest", name, day)
    packs = select(papers).where(papers.c.kind == "evidence", papers.c.story == story, papers.c.made < decided).order_by(papers.c.made)
    for paper in conn.execute(packs).mappings():
        name = Path(paper["path"]).name
        found.setdefault(("evidence", name), Carrier("evidence", f"hồ sơ {name}", paper["day"], paper["path"]))
    return tuple(found.values())


def approved_alerts(conn: Connection, province: str, day: date) -> dict[str, int]:
    """Return the alerts that approved editions of an issue carried, each with the last edition that did."""
    query = select(audit_table.c.details).where(audit_table.c.action == APPROVED, audit_table.c.object == f"{province} {day.isoformat()}")
    return {id: details["version"] for details in conn.execute(query.order_by(audit_table.c.seq)).scalars() for id in details.get("alerts", ())}


def overturned(conn: Connection, since: datetime | None = None) -> list[Overturned]:
    """Return alerts that now stand as not distorted and that some paper had carried, newest decision first."""
    query = (
        select(alerts, decisions.c.decided, decisions.c.reason.label("decision_reason"))
        .join(decisions, decisions.c.alert == alerts.c.id)
        .where(alerts.c.status == alert_store.NOT_DISTORTED, decisions.c.outcome == alert_store.NOT_DISTORTED, decisions.c.undone.is_(None))
        .order_by(decisions.c.decided.desc(), alerts.c.id)
    )
    if since:
        query = query.where(decisions.c.decided >= stamp(since))
    found: dict[str, Overturned] = {}
    for row in conn.execute(query).mappings():
        decided = moment(row["decided"])
        held = carriers(conn, row["id"], row["story"], row["decided"])
        if held and decided and row["id"] not in found:
            found[row["id"]] = Overturned(alert_store.from_row(row), decided, row["decision_reason"], held)
    return list(found.values())


def correction_text(one: Overturned) -> str:
    """Return the draft of a correction, in the words that the next digest prints too."""
    where = "; ".join(carrier.name for carrier in one.carriers)
    claim = one.alert.claim
    return (
        f"Về nội dung đã nêu trong {where}: câu “{one_line(claim.sentence)}” trong bài “{one_line(one.alert.title or '(không có đầu đề)')}” "
        f"({one_line(one.alert.outlet, 80)}). Sau khi xem xét lại, kết luận: {alert_store.NOT_DISTORTED}. Lý do: {one_line(one.reason)}. "
        "Đề nghị các nơi đã nhận không dùng nhận định trước đó; xin lỗi cơ quan báo chí và bạn đọc về việc này."
    )
