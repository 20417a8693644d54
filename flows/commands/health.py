"""`cotmoc health`: status and reason per source."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.options import DataOption, JsonOption


def health(
    source: Annotated[list[str] | None, typer.Option("--source", metavar="NAME", help="Chỉ những nguồn này.")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Cho biết tình trạng từng nguồn, lý do, tin cuối và lần hỏi tới."""
    import json

    from crawlers.health_report import report
    from crawlers.registry import load_sources
    from flows.context import open_store, settings
    from pipelines.clock import now

    config = settings(data)
    registry = load_sources(config.sources)
    store = open_store(config)
    rows = report(store, registry.choose(source), now())
    store.close()
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Tình trạng các nguồn", title_justify="left")
    for heading in ("Nguồn", "Tình trạng", "Lần được cuối", "Tin mới cuối", "Hỏi tiếp lúc", "28 ngày", "Lý do"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(
            row["name"], row["status_vi"], row["last_success_local"], row["last_item_local"], row["next_poll_local"],
            row["line"], row["reason"],
        )  # fmt: skip
    Console().print(table)
