"""`cotmoc collect`: feeds and pages of the sources, single addresses, WARC files of others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import DataOption, JsonOption


def collect(
    urls: Annotated[list[str] | None, typer.Argument(metavar="[URL…]", help="Địa chỉ bài cần thu ngay.")] = None,
    warc: Annotated[list[Path] | None, typer.Option("--warc", metavar="FILE", help="Tệp WARC có sẵn (CC-NEWS); lặp lại được.")] = None,
    source: Annotated[list[str] | None, typer.Option("--source", metavar="NAME", help="Chỉ nguồn này; lặp lại được.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Lấy cả tin cũ từ ngày này, ví dụ 2026-11-01 hay 30d.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Với --warc: nhận cả trang ngoài danh sách nguồn.")] = False,
    due: Annotated[bool, typer.Option("--due", help="Chỉ hỏi những nguồn đã đến giờ.")] = False,
    minutes: Annotated[float | None, typer.Option(min=0.1, help="Không mở yêu cầu mới sau chừng này phút.")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Thu feed và bài (giữ nguyên bản trong WARC), đọc, đối chiếu; in bảng kết quả."""
    import json

    from crawlers.collect import checked
    from crawlers.registry import sources_of
    from flows import chain as steps
    from flows import progress
    from flows.archive import archive
    from flows.collecting import failures, gather, since_date
    from flows.context import open_store, say_contact, settings
    from flows.lock import held
    from flows.mainjob import last_run, run_of
    from flows.outcomes import print_run
    from pipelines.errors import UsageError
    from pipelines.settings import load_profile

    # `--warc a.warc.gz b.warc.gz`: what follows the first file and is one too belongs to it.
    warc = [*(warc or []), *(Path(name) for name in urls or [] if warc and Path(name).is_file())]
    urls = [name for name in urls or [] if Path(name) not in warc]
    for path in warc:
        if not path.is_file():
            raise UsageError(f"{path}: không có tệp WARC này")
    config = settings(data)
    first = since_date(since)
    registry = sources_of(config)
    # Mistakes are said before a run is opened; without names the profile's own choice holds.
    registry.choose(source or None)
    checked(urls or [])
    named = list(source or [])
    source = source or list(load_profile(config.profile).sources) or None
    if urls or source or not warc:
        say_contact(config)
    chain = steps.Chain(config, open_store(config), registry)
    problems: list[str] = []
    with held(config.data, "chain"), run_of(chain, "collect") as counts:
        with progress.step("thu thập") as advance:
            counts += gather(chain, urls or [], warc or [], source, first, everything, due, minutes, advance, problems)
        counts.append(archive(chain))
        with progress.step("đọc bài") as advance:
            counts.append(steps.read(chain, advance))
        with progress.step("đối chiếu") as advance:
            counts.append(steps.assess(chain, advance))
        with progress.step("chuyển vào chỉ mục") as advance:
            counts.append(steps.deliver(chain, advance))
        counts.append(steps.notify(chain))
    result = last_run(chain)
    failed = problems + failures(chain.store, urls or [], named)
    chain.close()
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        print_run(result)
    for line in failed:
        typer.echo(f"không được: {line}", err=True)
    if failed:
        raise typer.Exit(1)
