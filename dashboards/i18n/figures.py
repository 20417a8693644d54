"""Figures and days that the machine writes beside a claim, in English: “46,77 % cho Trung Quốc”, “ký 25/12/2000”."""

from __future__ import annotations

import re

# Units and events of figures that the machine writes beside a claim (classifiers/measures.py, instruments.py), in English.
MEASURED = {
    "km": "km", "km²": "km²", "%": "%", "hải lý": "nm", "mốc": "markers", "vị trí": "positions", "điểm": "points", "người": "persons", "xã, phường": "communes and wards",
    "đơn vị cấp tỉnh": "provincial units", "đặc khu": "special zones", "điều": "articles", "chương": "chapters", "đoạn": "dashes",
    "cửa khẩu quốc tế": "international gates",
}  # fmt: skip
EVENTS = {
    "ký": "signed", "có hiệu lực": "in force", "thông qua": "adopted", "phê chuẩn": "ratified", "hết hiệu lực": "expired", "ra phán quyết": "award given",
    "công bố": "declared", "cảnh báo": "warned", "nộp": "filed", "lập": "founded", "diễn ra": "took place", "bị chiếm": "occupied",
}  # fmt: skip
PARTIES = {"Việt Nam": "Viet Nam", "Trung Quốc": "China", "một bên": "one party"}
_FIGURE = re.compile(rf"(?P<number>[\d.,]+) (?P<unit>{'|'.join(map(re.escape, MEASURED))})(?: cho (?P<party>{'|'.join(PARTIES)}))?")
_EVENT = re.compile(rf"(?P<event>{'|'.join(EVENTS)}) (?P<day>\d\d/\d\d/\d{{4}})")


def in_english(text: str) -> str | None:
    """Return a figure with its unit and party, or an event with its day, in English; None when `text` is neither."""
    if figure := _FIGURE.fullmatch(text):
        number = figure["number"].translate({ord(","): ".", ord("."): ","})
        return f"{number} {MEASURED[figure['unit']]}" + (f" for {PARTIES[figure['party']]}" if figure["party"] else "")
    if event := _EVENT.fullmatch(text):
        return f"{EVENTS[event['event']]} {event['day']}"
    return None
