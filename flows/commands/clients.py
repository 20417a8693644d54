"""`cotmoc clients`: programs that may read the API."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.options import DataOption

app = typer.Typer(help="Chương trình được đọc API: cấp mã, liệt kê, thu hồi.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(metavar="TÊN", help="Tên chương trình, không phải tên người.")]


@app.command()
def add(name: NameArgument, data: DataOption = None) -> None:
    """Cấp một mã; mã chỉ hiện một lần này, kho chỉ giữ băm của nó."""
    from flows.context import open_store, settings
    from pipelines.clock import now
    from pipelines.store import audit, clients

    store = open_store(settings(data))
    with store.begin() as conn:
        token = clients.add(conn, name, now())
        audit.append(conn, actor="dòng lệnh", action="client-add", thing=name, details={}, now=now())
    store.close()
    typer.echo(token)
    typer.echo("giữ mã này ở nơi an toàn: nó không hiện lại nữa", err=True)


@app.command("list")
def listed(data: DataOption = None) -> None:
    """Liệt kê chương trình và tình trạng."""
    from flows.context import open_store, settings
    from pipelines.clock import show
    from pipelines.store import clients

    store = open_store(settings(data))
    with store.read() as conn:
        found = clients.listed(conn)
    store.close()
    for client in found:
        state = f"thu hồi {show(client.revoked)}" if client.revoked else "còn quyền"
        typer.echo(f"{client.name}  cấp {show(client.made)}  {state}")


@app.command()
def revoke(name: NameArgument, data: DataOption = None) -> None:
    """Thu hồi mã, có hiệu lực ngay."""
    from flows.context import open_store, settings
    from pipelines.clock import now
    from pipelines.store import audit, clients

    store = open_store(settings(data))
    with store.begin() as conn:
        clients.revoke(conn, name, now())
        audit.append(conn, actor="dòng lệnh", action="client-revoke", thing=name, details={}, now=now())
    store.close()
    typer.echo(f"đã thu hồi mã của “{name}”")
