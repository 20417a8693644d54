"""Builds the light map and the table of coordinates from named sources: `python -m dashboards.geo.build --shared DIR`.

Boundaries are thinned by Ramer–Douglas–Peucker (1972) to what a page can carry; the same sources give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import math
from pathlib import Path
from typing import Any

from pipelines.gazetteer import commune_names, province_names, units

Ring = list[tuple[float, float]]
# File → (key of the map, tolerance in degrees, smallest ring in square degrees).
AREAS = {
    "15_lao_cai": ("lao-cai", 0.012, 0.002), "37_ninh_binh": ("ninh-binh", 0.008, 0.0004), "38_thanh_hoa": ("thanh-hoa", 0.01, 0.001),
    "44_quang_tri": ("quang-tri", 0.01, 0.0001), "48_da_nang": ("da-nang", 0.015, 0.002), "56_khanh_hoa": ("khanh-hoa", 0.015, 0.002),
    "20333_hoang_sa": ("hoang-sa", 0.01, 0.0), "22736_truong_sa": ("truong-sa", 0.015, 0.0),
}  # fmt: skip
TITLES = {"hoang-sa": "Quần đảo Hoàng Sa (Việt Nam)", "truong-sa": "Quần đảo Trường Sa (Việt Nam)"}


def thin(ring: Ring, tolerance: float) -> Ring:
    """Return `ring` with the points left out that lie nearer than `tolerance` to the line between kept ones."""
    if len(ring) < 5:
        return ring
    keep = {0, len(ring) - 1}
    todo = [(0, len(ring) - 1)]
    while todo:
        first, last = todo.pop()
        (ax, ay), (bx, by) = ring[first], ring[last]
        length = math.hypot(bx - ax, by - ay)
        worst, at = 0.0, first
        for index in range(first + 1, last):
            x, y = ring[index]
            away = abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length if length else math.hypot(x - ax, y - ay)
            if away > worst:
                worst, at = away, index
        if worst > tolerance:
            keep.add(at)
            todo += [(first, at), (at, last)]
    return [ring[index] for index in sorted(keep)]


def size(ring: Ring) -> float:
    """Return the area of a ring in square degrees (shoelace)."""
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def areas(folder: Path) -> list[dict[str, Any]]:
    """Return the features of the map with thinned outlines; holes are left out."""
    found = []
    for name, (key, tolerance, smallest) in AREAS.items():
        data = json.loads((folder / f"{name}.geojson").read_text(encoding="utf-8"))
        outlines = [part[0] for part in data["features"][0]["geometry"]["coordinates"]]
        rings = [thin([(x, y) for x, y, *_ in outline], tolerance) for outline in outlines]
        kept = [ring for ring in rings if len(ring) > 3 and size(ring) >= smallest]
        polygons = [[[[round(x, 3), round(y, 3)] for x, y in ring]] for ring in kept]
        title = TITLES.get(key) or province_names().get(key, key)
        found.append({"type": "Feature", "properties": {"id": key, "name": title}, "geometry": {"type": "MultiPolygon", "coordinates": polygons}})
    return found


def islands(folder: Path) -> list[tuple[str, float, float]]:
    """Return (name, lat, lon) of the islands and features of Hoàng Sa, Trường Sa and the coast, the first source of a name wins."""
    found: dict[str, tuple[str, float, float]] = {}
    with (folder / "tt33-2024_hoangsa_truongsa_features.psv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="|"):
            found.setdefault(row["name"].casefold(), (row["name"], float(row["lat"]), float(row["lon"])))
    for item in json.loads((folder / "forfish_vn-islands.v1.geojson").read_text(encoding="utf-8"))["features"]:
        lon, lat = item["geometry"]["coordinates"]
        found.setdefault(item["properties"]["name"].casefold(), (item["properties"]["name"], lat, lon))
    return sorted(found.values())


def spots(places: Path) -> list[str]:
    """Return lines `label, lat, lon, kind` of communes, provinces and sea features."""
    lines = []
    with (places / "vietnamadminunits" / "2025_34-province-3221-ward_with_location.csv").open(encoding="utf-8") as stream:
        rows = {row["wardCode"]: row for row in csv.DictReader(stream)}
    heads = {row["provinceShort"]: row for row in rows.values()}
    provinces = province_names()
    for unit in units():
        if unit.until:
            continue
        if unit.level in ("xã", "phường", "đặc khu"):
            row = rows.get(unit.code.lstrip("0"))
            if row and unit.code in commune_names():
                lines.append(f"{unit.level} {unit.name}, {provinces[unit.province]}\t{row['wardLat']}\t{row['wardLon']}\tcommune")
        elif unit.name in heads:
            lines.append(f"{unit.level} {unit.name}\t{heads[unit.name]['provinceLat']}\t{heads[unit.name]['provinceLon']}\tprovince")
    # Only names of two words and more are looked for in a text: “Đá Nam” is safe enough, “Bắc” is not.
    lines += [f"{name}\t{lat}\t{lon}\tsea" for name, lat, lon in islands(places / "islands") if " " in name]
    return sorted(set(lines))


def build(shared: Path, here: Path, static: Path) -> None:
    """Write `spots.tsv.gz` beside this module and `map/vietnam.json` among the static files."""
    places = shared / "places"
    raw, lines = io.BytesIO(), spots(places)
    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as stream:
        stream.write(("\n".join(lines) + "\n").encode())
    (here / "spots.tsv.gz").write_bytes(raw.getvalue())
    features = areas(places / "thanglequoc" / "geojson")
    points = [[name, round(lat, 3), round(lon, 3)] for name, lat, lon in islands(places / "islands")]
    dots = sorted({(round(float(lat) * 100), round(float(lon) * 100)) for _, lat, lon, kind in (line.split("\t") for line in lines) if kind == "commune"})
    flat = [number for dot in dots for number in dot]
    body = json.dumps({"type": "FeatureCollection", "features": features, "islands": points, "communes": flat}, ensure_ascii=False, separators=(",", ":"))
    (static / "vietnam.json").write_text(body + "\n", encoding="utf-8")


def main() -> None:
    """Read `--shared DIR`, the folder of the sources."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    here = Path(__file__).parent
    static = here.parent / "static" / "map"
    static.mkdir(exist_ok=True)
    build(parser.parse_args().shared, here, static)


if __name__ == "__main__":
    main()
