"""The health of all sources as rows for the command line and the dashboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from crawlers.health import NEW, STATUS_VI
from crawlers.registry import Source
from pipelines.clock import local, show
from pipelines.store import Store, feeds
from pipelines.store.rows import moment

_BARS = " ▁▂▃▄▅▆▇█"
# What an office must look at stands first.
_ORDER = {"ok": 2, NEW: 3}


def report(
    store: Store, sources: Sequence[Source], now: datetime, others: Callable[[str], Source] | None = None
) -> list[dict[str, Any]]:
    """Return one row per source: status, reason, times (ISO and local), items per day of 28 days, trend line.

    With `others` (which describes a source by its id) also of sources that were asked once and are not in `sources`.
    """
    rows = []
    with store.read() as conn:
        states = feeds.source_rows(conn)
        shown = {source.id: source for source in sources}
        declared = set(shown)
        if others is not None:
            shown |= {name: others(name) for name in states if name not in shown}
        for id, source in shown.items():
            state = states.get(id, {})
            trend = feeds.trend(conn, id, now)
            status = state.get("status") or NEW
            reason = state.get("reason") or ""
            if source.enabled and id in declared and feeds.is_overdue(state, now):
                # What was said days ago is no news of today: a house that collects nothing must not say “tốt”.
                reason = f"chưa được hỏi lại từ {short(state.get('last_attempt'))}: việc thu tin có đang chạy không (cotmoc doctor); lúc ấy: {STATUS_VI.get(status, status)}"
                status = "overdue"
            row = {
                "source": id, "name": source.name, "kind": source.kind, "status": status,
                "status_vi": STATUS_VI.get(status, status), "reason": reason,
                "failures": state.get("failures") or 0.0, "verified": source.verified,
                "interval_minutes": (state.get("interval") or source.rhythm * 60) // 60, "trend": trend, "line": line(trend),
                "failed_days": feeds.failures(conn, id, now), "addresses": [_address(each) for each in feeds.of_source(conn, id)],
            }  # fmt: skip
            for name in ("last_attempt", "last_success", "last_item", "next_poll"):
                row[name] = state.get(name)
                row[f"{name}_local"] = show(moment(state.get(name)))
            rows.append(row)
    return sorted(rows, key=lambda row: (_ORDER.get(row["status"], 1), row["source"]))


def _address(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the last poll of one feed, sitemap or list page came to."""
    return {
        "url": row["url"], "outcome": row["outcome"], "reason": row["reason"], "http_status": row["status"],
        "checked": row["checked"], "items": row["item_count"], "moved_to": row["moved_to"], "trust_of_304": row["trust"],
    }  # fmt: skip


def short(stamp: str | None) -> str:
    """Return a stored time as `dd/mm HH:MM` on the wall clock of Hà Nội."""
    when = moment(stamp)
    return local(when).strftime("%d/%m %H:%M") if when else ""


def line(trend: Sequence[int]) -> str:
    """Return numbers as a line of block letters from the first day with any, the highest as a full block."""
    top = max(trend, default=0)
    return "".join(_BARS[0 if not day else max(1, round(day / top * 8))] for day in trend).lstrip() if top else ""
