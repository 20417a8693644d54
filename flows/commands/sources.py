"""`cotmoc sources`: list and check the declarations of sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import DataOption, JsonOption

app = typer.Typer(help="Các nguồn tin: liệt kê, kiểm tra tệp khai báo.", no_args_is_help=True)


@app.command("list")
def list_sources(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Liệt kê các nguồn: mã, tên, loại, ngôn ngữ, số feed, đã kiểm chứng trực tiếp hay chưa."""
    import json

    from flows.context import known_sources, settings

    registry = known_sources(settings(data))
    if as_json:
        typer.echo(json.dumps([source.model_dump(mode="json") for source in registry], ensure_ascii=False, indent=1))
        return
    for source in registry:
        ways = f"{len(source.feeds)} feed, {len(source.sitemaps)} sitemap, {len(source.lists)} danh mục"
        typer.echo(f"{source.id}\t{source.name}\t{source.owner_class}\t{','.join(source.lang)}\t{ways}\t{source.verified}")


@app.command()
def check(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE…]", help="Tệp khai báo; mặc định: mọi nguồn đang dùng.")] = None,
    live: Annotated[list[str] | None, typer.Option("--live", metavar="NAME", help="Hỏi thử nguồn này qua mạng, không lưu gì.")] = None,
    data: DataOption = None,
) -> None:
    """Kiểm tra tệp khai báo nguồn; lỗi nêu tệp, dòng và trường. Không dừng ở lỗi đầu tiên."""
    from crawlers.registry import SHIPPED, load_source, load_sources
    from crawlers.trial import try_source
    from flows.context import settings
    from pipelines.errors import UsageError, UserError

    config = settings(data)
    root = config.sources or SHIPPED
    paths = list(files) if files else sorted([*root.glob("*.yaml"), *root.glob("*.yml")])
    bad = 0
    for path in paths:
        try:
            load_source(path)
        except UsageError as error:
            bad += 1
            typer.echo(str(error))
    typer.echo(f"{len(paths) - bad} tệp đúng, {bad} tệp sai", err=True)
    if bad:
        raise UsageError(f"{bad} tệp khai báo nguồn sai; sửa các dòng nêu trên rồi kiểm tra lại")
    failed = []
    for name in live or []:
        for line, fine in try_source(config, load_sources(config.sources).choose([name])[0]):
            typer.echo(line)
            if not fine:
                failed.append(name)
    if failed:
        raise UserError(f"nguồn hỏi thử không được: {', '.join(dict.fromkeys(failed))}")
