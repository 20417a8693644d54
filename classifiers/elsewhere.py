"""What is not about Viet Nam's borders at all: other states' treaties, what floods and frost took, meetings and anniversaries."""

from __future__ import annotations

import re

from classifiers.document import Sentence
from classifiers.frames import Finding
from classifiers.instruments import dates_of, load_register
from classifiers.predicates import none_of
from pipelines.records import FLAG_VERDICTS

# Entries about Viet Nam's own borders and waters.
BORDERS = ("VC-", "VL-", "VK-", "GT-", "TH-", "LC-", "QT-")
HOME = (
    "VN", "VN2", "VNGOV", "VC", "NORTHBORDER", "LAOBORDER", "KHBORDER", "GULF", "GULFTREATY", "BANGIOC", "NAMQUAN", "PHUQUOC", "LC_PLACE", "QT_PLACE", "P_LAOCAI",
    "P_THANHHOA", "P_QUANGTRI", "P_QUANGBINH", "HS", "TS", "SCS", "BLV", "HEKOU", "SECRETDOC", "CHENGDU",
)  # fmt: skip
NEIGHBOURS = ("CN", "LA", "KH")


def foreign(ref: str, sentence: Sentence) -> bool:
    """Whether a sentence about other states, none of them Viet Nam, is compared with an entry on Viet Nam's borders."""
    if not ref.startswith(BORDERS) or sentence.has(*HOME):
        return False
    if ref.startswith("VK-") and sentence.has("UNCOURT", "ICJCOURT", "ICJONLY"):
        return True  # the temples of 1962
    return sentence.has("OTHERCOUNTRY", "THAICAM") or sum(sentence.has(name) for name in NEIGHBOURS) >= 2


_NATURE = re.compile(
    r"\b(?:(?:vì|do|sau|bởi|trong|trận|cơn|mùa|đợt|gặp) (?:trận |cơn |đợt |mưa |đám )?(?:lũ|lụt|bão|rét|cháy|hạn|dịch|sạt|động đất|hỏa hoạn|mưa đá)|lũ (?:quét|ống|lụt)|sạt lở|cháy rừng|đền bù|giải tỏa|hạn hán|mất mùa|mất cắp|mất trộm|"
    r"(?:vi|do|sau|tran|con) (?:lu|lut|bao|ret|chay|han)|lu (?:quet|ong)|sat lo|den bu|floods?|landslides?|wildfires?|drought|frost|compensation)\b|洪水|山体滑坡|火灾|补偿"
)
_GIVEN = re.compile(r" (?:cho|vao tay|ve tay|sang tay) (?:trung quoc|phia|ben|lao|campuchia|viet nam|nuoc|tau|tq)| (?:nhuong|cat dat|cat cho|bi chiem|lan chiem|ky mat|ceded|sold|surrendered|annexed)(?= )|割让|出卖|卖给")


def lost_to_nature(sentence: Sentence) -> bool:
    """Whether what is lost was lost to flood, fire, frost or a building site, and given to nobody."""
    low = sentence.text.lower()
    return _NATURE.search(low) is not None and _GIVEN.search(sentence.canon) is None and re.search(r"\b(?:bán|dâng|cắt)\b", low) is None


_OCCASION = re.compile(
    r"^ (?:nhin lai |tron |sau |dau an |hanh trinh |chang duong |hoi thao |toa dam |ky niem |so ket |tong ket )*(?:\d+|(?:muoi|hai|ba|bon|nam|sau|bay|tam|chin|lam|mot|ruoi|muoi lam)(?: (?:muoi|lam|mot|hai|ba|bon|nam|sau|bay|tam|chin))*) nam (?!19|20)"
    r"|(?:^| )(?:ky niem|hoi thao|toa dam|hoi dam|vong dam phan|so ket|tong ket|giao luu|tham van) |周年|纪念|磋商|会谈|会晤|座谈| anniversary | round of talks | consultations? "
)
_STATED = ("CEDE", "GIVE", "SOLD", "RECOG", "LEASE", "OWN", "BELONG", "VOID", "EXISTNOT", "WIN", "LOSE", "AWARD", "MOVE", "GONE", "CHANGEBORDER", "ALLTOCN", "SHAREWORD", "SECRETDOC", "NEG")


def occasion(sentence: Sentence) -> bool:
    """Whether a short line names an anniversary, talks or a meeting and states nothing that could be false ("25 năm phân định …")."""
    return len(sentence.text) < 130 and _OCCASION.search(sentence.canon) is not None and not sentence.has(*_STATED)


_REFUSED = re.compile(
    r" (?:tu choi|bac bo|bac|gat bo|gat|khong chap nhan|khong thong qua) (?:[a-z0-9]+ ){0,4}?(?:de nghi|de xuat|du thao|sua doi|yeu cau)(?= )| (?:de nghi|de xuat|sua doi)(?= )[^.;]* bi (?:[a-z]+ )?(?:bac|gat|tu choi)(?= )|"
    r" (?:rejected|refused|declined|voted down|turned down) (?:a |the |an |soviet |moscow s |its )*(?:[a-z]+ ){0,2}(?:proposal|amendment|motion|demand)|(?:否决|拒绝|未通过)[^。]*(?:提案|建议|修正案|要求)"
)
_ENDED = re.compile(r" (?:khong con|khong duoc (?:phep|vao)|het hieu luc|het han|cham dut|da het|expired|lapsed|no longer)(?= )|已(?:于|经)?[^。]{0,14}(?:失效|到期|终止)|不再")


def agrees_in_other_words(ref: str, sentence: Sentence) -> bool:
    """Whether the sentence says what the entry says by denying its opposite: nobody may judge it by likeness."""
    if ref.startswith(("PCA-", "UNC-")) and none_of(sentence):
        return True
    if ref.startswith("GT-") and "1887" in sentence.text:
        return True  # what the line of 1887 was for the sea is contested (GT-02)
    if ref.startswith(("HS-", "TS-")) and years_known(sentence):
        return True
    if ref.startswith("SFT-") and _REFUSED.search(sentence.canon):
        return True
    return ref == "GT-04" and _ENDED.search(sentence.canon) is not None and "2020" in sentence.text


def years_known(sentence: Sentence) -> bool:
    """Whether the sentence says when places were taken or fought for, and every date is one that the register holds for a place named in it."""
    rows = [row for row in load_register() if not row.concepts.isdisjoint(sentence.concepts) and row.dates.keys() & {"fought", "occupied"}]
    said = dates_of(sentence)
    held = [day for row in rows for days in row.dates.values() for day in days]
    return len(said) > 1 and bool(held) and not sentence.has("RECOG", "RVN", "DRV", "NEG") and all(any(date.agrees(day) for day in held) for date in said)


LOST_TYPES = ("D05", "D07", "D14")


def ours(found: list[Finding], sentence: Sentence) -> list[Finding]:
    """Return the findings of rules without those that raise other states' affairs or natural losses."""
    natural = lost_to_nature(sentence)
    return [f for f in found if f.verdict not in FLAG_VERDICTS or not ((f.refs and all(foreign(ref, sentence) for ref in f.refs)) or (natural and f.type in LOST_TYPES))]
