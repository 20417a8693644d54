"""All names in one automaton: every unit, landmark, exonym and trap, with the places that a name may stand for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from pipelines import gazetteer
from pipelines.places.anchors import ANCHORS
from pipelines.places.features import feature_names
from pipelines.text import fold, normalize, one_tone_style


def _words(text: str, mark: str | None = None) -> frozenset[str]:
    return frozenset(text.split(mark))


PROVINCE_LEVELS = frozenset({"tỉnh", "thành phố"})
COMMUNE_LEVELS = frozenset({"xã", "phường", "thị trấn", "đặc khu"})
# Names that are also common words or first names: alone, without level word or neighbour, they prove nothing.
_COMMON = _words(
    "Trung Tâm|Hòa Bình|Thái Bình|Bình Minh|Liên Minh|Quang Trung|Lý Thường Kiệt|Đào Duy Từ|Hồng Phong|Minh Khai|Trần Phú|Lam Sơn|"
    "Thanh Sơn|Đông A|Công Chính|Thắng Lợi|Tân Tiến|Hoàng Văn Thụ|Nguyễn Trãi|Lê Lợi|Trần Hưng Đạo|Hồng Hà|Long Biên|Nam Minh|"
    "Hoàng Mai|Bắc Từ Liêm|Hồng Đức|Sông Mã|Kim Liên|Thiên Đường|Trường Sơn|Minh Châu|Cẩm Tú|Cẩm Vân|Kim Ngân|Kim Thanh|Minh Tân|"
    "Quý Lộc|Thọ Bình|Minh Thái|Hồ Vương|Xuân Thái|Thành Nam|Gia Hưng|Thiên Phủ|Hải Anh|Gia Phong|Hải Quang|Gia Vân|Văn Nho|Vĩnh Trụ|Ninh Giang|Đại Hoàng|Bảo Ái|Hà Long|Nga An|Yên Từ|"
    # points of the compass, and men's names that communes bear too
    "Đông Nam|Trung Nam|Hoàng Nam|Hoàng Sơn|Hoàng Giang|Duy Minh|Gia Minh|Hà Hải|Hải Minh|Hải Lâm|Hải Giang|Hải Trung|Trung Hải|Thành Lộc|Tiến Lộc|Minh Lộc|Thành Minh|Thành Tiến|"
    "Việt Cường|Ngọc Trung|Xuân Phong|Xuân Vinh",
    "|",
)


class Sense(NamedTuple):
    """One place that a name may stand for. `rank` 3 province, 2 district or landmark, 1 commune, 0 needs a neighbour."""

    name: str
    level: str
    province: str
    profile: str
    district: str
    since: str
    until: str
    now: str
    rank: int
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The senses of one written form, and what is asked of them at every hit, worked out once; one object, known by itself."""

    senses: tuple[Sense, ...]
    kinds: frozenset[str]
    names: frozenset[str]
    top: int
    ours: bool
    undated: tuple[Sense, ...]
    risky: bool


def _group(senses: list[Sense]) -> Group:
    return Group(
        tuple(senses),
        frozenset(sense.kind for sense in senses),
        frozenset(sense.name for sense in senses),
        max(sense.rank for sense in senses),
        any(sense.profile for sense in senses),
        tuple(sense for sense in senses if not sense.since),
        any(sense.name in _RISKY for sense in senses),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """All senses of one folded name by written form; `strong` = may stand alone, `small` = some form begins small."""

    key: str
    forms: dict[str, Group]
    every: Group
    strong: bool
    small: bool

    @property
    def senses(self) -> tuple[Sense, ...]:
        """Senses of all written forms."""
        return self.every.senses


@dataclass(frozen=True)
class Lexicon:
    """The automaton over folded text: the entry of each pattern, then names of sea features, then the anchors of `national.py`."""

    automaton: object
    entries: tuple[Entry, ...]
    anchors: int  # where they begin among the patterns
    written: dict[str, Group]  # by name exactly as listed


def _of_unit(unit: gazetteer.Unit) -> Sense:
    profile = gazetteer.PROFILES.get(unit.province, "")
    if unit.level in COMMUNE_LEVELS or (unit.since and len(unit.code) == 5):
        rank = 1
    elif (
        unit.level in PROVINCE_LEVELS
        and unit.province == _slug(unit.name)
        and not unit.district
        and len(unit.code) <= 2
    ):
        rank = 3
    else:
        rank = 2
    return Sense(
        unit.name,
        unit.level,
        unit.province,
        profile,
        unit.district,
        unit.since,
        unit.until,
        unit.now,
        rank,
        "unit",
    )


def _slug(name: str) -> str:
    return fold(name).replace(" - ", "-").replace(" ", "-")


def _of_landmark(mark: gazetteer.Landmark) -> Sense:
    rank = {"strong": 2, "exonym": 2, "other": 3, "weak": 0, "trap": 0, "club": 0}[mark.kind]
    profile = gazetteer.PROFILES.get(mark.province, "")
    return Sense(
        one_tone_style(normalize(mark.name)),
        "địa danh",
        mark.province,
        profile,
        "",
        "",
        "",
        mark.province,
        rank,
        mark.kind,
    )


def _all_senses() -> dict[str, list[Sense]]:
    """Collect the senses by folded name; communes of other provinces only where they share a name with ours."""
    found: dict[str, list[Sense]] = defaultdict(list)
    elsewhere: dict[str, list[Sense]] = defaultdict(list)
    for unit in gazetteer.units():
        # Names of one syllable are everyday words and first names; only today's communes of ours are kept (xã Lìa, xã Đakrông).
        followed = unit.since and not unit.until and unit.province in gazetteer.PROFILES
        if len(unit.name) < 4 and " " not in unit.name and unit.name != "Huế" and not followed:
            continue
        if unit.name[0].islower() or unit.name[-1].isdigit():
            continue
        if " " not in unit.name and unit.level in COMMUNE_LEVELS and not followed:
            continue
        sense = _of_unit(unit)
        key = fold(unit.name)
        (found if sense.profile or sense.rank >= 2 else elsewhere)[key].append(sense)
    for mark in gazetteer.landmarks():
        sense = _of_landmark(mark)
        found[fold(sense.name)].append(sense)
    for key, senses in elsewhere.items():
        if key in found:
            found[key].extend(senses)
    return found


def entry(key: str, senses: list[Sense]) -> Entry:
    """Return the entry of a folded name with its senses."""
    forms: dict[str, list[Sense]] = defaultdict(list)
    unique = list(dict.fromkeys(senses))
    for sense in unique:
        forms[sense.name.lower()].append(sense)
    strong = any(s.rank >= 2 and s.profile and s.name not in _COMMON for s in unique)
    return Entry(
        key,
        {form: _group(group) for form, group in forms.items()},
        _group(unique),
        strong,
        any(s.name[0].islower() for s in unique),
    )


# Districts and landmarks that are also persons, firms or places elsewhere: alone they need a second sign of their province.
_RISKY = _words(
    "Lệ Thủy|Xuân Trường|Thanh Liêm|Kim Sơn|Bảo Yên|Yên Bình|Vĩnh Lộc|Hà Trung|Đông Sơn|Triệu Sơn|Văn Yên|Minh Hóa|Bắc Hà|Xuân Thủy|"
    "Cẩm Thủy|Như Xuân|Quan Sơn|Thọ Xuân|Yên Định|Thiên Trường|Hoa Lư|Sao Vàng|Thường Xuân|Quảng Ninh|Bảo Thắng|Bảo Hà|Nam Hà|"
    "Kiến Giang|Xuân Liên|Cao Sơn|Hồi Xuân|Hàm Rồng|Bích Động|Nhật Lệ|Cam Đường|Nghĩa Hưng|Yên Khánh|Cát Cát|Hành Thiện|Hải Tiến|Bến Hải|Thạch Hãn",
    "|",
)


# Of these, the ones that hardly any person, firm or other place of note bears: a title may open with them alone.
_OPENERS = _words("Bảo Yên|Bảo Thắng|Bắc Hà|Văn Yên|Minh Hóa|Hà Trung|Triệu Sơn|Quan Sơn|Thọ Xuân|Yên Định|Như Xuân|Thường Xuân|Nghĩa Hưng", "|")


def seldom_a_person(name: str) -> bool:
    """Tell whether a risky name that opens a title is most likely the district."""
    return name in _OPENERS


def is_risky(name: str) -> bool:
    """Tell whether a district or landmark of this name needs a second sign."""
    return name in _RISKY


def is_common(name: str) -> bool:
    """Tell whether `name` is also an everyday word, a street hero or a first name."""
    return name in _COMMON


def _written(entries: list[Entry]) -> dict[str, Group]:
    return {name: group for entry in entries for group in entry.forms.values() for name in group.names}


@cache
def lexicon() -> Lexicon:
    """Build the automaton once in a process (about 0.2 s, 15 MB)."""
    from ahocorasick_rs import AhoCorasick, Implementation

    entries = [entry(key, senses) for key, senses in sorted(_all_senses().items())]
    names = [*(entry.key for entry in entries), *feature_names()]
    # Smaller than a DFA and a tenth quicker here: the rest of the reading keeps its place in the processor's cache (measured 2026-11-21).
    return Lexicon(AhoCorasick([*names, *ANCHORS], implementation=Implementation.ContiguousNFA), tuple(entries), len(names), _written(entries))
