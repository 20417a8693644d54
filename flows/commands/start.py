"""`cotmoc start`: live sources, schedules and the dashboard under one supervisor."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.options import DataOption


def start(
    profile: Annotated[str | None, typer.Option(help="Hồ sơ địa phương, ví dụ ninh-binh hoặc ninh-binh/lien-minh.")] = None,
    data: DataOption = None,
    port: Annotated[int | None, typer.Option(help="Cổng của bàn làm việc.")] = None,
    prefect_port: Annotated[int, typer.Option(help="Cổng của máy chủ Prefect.")] = 4210,
    workers: Annotated[int, typer.Option(min=1, max=16, help="Số tiến trình thu thập; nguồn chia theo tên máy chủ.")] = 1,
    round_seconds: Annotated[int, typer.Option(min=10, help="Khoảng cách giữa hai vòng, giây.")] = 300,
) -> None:
    """Chạy liên tục: thu thập theo lịch, đối chiếu, cảnh báo, điểm báo 06:30, bàn làm việc. Dừng bằng Ctrl-C."""
    from flows.service import run_service

    run_service(data, profile=profile, port=port, prefect_port=prefect_port, workers=workers, round_seconds=round_seconds)
