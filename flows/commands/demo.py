"""`cotmoc demo`: the main job on the sample newsroom, from a feed to an alert, a digest and an evidence pack."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.options import DataOption


def demo(
    data: DataOption = None,
    port: Annotated[int | None, typer.Option(help="Cổng của bàn làm việc.")] = None,
    profile: Annotated[str | None, typer.Option(help="Hồ sơ địa phương của điểm báo.")] = None,
) -> None:
    """Chạy thử toàn bộ trên tòa soạn mẫu (bài do dự án tự viết), rồi mở bàn làm việc (ONCE=1: dừng sau bảng)."""
    import os
    import sys

    from crawlers.newsroom.server import serve_newsroom
    from crawlers.registry import load_sources
    from flows import mainjob
    from flows.chain import Chain
    from flows.commands.serve import serve
    from flows.context import open_store, settings
    from flows.lock import held
    from flows.outcomes import print_run
    from flows.sampling import sample_of
    from flows.service import free_port
    from pipelines.settings import load_profile

    config = settings(data, port=port, profile=profile)
    load_profile(config.profile)
    stay = os.environ.get("ONCE") != "1" and sys.stdin.isatty()
    if stay:
        free_port(config.host, config.port)
    with held(config.data, "chain"):
        sample, moved = sample_of(config.data)
    if moved:
        typer.echo(f"dữ liệu mẫu cũ được chuyển sang {moved}", err=True)
    chain = Chain(config, open_store(config))
    sources = config.data / "newsroom"
    with (
        held(config.data, "chain"),
        serve_newsroom(sample.dated, base_port=sample.base_port, slow_seconds=1.0, sources=sources) as site,
        mainjob.run_of(chain, "demo") as counts,
    ):
        chain.registry = load_sources(sources)
        if not sample.advanced:
            sample.save(config.data)
            mainjob.collect_to_deliver(chain, counts)
            typer.echo("tòa soạn mẫu sang ngày thứ hai: sửa một bài, đăng thêm tin; thu thập lần nữa", err=True)
        site.advance()
        sample._replace(advanced=True).save(config.data)
        mainjob.collect_to_deliver(chain, counts, chain.registry.ids())
        papers = mainjob.todays_digest(chain, counts)
        pack = mainjob.first_evidence(chain, counts)
    run = mainjob.last_run(chain)
    print_run(run)
    typer.echo(f"digest: {papers[0]}")
    typer.echo(f"evidence: {pack if pack else 'không có (không bài nào bị gắn cờ)'}")
    typer.echo(f"dashboard: http://{config.host}:{config.port}/")
    _next_steps(config.data)
    chain.close()
    if stay:
        serve(data=config.data, host=config.host, port=config.port)


def _next_steps(data: object) -> None:
    typer.echo(
        "\nBước tiếp theo:\n"
        f"  .venv/bin/cotmoc alerts --data {data}        các cảnh báo, câu, tư liệu, lý do\n"
        f"  .venv/bin/cotmoc serve --data {data}         bàn làm việc\n"
        f'  .venv/bin/cotmoc search --data {data} "bien gioi"\n'
        "  make start PROFILE=ninh-binh                nguồn thật, theo lịch\n"
        "  docs/quick-start.md                         hướng dẫn 15 phút",
        err=True,
    )
