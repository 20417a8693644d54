"""Where named places lie: coordinates of today's communes and provinces, and the desk's own light map (facts; sources in README.md)."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from pipelines.gazetteer import province_names
from pipelines.text import fold

LEVELS = ("tỉnh", "thành phố")


class Spot(NamedTuple):
    """A place with its coordinates (degrees, WGS 84); `kind` is commune, province or sea."""

    name: str
    lat: float
    lon: float
    kind: str


@cache
def spots() -> dict[str, Spot]:
    """Return all places by their label, folded: `phường Nam Định, Ninh Bình`, `tỉnh Ninh Bình`, `Đảo Phú Lâm`."""
    raw = gzip.decompress((files("dashboards.geo") / "spots.tsv.gz").read_bytes()).decode()
    rows = (line.split("\t") for line in raw.splitlines())
    return {fold(name): Spot(name, float(lat), float(lon), kind) for name, lat, lon, kind in rows}


@cache
def _sea() -> tuple[tuple[str, Spot], ...]:
    return tuple((spot.name.casefold(), spot) for spot in spots().values() if spot.kind == "sea")


def spots_of(places: dict[str, Any] | None, text: str = "", most: int = 40) -> list[Spot]:
    """Return where the places of an article lie, each once: units by today's name, and sea features that `text` names."""
    known = places or {}
    about = [province_names().get(name, name) for name in known.get("about", ())]
    named: Iterable[str] = [*(m["unit_now"] for m in known.get("mentions", ())), *(f"{level} {n}" for n in about for level in LEVELS)]
    found = {key: spots()[key] for key in map(fold, named) if key in spots()}
    plain = text[:50_000].casefold()
    for name, spot in _sea():
        if name in plain:
            found[fold(spot.name)] = spot
    return list(found.values())[:most]
