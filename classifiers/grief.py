"""Grief, remembrance, poems and songs over what was lost: never raised (CODEBOOK), unless the sentence says by what deed or paper."""

from __future__ import annotations

import re

from classifiers.document import Sentence
from classifiers.measures import numbers_of

_CUES = re.compile(
    r"(?<!\w)(?:khoc|nuoc mat|roi le|nen nhang|nen huong|nhang khoi|thap (?:huong|nhang|nen)|huong hon|vong linh|linh hon|hon (?:anh|cac anh|thieng)|tuong niem|tri an|tuong nho"
    r"|dau long|dau xot|xot xa|xot (?:lam|qua|thay)|dau nhu cat|ngam ngui|uat nghen|quan (?:dau|long)|nhoi long|nghen ngao|buon qua|nam lai|yen nghi|than oi|hoi oi"
    r"|(?:cau|bai|van|doan|khuc|tap) (?:tho|hat|ca|dao)|loi (?:ca|hat|tho)|bao gio me|(?:nam )?quan oi|giang son oi|to quoc oi|me oi|(?:hoang|truong) sa oi|ban gioc oi"
    r"|mourn\w*|weep\w*|wept|tears|griev\w*|grief|incense|rest in peace|poems?|verses?|lament\w*|elegy|lullaby)(?!\w)|哀悼|悼念|流泪|眼泪|痛哭|痛心|安息|诗|歌词|ໄວ້ອາໄລ|ນ້ຳຕາ|ກາບກອນ|ບົດກະວີ"
)
# As they are written: without their marks these are other words.
_CRIES = re.compile(r"(?<!\w)(?:ơi|ôi|hỡi|than ôi|hu hu)(?!\w)", re.I)
# Somebody did it, by a deed or paper: a claim, however much it hurts. Without its marks "đổi" is "đời" as well.
_DEEDS = re.compile(
    r"(?<!\w)(?:bán|dâng|nhượng|giao|trao|biếu|gán|hiến|đổi|ký|thuê|bắt tay|cắt đất|cắt cho|sold|sells?|ceded?|signed|gave|handed|traded|leased)(?!\w)|割让|出卖|卖给|签|送给|ຂາຍ|ຍົກໃຫ້|ເຊັນ", re.I
)
_BARE_DEEDS = re.compile(r"(?<!\w)(?:ban(?! gioc)|dang|nhuong|giao|trao|bieu|thue|bat tay|cat dat|cat cho|da ky|ky ket|sold|ceded?|signed|gave|handed|leased)(?!\w)")
_PAPERS = ("SECRETDOC", "TREATYNOUN", "LTR", "LETTERWORD", "PCA", "SFT", "CAIRO", "POTSDAM", "GENEVA", "CHENGDU", "UNCLOS", "SIGN", "IUU", "RECOG", "LEASE", "RES202", "INFORCE", "NEVERHAPPENED", "NODEAD", "UNCONDEMN", "COLIN")
# A figure, date or share that a comparison found wrong is wrong in a poem too.
_COMPARED = ("number", "date", "share", "unit")
_COUNTED = ("people", "years", "")


def grieves(sentence: Sentence, rule: str) -> bool:
    """Whether the sentence mourns, remembers or quotes verse, and nothing in it could be looked up: no deed, paper, figure."""
    if rule.startswith(_COMPARED) or sentence.has(*_PAPERS) or _DEEDS.search(sentence.text):
        return False
    if sentence.surface.bare and _BARE_DEEDS.search(sentence.canon):
        return False
    if any(quantity.unit not in _COUNTED for quantity in numbers_of(sentence)):
        return False
    return bool(_CUES.search(sentence.canon) or _CRIES.search(sentence.text))
