"""`cotmoc users`: the staff who may open the desk; the way back in when every administrator has lost theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.options import DataOption

if TYPE_CHECKING:
    from pipelines.store import Store
    from pipelines.store.users import User

app = typer.Typer(help="Người dùng của bàn làm việc: liệt kê, thêm, đổi vai trò, khóa, mở, đặt lại.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(metavar="TÊN", help="Tên người dùng; hoa thường và dấu không quan trọng.")]
ROLES_HELP = "guest (khách), viewer (xem), analyst (phân tích), approver (duyệt), admin (quản trị)"
ACTOR = "dòng lệnh"


def _find(store: Store, name: str) -> User:
    from pipelines.errors import UserError
    from pipelines.store import users

    with store.read() as conn:
        user = users.by_name(conn, name)
    if user is None:
        raise UserError(f"không có người dùng “{name}”; xem cotmoc users list")
    return user


@app.command("list")
def listed(data: DataOption = None, json: Annotated[bool, typer.Option("--json", help="Mỗi dòng một JSON.")] = False) -> None:
    """Liệt kê người dùng, vai trò và tình trạng."""
    from json import dumps

    from flows.context import open_store, settings
    from pipelines.clock import show
    from pipelines.store import users
    from pipelines.store.rows import stamp

    store = open_store(settings(data))
    with store.read() as conn:
        found = users.listed(conn)
    store.close()
    for user in found:
        if json:
            line = {"name": user.name, "role": user.role, "second_factor": bool(user.totp), "seen": stamp(user.seen), "disabled": stamp(user.disabled)}
            typer.echo(dumps(line, ensure_ascii=False))
            continue
        state = f"khóa {show(user.disabled)}" if user.disabled else "đang dùng" if user.password or user.subject else "chưa đặt mật khẩu"
        steps = "hai bước" if user.totp else "một bước"
        typer.echo(f"{user.name}  {user.role}  {state}  {steps}  vào gần nhất {show(user.seen) or 'chưa'}")
    if not found and not json:
        typer.echo("chưa có người dùng nào; mở bàn làm việc (cotmoc serve) để lập quản trị đầu tiên", err=True)


@app.command()
def add(name: NameArgument, role: Annotated[str, typer.Option(help=ROLES_HELP)] = "analyst", data: DataOption = None) -> None:
    """Thêm người dùng và in liên kết dùng một lần để họ tự đặt mật khẩu."""
    from dashboards.accounts import signin, staff
    from flows.context import desk_url, open_store, settings

    config = settings(data)
    store = open_store(config)
    user = staff.add(store, name, role, actor=ACTOR)
    typer.echo(signin.one_time_link(store, user, actor=ACTOR, base=desk_url(config)))
    store.close()
    typer.echo(f"trao liên kết này cho “{user.name}”: dùng được một lần, trong 24 giờ, khi bàn làm việc đang mở", err=True)


@app.command()
def role(name: NameArgument, role: Annotated[str, typer.Argument(metavar="VAI", help=ROLES_HELP)], data: DataOption = None) -> None:
    """Đổi vai trò, có hiệu lực ngay."""
    _change(name, "role", data, f"“{{}}” nay có vai trò {role}", role)


@app.command()
def disable(name: NameArgument, data: DataOption = None) -> None:
    """Khóa người dùng: mọi phiên kết thúc; tên và các quyết định còn nguyên."""
    _change(name, "disable", data, "đã khóa “{}”")


@app.command()
def enable(name: NameArgument, data: DataOption = None) -> None:
    """Mở lại người dùng đã khóa."""
    _change(name, "enable", data, "đã mở lại “{}”")


def _change(name: str, action: str, data: object, said: str, role: str = "") -> None:
    from pathlib import Path

    from dashboards.accounts import staff
    from flows.context import open_store, settings

    store = open_store(settings(data if isinstance(data, Path) else None))
    user = _find(store, name)
    staff.change(store, user, action, role, actor=ACTOR)
    store.close()
    typer.echo(said.format(user.name))


@app.command()
def reset(
    name: NameArgument,
    data: DataOption = None,
    second_factor: Annotated[bool, typer.Option("--second-factor", help="Bỏ cả xác thực hai bước (mất điện thoại).")] = False,
) -> None:
    """In liên kết dùng một lần để đặt lại mật khẩu; mọi phiên kết thúc khi liên kết được dùng."""
    from dashboards.accounts import signin, staff
    from flows.context import desk_url, open_store, settings
    from pipelines.errors import UserError

    config = settings(data)
    store = open_store(config)
    user = _find(store, name)
    if user.disabled:
        raise UserError(f"“{user.name}” đang bị khóa; mở lại trước bằng cotmoc users enable")
    if second_factor:
        staff.change(store, user, "totp", actor=ACTOR)
    typer.echo(signin.one_time_link(store, user, actor=ACTOR, base=desk_url(config)))
    store.close()
    typer.echo(f"trao liên kết này cho “{user.name}”: dùng được một lần, trong 24 giờ, khi bàn làm việc đang mở", err=True)
