"""`cotmoc report`: periodic and ad hoc reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import DataOption


def report(
    profile: Annotated[str | None, typer.Option("--profile", help="Hồ sơ địa phương (mặc định: của cấu hình).")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="weekly, monthly, annual, five-year, adhoc (mặc định: adhoc khi có --from, --to; không thì weekly).")] = None,
    start: Annotated[str | None, typer.Option("--from", help="Ngày đầu, 2026-01-01.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Ngày cuối, 2026-11-15.")] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Thư mục ghi (mặc định: DATA/reports).")] = None,
    data: DataOption = None,
) -> None:
    """Lập báo cáo tuần, tháng, năm, 05 năm hoặc đột xuất (DOCX, PDF, CSV); in ra ba đường dẫn."""
    import datetime

    from dashboards.reports import period_of, write_report
    from flows.context import known_sources, open_store, settings
    from pipelines.clock import local, now
    from pipelines.errors import UsageError

    days = []
    for name, given in (("--from", start), ("--to", end)):
        try:
            days.append(datetime.date.fromisoformat(given) if given else None)
        except ValueError as error:
            raise UsageError(f"{name} {given}: viết ngày như 2026-11-21") from error
    if (days[0] is None) != (days[1] is None):
        raise UsageError("cần cả --from và --to, hoặc không có cả hai")
    chosen = kind or ("adhoc" if days[0] else "weekly")
    first, last = (days[0], days[1]) if days[0] and days[1] else period_of(chosen, local(now()).date())
    config = settings(data, profile=profile)
    owners = {source.id: source.owner_class for source in known_sources(config)}
    store = open_store(config)
    try:
        paths = write_report(store, config, config.profile, chosen, first, last, output or config.data / "reports", owners=owners)
    finally:
        store.close()
    for path in paths.values():
        typer.echo(str(path))
