"""`cotmoc deadlines`: the calendar of duties, reminders, and an `.ics`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import DataOption, JsonOption


def deadlines(
    profile: Annotated[str | None, typer.Option("--profile", help="Chỉ một hồ sơ địa phương (mặc định: tất cả).")] = None,
    date: Annotated[str | None, typer.Option("--date", help="Tính từ ngày, 2026-11-21 (mặc định: hôm nay).")] = None,
    ics: Annotated[Path | None, typer.Option("--ics", help="Ghi lịch iCalendar (.ics) vào tệp này.")] = None,
    remind: Annotated[bool, typer.Option("--remind", help="Chỉ việc phải nhắc đúng hôm nay (T-30, T-7, T-1).")] = False,
    push: Annotated[bool, typer.Option("--push", help="Gửi lời nhắc đến hạn qua các kênh thông báo (mỗi mốc một lần).")] = False,
    json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Lịch báo cáo theo hồ sơ địa phương, còn bao nhiêu ngày, việc nào đến lúc nhắc."""
    import dataclasses
    import datetime
    import json as as_json

    from dashboards.office.files import write_whole
    from dashboards.reports.deadlines import calendar, reminders, upcoming
    from pipelines.clock import local, now
    from pipelines.errors import UsageError
    from pipelines.settings import load_profile, profile_names

    try:
        today = datetime.date.fromisoformat(date) if date else local(now()).date()
    except ValueError as error:
        raise UsageError(f"--date {date}: viết ngày như 2026-11-21") from error
    if push:
        _push(data)
        return
    profiles = [load_profile(name) for name in ([profile] if profile else profile_names())]
    dues = reminders(profiles, today) if remind else upcoming(profiles, today, far=True)
    if ics:
        write_whole({ics: calendar(dues, today)})
        typer.echo(str(ics))
        return
    for due in dues:
        if json:
            typer.echo(as_json.dumps({**dataclasses.asdict(due), "day": due.day.isoformat(), "reminder": due.reminder}, ensure_ascii=False))
        else:
            typer.echo(f"{due.day:%d/%m/%Y}  {due.left:>4} ngày  {due.reminder:<8} {due.title}: {due.name} → {due.whither}")
    if not dues and not json:
        typer.echo("không có việc nào" + (" phải nhắc hôm nay" if remind else ""), err=True)


def _push(data: Path | None) -> None:
    from dashboards.reports.reminders import remind
    from flows.context import open_store, settings
    from pipelines.clock import now
    from pipelines.errors import UsageError

    config = settings(data)
    if not config.notify:
        raise UsageError("chưa có kênh thông báo nào; đặt mục [notify] trong cấu hình (docs/notify.md)")
    store = open_store(config)
    try:
        count = remind(store, config, now())
    finally:
        store.close()
    typer.echo(" ".join(f"{name}={number}" for name, number in count.outcomes.items()) or "không có lời nhắc nào đến hạn", err=True)
    if count.outcomes.get("retry"):
        raise typer.Exit(1)
