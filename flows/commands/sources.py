"""`cotmoc sources`: list, check, add, record, import and export the declarations of sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands import sources_add, sources_opml
from flows.options import DataOption, JsonOption

if TYPE_CHECKING:
    from crawlers.registry import Registry, Source
    from pipelines.settings import Settings

app = typer.Typer(help="Các nguồn tin: liệt kê, kiểm tra, thêm, lưu trang mẫu, nhập và xuất OPML.", no_args_is_help=True)
app.command("add")(sources_add.add)
app.command("record")(sources_add.record)
app.command("import")(sources_opml.import_opml)
app.command("export")(sources_opml.export_opml)


@app.command("list")
def list_sources(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Liệt kê các nguồn: mã, tên, loại, ngôn ngữ, số feed, cách đọc bài, đã kiểm chứng trực tiếp hay chưa."""
    import json

    from flows.context import known_sources, settings

    registry = known_sources(settings(data))
    if as_json:
        typer.echo(json.dumps([source.model_dump(mode="json") for source in registry], ensure_ascii=False, indent=1))
        return
    for source in registry:
        ways = f"{len(source.feeds)} feed, {len(source.sitemaps)} sitemap, {len(source.lists)} danh mục"
        typer.echo(f"{source.id}\t{source.name}\t{source.owner_class}\t{','.join(source.lang)}\t{ways}\t{_reading(source)}\t{source.verified}")


def _reading(source: Source) -> str:
    """Say how the articles of a source are read: what an office can rely on before it has looked at a page itself."""
    if source.is_channel or not source.pages:
        return "chỉ tóm tắt của feed"
    versions = [version.version for version in source.selectors if version.valid_until is None]
    if not versions:
        return "đọc tự động"
    return "bộ chọn phỏng đoán" if versions[0].startswith("assumed") else "bộ chọn"


@app.command()
def check(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[TỆP|MÃ…]", help="Tệp khai báo, hoặc mã nguồn để đọc lại các trang mẫu đã lưu.")
    ] = None,
    live: Annotated[list[str] | None, typer.Option("--live", metavar="NAME", help="Hỏi thử nguồn này qua mạng, không lưu gì.")] = None,
    fixtures: Annotated[bool, typer.Option("--fixtures", help="Đọc lại trang mẫu của mọi nguồn có trang mẫu.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="Thư mục khai báo có trang mẫu (mặc định: DATA/sources).")
    ] = None,
    data: DataOption = None,
) -> None:
    """Kiểm tra tệp khai báo (lỗi nêu tệp, dòng, trường) và đọc lại trang mẫu: trường nào đổi so với lúc lưu."""
    from crawlers.registry import SHIPPED, declaration_files, own_folder
    from flows.context import settings
    from pipelines.errors import UserError

    config = settings(data)
    given = [Path(name) for name in names or [] if name.endswith((".yaml", ".yml")) or "/" in name or Path(name).is_file()]
    sources = [name for name in names or [] if Path(name) not in given]
    paths = given
    if not names and not live and not fixtures:
        paths = [*declaration_files(config.sources or SHIPPED), *declaration_files(own_folder(config))]
    if paths:
        _check_files(paths)
    if not (sources or live or fixtures):
        return
    registry = _known(config, output)
    failed = _replay(config, registry.choose(sources or None) if sources or fixtures else [], output, bool(sources))
    for source in registry.choose(live) if live else []:
        from crawlers.trial import try_source

        for line, fine in try_source(config, source):
            typer.echo(line)
            if not fine:
                failed.append(source.id)
    if failed:
        raise UserError(f"nguồn kiểm tra không đạt: {', '.join(dict.fromkeys(failed))}; xem các dòng nêu trên")


def _known(config: Settings, output: Path | None) -> Registry:
    from crawlers.registry import load_sources, sources_of

    return load_sources(config.sources, output) if output else sources_of(config)


def _check_files(paths: list[Path]) -> None:
    """Validate every file, print every mistake as `file:line: field: what`; UsageError when there was one."""
    from crawlers.registry import read_source
    from pipelines.errors import UsageError

    bad, mistakes = 0, 0
    ids: dict[tuple[Path, str], Path] = {}
    for path in paths:
        source, found = read_source(path)
        if source is not None and (first := ids.setdefault((path.parent, source.id), path)) != path:
            found = [f"1: id: trùng mã nguồn “{source.id}” với {first.name}"]
        bad += bool(found)
        mistakes += len(found)
        for line in found:
            typer.echo(f"{path}:{line}")
    typer.echo(f"{len(paths) - bad} tệp đúng, {bad} tệp sai" + (f", {mistakes} lỗi" if mistakes else ""), err=True)
    if bad:
        raise UsageError(f"{bad} tệp khai báo nguồn sai; sửa các dòng nêu trên rồi kiểm tra lại")


def _replay(config: Settings, sources: list[Source], output: Path | None, asked: bool) -> list[str]:
    """Read the stored pages of the sources again and print what changed; return the ids where something did."""
    from crawlers.discover.fixtures import fixtures_folder, replay

    folder, failed = fixtures_folder(config, output), []
    for source in sources:
        pages = changed = 0
        for _, changes in replay(folder, source):
            pages += 1
            changed += bool(changes)
            for item in changes:
                note = " – bộ chọn không còn khớp" if item.field == "parser" and "missed" in item.after else ""
                typer.echo(f"{source.id} {item.page} {item.field}: “{item.before}” → “{item.after}”{note}")
        if pages:
            typer.echo(f"{source.id}: {pages} trang mẫu, {pages - changed} như cũ, {changed} đổi")
        elif asked:
            typer.echo(f"{source.id}: chưa có trang mẫu; lưu bằng `cotmoc sources record {source.id}`")
            failed.append(source.id)
        if changed:
            failed.append(source.id)
    return failed
