"""Sea features of the table as they are named in texts: "đảo Thuyền Chài", "Whitsun Reef"; only names that mean nothing else."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipelines import gazetteer
from pipelines.text import fold

if TYPE_CHECKING:
    from pipelines.places.find import Page

_KINDS = ("đảo", "đá", "bãi")
# Points of the compass, sizes and things: "đá Bắc" is a rock on every coast.
_ORDINARY = frozenset(["Bắc", "Nam", "Đông", "Tây", "Trung", "Bia", "Hoa", "Lớn", "Nhỏ", "Sâu", "Đường", "Lạc", "Thị", "Cây", "Cát"])
_CLAIMANTS = ("china", "chinese", "vietnam", "viet nam", "philippin", "beijing", "hanoi", "manila", "trung quoc", "taiwan", "malaysia")


@cache
def feature_names() -> dict[str, set[str]]:
    """Return folded names and, for each, the spellings that count."""
    units = {fold(unit.name) for unit in gazetteer.units()}
    written: dict[str, set[str]] = {}
    for feature in gazetteer.features():
        name = feature.name
        kind, _, rest = name.partition(" ")
        if feature.group == "foreign":
            if name.isascii() and name.rpartition(" ")[2] in ("Reef", "Bank", "Banks", "Cay", "Shoal", "Island"):
                written.setdefault(fold(name), set()).add(name)
        elif kind.lower() in _KINDS and rest[:1].isupper() and rest not in _ORDINARY and not rest.endswith(" Sa"):
            # A reef built up is called an island; where the name is also a commune's, only the kind of the table counts.
            for one in _KINDS if " " in rest and fold(rest) not in units else (kind.lower(),):
                written.setdefault(fold(f"{one} {rest}"), set()).add(f"{one} {rest}")
    return written


def spellings() -> set[str]:
    """Return all names as they are typed, for the gate."""
    return {name for names in feature_names().values() for name in names}


def names_a_feature(sheet: Page) -> str:
    """Return the sea feature named with its kind ("đảo Thuyền Chài"), as written, or an empty string."""
    written = feature_names()
    for start, end in sheet.features:
        if sheet.folded[start - 1 : start].isalnum() or sheet.folded[end : end + 1].isalnum():
            continue
        raw = sheet.text[start:end].replace("\n", " ")
        if raw.isascii() and not any(name in sheet.folded for name in _CLAIMANTS):
            continue  # there is a Lincoln Island on many maps
        listed = written[fold(raw)]
        as_listed = raw in listed or raw[0].lower() + raw[1:] in listed
        if (as_listed or sheet.bare) and all(part[:1].isupper() for part in raw.partition(" ")[2].split()):
            return raw
    return ""
