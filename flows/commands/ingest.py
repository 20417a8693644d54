"""`cotmoc ingest FILE.jsonl…`: the chain from the article on, for texts that somebody else collected."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import DataOption, JsonOption


def ingest(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.jsonl…", help="Tệp dòng JSON (xem docs/ingest.md).")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Nạp văn bản có sẵn: đọc, đối chiếu, cảnh báo, chuyển vào chỉ mục. Dòng hỏng được báo số dòng và bỏ qua."""
    import json

    from flows import chain as steps
    from flows import progress
    from flows.context import open_store, settings
    from flows.ingest import ingest_files
    from flows.lock import held
    from flows.outcomes import merged, print_run
    from pipelines.clock import now
    from pipelines.errors import UsageError
    from pipelines.store import runs

    for path in files:
        if not path.is_file():
            raise UsageError(f"{path}: không có tệp này")
    config = settings(data)
    chain = steps.Chain(config, open_store(config))
    with held(config.data, "chain"):
        with chain.store.begin() as conn:
            run = runs.start(conn, "ingest", now())
        with progress.step("nạp văn bản") as advance:
            counts = [ingest_files(chain, files, advance)]
        with progress.step("đối chiếu") as advance:
            counts.append(steps.assess(chain, advance))
        with progress.step("chuyển vào chỉ mục") as advance:
            counts.append(steps.deliver(chain, advance))
        counts.append(steps.notify(chain))
        steps.record(chain, run, merged(counts))
        with chain.store.begin() as conn:
            runs.end(conn, run, now())
    with chain.store.read() as conn:
        result = runs.last(conn)
    chain.close()
    assert result is not None
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        print_run(result)
    if any("bad-line" in step["outcomes"] for step in result["steps"]):
        raise typer.Exit(1)
