"""`cotmoc watches`: saved searches, previewed before they are enabled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.options import DataOption, JsonOption
from flows.slips import Asking

if TYPE_CHECKING:
    from pipelines.search import Index
    from pipelines.settings import Settings
    from pipelines.watches import Preview

# Who acts, in the audit log; the command line sees and changes the searches of all desks.
ACTOR = "dòng lệnh"
app = typer.Typer(help="Tìm kiếm đã lưu: xem trước, bật để được báo tin mới.", no_args_is_help=True)
DeskOption = Annotated[str, typer.Option("--desk", metavar="BÀN", help="Riêng của bàn này; bỏ trống: dùng chung.")]
NameArgument = Annotated[str, typer.Argument(metavar="TÊN", help="Tên tìm kiếm.")]


@app.command("list")
def listed(desk: DeskOption = "", as_json: JsonOption = False, data: DataOption = None) -> None:
    """Liệt kê tìm kiếm dùng chung và của bàn đã nêu."""
    import json

    from dashboards.shown import one_line
    from flows.context import known_store, settings
    from pipelines import watches
    from pipelines.clock import show

    config = settings(data)
    store = known_store(config)
    with store.read() as conn:
        found = watches.listed(conn, desk)
    store.close()
    for watch in found:
        if as_json:
            since = watch.enabled.isoformat() if watch.enabled else None
            view = {"name": watch.name, "desk": watch.desk, "query": watch.query, "channel": watch.channel, "enabled": since}
            typer.echo(json.dumps(view, ensure_ascii=False))
        else:
            state = f"bật từ {show(watch.enabled)}" if watch.enabled else "chưa bật"
            gone = " (kênh không còn)" if watch.channel and watch.channel not in config.notify else ""
            typer.echo(f"{watch.name}  [{watch.desk or 'dùng chung'}; {watch.channel or 'mọi kênh'}{gone}; {state}]\n  {one_line(watch.query, 2000)}")
    if not as_json:
        typer.echo(f"{len(found)} tìm kiếm đã lưu", err=True)


@app.command(cls=Asking)
def add(
    name: NameArgument,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Câu tìm như ở cotmoc search.")],
    desk: DeskOption = "",
    channel: Annotated[str, typer.Option("--channel", metavar="KÊNH", help="Chỉ báo kênh này; bỏ trống: mọi kênh.")] = "",
    data: DataOption = None,
) -> None:
    """Lưu một tìm kiếm (chưa bật) và cho xem trước 30 ngày qua."""
    from flows.context import known_store, settings
    from pipelines.clock import now
    from pipelines.search import IndexUnavailable, open_index
    from pipelines.watches import preview as run
    from pipelines.watches import save

    config = settings(data)
    store = known_store(config)
    with store.begin() as conn:
        saved = save(conn, config, name, query, desk=desk, channel=channel, actor=ACTOR, now=now())
    index = open_index(config, store)
    try:
        _show(run(index, query, now()), query, config)
    except IndexUnavailable as error:
        typer.echo(f"không xem trước được: {error}", err=True)
    finally:
        index.close()
        store.close()
    typer.echo(f"đã lưu “{saved.name}”; bật bằng: cotmoc watches enable \"{saved.name}\"", err=True)


@app.command(cls=Asking)
def preview(
    what: Annotated[str, typer.Argument(metavar="TÊN|QUERY", help="Tên đã lưu, hoặc một câu tìm.")],
    data: DataOption = None,
) -> None:
    """Xem một tìm kiếm đã báo gì nếu được bật 30 ngày qua."""
    from flows.context import known_store, settings
    from pipelines.clock import now
    from pipelines.search import open_index
    from pipelines.text import normalize
    from pipelines.watches import listed as saved_searches
    from pipelines.watches import preview as run

    config = settings(data)
    store = known_store(config)
    with store.read() as conn:
        saved = next((one for one in saved_searches(conn) if one.name == normalize(what).strip()), None)
    query = saved.query if saved else what
    if not saved:
        typer.echo(f"không có tìm kiếm nào tên “{what}”: xem trước như một câu tìm", err=True)
    index: Index = open_index(config, store)
    try:
        _show(run(index, query, now()), query, config)
    finally:
        index.close()
        store.close()


@app.command()
def enable(name: NameArgument, data: DataOption = None) -> None:
    """Bật: từ nay mỗi bài mới được chuyển vào chỉ mục mà khớp thì được báo, mỗi tin một lần. Cho xem trước 30 ngày qua."""
    from flows.context import known_store, settings
    from pipelines.clock import now
    from pipelines.search import IndexUnavailable, open_index
    from pipelines.watches import check_enabling, get
    from pipelines.watches import enable as run
    from pipelines.watches import preview as look

    config = settings(data)
    store = known_store(config)
    with store.read() as conn:
        query = get(conn, name).query
        check_enabling(get(conn, name), config)
    index = open_index(config, store)
    try:
        _show(look(index, query, now()), query, config)
    except IndexUnavailable as error:
        typer.echo(f"không xem trước được: {error}", err=True)
    finally:
        index.close()
    with store.begin() as conn:
        watch = run(conn, config, name, actor=ACTOR, now=now())
    store.close()
    typer.echo(f"đã bật “{watch.name}” cho {watch.channel or ', '.join(config.notify)}")


@app.command()
def disable(name: NameArgument, data: DataOption = None) -> None:
    """Tắt, giữ lại câu tìm."""
    from flows.context import known_store, settings
    from pipelines.clock import now
    from pipelines.watches import disable as run

    store = known_store(settings(data))
    with store.begin() as conn:
        run(conn, name, actor=ACTOR, now=now())
    store.close()
    typer.echo(f"đã tắt “{name}”")


@app.command()
def remove(name: NameArgument, data: DataOption = None) -> None:
    """Bỏ hẳn một tìm kiếm đã lưu."""
    from flows.context import known_store, settings
    from pipelines.clock import now
    from pipelines.watches import remove as run

    store = known_store(settings(data))
    with store.begin() as conn:
        run(conn, name, actor=ACTOR, now=now())
    store.close()
    typer.echo(f"đã bỏ “{name}”")


def _show(seen: Preview, query: str, config: Settings) -> None:
    from dashboards.shown import one_line
    from flows.asked import spoken

    for note in spoken(query, config):
        typer.echo(note, err=True)
    typer.echo(f"30 ngày qua: {seen.articles} bài, {seen.stories} tin (mỗi tin một thông báo)")
    for day, count in list(seen.days.items())[:10]:
        typer.echo(f"  {day}  {count}")
    for hit in seen.newest:
        typer.echo(f"  • {one_line(hit.title, 120)} — {one_line(hit.outlet, 60)}")
    if seen.many:
        typer.echo("có ngày quá nhiều tin; nên thu hẹp câu tìm trước khi bật", err=True)
