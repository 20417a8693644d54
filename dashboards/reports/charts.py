"""Charts as PNG, drawn with Pillow in the shipped font: no plotting library, no display, same input same bytes."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from dashboards.office.fonts import font_file
from dashboards.office.pdf import FONTS, SERIF
from dashboards.reports.records import Chart

WIDTH, HEIGHT, EDGE = 1500, 640, 24
# Half as wide on paper with letters of the same size: two stand beside one another.
NARROW, LOW = 900, 400
# Told apart in print without colours too: dark and light.
INKS = ("#1f4e79", "#c55a11")
GREY = "#bbbbbb"


@lru_cache(maxsize=32)
def draw(chart: Chart, *, narrow: bool = False) -> bytes:
    """Return the chart as a PNG of 1500 (`narrow`: 900) pixels width; every value is written at its column or bar."""
    width, height = (NARROW, LOW) if narrow else (WIDTH, HEIGHT)
    return _columns(chart, width, height) if chart.over_time else _bars(chart, width)


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_file(f"{SERIF}-Regular", FONTS), size)


def _columns(chart: Chart, wide_px: int, high_px: int) -> bytes:
    image, font = Image.new("RGB", (wide_px, high_px), "white"), _font(34)
    pen = ImageDraw.Draw(image)
    at = EDGE
    for place, (name, _values) in enumerate(chart.series):
        pen.rectangle((at, EDGE + 4, at + 30, EDGE + 34), fill=INKS[place % 2])
        pen.text((at + 42, EDGE), name, fill="black", font=font)
        at += 80 + int(pen.textlength(name, font))
    top, bottom, left = EDGE + 80, high_px - 60, EDGE + 20
    most = max(1, *(value for _name, values in chart.series for value in values))
    pen.line((left, bottom, wide_px - EDGE, bottom), fill="black", width=2)
    slot = (wide_px - EDGE - left) / max(1, len(chart.labels))
    wide = max(2.0, slot * 0.8 / len(chart.series))
    small = _font(28 if slot > 60 else 22)
    every = max(1, -(-int(pen.textlength("00/00  ", small)) // max(1, int(slot))))
    for place, label in enumerate(chart.labels):
        start = left + slot * place + slot * 0.1
        for number, (_name, values) in enumerate(chart.series):
            value, x = values[place], start + number * wide
            height = (bottom - top) * value / most
            pen.rectangle((x, bottom - height, x + wide - 2, bottom), fill=INKS[number % 2])
            if value and wide > 16:
                pen.text((x + wide / 2, bottom - height - 4), str(value), fill="black", font=small, anchor="mb")
        if place % every == 0:
            pen.text((start + slot * 0.4, bottom + 8), label, fill="black", font=small, anchor="mt")
    return _png(image)


def _bars(chart: Chart, wide_px: int) -> bytes:
    values, font, row = chart.series[0][1], _font(34), 60
    image = Image.new("RGB", (wide_px, row * len(values) + 2 * EDGE), "white")
    pen = ImageDraw.Draw(image)
    left = EDGE + 20 + int(max(pen.textlength(label[:48], font) for label in chart.labels))
    most = max(1, *values)
    for place, (label, value) in enumerate(zip(chart.labels, values, strict=True)):
        y = EDGE + row * place
        pen.text((left - 14, y + row / 2), label[:48], fill="black", font=font, anchor="rm")
        length = (wide_px - left - 100) * value / most
        pen.rectangle((left, y + 10, left + length, y + row - 10), fill=INKS[0])
        pen.text((left + length + 12, y + row / 2), str(value), fill="black", font=font, anchor="lm")
    pen.line((left, EDGE, left, EDGE + row * len(values)), fill=GREY, width=2)
    return _png(image)


def _png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
