"""`cotmoc alerts`: flags and watches with claim, reference and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.options import DataOption, JsonOption

if TYPE_CHECKING:
    from datetime import datetime

    from pipelines.records import Alert


def alerts(
    tier: Annotated[str | None, typer.Option("--tier", help="flag hoặc watch (mặc định: cả hai).")] = None,
    since: Annotated[str, typer.Option("--since", help="Khoảng lùi: 7d, 12h, hoặc ngày 2026-11-01; “all” là tất cả.")] = "7d",
    province: Annotated[str | None, typer.Option("--province", help="Hồ sơ địa phương, ví dụ lao-cai.")] = None,
    status: Annotated[str | None, typer.Option("--status", help="Tình trạng xử lý, ví dụ “mới”.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="Số cảnh báo nhiều nhất.")] = 1000,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Các cảnh báo với câu, tư liệu, lý do; cảnh báo trước, mới và chắc trước. --json: mỗi dòng một cảnh báo."""
    import json

    from flows.context import open_store, settings
    from pipelines.errors import UsageError
    from pipelines.store.alerts import list_alerts

    if tier not in (None, "flag", "watch"):
        raise UsageError(f"--tier {tier}: chỉ có flag hoặc watch")
    start = _since(since)
    store = open_store(settings(data))
    with store.read() as conn:
        found = list_alerts(conn, tier=tier, since=start, province=province, status=status, limit=limit)
    store.close()
    for alert in found:
        view = _view(alert)
        typer.echo(json.dumps(view, ensure_ascii=False) if as_json else _lines(view))
    if not as_json:
        typer.echo(f"{len(found)} cảnh báo" + ("" if start is None else f" trong {since}"), err=True)


def _since(text: str) -> datetime | None:
    """Read `7d`, `12h`, an ISO date or `all`; UsageError otherwise."""
    import re
    from datetime import datetime, timedelta

    from pipelines.clock import local, now
    from pipelines.errors import UsageError

    if text == "all":
        return None
    match = re.fullmatch(r"(\d{1,5})([dh])", text)
    if match:
        count = int(match[1])
        return now() - (timedelta(days=min(count, 36_500)) if match[2] == "d" else timedelta(hours=count))
    try:
        return local(datetime.fromisoformat(text))
    except ValueError as error:
        raise UsageError(f"--since {text}: viết như 7d, 12h, 2026-11-01 hoặc all") from error


def _view(alert: Alert) -> dict[str, Any]:
    """Return the alert as JSON: the record, with the references that its claim was compared with."""
    from classifiers.referencebase import load_references

    base = load_references()
    references = [
        {"id": entry.id, "statement": entry.statement_vi, "source": entry.source.title, "article": entry.source.article,
         "url": entry.source.url, "contested": entry.contested}
        for entry in (base.get(id) for id in alert.claim.refs if id in base)
    ]  # fmt: skip
    return {**alert.model_dump(mode="json"), "references": references}


def _lines(view: dict[str, Any]) -> str:
    from dashboards.shown import one_line, percent, role_vi, tier_vi, time_vi, verdict_vi

    claim = view["claim"]
    lines = [
        f"{tier_vi(view['tier'])} · {view['status']} · {one_line(view['outlet'], 60)} · {time_vi(view['published'])} · {view['id'][:8]}",
        f"  {one_line(view['title'], 160)}",
        f"  câu: “{one_line(claim['sentence'])}”",
        f"  {role_vi(claim['role'])}; {verdict_vi(claim['verdict'])} ({claim['type']}, tin cậy {percent(claim['confidence'])})",
    ]
    lines += [f"  tư liệu {ref['id']}: {ref['statement']} [{ref['source']}]" for ref in view["references"]]
    lines += [f"  {label}: {one_line(claim[name])}" for name, label in (("differs", "khác"), ("why", "vì")) if claim[name]]
    lines += [f"  hồ sơ: cotmoc evidence {view['story']} --output THƯ-MỤC", f"  {one_line(view['url'])}"]
    return "\n".join(lines) + "\n"
