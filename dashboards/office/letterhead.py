"""Where the names in the letterhead are broken, so that DOCX and PDF break them alike and no word stands alone."""

from __future__ import annotations

import re
from functools import cache

from PIL import ImageFont

from dashboards.office import fonts

# Room of the left column in mm at 12 points: the text's 165 mm less the country's name (88 mm in bold) and a gap.
ROOM, POINTS = 70, 12
_MM = 25.4 / 72
# Names are broken before the place, then before “và”, as offices do by hand.
_BEFORE = (re.compile(r"\s(?=(?:TỈNH|THÀNH PHỐ|XÃ|PHƯỜNG|ĐẶC KHU)\s)"), re.compile(r"\s(?=VÀ\s)"))


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    # Ten times the size, for widths finer than a pixel.
    return ImageFont.truetype(fonts.font_file(f"LiberationSerif-{'Bold' if bold else 'Regular'}"), POINTS * 10)


def width(text: str, *, bold: bool) -> float:
    """Return the width of a line at 12 points in mm; the shipped font has the widths of Times New Roman."""
    return _font(bold).getlength(text) / 10 * _MM


def broken(text: str, *, bold: bool) -> str:
    """Return `text` with line breaks where it is wider than the column; a longer name than two lines is left to the program."""
    flat = " ".join(text.split())
    if width(flat, bold=bold) <= ROOM:
        return flat
    found = [match.start() for pattern in _BEFORE for match in list(pattern.finditer(flat))[:1]]
    blanks = [match.start() for match in re.finditer(r"\s", flat)]
    even = sorted(blanks, key=lambda at: abs(width(flat[:at], bold=bold) - width(flat[at + 1 :], bold=bold)))
    for at in (*found, *even):
        if width(flat[:at], bold=bold) <= ROOM and width(flat[at + 1 :], bold=bold) <= ROOM:
            return f"{flat[:at]}\n{flat[at + 1 :]}"
    return flat
