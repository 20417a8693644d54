"""The country as one SVG from our own outlines: followed provinces as areas, every province as the dots of its communes, Hoàng Sa and Trường Sa always."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from math import cos, radians
from pathlib import Path
from statistics import median

from dashboards.geo import spots
from pipelines.gazetteer import province_names

GEO = Path(__file__).parent / "static" / "map" / "vietnam.json"
WEST, EAST, SOUTH, NORTH = 101.9, 117.9, 6.6, 23.6
SCALE = 40.0
_SHRINK = cos(radians(15.5))
WIDTH, HEIGHT = round((EAST - WEST) * SCALE * _SHRINK), round((NORTH - SOUTH) * SCALE)


@dataclass(frozen=True, slots=True)
class Area:
    """An outline as SVG path data, its id and name, and the middle of its largest ring."""

    id: str
    name: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Country:
    """All outlines; per province (34) the path of one dot per commune, with the middle of the dots; the path of the islands."""

    areas: tuple[Area, ...]
    dots: tuple[Area, ...]
    islands: str
    width: int = WIDTH
    height: int = HEIGHT


def place(lat: float, lon: float) -> tuple[float, float]:
    """Return the point of the picture (equirectangular, true at 15.5° N)."""
    return round((lon - WEST) * SCALE * _SHRINK, 1), round((NORTH - lat) * SCALE, 1)


@cache
def country() -> Country:
    """Read the outlines that the desk ships (dashboards/geo says where they are from)."""
    land = json.loads(GEO.read_text(encoding="utf-8"))
    areas = []
    for feature in land["features"]:
        shape = feature["geometry"]
        rings = [ring for part in (shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]) for ring in part]
        drawn = [[place(lat, lon) for lon, lat in ring] for ring in rings]
        path = "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in drawn)
        largest = max(drawn, key=lambda ring: (max(x for x, _ in ring) - min(x for x, _ in ring)) * (max(y for _, y in ring) - min(y for _, y in ring)))
        middle = [(min(p[axis] for p in largest) + max(p[axis] for p in largest)) / 2 for axis in (0, 1)]
        areas.append(Area(feature["properties"]["id"], feature["properties"]["name"], path, round(middle[0], 1), round(middle[1], 1)))
    seas = sorted({(round(x), round(y)) for _name, lat, lon in land["islands"] for x, y in [place(lat, lon)]})
    return Country(tuple(areas), _dots(), "".join(f"M{x} {y}h2" for x, y in seas))


def _dots() -> tuple[Area, ...]:
    """Return the communes of each province as dots: no outline is made up where none is at hand."""
    ids = {name: id for id, name in province_names().items()}
    found: dict[str, set[tuple[int, int]]] = {}
    for spot in spots().values():
        if spot.kind == "commune":
            x, y = place(spot.lat, spot.lon)
            found.setdefault(spot.name.rsplit(", ", 1)[1], set()).add((round(x), round(y)))
    return tuple(
        Area(ids[name], name, "".join(f"M{x} {y}h1" for x, y in sorted(cells)), median(x for x, _ in cells), median(y for _, y in cells))
        for name, cells in sorted(found.items())
    )
