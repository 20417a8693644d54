"""`cotmoc corrections`: verdicts that were overturned, the papers that carried them, and the correction to send."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import DataOption, JsonOption


def corrections(
    since: Annotated[str | None, typer.Option("--since", help="Chỉ kết luận từ ngày, 2026-11-01.")] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Ghi dự thảo đính chính (DOCX) vào thư mục này.")] = None,
    json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Liệt kê nhận định bị kết luận lại là không sai lệch, điểm báo và hồ sơ đã mang nó, và lập dự thảo đính chính."""
    import datetime
    import json as as_json

    from dashboards.digest.carried import correction_text, overturned
    from dashboards.digest.correction_docx import write_correction
    from flows.context import open_store, settings
    from pipelines.clock import HANOI, show
    from pipelines.errors import UsageError

    try:
        first = datetime.datetime.fromisoformat(since).replace(tzinfo=HANOI) if since else None
    except ValueError as error:
        raise UsageError(f"--since {since}: viết ngày như 2026-11-21") from error
    config = settings(data)
    store = open_store(config)
    try:
        with store.read() as conn:
            found = overturned(conn, first)
        for one in found:
            if json:
                carriers = [{"kind": c.kind, "name": c.name, "day": c.day} for c in one.carriers]
                typer.echo(as_json.dumps({"alert": one.alert.id, "decided": one.decided.isoformat(), "reason": one.reason, "carriers": carriers, "text": correction_text(one)}, ensure_ascii=False))
                continue
            typer.echo(f"{one.alert.id[:12]}  {show(one.decided)}  {one.alert.title[:80]}: {one.reason}")
            for carrier in one.carriers:
                typer.echo(f"    {carrier.name}")
        if output and found:
            for path in write_correction(store, config, found, output):
                typer.echo(str(path))
    finally:
        store.close()
    if not found:
        typer.echo("không có nhận định nào đã phát đi rồi bị kết luận lại", err=True)
