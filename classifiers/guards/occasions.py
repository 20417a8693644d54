"""Lines that name an anniversary, talks or a meeting and state nothing that could be false."""

from __future__ import annotations

import re

from classifiers.document import Sentence

_OCCASION = re.compile(
    r"^ (?:nhin lai |tron |sau |dau an |hanh trinh |chang duong |hoi thao |toa dam |ky niem |so ket |tong ket )*(?:\d+|(?:muoi|hai|ba|bon|nam|sau|bay|tam|chin|lam|mot|ruoi|muoi lam)(?: (?:muoi|lam|mot|hai|ba|bon|nam|sau|bay|tam|chin))*) nam (?!19|20)"
    r"|(?:^| )(?:ky niem|hoi thao|toa dam|hoi dam|vong dam phan|so ket|tong ket|giao luu|tham van) |周年|纪念|磋商|会谈|会晤|座谈|ພົບປະ|ກອງປະຊຸມ|ສະຫຼຸບ|ຄົບຮອບ| anniversary | round of talks | consultations? "
)
# Lao has no blanks and few abbreviations: the same line is longer.
LINE, LAO_LINE, LAO = 130, 200, re.compile("[\u0e80-\u0eff]{4}")
_STATED = ("CEDE", "GIVE", "SOLD", "RECOG", "LEASE", "OWN", "BELONG", "VOID", "EXISTNOT", "WIN", "LOSE", "AWARD", "MOVE", "GONE", "CHANGEBORDER", "ALLTOCN", "SHAREWORD", "SECRETDOC", "NEG")


def occasion(sentence: Sentence) -> bool:
    """Whether a short line names an anniversary, talks or a meeting and states nothing that could be false ("25 năm phân định …")."""
    return len(sentence.text) < (LAO_LINE if LAO.search(sentence.text) else LINE) and _OCCASION.search(sentence.canon) is not None and not sentence.has(*_STATED)
