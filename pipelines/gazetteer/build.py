"""Build the gazetteer's tables from named sources: `python -m pipelines.gazetteer.build --shared DIR`.

DIR holds `data/places` and `domain/gazetteer.json`; sources and licences stand in README.md beside the tables.
The output is byte-for-byte the same for the same input.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from pipelines.errors import UserError
from pipelines.text import fold, normalize, one_tone_style

MERGER = "2025-07-01"
DONG_NAI = "2026-04-30"
HEADER = "name\tlevel\tdistrict\tprovince\tsince\tuntil\tcode\tnow"
_LEVELS = ("thành phố", "thị xã", "thị trấn", "đặc khu", "tỉnh", "huyện", "quận", "phường", "xã", "thủ đô")


def clean(name: str) -> str:
    """Return `name` in NFC with one placement of tone marks."""
    return one_tone_style(normalize(name)).strip()


def slug(name: str) -> str:
    """Return the key of a province: `Thanh Hóa` → `thanh-hoa`."""
    return fold(normalize(name)).replace(" - ", "-").replace(" ", "-")


def split_level(full: str) -> tuple[str, str]:
    """Split `Thị xã Sa Pa` into level and name."""
    full = clean(full)
    low = full.lower()
    for level in _LEVELS:
        if low.startswith(level + " "):
            return ("thành phố" if level == "thủ đô" else level), full[len(level) + 1 :].strip()
    return "", full


def new_units(path: Path) -> tuple[list[list[str]], dict[str, str]]:
    """Return rows of today's provinces and communes, and the names of the communes by code."""
    rows: list[list[str]] = []
    by_code: dict[str, str] = {}
    provinces = json.loads(path.read_text(encoding="utf-8"))
    for province in provinces:
        name, key = clean(province["Name"]), slug(province["Name"])
        level = split_level(province["FullName"])[0]
        if key == "dong-nai":  # a province until 2026-04-29, a city by resolution 30/2026/QH16
            rows.append([name, "tỉnh", "", key, MERGER, DONG_NAI, province["Code"], key])
            rows.append([name, "thành phố", "", key, DONG_NAI, "", province["Code"], key])
        else:
            rows.append([name, level, "", key, MERGER, "", province["Code"], key])
        for ward in province["Wards"]:
            ward_level, ward_name = split_level(ward["FullName"])
            rows.append([ward_name, ward_level, "", key, MERGER, "", ward["Code"], ward["Code"]])
            by_code[ward["Code"]] = ward_name
    if len(provinces) != 34 or len(by_code) != 3321:
        raise UserError(
            f"{path}: {len(provinces)} tỉnh và {len(by_code)} xã, phải là 34 và 3.321; hãy kiểm tra nguồn"
        )
    return rows, by_code


def old_units(path: Path, table: Path, by_code: dict[str, str]) -> list[list[str]]:
    """Return rows of the 63 provinces, their districts and the old communes with the codes of their successors."""
    rows: list[list[str]] = []
    successor: dict[str, set[str]] = defaultdict(set)
    wards: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    with table.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            province, district = split_level(row["province"])[1], clean(row["district"])
            successor[slug(province)].add(slug(split_level(row["newProvince"])[1]))
            if row["ward"]:
                code = row["newWardCode"].zfill(5)
                wards[(slug(province), district, clean(row["ward"]))] |= {code} if code in by_code else set()
    for province in json.loads(path.read_text(encoding="utf-8")):
        key, level = slug(province["Name"]), split_level(province["FullName"])[0]
        now = ";".join(sorted(successor[key])) or key
        rows.append([clean(province["Name"]), level, "", key, "", MERGER, province["Code"], now])
        for district in province["District"]:
            district_level, name = split_level(district["FullName"])
            rows.append([name, district_level or "huyện", "", key, "", MERGER, district["Code"], now])
    for (key, district, ward), codes in wards.items():
        level, name = split_level(ward)
        rows.append(
            [name, level or "xã", split_level(district)[1], key, "", MERGER, "", ";".join(sorted(codes))]
        )
    return rows


def older_units(path: Path) -> list[list[str]]:
    """Return rows of `older.tsv`: units that ended before the sources begin, written by hand with their dates."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith(("#", "name\t"))]


def features(folder: Path) -> list[str]:
    """Return lines `name, group, of, kind` of sea features and their foreign names."""
    found: list[str] = []
    for line in (
        (folder / "tt33-2024_hoangsa_truongsa_features.psv").read_text(encoding="utf-8").splitlines()[1:]
    ):
        name, _lat, _lon, section, _province = line.split("|")
        group = {"A": "dk1", "B": "hoang-sa", "C": "truong-sa"}[section]
        found.append(f"{clean(name)}\t{group}\t\tvi")
    for line in (folder / "curated_wikipedia-vi_extra.psv").read_text(encoding="utf-8").splitlines()[1:]:
        name, _lat, _lon, group = line.split("|")
        found.append(f"{clean(name)}\t{group}\t\tvi")
    for item in json.loads((folder / "forfish_vn-islands.v1.geojson").read_text(encoding="utf-8"))[
        "features"
    ]:
        values: dict[str, Any] = item["properties"]
        if values.get("group") in ("hoang-sa", "truong-sa"):
            found.append(f"{clean(values['name'])}\t{values['group']}\t\tvi")
    for line in (folder / "foreign_names_aliases.psv").read_text(encoding="utf-8").splitlines()[1:]:
        name, group, meaning = line.split("|")
        found.append(f"{clean(name.split(' (')[0])}\tforeign\t{clean(meaning)}\t{group.split(' ')[0]}")
    return sorted(set(found))


# The two communes of the former Kim Sơn that end at the sea; other coasts wait for the official list of the sea border area.
_SEA = ("14623", "14698")


def border_communes(path: Path) -> list[str]:
    """Return lines of today's border communes: those on land flagged in `gazetteer.json`, and Kim Sơn's on the sea."""
    found = []
    for province in json.loads(path.read_text(encoding="utf-8"))["provinces"]:
        key = slug(split_level(province["name"])[1])
        land = {"CN": "cn", "LA+SEA": "la"}.get(province["border"], "")
        for unit in province["units"]:
            neighbour = land if unit.get("land_border") else "sea" if unit["code"] in _SEA else ""
            if neighbour:
                source = "candidate, geometry" if neighbour == "sea" else "geometry, counts as in the press"
                found.append(f"{unit['code']}\t{clean(unit['name'])}\t{key}\t{neighbour}\t{source}")
    return sorted(found)


def write(path: Path, lines: list[str]) -> None:
    """Write gzip with a fixed time, so that the same facts give the same bytes."""
    raw = io.BytesIO()
    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as stream:
        stream.write(("\n".join(lines) + "\n").encode())
    path.write_bytes(raw.getvalue())


def build(shared: Path, target: Path) -> dict[str, int]:
    """Write `units.tsv.gz`, `features.tsv.gz` and `border_communes.tsv` into `target`; return the number of rows of each."""
    places = shared / "data" / "places"
    new, by_code = new_units(places / "thanglequoc" / "post2025_simplified_2026-07-25.json")
    old = old_units(
        places / "thanglequoc" / "pre2025_simplified_v2.4.1.json",
        places / "vietnamadminunits" / "convert_legacy_2025_simple.csv",
        by_code,
    )
    rows = new + sorted(old + older_units(target / "older.tsv"))
    write(target / "units.tsv.gz", [HEADER, *("\t".join(row) for row in rows)])
    sea = features(places / "islands")
    write(target / "features.tsv.gz", ["name\tgroup\tof\tkind", *sea])
    edge = border_communes(shared / "domain" / "gazetteer.json")
    text = "\n".join(["code\tname\tprovince\tneighbour\tsource", *edge]) + "\n"
    (target / "border_communes.tsv").write_text(text, encoding="utf-8")
    return {"units": len(rows), "features": len(sea), "border": len(edge)}


def main(argv: list[str] | None = None) -> None:
    """Entry point of the script; prints the counts to standard error."""
    parser = argparse.ArgumentParser(description="Dựng bảng địa danh từ các nguồn đã nêu trong README.md")
    parser.add_argument("--shared", type=Path, required=True, help="thư mục có data/places và domain")
    options = parser.parse_args(argv)
    counts = build(options.shared, Path(__file__).parent / "data")
    sys.stderr.write(f"địa danh: {counts['units']} đơn vị, {counts['features']} thực thể biển, {counts['border']} xã biên giới\n")


if __name__ == "__main__":
    main()
