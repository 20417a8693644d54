"""`cotmoc sources add` and `record`: a declaration proposed from a home page, and the pages that guard it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.options import DataOption, JsonOption

if TYPE_CHECKING:
    from crawlers.discover.proposal import Proposal

OutputOption = Annotated[
    Path | None, typer.Option("--output", metavar="DIR", help="Thư mục ghi tệp khai báo và trang mẫu (mặc định: DATA/sources).")
]


def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Trang chủ (hay feed) của một tờ báo, một cơ quan, một tổ chức.")],
    name: Annotated[str, typer.Option("--name", help="Tên hiển thị; mặc định: tên trang tự khai.")] = "",
    identity: Annotated[str, typer.Option("--id", help="Mã nguồn: chữ thường, số, gạch nối; mặc định theo tên miền.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="press, official, broadcast, journal, analysis, video, channel, blog, fact-check.")] = "",
    owner: Annotated[str, typer.Option("--owner-class", help="Loại chủ quản, ví dụ “provincial press”; xem docs/sources.md.")] = "",
    zone: Annotated[str, typer.Option("--zone", metavar="ZONE", help="Múi giờ trang dùng, ví dụ Asia/Shanghai.")] = "",
    organisation: Annotated[bool, typer.Option("--organisation", help="Xác nhận: kênh hay blog này là của một tổ chức.")] = False,
    private: Annotated[bool, typer.Option("--allow-private", help="Cho phép địa chỉ mạng nội bộ (báo nội bộ, thử nghiệm).")] = False,
    again: Annotated[bool, typer.Option("--again", help="Dò lại nguồn đã có và ghi đè tệp khai báo trong thư mục ghi.")] = False,
    output: OutputOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Dò feed, sơ đồ trang, danh mục của một trang; đọc ba bài, đề nghị tệp khai báo có bộ chọn, lưu trang mẫu."""
    import json
    from zoneinfo import ZoneInfo

    from crawlers.discover.fixtures import fixtures_folder, record
    from crawlers.discover.proposal import Wish, propose
    from crawlers.discover.writing import write_bytes
    from crawlers.registry import load_source, load_sources, own_folder, sources_of
    from flows.context import settings
    from pipelines.clock import now
    from pipelines.errors import UsageError, UserError

    if zone:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise UsageError(f"--zone “{zone}”: không có múi giờ này; ví dụ đúng: Asia/Ho_Chi_Minh, Asia/Shanghai") from error
    config = settings(data)
    place = output or own_folder(config)
    registry = load_sources(config.sources, place) if output else sources_of(config)
    if identity and not again and registry.get(identity) is not None:
        raise UsageError(f"--id {identity}: đã có nguồn mang mã này; chọn mã khác, hoặc thêm --again để khai lại")
    wish = Wish(url, name, identity, kind, owner, zone, organisation, private)
    made = propose(config, registry, wish, say=lambda line: typer.echo(line, err=True), again=again)
    path = place / f"{made.source.id}.yaml"
    if path.exists() and not again:
        raise UserError(f"{path}: đã có tệp này; thêm --again để ghi đè, hoặc --id để đặt mã khác")
    try:
        write_bytes(path, made.text.encode())
    except OSError as error:
        raise UserError(f"{path}: không ghi được tệp khai báo ({error.strerror})") from error
    source, kept = load_source(path), []
    for sample in made.samples:
        try:
            moment = sample.fetched or now()
            kept.append(record(fixtures_folder(config, output), source, sample.url, sample.body, sample.content_type, moment, sample.hint))
        except UserError as error:
            typer.echo(str(error), err=True)
    if as_json:
        facts = {"file": str(path), "source": source.model_dump(mode="json"), "fixtures": [str(item) for item in kept], "unsure": list(made.unsure)}
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    _report(made, path, len(kept))


def _report(made: Proposal, path: Path, fixtures: int) -> None:
    source, found = made.source, made.found
    typer.echo(f"{source.id}: {source.name}, {', '.join(source.lang)}, múi giờ {source.zone}")
    for url in source.feeds:
        items = f": {len(found.feeds[url].items)} mục" if found and url in found.feeds else ""
        typer.echo(f"  feed {url}{items}")
    for url in source.sitemaps:
        typer.echo(f"  sơ đồ trang tin {url}: {found.sitemaps[url] if found else 0} mục")
    for page in source.lists:
        typer.echo(f"  danh mục {page.url}" + (" (dự phòng, khi mọi lối khác hỏng)" if page.when == "backup" else ""))
    for url in source.archives:
        typer.echo(f"  sơ đồ kho bài cũ {url} (chỉ hỏi khi có --since)")
    for part, selector in (made.learnt.selectors if made.learnt and source.selectors else {}).items():
        held = made.learnt.held.get(part) if made.learnt else None
        typer.echo(f"  bộ chọn {part}: {selector}" + (f" (đúng {held}/{len(made.samples)} trang)" if held else ""))
    for line in made.checks:
        typer.echo(f"  {line}")
    for line in made.unsure:
        typer.echo(f"  chưa chắc: {line}")
    asked = f", {found.requests} lần hỏi" if found else ""
    typer.echo(f"tệp khai báo: {path}")
    typer.echo(f"trang mẫu: {fixtures}{asked}")
    typer.echo(f"tiếp theo: đọc lại tệp, rồi `cotmoc sources check {source.id}` và `cotmoc collect --source {source.id}`")


def record(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Mã nguồn.")],
    urls: Annotated[list[str] | None, typer.Argument(metavar="[URL…]", help="Địa chỉ bài; mặc định: ba bài mới nhất của nguồn.")] = None,
    output: OutputOption = None,
    data: DataOption = None,
) -> None:
    """Lưu trang bài cùng kết quả đọc mong đợi, theo phiên bản bộ chọn, để `sources check NAME` đọc lại về sau."""
    from crawlers.discover.fixtures import fixtures_folder
    from crawlers.discover.recording import record_pages
    from crawlers.registry import load_sources, sources_of
    from flows.context import settings
    from pipelines.errors import UserError

    config = settings(data)
    registry = load_sources(config.sources, output) if output else sources_of(config)
    source = registry.choose([name])[0]
    failed = 0
    for line, fine in record_pages(config, source, list(urls or []), fixtures_folder(config, output)):
        typer.echo(line)
        failed += not fine
    if failed:
        raise UserError(f"{failed} trang không lưu được; xem các dòng nêu trên")
