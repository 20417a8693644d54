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
    import sys

    from crawlers.health_report import report, short
    from flows.context import followed_sources, known_sources, open_store, settings
    from pipelines.clock import now

    config = settings(data)
    registry = known_sources(config)
    store = open_store(config)
    rows = report(store, registry.choose(source) if source else followed_sources(config), now(), None if source else registry.describe)
    store.close()
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Tình trạng các nguồn", title_justify="left")
    for heading in ("Nguồn", "Tình trạng", "Được lúc", "Tin mới lúc", "Hỏi tiếp lúc", "28 ngày", "Lý do"):
        table.add_column(heading, overflow="fold", no_wrap=heading.endswith("lúc"))
    for row in rows:
        table.add_row(
            row["name"], row["status_vi"], *(short(row[name]) for name in ("last_success", "last_item", "next_poll")),
            row["line"], row["reason"],
        )  # fmt: skip
    # Into a pipe or file a line per source, not one folded to the width of a terminal that is not there.
    Console(width=None if sys.stdout.isatty() else 200).print(table)
