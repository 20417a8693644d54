"""Sentences that say nothing but what an entry holds: its figures, its dates, or the denial of its opposite."""

from __future__ import annotations

import re

from classifiers.document import Sentence
from classifiers.frames import Finding
from classifiers.guards.abroad import BORDERS
from classifiers.guards.entries import DATED, DEEDS, STATES, UNANSWERABLE
from classifiers.instruments import dates_of, load_register
from classifiers.measures import UNIT_VI, numbers_of
from classifiers.predicates import is_negated, none_of
from classifiers.referencebase import ReferenceBase
from classifiers.weigher import FINE, NUMERIC
from pipelines.records import Verdict


def all_known(base: ReferenceBase, refs: list[str], sentence: Sentence) -> bool:
    """Whether the sentence measures, and every number in it is one that the entries hold, current or older."""
    said = [q for q in numbers_of(sentence) if q.unit in UNIT_VI]
    known = [float(v.value) for ref in refs for v in base.get(ref).values if isinstance(v.value, int | float)]
    return bool(said) and not sentence.has(*STATES, *DEEDS) and all(any(abs(q.value - k) <= 0.006 * k for k in known) for q in said)


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


def denied_by_rule(sentence: Sentence, found: list[Finding], kind: str, ref: str) -> bool:
    """Whether a frame reads the sentence as the denial of just that statement: the models weigh words, not their negation."""
    return any(
        f.verdict is Verdict.CONSISTENT and f.weight >= 0.75 and not f.rule.startswith(NUMERIC) and (ref in f.refs or f.type == kind) and sentence.has("NEG") for f in found
    )


# Land, sea and islands change hands by these words.
_HANDING = ("CEDE", "CEDE2", "SOLD")


def denies_handing(ref: str, sentence: Sentence) -> bool:
    """Whether all that the sentence says of handing over is denied ("không nhượng đất cho bên nào"), as the entries on borders and the Gulf do."""
    said = sentence.of(*_HANDING)
    return ref.startswith(BORDERS) and bool(said) and all(is_negated(sentence, tag) for tag in said)


_REFUSED = re.compile(
    r" (?:tu choi|bac bo|bac|gat bo|gat|khong chap nhan|khong thong qua) (?:[a-z0-9]+ ){0,4}?(?:de nghi|de xuat|du thao|sua doi|yeu cau)(?= )| (?:de nghi|de xuat|sua doi)(?= )[^.;]* bi (?:[a-z]+ )?(?:bac|gat|tu choi)(?= )|"
    r" (?:rejected|refused|declined|voted down|turned down) (?:a |the |an |soviet |moscow s |its )*(?:[a-z]+ ){0,2}(?:proposal|amendment|motion|demand)|(?:否决|拒绝|未通过)[^。]*(?:提案|建议|修正案|要求)"
)
_ENDED = re.compile(r" (?:khong con|khong duoc (?:phep|vao)|het hieu luc|het han|cham dut|da het|expired|lapsed|no longer)(?= )|已(?:于|经)?[^。]{0,14}(?:失效|到期|终止)|不再")


# That the letter says nothing of the islands is just what the entry holds.
_SILENT = re.compile(r" (?:khong|chua|chang)(?: he| mot loi)?(?: nao)? (?:noi|nhac|de cap|da dong|dong cham|neu ten|dong)(?= )| (?:silent|says nothing|does not mention|makes no mention|never mentions|no mention)(?= )|只字未提|未提|没有提|ບໍ່ໄດ້ກ່າວ")


def agrees_in_other_words(ref: str, sentence: Sentence) -> bool:
    """Whether the sentence says what the entry says by denying its opposite: nobody may judge it by likeness."""
    if ref.startswith(("PCA-", "UNC-", "HS-", "TS-", "NDL-")) and none_of(sentence):
        return True
    if ref.startswith("GT-") and "1887" in sentence.text:
        return True  # what the line of 1887 was for the sea is contested (GT-02)
    if ref.startswith(("HS-", "TS-")) and years_known(sentence):
        return True
    if ref == "LTR-01" and _SILENT.search(sentence.canon) and not sentence.has("CEDE2"):
        return True
    if ref == "HS-03" and "1956" in sentence.text:
        return True  # the eastern group, taken then
    if ref.startswith("GT-") and sentence.has("NEG") and " ngoai cua " in sentence.canon:
        return True  # beyond the mouth of the gulf nothing is delimited yet
    if ref == "UNC-05" and not sentence.has("TERRSEA", "EEZ", "EEZ2", "EEZWORD", "GENERATES"):
        return True  # that islands were built is not denied
    if ref.startswith("UNC-") and (" itlos " in sentence.canon or "320" in sentence.text):
        return True
    if ref in ("VC-01", "VC-09") and "1887" in sentence.text and not sentence.has("CEDE", "CEDE2", "SOLD", "VOID"):
        return True
    if ref.startswith("SFT-") and _REFUSED.search(sentence.canon):
        return True
    return ref == "GT-04" and _ENDED.search(sentence.canon) is not None and "2020" in sentence.text


def years_known(sentence: Sentence) -> bool:
    """Whether the sentence says when places were taken or fought for, and every date is one that the register holds for a place named in it."""
    rows = [row for row in load_register() if not row.concepts.isdisjoint(sentence.concepts) and row.dates.keys() & {"fought", "occupied"}]
    said = dates_of(sentence)
    held = [day for row in rows for days in row.dates.values() for day in days]
    one = len(said) == 1 and sentence.has("GACMA", "COLIN", "MISCHIEF", "SUBI", "FEAT88", "SCARBOROUGH")
    return (len(said) > 1 or one) and bool(held) and not sentence.has("RECOG", "RVN", "DRV", "NEG") and all(any(date.agrees(day) for day in held) for date in said)
