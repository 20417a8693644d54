"""All that the page of one story shows, read with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from classifiers.referencebase import Reference, load_references
from dashboards import queries
from dashboards.arguments import Arguments, arguments
from dashboards.geo import Spot, spots_of
from dashboards.highlight import Piece, locate, marked
from pipelines.records import Alert, Claim
from pipelines.store import alerts as alert_store
from pipelines.store import work
from pipelines.store.alerts import from_row
from pipelines.store.rows import moment
from pipelines.store.schema import alerts, decisions, papers

MOST_ALERTS = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history: when, who, what kind, and its words."""

    at: datetime
    analyst: str
    kind: str
    outcome: str = ""
    reason: str = ""
    note: str = ""
    undone: datetime | None = None
    alert: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim of the story with what it rests on; `alert` and `version` when it raised one."""

    claim: Claim
    references: list[Reference]
    missing: list[str]
    arguments: Arguments
    alert: Alert | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """The story around one alert: `focus` first, its other alerts, the text's further claims, text, copies, places, history."""

    focus: Judged
    others: list[Judged]
    further: list[Judged]
    article: dict[str, Any] | None
    pieces: dict[str, list[Piece]]
    place: Any
    latest: dict[str, Any] | None
    revisions: list[dict[str, Any]]
    capture: dict[str, Any] | None
    story: dict[str, Any] | None
    copies: list[dict[str, Any]]
    spots: list[Spot]
    history: list[Line]
    notes: list[dict[str, Any]]
    assignee: str
    due: str


def known_references(ids: Sequence[str]) -> list[Reference]:
    """Return the entries for `ids` that the reference base still holds."""
    base = load_references()
    return [base.get(id) for id in ids if id in base]


def _judged(claim: Claim, others: Sequence[Claim], article: dict[str, Any] | None, alert: Alert | None = None, version: int = 0) -> Judged:
    found = known_references(claim.refs)
    published = moment(article["published"]) if article else alert.published if alert else None
    reasons = arguments(claim, found, in_text=bool(article and locate(article, claim)), others=others, published=published)
    return Judged(claim, found, [id for id in claim.refs if id not in {r.id for r in found}], reasons, alert, version)


def _same(one: Claim, other: Claim) -> bool:
    return (one.sentence, one.type) == (other.sentence, other.type)


def gather(conn: Connection, id: str) -> Story | None:
    """Return the story of alert `id`, or None when there is no such alert."""
    found = alert_store.get_alert(conn, id)
    if found is None:
        return None
    focus, version = found
    rows = conn.execute(
        select(alerts).where(alerts.c.story == focus.story, alerts.c.id != id).order_by(alerts.c.tier, alerts.c.confidence.desc(), alerts.c.id).limit(MOST_ALERTS)
    ).mappings().all()  # fmt: skip
    siblings = [(from_row(row), int(row["version"])) for row in rows]
    article = queries.article(conn, focus.article, focus.revision)
    assessed = queries.assessment(conn, focus.article, focus.revision)
    raised = [focus.claim, *(alert.claim for alert, _ in siblings)]
    further = [c for c in (assessed["claims"] if assessed else []) if not any(_same(c, one) for one in raised)]
    here = [alert.claim for alert, _ in siblings if alert.article == focus.article]
    shown = [focus.claim, *here, *further]
    ids = [id, *(alert.id for alert, _ in siblings)]
    assignee, due = work.work_of(conn, id)
    return Story(
        focus=_judged(focus.claim, shown[1:], article, focus, version),
        others=[_judged(a.claim, (), article if a.article == focus.article else None, a, v) for a, v in siblings],
        further=[_judged(claim, (), article) for claim in further],
        article=article, pieces=marked(article, shown) if article else {},
        place=locate(article, focus.claim) if article else None,
        latest=queries.article(conn, focus.article), revisions=queries.revision_list(conn, focus.article),
        capture=queries.capture(conn, article["capture"]) if article else None,
        story=queries.story(conn, focus.story), copies=queries.copy_list(conn, focus.story),
        spots=spots_of(article["places"], f"{article['title']}\n{article['sapo']}\n{article['body']}") if article else [],
        history=history(conn, ids, focus), notes=work.notes_of(conn, ids), assignee=assignee, due=due,
    )  # fmt: skip


def history(conn: Connection, ids: Sequence[str], focus: Alert) -> list[Line]:
    """Return everything done on the alerts `ids` of a story, oldest first: raised, decided, taken back, assigned, packed."""
    lines = [Line(focus.raised, "cotmoc", "raised", alert=focus.id)]
    for row in conn.execute(select(decisions).where(decisions.c.alert.in_(ids))).mappings():
        at = moment(row["decided"])
        assert at is not None
        lines.append(Line(at, row["analyst"], "decide", row["outcome"], row["reason"], row["note"], moment(row["undone"]), row["alert"]))
    for event in work.events_of(conn, ids):
        at, details = moment(event["at"]), event["details"]
        assert at is not None
        if event["kind"] == "assign":
            lines.append(Line(at, event["analyst"], "assign", details.get("assignee", ""), details.get("due", ""), alert=event["alert"]))
        else:
            lines.append(Line(at, event["analyst"], event["kind"], details.get("outcome", ""), alert=event["alert"]))
    for row in conn.execute(select(papers.c.made, papers.c.kind, papers.c.path).where(papers.c.story == focus.story)).mappings():
        at = moment(row["made"])
        assert at is not None
        lines.append(Line(at, "", "pack" if row["kind"] == "evidence" else "paper", row["path"].rsplit("/", 1)[-1]))
    return sorted(lines, key=lambda line: line.at)



def last_by_others(conn: Connection, id: str, analyst: str) -> Line | None:
    """Return what somebody else last did to the state of an alert, for the later of two analysts; None when nobody did."""
    found = alert_store.get_alert(conn, id)
    lines = [line for line in history(conn, [id], found[0]) if line.kind in ("decide", "undo") and line.analyst != analyst] if found else []
    return lines[-1] if lines else None
