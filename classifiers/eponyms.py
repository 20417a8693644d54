"""Agreements cited by persons, offices or a title in quotation marks: "Nghị định thư Nguyễn Văn A", "thỏa thuận hai tổng bí thư", "Hiệp định “Muôn đời …”".

The registers list none under such names; citations.py asks whether land or sea changes hands by one, and says what was searched.
"""

from __future__ import annotations

import re

from classifiers.agreements import Cited, load_kinds
from classifiers.document import Sentence
from classifiers.lexicon import Tag
from classifiers.predicates import is_negated

_CAP = r"[A-ZĐÀ-ÂÈ-ÊÌÍÒ-ÕÙÚÝĂĨŨƠƯẠ-Ỹ][\w’']*"
_SURNAME = (
    "Nguyễn|Trần|Lê|Phạm|Huỳnh|Hoàng|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Đinh|Trương|Nông|Tô|Lương|Mao|Chu|Giang|Tập|Ôn|Vương|Lưu|Hun|Sihanouk|Norodom|Kaysone|Khamtai"
)
# After the noun: a person by surname and given name, or two names joined by a dash.
_GAP = r"[\s,]*(?:(?:mật|bí mật|ngầm|kín|riêng|song phương|biên giới|mang tên|gọi là|giữa|của)\s+)*(?:(?:ông|ngài|bác)\s+)?"
_PERSON = re.compile(rf"{_GAP}(?P<name>(?:{_SURNAME})(?:\s{_CAP}){{1,3}}(?:\s?(?:[–—-]|và)\s?{_CAP}(?:\s{_CAP}){{0,3}})?)")
_PAIR = re.compile(rf"{_GAP}(?P<name>{_CAP}(?:\s{_CAP}){{0,3}}\s?[–—-]\s?{_CAP}(?:\s{_CAP}){{0,3}})")
_PAIR_BEFORE = re.compile(rf"(?P<name>{_CAP}\s?[–—-]\s?{_CAP})\s$")
# Countries in short, which are parties and no persons: "Hiệp định Việt – Trung", "the Sino-Vietnamese treaty".
_STATES = re.compile(r"(?<!\w)(?:Việt|Trung|Pháp|Thanh|Nga|Nhật|Mỹ|Lào|Miên|Xô|Hoa|Anh|Đức|Hàn|Thái|Ấn|Sino|Franco|Anglo|Viet|Vietnam\w*|Russo|Soviet|Lao|Thai|China|French|British|US|Bắc|Nam|Đông|Tây)(?!\w)")
_OFFICE = re.compile(
    r"^ (?:(?:mat|bi mat|ngam|kin|rieng|ky|giua|cua|do|mang ten|cap cao) )*(?:hai |hai vi |cac |nhung )?(?:tong bi thu|thu tuong|chu tich nuoc|chu tich|ngoai truong|nguyen thu|quoc vuong|tong thong)(?= )"
    r"|^ (?:between|of|by|signed by) (?:the |their |our )*(?:two |both )?(?:general secretaries|prime ministers|presidents|foreign ministers|party chiefs)(?= )"
)
_OFFICE_HAN = re.compile(r"(?:两国|两党|双方)?(?:总书记|总理|国家主席|外长)(?:之间|签署|签订|达成)?的?(?:秘密)?$")
# Persons after whom real agreements are called; others about these borders have entries of their own.
_REAL = re.compile(r"constans|patenotre|harmand|gerard|hoang pho|hue|brevie|fournier|bourde|schengen|montreux|camp david|ramsar|warsaw|basel", re.I)


# What changes hands, close behind the word for it; people, remains and goods are handed over as well ("trao trả 120 công dân qua cửa khẩu").
_HANDING = ("CEDE", "CEDE2", "SOLD", "GIVE", "LEASE")
_OBJECTS = ("HS", "TS", "ISLANDS", "OTHERFEAT", "GACMA", "COLIN", "GULF", "BLV", "BANGIOC", "FALLS", "NAMQUAN", "VANGUARD", "PHUQUOC", "CONCO", "LAND", "SEAAREA", "VILLAGE")
_OTHERWISE = re.compile(r" (?:cong dan|nguoi|tu binh|pham nhan|doi tuong|hai cot|nan nhan|lao dong|hoc sinh|qua|hang|xe|cong nghe|quyen|citizens?|prisoners?|remains|migrants?|workers?|goods)(?= )|公民|俘虏|遗骸|人员")
_NEAR = 45


def hands_over(sentence: Sentence) -> bool:
    """Whether a word of handing over, not denied, has land, sea or islands close behind it, and no people or goods."""
    for tag in sentence.of(*_HANDING):
        things = [t for t in sentence.of(*_OBJECTS) if tag.start <= t.start <= tag.end + _NEAR]
        if things and not is_negated(sentence, tag) and not _OTHERWISE.search(sentence.canon[tag.start : things[0].end + 1]):
            return True
    return False


def named(sentence: Sentence) -> list[Cited]:
    """Return the agreements that a sentence cites by persons, offices or a quoted title (`name`), without place; the year is not read."""
    found = []
    for noun in load_kinds().tags(sentence.surface):
        span = _name(sentence, noun)
        if span is None:
            continue
        start, end = min(span[0], noun.start), max(span[1], noun.end)
        name = sentence.canon[span[0] : span[1]].strip()
        if not _REAL.search(name) and not _of_place(sentence, span):
            found.append(Cited(start, end, noun.concept, "", "", 0, name))
    return found


def _name(sentence: Sentence, noun: Tag) -> tuple[int, int] | None:
    """Return the canonical span of the name, None without one."""
    raw_start, raw_end = sentence.surface.raw(noun.start, noun.end)
    at, before = raw_end - sentence.start, sentence.text[: raw_start - sentence.start]
    match = _PERSON.match(sentence.text, at) or _PAIR.match(sentence.text, at) or (_PAIR_BEFORE.search(before) if sentence.canon[noun.start : noun.end].isascii() else None)
    if match and not _STATES.search(match["name"]):
        return sentence.surface.at(sentence.start + match.start("name")), sentence.surface.at(sentence.start + match.end("name"))
    if office := _OFFICE.match(sentence.canon[noun.end :]) or (_OFFICE_HAN.search(sentence.canon[: noun.start])):
        base = noun.end if office.re is _OFFICE else 0
        return base + office.start(), base + office.end()
    for start, end in sentence.quotes:
        if 0 <= start - raw_end <= 3 and end - start <= 60:
            return sentence.surface.at(start), sentence.surface.at(end)
    return None


def _of_place(sentence: Sentence, span: tuple[int, int]) -> bool:
    """Whether the words are a known place, party or instrument ("Hiệp định “phân định Vịnh Bắc Bộ”")."""
    return any(t.start < span[1] and span[0] < t.end for t in sentence.of("HS", "TS", "GULF", "CN", "VN", "LA", "KH", "GULFTREATY", "LANDTREATY", "DELIMTREATY", "PROT2009", "VLTREATY", "VKTREATY", "UNCLOS", "DOC", "COC"))
