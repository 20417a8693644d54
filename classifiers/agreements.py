"""Agreements as sentences cite them, and the known ones (`agreements.yaml`); citations.py says what follows.

"Nghị định thư Quảng Châu năm 1996", "the 1996 Guangzhou Protocol", 1996年《广州议定书》: kind, place, year, in any order of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from classifiers.document import Sentence
from classifiers.instruments import dates_of
from classifiers.lexicon import Lexicon, Tag, expand, read_yaml
from classifiers.surface import read

PATH = Path(__file__).with_name("agreements.yaml")
REGISTER = Path(__file__).with_name("register_instruments.yaml")
# How the register calls what is cited by one noun or another here.
KIND_OF = {"convention": "treaty", "agreement": "treaty", "memorandum": "minutes", "exchange": "treaty", "letter": "declaration", "rules": "declaration", "submission": "declaration"}
KINDS = ("treaty", "protocol", "minutes", "declaration")
MARKS = re.compile(r"[.;:!?。；：！？]")
# "ký năm 96": two figures are a year only after such a word.
SHORT_YEAR = re.compile(r"(?:(?:ky|vao) )?(?:hoi nam|nam|hoi) (\d\d) (?!km|%|m |ha )")
ENGLISH_NOUNS = frozenset(["treaty", "convention", "agreement", "accord", "accords", "pact", "understanding", "protocol", "minutes", "memorandum", "statement", "declaration", "communique"])


@dataclass(frozen=True, slots=True)
class Row:
    """One known agreement; `ref` is empty for those outside of the reference base."""

    ref: str
    kind: str
    years: frozenset[int]
    places: frozenset[str]
    parties: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cited:
    """An agreement as a sentence cites it: canonical span, kind, place and its country ("" without), year (0 without), or a name (eponyms.py)."""

    start: int
    end: int
    kind: str
    place: str
    land: str
    year: int
    name: str = ""


@cache
def _raw() -> dict[str, Any]:
    return dict(read_yaml(PATH))


@cache
def _names() -> Lexicon:
    return Lexicon({**_raw()["kinds"], **_raw()["places"]})


@cache
def load_kinds() -> Lexicon:
    """Return the nouns of agreements alone, read once."""
    return Lexicon({name: forms for name, forms in _raw()["kinds"].items() if name in KINDS})


def _folded(text: str) -> str:
    return read(text).canon.strip()


def _row(row: dict[str, Any]) -> Row:
    places = frozenset(_folded(form) for pattern in row["at"] for form in expand(pattern))
    return Row(row.get("ref", ""), row.get("kind", ""), frozenset(row["years"]), places, frozenset(row.get("with", [])))


@cache
def load_agreements() -> tuple[Row, ...]:
    """Return all known agreements with neighbours: those listed for citations, and what Viet Nam signed with others in the register; read once."""
    return tuple(map(_row, _raw()["register"])) + _registered()


def _registered() -> tuple[Row, ...]:
    raw = read_yaml(REGISTER)
    places = {key: frozenset(map(_folded, names)) for key, names in raw["places"].items()}
    return tuple(
        Row(
            one.get("ref", ""), KIND_OF.get(one["kind"], one["kind"]), frozenset(int(day[:4]) for days in one["dates"].values() for day in days),
            frozenset().union(*(places[key] for key in one["at"])), frozenset(one["parties"]) - {"VN"},
        )
        for one in raw["instruments"] if {"VN"} < set(one["parties"])
    )  # fmt: skip


@cache
def load_far() -> tuple[Row, ...]:
    """Return known agreements signed in far cities: place and years alone."""
    return tuple(map(_row, _raw()["far"]))


@cache
def _pattern(name: str) -> str:
    words = sorted({_folded(word) for word in str(_raw()[name]).split("|")}, key=len, reverse=True)
    return "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" if word.isascii() else re.escape(word) for word in words)


@cache
def _gap(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:\s|,|，|\d+|{_pattern(name)})*")


@cache
def words(name: str) -> re.Pattern[str]:
    """Return a pattern that finds any word of a list of `agreements.yaml` in canonical text."""
    return re.compile(_pattern(name))


def cited(sentence: Sentence) -> list[Cited]:
    """Return the agreements that a sentence cites by place or by year."""
    tags = _names().tags(sentence.surface)
    nouns = [t for t in tags if t.concept in KINDS]
    places = [t for t in tags if t.concept not in KINDS and not t.concept.startswith("X_")]
    years = [(sentence.surface.at(p.start), sentence.surface.at(p.end), p.year) for p in dates_of(sentence)] if nouns else []
    found = []
    for noun in nouns:
        place = _place_of(sentence, noun, places)
        if place is not None and _joined(sentence, place, places):
            continue
        start, end = (min(noun.start, place.start), max(noun.end, place.end)) if place else (noun.start, noun.end)
        year, start, end = _year_of(sentence, start, end, years)
        if place or year:
            found.append(Cited(start, end, noun.concept, sentence.canon[place.start : place.end] if place else "", place.concept if place else "", year))
    return found


def _place_of(sentence: Sentence, noun: Tag, places: list[Tag]) -> Tag | None:
    """Return the place that names the agreement: after the noun, or before it in English and Chinese."""
    canon, gaps = sentence.canon, _gap("between")
    after = next((t for t in places if noun.end <= t.start), None)
    if after is not None and after.start - noun.end <= 60 and gaps.fullmatch(canon[noun.end : after.start]):
        return after
    before = next((t for t in reversed(places) if t.end <= noun.start), None)
    if before is not None and noun.start - before.end <= 24 and "," not in canon[before.end : noun.start] and gaps.fullmatch(canon[before.end : noun.start]):
        written = canon[noun.start : noun.end]
        return before if not written.isascii() or written.split()[-1] in ENGLISH_NOUNS else None
    return None


def _joined(sentence: Sentence, place: Tag, places: list[Tag]) -> bool:
    """Whether another place stands at once before or after ("Lào Cai – Hà Khẩu", "Hà Nội – Bắc Kinh"): parties, no name."""
    return any(
        not sentence.canon[a.end : b.start].strip() and 0 <= b.start - a.end <= 2 and sentence.canon[a.start : a.end].isascii()
        for t in places if t is not place for a, b in ((place, t), (t, place))
    )  # fmt: skip


def _year_of(sentence: Sentence, start: int, end: int, years: list[tuple[int, int, int]]) -> tuple[int, int, int]:
    """Return the year that belongs to the span (0 without) and the span with it."""
    canon = sentence.canon
    for low, high, year in years:
        if start <= low and high <= end:
            return year, start, end
        if 0 <= low - end <= 40 and _gap("dated").fullmatch(canon[end:low]):
            return year, start, high
    for low, high, year in reversed(years):
        gap = canon[high:start]
        if 0 <= start - high <= 70 and (_gap("dated").fullmatch(gap) or (words("signs").search(gap) and not MARKS.search(gap))):
            return year, low if len(gap) < 12 else start, end
    if short := SHORT_YEAR.match(canon[end:].lstrip()):
        return 1900 + int(short.group(1)), start, end
    return 0, start, end


def fits(one: Cited, parties: frozenset[str]) -> bool:
    """Whether a known agreement is meant: same year, and all but one of kind, place and parties.

    An entry of the base may differ in one of them, since it is then compared with; of those outside of the base all that is cited must agree.
    """
    for row in load_agreements():
        year, place, shared = one.year in row.years, one.place in row.places, bool(row.parties & parties)
        if one.place and one.year and year and (sum((row.kind == one.kind, place, shared)) >= 2 if row.ref else place and row.kind == one.kind):
            return True
        if one.place and not one.year and place:
            return True
        if not one.place and year and (shared or not parties):
            return True
    return False


def far(one: Cited) -> bool:
    """Whether it is a known agreement signed in a far city."""
    return any(one.place in row.places and (not one.year or one.year in row.years) for row in load_far())
