"""`cotmoc sources import` and `export`: lists of feeds as other readers exchange them (OPML)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import DataOption, JsonOption


def import_opml(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="Danh sách feed dạng OPML.")],
    output: Annotated[Path | None, typer.Option("--output", metavar="DIR", help="Thư mục ghi tệp khai báo (mặc định: DATA/sources).")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Nhập danh sách OPML thành tệp khai báo; mỗi dòng được đếm: thêm, đã có hay từ chối. Không hỏi mạng."""
    import json

    import yaml

    from crawlers.discover.opml import import_outlines
    from crawlers.discover.writing import write_bytes
    from crawlers.registry import load_sources, own_folder, sources_of
    from flows.context import settings
    from pipelines.clock import local, now
    from pipelines.errors import UserError

    config = settings(data)
    place = output or own_folder(config)
    registry = load_sources(config.sources, place) if output else sources_of(config)
    result = import_outlines(file, registry, f"{local(now()):%Y-%m-%d}")
    for source in result.sources:
        row = source.model_dump(mode="json", exclude_defaults=True) | {"verified": source.verified, "rhythm": source.rhythm}
        path = place / f"{source.id}.yaml"
        try:
            write_bytes(path, yaml.safe_dump(row, allow_unicode=True, sort_keys=False, width=120).encode())
        except OSError as error:
            raise UserError(f"{path}: không ghi được tệp khai báo ({error.strerror})") from error
    counts = {"in": result.lines, "added": len(result.added), "known": len(result.known), "refused": len(result.refused)}
    if as_json:
        typer.echo(json.dumps(counts | {"sources": [source.id for source in result.sources], "reasons": result.refused}, ensure_ascii=False))
    else:
        for source in result.sources:
            typer.echo(f"thêm: {source.id} ({source.name}), {len(source.feeds)} feed")
        typer.echo(f"{counts['in']} dòng: {counts['added']} thêm, {counts['known']} đã có, {counts['refused']} từ chối")
    for line in result.refused:
        typer.echo(f"từ chối: {line}", err=True)
    if result.refused:
        raise typer.Exit(1)


def export_opml(
    opml: Annotated[Path, typer.Option("--opml", metavar="FILE", help="Tệp OPML sẽ ghi; “-” là đầu ra chuẩn.")],
    data: DataOption = None,
) -> None:
    """Xuất feed của mọi nguồn đang dùng thành OPML 2.0, để trình đọc tin khác hay cơ quan khác dùng."""
    from crawlers.discover.opml import export
    from crawlers.discover.writing import write_bytes
    from flows.context import known_sources, settings
    from pipelines.errors import UserError

    registry = known_sources(settings(data))
    content = export(registry)
    if str(opml) == "-":
        typer.echo(content.decode())
        return
    try:
        write_bytes(opml, content)
    except OSError as error:
        raise UserError(f"{opml}: không ghi được tệp OPML ({error.strerror})") from error
    typer.echo(f"{opml}: {len(registry.sources)} nguồn, {sum(len(source.feeds) for source in registry)} feed")
