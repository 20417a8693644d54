"""`cotmoc notify`: send what is owed to people, or try the channels."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.options import DataOption, JsonOption


def notify(
    test: Annotated[bool, typer.Option("--test", help="Gửi một tin thử tới từng kênh.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Gửi các thông báo đến hạn; cũng là một bước của mỗi vòng theo dõi."""
    import json

    from dashboards.reports.reminders import remind
    from flows.context import open_store, settings
    from flows.outcomes import lines
    from pipelines.clock import now
    from pipelines.errors import UsageError
    from pipelines.notify import notify as run
    from pipelines.notify.channels import check_names, tried

    config = settings(data)
    check_names(config.notify)
    if test:
        if not config.notify:
            raise UsageError("chưa có kênh thông báo nào; đặt mục [notify] trong cấu hình (docs/notify.md)")
        good = {name: tried(address, "Cột Mốc: tin thử", f"Kênh này nhận được thông báo.\n{config.desk_url}") for name, address in config.notify.items()}
        for name, (taken, why) in good.items():
            typer.echo(f"{name}: {'đã nhận' if taken else 'không nhận'}" + (f" ({why})" if why else ""))
        if not all(taken for taken, _why in good.values()):
            raise typer.Exit(1)
        return
    store = open_store(config)
    count = run(store, config, now())
    reminded = remind(store, config, now())
    store.close()
    for one in (reminded,) if reminded.entered else ():
        typer.echo(lines([{"step": one.step, "in": one.entered, "outcomes": one.outcomes}])[0], err=True)
    view = {"step": count.step, "in": count.entered, "outcomes": count.outcomes}
    typer.echo(json.dumps(view) if as_json else lines([view])[0])
    if count.outcomes.get("retry") or reminded.outcomes.get("retry"):
        typer.echo("có kênh không nhận tin; tin được giữ lại và gửi lại sau", err=True)
        raise typer.Exit(1)
