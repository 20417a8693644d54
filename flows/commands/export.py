"""`cotmoc export`: what a question finds, as a file for a spreadsheet, a program or a fact-check page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import DataOption
from flows.slips import Asking

COMMAND = Asking


def export(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Câu tìm như ở cotmoc search; '' là tất cả.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="F", help="Tệp sẽ ghi (ghi đè khi đã có).")],
    form: Annotated[str, typer.Option("--format", help="csv, jsonl, xlsx hoặc claimreview; bỏ trống: theo đuôi tệp, không có thì csv.")] = "",
    desk: Annotated[str, typer.Option("--desk", metavar="BÀN", help="Bàn làm việc xuất tệp, ghi vào nhật ký.")] = "dòng lệnh",
    data: DataOption = None,
) -> None:
    """Xuất các bài tìm được (không kèm thân bài); mỗi lần xuất là một mục trong nhật ký kiểm toán."""
    from dashboards.export import FORMATS
    from dashboards.export import export as run
    from flows.context import known_store, settings
    from pipelines.clock import now
    from pipelines.search import open_index

    # A CSV under the name of a workbook would be opened by no Excel.
    ending = output.suffix.removeprefix(".").lower()
    form = form.strip().lower() or (ending if ending in FORMATS else "csv")
    config = settings(data)
    store = known_store(config)
    index = open_index(config, store)
    try:
        done = run(store, index, config, query, form, output, actor=desk.strip() or "dòng lệnh", now=now())
    finally:
        index.close()
        store.close()
    typer.echo(f"{output}: {done.rows} {'nhận định' if form == 'claimreview' else 'bài'}, SHA-256 {done.sha256}")
