"""Numbered border markers: "cột mốc 92", "mốc số 567", "mốc 834/1". Numbers run along three borders, so one proves nothing alone.

A marker is a place of ours only with a word of the border near it and, as near, its neighbour ("Việt - Lào") or a name of
the province whose run holds the number (`gazetteer.border.runs`). Everything else is told in the explanation and weighs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.gazetteer import border
from pipelines.places.find import Hit, Page
from pipelines.places.lexicon import Sense, entry

_NEAR = 200
# Over folded text, which has the same length.
_MARKER = re.compile(
    r"moc (?:quoc gioi |bien gioi |gioi |chu quyen |bien )?(?:dai |trung )?(?:so )?(\d{1,4})(?![\d.,]\d|\d)(?:/\d| ?\(\d\))?"
    r"(?! ?(?:%|ty\b|ti\b|trieu|nghin|ngan|nam\b|tuoi|tran\b|ban\b|luot|km\b|m\b|ngay|diem|tan\b|nguoi|usd|dong\b|do\b|ca\b|phien|kg\b|cu\b))"
)
# "vượt mốc 300", "cán mốc", "Vịnh Mốc" and the like are no markers.
_NO_MARKER = re.compile(r"(?:[^\W_]|\b(?:vuot|vuot qua|can|cham|dat|pha|mat|sat|len|xuong|ve|vinh|dau|moi) )$")
_BORDER = re.compile(
    r"biên giới|đường biên|quốc giới|biên phòng|cửa khẩu|phân giới|cắm mốc|tôn tạo|tăng dày|tuần tra|biên cương|đôi bờ biên|"
    r"bien gioi|duong bien|quoc gioi|bien phong|cua khau|cam moc|việt ?[-–] ?(?:trung|lào)"
)
_OF = {
    "cn": re.compile(r"trung quốc|trung quoc|việt ?[-–] ?trung|viet ?[-–] ?trung|vân nam|hà khẩu|mã quan"),
    "la": re.compile(r"\blào\b(?! cai)|\blao\b(?! (?:cai|bao|bảo|chải|động|dong|đao))|hủa ?phăn|sav?an?nakhe?t|sạ-vẳn-na-khệt|salavan|khăm ?mu[ôộ]n"),
    "other": re.compile(r"campuchia|cam-pu-chia|cambodia|bavet|mộc bài|xa mát|bờ y\b|lệ thanh|tịnh biên|hà tiên|dinh bà"),
}


def markers(sheet: Page, hits: Sequence[Hit]) -> list[Hit]:
    """Return the numbered markers of the land border, with a place where it is sure, else without and with a note."""
    if "moc " not in sheet.folded or len(sheet.folded) != len(sheet.text):
        return []
    found: list[Hit] = []
    for match in _MARKER.finditer(sheet.folded):
        start, end = match.span()
        if sheet.folded.startswith("cot ", start - 4) and start >= 4:
            start -= 4
        if _NO_MARKER.search(sheet.folded[max(0, start - 10) : start]):
            continue
        if not sheet.bare and "mốc" not in sheet.text[start:end].lower():
            continue
        around = _around(sheet.text, start, end)
        if not _BORDER.search(around) or any(hit.start < end and start < hit.end for hit in hits):
            continue
        number = int(match.group(1))
        found.append(_hit(number, start, end, _run(number, around, _places(hits, start))))
        if len(found) >= 100:  # a list of all markers of a province has fewer; more is a dump
            break
    return found


def _around(text: str, start: int, end: int) -> str:
    """Return the line around a marker, small, no further than `_NEAR` on either side."""
    before = text[max(0, start - _NEAR) : start].rpartition("\n")[2]
    return (before + text[start:end] + text[end : end + _NEAR].partition("\n")[0]).lower()


def _places(hits: Sequence[Hit], start: int) -> set[str]:
    """Return the provinces named near a marker, followed or not."""
    near = (hit.sense for hit in hits if hit.sense is not None and abs(hit.start - start) < _NEAR)
    return {sense.profile or sense.province for sense in near if not sense.province.startswith("@")}


def _run(number: int, around: str, places: set[str]) -> border.Run | None:
    """Return the run that holds the number on the one border that is named, or in the one province named near it."""
    named = {name for name, pattern in _OF.items() if pattern.search(around)}
    for run in border.runs():
        if run.first <= number <= run.last and (named == {run.neighbour} or (not named and places)):
            return run if not places or run.province in places else None  # "mốc 327 ở Cha Lo": something is wrong there
    return None


def _hit(number: int, start: int, end: int, run: border.Run | None) -> Hit:
    province = run.province if run else ""
    sense = Sense(str(number), "mốc quốc giới số", province, province, "", "", "", province, 2, "marker")
    hit = Hit(start, end, one := entry(f"moc {number}", [sense]), one.every, (sense,))
    if run is None:
        hit.notes.append("marker")
    else:
        hit.sense, hit.confidence = sense, 0.8
    return hit
