"""What lies on the border: communes of today, gates, and runs of markers by number; facts only, sources beside each row."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from pipelines.gazetteer import table

NEIGHBOURS = {"cn": "giáp Trung Quốc", "la": "giáp Lào", "sea": "khu vực biên giới biển"}


class Gate(NamedTuple):
    """A gate of the land border: its name without "cửa khẩu", its grade in words (empty: not checked), today's province, the neighbour."""

    name: str
    grade: str
    province: str
    neighbour: str


class Run(NamedTuple):
    """Markers `first` to `last` of the border with `neighbour`, all in one of today's provinces."""

    first: int
    last: int
    province: str
    neighbour: str


@cache
def communes() -> dict[str, str]:
    """Return codes of today's border communes with their neighbour: cn, la or sea (`border_communes.tsv`)."""
    return {code: neighbour for code, _name, _province, neighbour, _source in table("border_communes.tsv", "code\t")}


@cache
def gates() -> dict[str, Gate]:
    """Return the gates of our provinces by name (`border.tsv`)."""
    rows = table("border.tsv", "kind\t")
    return {
        key: Gate(key, what if checked == "yes" else "", province, neighbour)
        for kind, key, what, province, neighbour, checked, _ in rows
        if kind == "gate"
    }


@cache
def runs() -> tuple[Run, ...]:
    """Return the runs of markers whose ends a source names; what was not checked stays in the table only."""
    rows = table("border.tsv", "kind\t")
    return tuple(
        Run(int(key.partition("-")[0]), int(key.partition("-")[2]), province, neighbour)
        for kind, key, _, province, neighbour, checked, _ in rows
        if kind == "marker" and checked == "yes"
    )


def commune_fact(level: str, codes: str) -> str:
    """Return "xã biên giới, giáp Lào" when one of today's communes `codes` (separated by ;) lies there, else nothing."""
    found = next((communes()[code] for code in codes.split(";") if code in communes()), "")
    return f"{level} {'ven biển' if found == 'sea' else 'biên giới'}, {NEIGHBOURS[found]}" if found else ""


def gate_fact(name: str, province: str) -> str:
    """Return "có cửa khẩu quốc tế Na Mèo, giáp Lào" when a place of this name has a gate, else nothing."""
    gate = gates().get(name)
    if gate is None or gate.province != province:
        return ""
    grade = f"{gate.grade} " if gate.grade else ""
    return f"có cửa khẩu {grade}{gate.name}, {NEIGHBOURS[gate.neighbour]}"
