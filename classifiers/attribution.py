"""Whose words a claim is in: who is said to have said it, and whether the text keeps its distance."""

from __future__ import annotations

import re

from classifiers.document import Document, Sentence
from classifiers.frames import Finding
from classifiers.lexicon import Tag

FIRST_PERSON = re.compile(r"(?:^| )(?:toi|minh|em|tui|tao|tớ|to|i|we|chung toi|我|我们|ຂ້ອຍ)(?: |$)")
KEEPS = "dẫn lời, giữ khoảng cách"


def quoted(sentence: Sentence, finding: Finding) -> bool:
    """Whether the words that decided the finding stand inside quotation marks."""
    return any(a <= finding.start + 2 and finding.end - 2 <= b for a, b in sentence.quotes)


def words_of(sentence: Sentence, tag: Tag) -> str:
    start, end = sentence.surface.raw(tag.start, tag.end)
    return sentence.text[start - sentence.start : end - sentence.start]


def attribution(document: Document, sentence: Sentence, finding: Finding) -> str:
    """Return who is said to have said it, "" for the text's own voice."""
    start, end = sentence.surface.at(finding.core[0]), sentence.surface.at(finding.core[1])
    legal = sentence.of("LEGALSOURCE", "SELFSOURCE")
    speakers = sentence.of("SPEAKER")
    for tag in sentence.of("ACCORDING"):
        if tag.end > start and not (start <= tag.start <= start + 2):
            continue
        if any(abs(tag.start - t.start) < 4 for t in legal):
            continue
        following = [s for s in speakers if 0 <= s.start - tag.end < 45 and not any(mark in sentence.canon[tag.end : s.start] for mark in ",，:：")]
        if following or sentence.canon[tag.start : tag.end] in ("according to", "据称", "据报道", "据悉", "ອີງຕາມ", "theo loi", "theo ong", "theo ba"):
            return f"dẫn lời: “{words_of(sentence, tag)} {words_of(sentence, following[0]) if following else ''}”".replace(" ”", "”")
    unproved = UNPROVED.search(sentence.canon, end)
    if unproved and (saying := [say for say in sentence.of("SAY", "CONFIRM") if say.start < end]):
        return f"dẫn lời, giữ khoảng cách: “{words_of(sentence, saying[0])} …{unproved.group().rstrip()}”"
    if distanced := _distanced(sentence, start, end):
        return f"dẫn lời, giữ khoảng cách: “{distanced}”"
    for say in sentence.of("SAY"):
        inside = not (say.end <= start + 1 or say.start >= end - 1)
        if inside and not _opens_speech(sentence, say, end):
            continue
        subject = [s for s in speakers if s.end <= say.start and say.start - s.end < 75]
        after = [s for s in speakers if 0 <= s.start - say.end < 14]
        near = sentence.canon[max(0, say.start - 14) : say.start]
        if FIRST_PERSON.search(near.rstrip()) and not subject[-1:]:
            continue
        if FIRST_PERSON.search(near[-6:]):
            continue
        if (inside or say.end <= start + 1) and subject and not _breaks(sentence, say.end, start):
            return f"dẫn lời: “{words_of(sentence, subject[-1])} … {words_of(sentence, say)}”"
        trailing = sentence.canon[max(end, say.start - 40) : say.start].rsplit(",", 1)
        if say.start >= end - 1 and len(trailing) == 2 and len(trailing[1].split()) <= 3 and len(sentence.canon) - say.end < 60 and (after or (subject and subject[-1].start >= end - 1)):
            return f"dẫn lời: “{words_of(sentence, say)}”"
    if finding.rule == "model":
        for say in sentence.of("SAY"):
            subject = [s for s in speakers if s.end <= say.start and say.start - s.end < 75]
            if subject and say.end < 0.55 * len(sentence.canon) and not sentence.has("LTR", "SECRETDOC", "ENDORSECUE"):
                return f"dẫn lời: “{words_of(sentence, subject[-1])} … {words_of(sentence, say)}”"
    if quoted(sentence, finding) and (sentence.has("SAY") or any(s.has("SAY") for s in document.before(sentence, 1))):
        return "nằm trong ngoặc kép, có người nói"
    before = document.before(sentence, 1)
    if before and before[0].field == sentence.field and before[0].has("SAY") and before[0].has("SPEAKER") and sentence.canon.startswith(CONTINUES):
        return "tiếp lời người được dẫn ở câu trước"
    return ""


# What is said, the text adds, stands on nothing: "…, không đưa giấy tờ nào", "without producing a document".
UNPROVED = re.compile(
    r" (?:khong|chang|ma khong|nhung khong)(?: he)? (?:dua|neu|trung|kem|dan|co|xuat trinh)(?: ra| duoc| theo| mot| bat ky)* (?:giay to|bang chung|chung cu|can cu|tai lieu|nguon|van ban)(?: nao| gi)?(?= )"
    r"| (?:without|offered no|gave no|produced no|cited no|showed no)(?: (?:any|a|single|producing|citing|showing|offering))* (?:evidence|documents?|proof|source|papers?)(?= )|(?:没有|未)(?:拿出|出示|提供)[^。]{0,6}(?:证据|文件)"
)
# Verbs that leave a statement to whoever makes it, and those of plain reporting when a foreign party is their subject.
DISTANCING = re.compile(r"^(?:insist|claim|alleg|argu|maintain|contend|assert|purport|khang khang|reu rao|rao|qua quyet|mot muc|声称|宣称|坚称|辩称|扬言)")
PLAIN_SAYING = frozenset(
    {"says", "said", "say", "noi", "noi rang", "cho rang", "goi", "coi", "nhac lai", "viet rang", "considers", "regards", "calls", "treats", "claims", "claimed", "称", "说", "重申", "主张", "认为", "视"}
)
TEXTS = ("LTR", "LETTERWORD", "SFT", "PCA", "UNCLOS", "LANDTREATY", "GULFTREATY", "PROT2009", "CAIRO", "POTSDAM", "TREATYNOUN", "SECRETDOC", "DOC", "VCS", "RES202", "CONSTITUTION", "SOURCEDOC", "LEGALSOURCE")


def _distanced(sentence: Sentence, start: int, end: int) -> str:
    """Return the words with which the text leaves the claim to its maker: a distancing verb with "that", "Manila says …", "theo phía …"."""
    if sentence.has("ENDORSECUE"):
        return ""
    parties = sentence.of("CN", "PH", "TW", "KH", "MY")
    for tag in sentence.of("ACCORDING"):
        by = [t for t in parties if -8 <= t.start - tag.end <= 16]
        if tag.start <= 3 and by and not any(t.start < by[0].start for t in sentence.of(*TEXTS)):
            return f"{words_of(sentence, tag)} {words_of(sentence, by[0])}"
    for say in sentence.of("SAY"):
        words = sentence.canon[say.start : say.end]
        if say.start >= end - (4 if words >= "㐀" else 12) or FIRST_PERSON.search(sentence.canon[max(0, say.start - 8) : say.start].rstrip()):
            continue
        subject = sentence.canon[max(0, say.start - 45) : say.start].rsplit(",", 1)[-1]
        if any(t.start >= say.start - len(subject) and t.end <= say.start for t in sentence.of(*TEXTS)):
            continue
        opens = words >= "㐀" or sentence.canon[say.end : say.end + 6].startswith((" that ", " rang ", " : ")) or words.endswith(" rang")
        if DISTANCING.match(words) and opens and say.end <= max(start, say.end if say.start < 0.4 * len(sentence.canon) else 0) and len(subject.strip()) > 1:
            return words_of(sentence, say)
        beside = [t for t in parties if 0 <= say.start - t.end <= 2 and t.start <= 24]
        if beside and words in PLAIN_SAYING:
            return f"{words_of(sentence, beside[-1])} {words_of(sentence, say)}"
    return ""


SPEECH_HAN = ("称", "声称", "宣称", "表示", "坚称")


def _opens_speech(sentence: Sentence, say: Tag, end: int) -> bool:
    """Whether reported speech surely begins after `say` ("nói rằng …", "said that …") though a name of the claim stands before it."""
    words, after = sentence.canon[say.start : say.end], sentence.canon[say.end : say.end + 6]
    if sentence.has("LTR", "LETTERWORD", "SECRETDOC") or end - say.end < 25:
        return False
    return words.endswith(" rang") or after.startswith((" rang ", " that ", " : ")) or words in SPEECH_HAN


CONTINUES = (" theo do ", " ong nay ", " ba nay ", " nguoi nay ", " ong cung ", " he ", " she ", " they ", " it said ", " 他还", " 她还", " 发言人还", " 他同时", " cung theo ", " ong con ", " ben canh do , ong ", " phia nay ")


def _breaks(sentence: Sentence, left: int, right: int) -> bool:
    """Whether the speech surely ended before the claim: a full clause and a turn of one's own voice between."""
    gap = sentence.canon[left:right]
    return any(turn in gap for turn in (" nhung thuc te ", " tuy nhien ", " , song ", " , nhung ", "， 但", " but in fact ", "; ", "但事实"))
