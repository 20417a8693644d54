"""Which entries can answer a sentence at all: names, dates and counts need a comparison by rule, instruments must be named."""

from __future__ import annotations

import re

from classifiers.document import Document, Sentence
from classifiers.matching import anchored
from classifiers.measures import UNIT_VI, numbers_of
from classifiers.referencebase import ReferenceBase
from classifiers.units import HOME

# Who or what could have decided a title: where one is named, more than a bare title is claimed.
DECIDERS = ("RULE", "RECOG", "EU", "UN", "INTL", "PCA", "ASEAN", "TREATYNOUN", "UNCOURT")
# Entries about one instrument or ruling: a text that nowhere names it is not compared with it by likeness alone.
INSTRUMENTAL = ("PCA-", "GT-", "SFT-", "CAI-", "GEN-", "DOC-", "VCS-", "ECS-")
LENGTHS = ("km", "km2")
DEEDS = ("CEDE", "GIVE", "SOLD", "RECOG", "LEASE", "FOREIGNADMIN", "CHANGEBORDER", "GONE")
OWN_TITLE_TYPES = ("D01", "D08")
# The entry that tells of title, where the likeliest one is of an instrument that the text does not name.
TITLES = {"HS": "HS-03", "TS": "TS-06"}
RECOGNISED = ("RECOG", "RECOGPLACE", "UNCLOS", "PCA", "SFT", "LTR", "CAIRO", "POTSDAM", "GENEVA", "CLCS", "CN")
STATES = ("INFORCE", "EXISTNOT", "VOID", "FINISH", "SOLD", "CEDE2", "MOVE")
# Entries of names, dates and counts: only a comparison by rule can contradict them.
UNANSWERABLE = (
    "EVT-", "ORG-", "NAM-", "HS-01", "TS-01", "TS-04", "VK-05", "TH-03", "LC-03", "QT-05", "ADM-01", "ADM-02", "ADM-03", "ADM-05", "VC-05", "UNC-01", "UNC-02", "PCA-01", "LBG-", "LBP-",
    "VC-09", "VL-05", "ECS-01", "ND34-", "HP-", "NDL-", "SFT-02", "SFT-03", "LC-02", "TH-02", "NB-",
)
# Entries of events, offices and lists of communes: routine news speaks of them daily; the models alone never flag by them.
REGISTERS = ("EVT-", "ORG-", "LBP-", "LBG-", "LC-03", "QT-05", "TH-03", "ADM-05")
# Entries that count international gates.
GATES = ("QT-03", "LC-02", "TH-02")
# Of these the base holds nothing but when: what they say or give is held by other entries.
DATED = ("UNC-01", "UNC-02", "PCA-01", "LBG-", "LBP-")


def answerable(base: ReferenceBase, ref: str, kind: str, sentence: Sentence, alike: bool) -> bool:
    """Whether the entry can contradict such a sentence at all: a measurement needs a number with a unit in the text."""
    if ref.startswith(UNANSWERABLE):
        return False
    if (base.get(ref).type == "measurement" or (kind == "D06" and not alike)) and not sentence.has(*STATES):
        return any(q.unit in UNIT_VI for q in numbers_of(sentence))
    home = next((names for known, names, _ in HOME.values() if known == ref), frozenset())
    return not any(f" {name} " in sentence.canon for name in home)


def unnamed(ref: str, document: Document) -> bool:
    """Whether the entry is about an instrument or ruling that the text nowhere names."""
    return ref.startswith(INSTRUMENTAL) and not anchored(ref, document.concepts, document.concepts)


# Spoken for kilometres, and for trees: no comparison reads it, so neither may likeness.
CAY = re.compile(r"\s*c[âa]y\b", re.I)


def measured(base: ReferenceBase, ref: str, sentence: Sentence) -> bool:
    """Whether the sentence gives a figure for such an entry of figures: the comparison of numbers had it and found no contradiction.

    The length of another province's border, or of one between two other countries, is like the entry in every word.
    """
    if base.get(ref).type != "measurement" or sentence.has(*STATES, *DEEDS):
        return False
    return any(q.unit in LENGTHS or (not q.unit and q.value >= 100 and CAY.match(sentence.text, q.end)) for q in numbers_of(sentence))


# "Twice as long", "half of it", "all": figures without a number.
COMPARED = re.compile(r" (?:gap|bang|nua|phan nua|phan lon|toan bo|tat ca|het|sach|lon hon|dai hon|ngan hon|it hon|nhieu hon|hon ca|kem|double|twice|half|most|entire|whole|all of|longer|shorter|larger|more than) |一半|全部|倍")


def uncounted(base: ReferenceBase, ref: str, sentence: Sentence) -> bool:
    """Whether the entry holds figures only, and the sentence neither counts nor compares nor gives anything away ("được phân định từ hơn một thế kỷ trước")."""
    if base.get(ref).type != "measurement" or sentence.has("NEG", *STATES, *DEEDS):
        return False
    return not any(q.unit in UNIT_VI for q in numbers_of(sentence)) and COMPARED.search(sentence.canon) is None


def counted(ref: str, sentence: Sentence) -> bool:
    """Whether the sentence counts international gates and the entry does: the comparison of numbers had it ("tuyến Việt – Lào có 9 …, Quảng Trị có ba")."""
    return ref in GATES and any(q.unit == "gates" for q in numbers_of(sentence))


def may_be_part(base: ReferenceBase, ref: str, sentence: Sentence) -> bool:
    """Whether the sentence counts a part of what the entry measures ("riêng một đội đã cắm 471 mốc")."""
    said = [q.value for q in numbers_of(sentence) if q.unit in UNIT_VI]
    known = [float(v.value) for v in base.get(ref).values if isinstance(v.value, int | float)]
    return bool(said and known) and max(said) < max(known) and sentence.has("SUBUNIT", "PART") and base.get(ref).type == "measurement" and not sentence.has(*DEEDS)
