"""`cotmoc digest`: the daily digest in four forms; `approve` freezes a version, `send` mails the approved one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import DataOption


def digest(
    what: Annotated[str, typer.Argument(metavar="[approve|send]", help="approve: duyệt số báo; send: gửi bản đã duyệt; bỏ trống: lập dự thảo.")] = "",
    profile: Annotated[str | None, typer.Option("--profile", help="Hồ sơ địa phương, ví dụ ninh-binh (mặc định: của cấu hình).")] = None,
    date: Annotated[str | None, typer.Option("--date", help="Ngày của số báo, 2026-11-21 (mặc định: hôm nay).")] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Thư mục ghi (mặc định: DATA/digests).")] = None,
    by: Annotated[str, typer.Option("--by", help="Người duyệt (bàn, chức danh).")] = "",
    send: Annotated[bool, typer.Option("--send", help="Gửi bản đã duyệt qua máy chủ thư.")] = False,
    to: Annotated[list[str] | None, typer.Option("--to", help="Hộp thư nhận (mặc định: smtp_to của cấu hình).")] = None,
    data: DataOption = None,
) -> None:
    """Lập điểm báo (HTML, DOCX, PDF, EML) cho kỳ từ 6h00 hôm trước đến 6h00 ngày đã chọn; in ra bốn đường dẫn."""
    import datetime

    from dashboards.digest import write_digest
    from dashboards.digest.approve import approve
    from dashboards.digest.approve import send as send_digest
    from flows.context import known_sources, open_store, settings
    from pipelines.clock import local, now
    from pipelines.errors import UsageError

    try:
        day = datetime.date.fromisoformat(date) if date else local(now()).date()
    except ValueError as error:
        raise UsageError(f"--date {date}: viết ngày như 2026-11-21") from error
    if what not in ("", "approve", "send"):
        raise UsageError(f"cotmoc digest {what}: chỉ có approve hoặc send")
    config = settings(data, profile=profile)
    owners = {source.id: source.owner_class for source in known_sources(config)}
    store = open_store(config)
    try:
        paths = {}
        if what != "send":
            paths = write_digest(store, config, config.profile, day, output or config.data / "digests", owners=owners)
        if what == "approve":
            paths = approve(store, config, config.profile, day, by, now(), owners=owners)
        if what == "send" or send:
            taken = send_digest(store, config, config.profile, day, to or (), now())
            typer.echo(f"đã gửi tới {taken} hộp thư", err=True)
    finally:
        store.close()
    for path in paths.values():
        typer.echo(str(path))
