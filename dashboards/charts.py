"""Geometry of small charts that templates draw as inline SVG (attributes only, no style: the page's policy allows none)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# The figure of the upper line stands in the head, above every column.
WIDTH, HEIGHT, FOOT, HEAD = 640, 182, 26, 14


@dataclass(frozen=True, slots=True)
class Column:
    """One column: corner, size, and the number of its series."""

    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns over time; `ticks` are (x, label) under the base line, `top` is the value of the upper line."""

    names: tuple[str, ...]
    labels: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]
    columns: tuple[Column, ...]
    ticks: tuple[tuple[float, str], ...]
    top: int
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - FOOT
    head: int = HEAD


def columns(labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], every: int = 7) -> Columns:
    """Return the columns of one or more series over the same labels; every `every`-th label is written, the last one always."""
    top = max((max(values, default=0) for _, values in series), default=0)
    base, slot = HEIGHT - FOOT, WIDTH / max(1, len(labels))
    wide = slot * 0.8 / max(1, len(series))
    drawn = [
        Column(round(place * slot + slot * 0.1 + number * wide, 1), round(base - (base - HEAD) * value / top, 1), round(max(1.0, wide - 1), 1),
               round((base - HEAD) * value / top, 1), number)
        for number, (_name, values) in enumerate(series) for place, value in enumerate(values) if value and top
    ]  # fmt: skip
    last = len(labels) - 1
    ticks = tuple((min(round(place * slot + slot / 2, 1), WIDTH - 20.0), label) for place, label in enumerate(labels) if (last - place) % every == 0)
    return Columns(tuple(name for name, _ in series), tuple(labels), tuple(tuple(v) for _, v in series), tuple(drawn), ticks, top)


def spark(values: Sequence[int], width: int = 140, height: int = 28) -> str:
    """Return the `points` of a polyline through `values`, the highest at the upper edge."""
    top, step = max(values, default=0) or 1, (width - 4) / max(1, len(values) - 1)
    return " ".join(f"{2 + place * step:.1f},{height - 2 - (height - 4) * value / top:.1f}" for place, value in enumerate(values))
