"""The shipped fonts, by name; a missing one is said in one line."""

from __future__ import annotations

from pathlib import Path

from pipelines.errors import UserError

FONTS = Path(__file__).parent.parent / "fonts"


def font_file(name: str, folder: Path | None = None) -> str:
    """Return the path of `NAME.ttf`; UserError when it is not there."""
    path = (folder or FONTS) / f"{name}.ttf"
    if not path.is_file():
        raise UserError(f"{path}: thiếu phông chữ của văn bản; cài lại chương trình (make setup)")
    return str(path)
