"""`cotmoc upkeep`: what may be forgotten is forgotten, and the store is tidied."""

from __future__ import annotations

import typer

from flows.options import DataOption


def upkeep(data: DataOption = None) -> None:
    """Dọn dẹp theo thời hạn lưu: văn bản không gắn cờ, thư đã chuyển; số liệu và quyết định được giữ lại."""
    from flows.chain import Chain
    from flows.context import open_store, settings
    from flows.lock import held
    from flows.outcomes import lines
    from flows.upkeep import said
    from flows.upkeep import upkeep as run

    config = settings(data)
    chain = Chain(config, open_store(config))
    with held(config.data, "chain"):
        count = run(chain)
    for line in said(chain, count) or ["không có gì hết hạn"]:
        typer.echo(line, err=True)
    chain.close()
    for line in lines([{"step": count.step, "in": count.entered, "outcomes": count.outcomes}]):
        typer.echo(line)
