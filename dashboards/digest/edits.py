"""What an editor changes in an issue before approval: order, what is left out, summaries; each change is in the audit log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, select

from dashboards.digest.gather import MOST
from dashboards.digest.records import Digest, Item
from dashboards.shown import visible
from pipelines.errors import UserError
from pipelines.store import audit
from pipelines.store.schema import audit as audit_table

ACTION = "digest.edit"
LISTS = ("domestic", "foreign", "sea_domestic", "sea_foreign")
LONGEST = 600


@dataclass(frozen=True)
class Edit:
    """The last word on one story: its place (0: as it comes), whether it is left out, a summary (empty: the text's own)."""

    place: int = 0
    dropped: bool = False
    summary: str = ""


def edits_of(conn: Connection, province: str, day: date) -> dict[str, Edit]:
    """Return the edits of an issue by story."""
    query = select(audit_table.c.details).where(audit_table.c.action == ACTION, audit_table.c.object == f"{province} {day.isoformat()}")
    found: dict[str, Edit] = {}
    for row in conn.execute(query.order_by(audit_table.c.seq)):
        given = row.details
        found[given["story"]] = Edit(given["place"], given["dropped"], given["summary"])
    return found


def record(conn: Connection, province: str, day: date, story: str, edit: Edit, by: str, now: datetime) -> None:
    """Write one edit; UserError for a summary that is too long."""
    summary = " ".join(visible(edit.summary).split())
    if len(summary) > LONGEST:
        raise UserError(f"tóm tắt dài {len(summary)} ký tự, nhiều nhất {LONGEST}")
    details = {"story": story, "place": max(0, min(edit.place, 99)), "dropped": edit.dropped, "summary": summary}
    audit.append(conn, actor=by, action=ACTION, thing=f"{province} {day.isoformat()}", details=details, now=now)


def edited(digest: Digest, edits: dict[str, Edit]) -> Digest:
    """Return the issue with its edits; its method note says how many there are. Claims and corrections cannot be edited.

    A story beyond the first `MOST` of its list comes in by its place, or where one before it is dropped.
    """
    if not edits:
        return digest
    dropped = 0
    lists: dict[str, tuple[Item, ...]] = {}
    rest: dict[str, tuple[Item, ...]] = {}
    for name in LISTS:
        kept: list[tuple[int, int, Item]] = []
        for number, item in enumerate(candidates(digest, name)):
            edit = edits.get(item.story, Edit())
            if edit.dropped:
                dropped += 1
                continue
            if edit.summary and edit.summary != item.summary:
                item = replace(item, summary=edit.summary, rewritten=True)
            # A story with a place goes before those without.
            kept.append((edit.place or 100, number, item))
        ordered = tuple(item for _place, _number, item in sorted(kept, key=lambda one: one[:2]))
        lists[name], rest[name] = ordered[:MOST], ordered[MOST:]
    rewritten = sum(item.rewritten for items in lists.values() for item in items)
    note = f"Người biên tập đã bỏ {dropped} tin, viết lại {rewritten} tóm tắt và có thể đã xếp lại thứ tự."
    left_out = digest.left_out - sum(len(digest.rest.get(name, ())) - len(rest[name]) for name in LISTS)
    return replace(digest, **lists, edits=note, rest=rest, left_out=left_out)  # type: ignore[arg-type]


def candidates(digest: Digest, name: str) -> tuple[Item, ...]:
    """Return all stories of one list as they were found: those in the issue, then the rest."""
    found: tuple[Item, ...] = getattr(digest, name)
    return found + tuple(digest.rest.get(name, ()))
