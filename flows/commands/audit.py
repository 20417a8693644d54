"""`cotmoc audit verify`: the hash chain of the audit log."""

from __future__ import annotations

import typer

from flows.options import DataOption

app = typer.Typer(help="Nhật ký kiểm toán: chỉ ghi thêm, nối chuỗi băm.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Nhật ký kiểm toán: chỉ ghi thêm, nối chuỗi băm."""


@app.command("verify")
def verify(data: DataOption = None) -> None:
    """Kiểm tra cả chuỗi; mã thoát 1 và tên mục đầu tiên bị sai nếu nhật ký đã bị sửa."""
    from flows.context import open_store, settings
    from pipelines import witness

    config = settings(data)
    store = open_store(config)
    with store.read() as conn:
        count, problem = witness.verify(conn, config.data)
    if problem:
        typer.echo(f"nhật ký kiểm toán không nguyên vẹn: {problem}", err=True)
        raise typer.Exit(1)
    typer.echo(f"nhật ký kiểm toán nguyên vẹn: {count} mục")
