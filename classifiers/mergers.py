"""Which provinces a province of today is said to be made of (resolution 202/2025/QH15), against the gazetteer's map of old and new."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

import ahocorasick_rs

from classifiers.document import Document, Sentence
from classifiers.frames import Finding
from classifiers.referencebase import ReferenceBase
from pipelines.gazetteer import province_names, units
from pipelines.records import Verdict
from pipelines.text import fold

REF = "ADM-01"
ADOPTED = date(2025, 6, 12)
# Plans, rumours told as such, and the joint provinces of 1976 are other matters.
ASIDE = re.compile(r" (?:de xuat|phuong an|du kien|de an|lay y kien|tung|truoc day|truoc kia|xua|thoi|gia su|neu|proposed|plan|plans|once|formerly|used to|in 1976)(?= )")
OLD_YEAR = re.compile(r"\b(?:19\d\d|20[01]\d|202[0-4])\b")
MERGED = re.compile(r" (?:sap nhap|hop nhat|nhap|moi|cu|sau sap xep|merge|merged|merger|merging|new|former)(?= )")
ALSO = {"ho-chi-minh": ("tp hcm", "tphcm", "sai gon", "ho chi minh city"), "hue": ("thua thien hue", "thua thien - hue"), "ba-ria-vung-tau": ("ba ria vung tau", "vung tau")}


@cache
def today() -> dict[str, str]:
    """Return the province of today for each key of the 63 before 2025-07-01."""
    return {u.province: u.now or u.province for u in units() if not u.district and u.level in ("tỉnh", "thành phố") and u.until == "2025-07-01"} | {
        u.province: u.province for u in units() if not u.district and u.level in ("tỉnh", "thành phố") and not u.until and len(u.code) == 2
    }


@cache
def _keys() -> dict[str, str]:
    """Return province keys by name as canonical text writes it."""
    names = {" ".join(re.sub(r"[-–.]", " ", fold(name)).split()): key for key, name in province_names().items() if key in today()}
    return names | {name: key for key, others in ALSO.items() if key in today() for name in others}


@cache
def _automaton() -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick([f" {name}" for name in _keys()])


def _worth_reading(canon: str) -> bool:
    """Whether a word for merging and two provinces stand in the sentence: cheap, asked of every one."""
    return MERGED.search(canon) is not None and len(_automaton().find_matches_as_indexes(canon)) >= 2


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    name = "|".join(sorted(map(re.escape, _keys()), key=len, reverse=True))
    unit = r"(?:(?:tinh|thanh pho|tp|province of) )?"
    one = rf"{unit}(?:{name})(?: cu| truoc day| province)?(?= )"
    several = rf"(?P<old>{one}(?: (?:, va|, and|,|va|voi|cung|and|-|–) {one})+)"
    new = rf"(?P<new>{name})"
    how = r"(?:gom|bao gom|hop nhat|sap nhap|hinh thanh|thanh lap|tu|tren co so|duoc|la|ket qua|cua|viec|cac|ba|hai|3|2|tinh|comprises|consists of|combines|includes|was formed (?:by merging|from)|was created (?:by merging|from)|now|the|former|old|of)"
    return (
        re.compile(rf" (?:tinh|thanh pho|tp|new|today s) {new}(?: moi| province| ngay nay| hien nay| sau sap nhap| sau hop nhat)*(?: {how})+ {several}"),
        re.compile(rf" {new} (?:moi|province)(?: {how})+ {several}"),
        re.compile(rf" (?:sap nhap|hop nhat|nhap|merging|merged)(?: (?:cac|ba|hai|3|2|tinh|the))* {several} (?:lai )?(?:thanh|lay ten|lap thanh|de lap|into)(?: (?:mot|la|tinh|thanh pho|moi|mang|co|ten|a|new|the))* {new}(?= )"),
        re.compile(rf" {several}(?: (?:da|duoc|chinh thuc|cung|have|were|been))* (?:sap nhap|hop nhat|nhap|merged)(?: lai)? (?:thanh|lay ten|into)(?: (?:mot|la|tinh|thanh pho|moi|mang|co|ten|a|new|the))* {new}(?= )"),
        re.compile(rf" tinh {new}(?: moi)?(?: (?:da|duoc|bi|chinh thuc))* (?:sap nhap|hop nhat|nhap) (?:voi|vao|cung) (?P<old>{one})"),
    )  # fmt: skip


def _named(text: str) -> list[str]:
    """Return the provinces of a list, as keys."""
    name = "|".join(sorted(map(re.escape, _keys()), key=len, reverse=True))
    return [_keys()[match.group(1)] for match in re.finditer(rf"(?<=\s)({name})(?=\s)", f" {text} ")]


def speaks(sentence: Sentence) -> bool:
    """Whether a sentence says of what a province is made: it goes on to comparison though no border or sea is named."""
    return _worth_reading(sentence.canon) and any(pattern.search(sentence.canon) for pattern in _patterns())


def compare(document: Document, sentence: Sentence, base: ReferenceBase) -> list[Finding]:
    """Return what a sentence says of the making of a province: CONTRADICTED when one named is not of it, CONSISTENT when all and only those are."""
    canon = sentence.canon
    if REF not in base or (document.published is not None and document.published < ADOPTED) or not _worth_reading(canon):
        return []
    if sentence.has("NEG") or ASIDE.search(canon) or OLD_YEAR.search(canon):
        return []
    for pattern in _patterns():
        match = pattern.search(canon)
        if match is None:
            continue
        called, old = _keys()[match["new"]], _named(match["old"])
        new = today()[called]
        strangers = [key for key in old if today()[key] != new] or ([called] if called != new else [])
        whole = {key for key, now in today().items() if now == new}
        if not strangers and set(old) | {new} != whole:
            return []  # some of them: nothing false is said
        start, end = sentence.surface.raw(match.start() + 1, match.end())
        shown = " + ".join(province_names()[key] for key in sorted(whole, key=lambda key: (key != new, key)))
        known = f"{province_names()[new]}: {shown}" if len(whole) > 1 else f"{province_names()[new]} giữ nguyên"
        verdict = Verdict.CONTRADICTED if strangers else Verdict.CONSISTENT
        return [Finding("unit:merger", "D16", (REF,), verdict, start, end, 0.95, sentence.text[start - sentence.start : end - sentence.start], known, (start, end))]
    return []
