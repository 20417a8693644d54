"""Options that many commands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Thư mục dữ liệu (mặc định: COTMOC_DATA, rồi ./data).", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="In JSON ra đầu ra chuẩn.")]
