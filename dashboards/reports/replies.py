"""What became of a request for correction after it left the office: sent, answered; entries of the audit log, about stories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from pipelines.clock import local
from pipelines.errors import UserError
from pipelines.store import audit
from pipelines.store.schema import audit as audit_table

SENT, ANSWERED = "reply.sent", "reply.answered"
# How an outlet answered; “corrected” counts as obtained, silence as no answer (its day is when the office gave up waiting).
CORRECTED, REPLIED, REFUSED, SILENT = "đã cải chính", "đã trả lời, không cải chính", "từ chối", "không trả lời"
ANSWERS = (CORRECTED, REPLIED, REFUSED, SILENT)


@dataclass(frozen=True)
class Reply:
    """The last word on one story's request: the day it was sent, the day and kind of the answer."""

    story: str
    sent: date
    answered: date | None = None
    answer: str = ""


def note_sent(conn: Connection, story: str, day: date, by: str, now: datetime) -> None:
    """Note that the request about a story was sent on `day`; UserError for a day to come."""
    _past(day, now)
    audit.append(conn, actor=by, action=SENT, thing=story, details={"day": day.isoformat()}, now=now)


def note_answer(conn: Connection, story: str, day: date, answer: str, by: str, now: datetime) -> None:
    """Note the outlet's answer; UserError when nothing was sent before it, or for an unknown answer."""
    _past(day, now)
    known = replies(conn).get(story)
    if known is None or day < known.sent:
        raise UserError(f"câu chuyện {story[:12]}: chưa ghi công văn gửi đi trước ngày {day:%d/%m/%Y}; ghi bằng: cotmoc evidence sent")
    if answer not in ANSWERS:
        raise UserError(f"trả lời “{answer}” không có; chọn một trong: {'; '.join(ANSWERS)}")
    audit.append(conn, actor=by, action=ANSWERED, thing=story, details={"day": day.isoformat(), "answer": answer}, now=now)


def replies(conn: Connection) -> dict[str, Reply]:
    """Return the requests by story, each as it stands now."""
    found: dict[str, Reply] = {}
    query = select(audit_table).where(audit_table.c.action.in_((SENT, ANSWERED))).order_by(audit_table.c.seq)
    for row in conn.execute(query).mappings():
        details: Mapping[str, Any] = row["details"]
        if "day" not in details:
            continue
        day = date.fromisoformat(details["day"])
        if row["action"] == SENT:
            found[row["object"]] = Reply(row["object"], day)
        elif row["object"] in found:
            found[row["object"]] = Reply(row["object"], found[row["object"]].sent, day, details["answer"])
    return found


def _past(day: date, now: datetime) -> None:
    if day > local(now).date():
        raise UserError(f"ngày {day:%d/%m/%Y} chưa tới")
