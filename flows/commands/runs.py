"""`cotmoc runs`: the counted outcomes of the last run."""

from __future__ import annotations

import typer

from flows.options import DataOption, JsonOption


def runs(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Bảng kết quả của lần chạy gần nhất: mỗi mục vào một bước kết thúc ở đúng một kết quả."""
    import json

    from flows.context import open_store, settings
    from flows.outcomes import print_run
    from pipelines.errors import UserError
    from pipelines.store import runs as table

    store = open_store(settings(data))
    with store.read() as conn:
        last = table.last(conn)
    if last is None:
        raise UserError("chưa có lần chạy nào trong thư mục dữ liệu này; chạy `make demo` hoặc `cotmoc collect`")
    if as_json:
        typer.echo(json.dumps(last, ensure_ascii=False))
    else:
        print_run(last)
