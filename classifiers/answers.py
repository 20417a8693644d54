"""Which entries can answer a sentence at all: guards for what only the models see, entry by entry."""

from __future__ import annotations

import re

from classifiers.document import Document, Sentence
from classifiers.frames import Finding
from classifiers.instruments import dates_of, load_register
from classifiers.matching import anchored
from classifiers.measures import UNIT_VI, numbers_of
from classifiers.referencebase import ReferenceBase
from classifiers.units import HOME
from classifiers.weigher import FINE, NUMERIC
from pipelines.records import Verdict

# Who or what could have decided a title: where one is named, more than a bare title is claimed.
DECIDERS = ("RULE", "RECOG", "EU", "UN", "INTL", "PCA", "ASEAN", "TREATYNOUN", "UNCOURT")
# Entries about one instrument or ruling: a text that nowhere names it is not compared with it by likeness alone.
INSTRUMENTAL = ("PCA-", "GT-", "SFT-", "CAI-", "GEN-", "DOC-", "VCS-", "ECS-")
# Whom an entry is about besides Viet Nam: where the sentence names third states and not this one, it is about theirs.
PARTY = {"GT-": ("CN", "X_TONKIN"), "VC-": ("CN", "NORTHBORDER"), "VL-": ("LA", "LAOBORDER"), "VK-": ("KH", "KHBORDER"), "IUU-": ("VN",)}
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


def all_known(base: ReferenceBase, refs: list[str], sentence: Sentence) -> bool:
    """Whether the sentence measures, and every number in it is one that the entries hold, current or older."""
    said = [q for q in numbers_of(sentence) if q.unit in UNIT_VI]
    known = [float(v.value) for ref in refs for v in base.get(ref).values if isinstance(v.value, int | float)]
    return bool(said) and not sentence.has(*STATES, *DEEDS) and all(any(abs(q.value - k) <= 0.006 * k for k in known) for q in said)


def unnamed(ref: str, document: Document) -> bool:
    """Whether the entry is about an instrument or ruling that the text nowhere names."""
    return ref.startswith(INSTRUMENTAL) and not anchored(ref, document.concepts, document.concepts)


def all_dates_known(sentence: Sentence) -> bool:
    """Whether the sentence only dates instruments, and every date is one that the register holds for an instrument named in it."""
    if sentence.has("NEG", *STATES, *DEEDS) or any(q.unit in UNIT_VI for q in numbers_of(sentence)):
        return False
    held = [day for row in load_register() if not row.concepts.isdisjoint(sentence.concepts) for days in row.dates.values() for day in days]
    said = [d for d in dates_of(sentence) if d.day is not None]
    return bool(said) and all(any(d.agrees(day) for day in held) for d in said)


def nothing_differs(base: ReferenceBase, sentence: Sentence, found: list[Finding], ref: str) -> bool:
    """Whether the entry holds names, dates or counts, and the sentence none that differs ("tọa đàm về ngày Công ước có hiệu lực")."""
    if ref == "EVT-02" and not sentence.has("BOAT2020", "PCA", "UNCOURT"):
        return True  # any ramming is like this one: only what is said of the ruling or of that boat can differ
    if any(f.rule.startswith("unit") and f.verdict in FINE and ref in f.refs for f in found):
        return True
    if all_dates_known(sentence):
        return True
    counted = base.get(ref).type == "measurement"
    if not (counted or ref.startswith(UNANSWERABLE)) or sentence.has("NEG", *(() if ref.startswith(DATED) else (*STATES, *DEEDS))):
        return False
    agreed = [(f.start, f.end) for f in found if f.rule.startswith(NUMERIC) and f.verdict in FINE]
    held = [day for row in load_register() if row.ref == ref for days in row.dates.values() for day in days]
    said = [(d.start, d.end) for d in dates_of(sentence) if not any(d.agrees(day) for day in held)]
    said += [(sentence.start + q.start, sentence.start + q.end) for q in numbers_of(sentence) if q.unit]
    if counted and said:
        return False
    return all(any(start < b and a < end for a, b in agreed) for start, end in said)


def others(ref: str, sentence: Sentence) -> bool:
    """Whether the sentence is about states of which the entry holds nothing (a treaty with Thailand is not that of the Gulf of Tonkin)."""
    own = next((names for prefix, names in PARTY.items() if ref.startswith(prefix)), ())
    return bool(own) and sentence.has("OTHERCOUNTRY", "OTHERCOUNTRY2", "THAICAM") and not sentence.has(*own)


def measured(base: ReferenceBase, ref: str, sentence: Sentence) -> bool:
    """Whether the sentence gives a figure for such an entry of figures: the comparison of numbers had it and found no contradiction.

    The length of another province's border, or of one between two other countries, is like the entry in every word.
    """
    return base.get(ref).type == "measurement" and not sentence.has(*STATES, *DEEDS) and any(q.unit in LENGTHS for q in numbers_of(sentence))


# "Twice as long", "half of it", "all": figures without a number.
COMPARED = re.compile(r" (?:gap|bang|nua|phan nua|phan lon|toan bo|tat ca|het|sach|lon hon|dai hon|ngan hon|it hon|nhieu hon|hon ca|kem|double|twice|half|most|entire|whole|all of|longer|shorter|larger|more than) |一半|全部|倍")


def uncounted(base: ReferenceBase, ref: str, sentence: Sentence) -> bool:
    """Whether the entry holds figures only, and the sentence neither counts nor compares nor gives anything away ("được phân định từ hơn một thế kỷ trước")."""
    if base.get(ref).type != "measurement" or sentence.has("NEG", *STATES, *DEEDS):
        return False
    return not any(q.unit in UNIT_VI for q in numbers_of(sentence)) and COMPARED.search(sentence.canon) is None


def may_be_part(base: ReferenceBase, ref: str, sentence: Sentence) -> bool:
    """Whether the sentence counts a part of what the entry measures ("riêng một đội đã cắm 471 mốc")."""
    said = [q.value for q in numbers_of(sentence) if q.unit in UNIT_VI]
    known = [float(v.value) for v in base.get(ref).values if isinstance(v.value, int | float)]
    return bool(said and known) and max(said) < max(known) and sentence.has("SUBUNIT", "PART") and base.get(ref).type == "measurement" and not sentence.has(*DEEDS)


def denied_by_rule(sentence: Sentence, found: list[Finding], kind: str, ref: str) -> bool:
    """Whether a frame reads the sentence as the denial of just that statement: the models weigh words, not their negation."""
    return any(
        f.verdict is Verdict.CONSISTENT and f.weight >= 0.75 and not f.rule.startswith(NUMERIC) and (ref in f.refs or f.type == kind) and sentence.has("NEG") for f in found
    )
