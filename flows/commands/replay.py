"""`cotmoc replay DIR`: the whole chain over real captured pages and feeds, served on loopback."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import DataOption, JsonOption

# Fixed, so that the addresses of a second replay on the same data are those of the first.
BASE_PORT = 28800


def replay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Thư mục có html/, feeds/, news/ (xem docs/replay.md).")],
    data: DataOption = None,
    news: Annotated[int, typer.Option(min=0, help="Số bài của news/ được dựng thành trang.")] = 500,
    as_json: JsonOption = False,
) -> None:
    """Phát lại trang và feed thật từ máy này qua cả dây chuyền; in bảng kết quả."""
    import json

    from crawlers.newsroom.replay import serve_replay
    from crawlers.registry import load_sources
    from flows import mainjob
    from flows.chain import Chain
    from flows.context import open_store, settings
    from flows.lock import held
    from flows.outcomes import print_run
    from pipelines.errors import UsageError

    if not folder.is_dir():
        raise UsageError(f"{folder}: không có thư mục này; đặt DATA=đường-dẫn tới thư mục có html/, feeds/, news/")
    config = settings(data)
    chain = Chain(config, open_store(config))
    with held(config.data, "chain"), serve_replay(folder, limit_news=news, base_port=BASE_PORT, sources=config.data / "replay") as site:
        chain.registry = load_sources(site.sources)
        with mainjob.run_of(chain, "replay") as counts:
            mainjob.collect_to_deliver(chain, counts)
    run = mainjob.last_run(chain)
    chain.close()
    if as_json:
        typer.echo(json.dumps(run, ensure_ascii=False))
    else:
        print_run(run)
