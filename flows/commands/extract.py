"""`cotmoc extract`: the parts of a stored page as JSON, or why it is no article."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def extract(
    file: Annotated[Path, typer.Argument(metavar="FILE.html", help="Trang đã lưu (.html, .htm hoặc .gz).")],
    url: Annotated[str, typer.Option("--url", help="Địa chỉ của trang; dùng để nhận ra tờ báo và hoàn chỉnh đường dẫn.")],
    content_type: Annotated[
        str, typer.Option("--content-type", help="Tiêu đề Content-Type mà máy chủ gửi, nếu biết.")
    ] = "",
    captured: Annotated[
        str, typer.Option("--captured", help="Ngày lưu trang YYYY-MM-DD, để chọn đúng bộ chọn thời đó; mặc định hôm nay.")
    ] = "",
) -> None:
    """Đọc một trang đã lưu: tít, sapô, thân bài, chú thích, ảnh, ngày đăng; in JSON."""
    import json
    from datetime import date

    from pipelines.clock import now
    from pipelines.errors import UsageError, UserError
    from pipelines.extract import NotArticle
    from pipelines.extract import extract as read_page
    from pipelines.urls import clean

    if clean(url) is None:
        raise UsageError(f"extract: --url “{url[:80]}” không phải địa chỉ http(s)")
    try:
        day = date.fromisoformat(captured) if captured else None
    except ValueError:
        raise UsageError(f"extract: --captured “{captured}” không phải ngày dạng YYYY-MM-DD") from None
    found = read_page(_bytes(file), url, content_type=content_type, now=now(), captured=day)
    if isinstance(found, NotArticle):
        raise UserError(f"{file}: không phải bài viết ({found.kind}): {found.reason}")
    typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))


def _bytes(file: Path) -> bytes:
    """Read at most one byte more than the limit of a page, unpacking .gz."""
    import gzip
    import zlib

    from pipelines.errors import UsageError
    from pipelines.extract.dom import MAX_BYTES

    try:
        if file.suffix == ".gz":
            with gzip.open(file) as packed:
                return packed.read(MAX_BYTES + 1)
        with file.open("rb") as plain:
            return plain.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "tệp hỏng"
        raise UsageError(f"{file}: không đọc được ({reason})") from error
