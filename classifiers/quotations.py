"""Words put into the letter of 1958 (LTR-01): a quotation of it that names the islands is no word of it, whoever quotes it.

What a quotation says of anything else is left open: the entry holds what the letter is about and what it does not name, not its whole text.
"""

from __future__ import annotations

import re

from classifiers.document import Sentence
from classifiers.frames import Finding
from classifiers.referencebase import ReferenceBase
from pipelines.records import Verdict

REF = "LTR-01"
KNOWN = "văn bản công thư không nêu tên Hoàng Sa, Trường Sa; chỉ ghi nhận và tán thành tuyên bố về hải phận 12 hải lý"
# Verbs with which a text gives the letter's own words, the letter before them.
_READS = re.compile(
    r" (?:(?:co |da |con )?(?:ghi|viet|neu|chep)(?: ro| nguyen van| rang| the nay| nhu sau| ranh ranh| hang hoi)?|nguyen van|co (?:cau|doan|dong|chu)|toan van|trich|doan trich|reads?|says?|said|states?|stated|wrote|writes)(?= )"
    r"|原文|写道|写明|写着|载明|称|ຂຽນວ່າ|ຂຽນ"
)
# The letter at the end of what gives it ("nguyên văn công thư …:").
_OF_LETTER = re.compile(r" (?:nguyen van|toan van|trich|full text of|text of|words of)(?= )|原文|全文")
_NAMES = ("HS", "TS")
_DENIED = re.compile(r" (?:khong|chua|chang|dau|never|not|nowhere)(?= )|没有|并未|未|ບໍ່")
OPENERS = "“\"«「『‘:："


def compare(sentence: Sentence, base: ReferenceBase) -> list[Finding]:
    """Return a contradiction for the first quotation that is given as the letter's and names the islands."""
    if REF not in base or not sentence.has("LTR") or not sentence.has(*_NAMES) or sentence.has("DECL58", "SAYCN"):
        return []
    for start, end in _given(sentence):
        low, high = sentence.surface.at(start), sentence.surface.at(end)
        letter = [t for t in sentence.of("LTR") if t.end <= low + 1]
        names = [t for t in sentence.of(*_NAMES) if low - 1 <= t.start and t.end <= high + 1]
        if not letter or not names or low - letter[-1].end > 60:
            continue
        between = sentence.canon[max(letter[-1].end - 1, 0) : low + 1]
        reads = _READS.search(between) or _OF_LETTER.search(sentence.canon[max(0, letter[0].start - 24) : low])
        if reads is None or _DENIED.search(between):
            continue
        raw_start = sentence.surface.raw(letter[-1].start, letter[-1].end)[0]
        written = sentence.text[raw_start - sentence.start : end - sentence.start]
        return [Finding("quote:LTR-01", "D04", (REF,), Verdict.CONTRADICTED, raw_start, end, 0.95, written, KNOWN, (start, end))]
    return []


def _given(sentence: Sentence) -> list[tuple[int, int]]:
    """Return the spans given as quoted: in quotation marks, or all that follows a colon."""
    if sentence.quotes:
        return sentence.quotes
    colon = max(sentence.text.find(":"), sentence.text.find("："))
    return [(sentence.start + colon + 1, sentence.end)] if 0 < colon < len(sentence.text) - 12 else []
