"""The gazetteer: units by date, today's successors, landmarks, sea features; facts only, sources in README.md."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files
from typing import NamedTuple

# Provinces that merged into a followed one on 2025-07-01 (resolution 202/2025/QH15), and older joint provinces.
PROFILES = {
    "ninh-binh": "ninh-binh", "ha-nam": "ninh-binh", "nam-dinh": "ninh-binh", "ha-nam-ninh": "ninh-binh", "nam-ha": "ninh-binh",
    "lao-cai": "lao-cai", "yen-bai": "lao-cai", "hoang-lien-son": "lao-cai",
    "thanh-hoa": "thanh-hoa",
    "quang-tri": "quang-tri", "quang-binh": "quang-tri", "binh-tri-thien": "quang-tri",
}  # fmt: skip


class Unit(NamedTuple):
    """A unit of some time: dates are ISO strings, empty = open; `now` holds keys of provinces or codes of communes."""

    name: str
    level: str
    district: str
    province: str
    since: str
    until: str
    code: str
    now: str


class Landmark(NamedTuple):
    """A landmark, short name, exonym, club or trap (`kind`) of a province."""

    name: str
    province: str
    kind: str


class Feature(NamedTuple):
    """A feature of Hoàng Sa, Trường Sa or the shelf, or a foreign name (`group` foreign) of one."""

    name: str
    group: str
    of: str
    lang: str


def table(name: str, head: str = "name\t") -> list[list[str]]:
    """Return the rows of a table of `data/`, without its remarks and its line of column names, which begins with `head`."""
    path = files("pipelines.gazetteer") / "data" / name
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode()
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith(("#", head))]


@cache
def units() -> tuple[Unit, ...]:
    """Return all units: 34 provinces and 3,321 communes of today, the 63 provinces and their units before."""
    return tuple(Unit(*row) for row in table("units.tsv.gz"))


@cache
def landmarks() -> tuple[Landmark, ...]:
    """Return landmarks, exonyms, clubs and traps (`landmarks.tsv`, written by hand)."""
    return tuple(Landmark(*row) for row in table("landmarks.tsv"))


@cache
def features() -> tuple[Feature, ...]:
    """Return the sea features of Circular 33/2024 and others, with foreign names."""
    return tuple(Feature(*row) for row in table("features.tsv.gz"))


@cache
def province_names() -> dict[str, str]:
    """Return province keys, old and new, with their Vietnamese names."""
    return {
        unit.province: unit.name
        for unit in units()
        if unit.level in ("tỉnh", "thành phố")
        and not unit.district
        and (unit.code == "" or len(unit.code) == 2)
    }


@cache
def commune_names() -> dict[str, tuple[str, str, str]]:
    """Return codes of today's communes with level, name and province key."""
    return {
        unit.code: (unit.level, unit.name, unit.province)
        for unit in units()
        if unit.since and len(unit.code) == 5
    }
