"""Speech role of one claim: who says it and how, decided by who speaks and who is denied, never by outlet.

The rules here work alone; `rolemodel.py` may correct them where they are unsure (learnt from training sentences).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from classifiers.document import Document, Sentence
from classifiers.frames import Finding
from classifiers.lexicon import Tag
from pipelines.records import FLAG_VERDICTS, Role, Verdict

FINE = frozenset({Verdict.CONSISTENT, Verdict.ROUNDING, Verdict.LEGACY_VALUE, Verdict.TIME_SENSITIVE})
CLAUSE_MARK = re.compile(r"[,;:.!?，。；：！？]")
ARTICLE_START = re.compile(r"^\W*(?:Điều|Article|Art\.|Khoản|第)\s?[\dIVX一二三四五六七八九十]+", re.I)
FIRST_PERSON = re.compile(r"(?:^| )(?:toi|minh|em|tui|tao|tớ|to|i|we|chung toi|我|我们|ຂ້ອຍ)(?: |$)")


@dataclass(frozen=True, slots=True)
class Decision:
    """A role, how sure the rules are (0..1), why in Vietnamese, and whether a question leans to yes."""

    role: Role
    sure: float
    why: str
    leans_yes: bool = False


def decide(document: Document, sentence: Sentence, finding: Finding) -> Decision:
    """Return the role of the claim that `finding` found in `sentence`."""
    if finding.rule.startswith("incidental"):
        return Decision(Role.INCIDENTAL, 0.9, "địa danh chỉ là nơi chốn, không có phát biểu nào về chủ quyền")
    if is_satire(document):
        return Decision(Role.SATIRE_FICTION, 0.9, "bài tự ghi là hư cấu, trào phúng, câu đố")
    if is_legal_text(document, sentence, finding):
        return Decision(Role.LEGAL_TEXT, 0.85, "chép nguyên văn văn bản pháp lý")
    denial = denied(document, sentence, finding)
    if asked := question(document, sentence, finding):
        return asked if not denial or asked.leans_yes else Decision(Role.REBUT, 0.7, denial) if quoted(sentence, finding) else asked
    if acted := action(document, sentence, finding):
        return Decision(Role.REPORT_ACTION, 0.85, acted)
    if denial:
        return Decision(Role.REBUT, 0.85, denial)
    if opinion(sentence, finding):
        return Decision(Role.OPINION, 0.8, "nêu ý kiến riêng của người viết")
    if endorsed := endorsement(document, sentence, finding):
        return Decision(Role.ENDORSE, 0.75, endorsed)
    if academic(sentence, finding):
        return Decision(Role.ACADEMIC, 0.8, "lập luận học thuật có rào đón")
    if source := attribution(document, sentence, finding):
        return Decision(Role.ATTRIB, 0.8, source)
    return Decision(Role.ASSERT, 0.7, "bài tự nói bằng lời của mình")


def head(document: Document) -> list[Sentence]:
    """Return title and first two sentences of the body."""
    body = [s for s in document.sentences if s.field != "title"][:2]
    return [s for s in document.sentences if s.field == "title"] + body


def is_satire(document: Document) -> bool:
    """Whether the text marks itself as satire, fiction, game or quiz (title, opening, last line)."""
    edge = [*head(document), *document.sentences[-1:]]
    if any(s.has("SATIRECUE") for s in edge):
        return True
    return sum(s.has("QUIZCUE") for s in document.sentences) >= 2


def is_legal_text(document: Document, sentence: Sentence, finding: Finding) -> bool:
    """Whether the sentence is verbatim law; what contradicts the reference is no verbatim text of it."""
    if finding.verdict in FLAG_VERDICTS:
        return False
    titled = any(s.has("LEGALCUE") for s in head(document))
    if ARTICLE_START.match(sentence.text) and (titled or "：" in sentence.text[:40] or ":" in sentence.text[:160] or ". " in sentence.text[:12]):
        return True
    inside = quoted(sentence, finding) or bool(sentence.quotes and max(b - a for a, b in sentence.quotes) > 0.6 * len(sentence.text))
    near = sentence.has("LEGALCUE") or any(s.has("LEGALCUE") for s in document.before(sentence, 2))
    return inside and titled and (near or len(sentence.text) > 80)


def quoted(sentence: Sentence, finding: Finding) -> bool:
    """Whether the words that decided the finding stand inside quotation marks."""
    return any(a <= finding.start + 2 and finding.end - 2 <= b for a, b in sentence.quotes)


def question(document: Document, sentence: Sentence, finding: Finding) -> Decision | None:
    """Return the decision for a question, with its leaning; None for a statement or a rhetorical tail."""
    text = sentence.text.rstrip("\"'”’»)） \n🙄😔😤")
    marked = text.endswith(("?", "？", "?!", "ບໍ", "ບໍ່")) or any(mark in text[-12:] for mark in "?？")
    cues = sentence.of("QUESTIONCUE")
    if not marked and not (cues and any(t.start <= 3 for t in cues) and sentence.has("QUESTIONCUE")):
        return None
    core_end = sentence.surface.at(finding.end)
    if marked and not cues and "," in sentence.canon[core_end:]:
        return None
    if not marked and finding.verdict in FLAG_VERDICTS and not any(t.concept == "QUESTIONCUE" and sentence.canon[t.start : t.end] in ("phai chang", "lieu") for t in cues):
        return None
    later = document.after(sentence, 3)
    answered = any(s.has("ANSWERNO", "DENY", "DENYLATER") for s in later)
    leans = not answered and (sentence.has("LEAN") or any(s.has("LEAN") for s in later))
    why = "câu hỏi, các câu sau nghiêng về “có”" if leans else "câu hỏi, bài không nghiêng về “có”"
    return Decision(Role.QUESTION, 0.85, why, leans)


def denied(document: Document, sentence: Sentence, finding: Finding) -> str:
    """Return why the claim counts as denied, "" when it does not."""
    if finding.verdict in FINE:
        return ""
    inside = quoted(sentence, finding)
    start, end = sentence.surface.at(finding.start), sentence.surface.at(finding.end)
    reported = inside or any(t.end <= start + 2 for t in sentence.of("RUMOR"))
    if finding.rule == "model":
        late = [t for t in sentence.of("DENY") if t.start > 0.55 * len(sentence.canon)]
        told = [t for t in sentence.of("DENY", "FACTCHECK") if sentence.quotes or sentence.has("RUMOR")]
        if late or told:
            return f"câu bác bỏ: “{_words(sentence, (late or told)[0])}”"
    for tag in sentence.of("DENY", "FACTCHECK"):
        if start <= tag.start and tag.end <= end and tag.concept == "FACTCHECK":
            continue
        if start < tag.start and tag.end < end and not reported:
            continue
        if tag.end <= start:
            if _speaks_between(sentence, tag, start):
                continue
            if reported or start - tag.end < 40:
                return f"câu bác bỏ: “{_words(sentence, tag)}”"
        elif tag.start >= end - 2 and (reported or tag.start - end < 60) and not CLAUSE_MARK.search(sentence.canon[end : tag.start].strip()[:0]) or reported:
            return f"câu bác bỏ: “{_words(sentence, tag)}”"
    for distance, later in enumerate(document.after(sentence, 2)):
        short = len(later.text) < 48
        opening = [t for t in later.of("DENY") if t.start < 46]
        firm = later.of("DENYLATER") and min(t.start for t in later.of("DENYLATER")) < 90
        if (firm and (reported or distance == 0)) or (opening and (reported or (short and distance == 0))) or (reported and later.has("DENY") and distance == 0):
            return "câu ngay sau bác bỏ nội dung này"
    if sentence.field == "title":
        if (inside or sentence.has("FACTCHECK", "RUMOR", "DENY")) and any(s.has("DENY", "DENYLATER") for s in document.lead):
            return "tít dẫn lại lời đồn, năm câu đầu của bài bác bỏ"
        return ""
    checking = any(s.has("FACTCHECK", "DENY") for s in document.sentences[:1]) or any(s.has("DENYLATER", "FACTCHECK") for s in document.before(sentence, 3))
    if reported and checking:
        return "bài kiểm chứng, dẫn lại nội dung để bác bỏ"
    return ""


def _speaks_between(sentence: Sentence, denial: Tag, core: int) -> bool:
    """Whether a new clause of saying stands between the denial and the claim: then another statement is denied."""
    for say in sentence.of("SAY"):
        if denial.end <= say.start and say.end <= core + 2 and any(mark in sentence.canon[denial.end : say.start] for mark in ",，;"):
            return True
    return False


def _words(sentence: Sentence, tag: Tag) -> str:
    start, end = sentence.surface.raw(tag.start, tag.end)
    return sentence.text[start - sentence.start : end - sentence.start]


def action(document: Document, sentence: Sentence, finding: Finding) -> str:
    """Return why the text reports a fine, removal or apology over the bad item, "" when it does not."""
    if finding.verdict in FINE or finding.verdict is Verdict.CONTESTED:
        return ""
    image = finding.verdict is Verdict.NEEDS_IMAGE_REVIEW
    here = [t for t in sentence.of("ACTION") if not _asked(sentence, t)]
    posting = sentence.has("RUMOR", "VIDEO", "POSTING")
    if here and (image or posting or finding.verdict is Verdict.UNVERIFIED):
        return f"tường thuật việc xử lý: “{_words(sentence, here[0])}”"
    if image:
        around = [*document.before(sentence, 3), *document.after(sentence, 3), *document.sentences[:1]]
        for other in around:
            acts = [t for t in other.of("ACTION") if not _asked(other, t)]
            if acts and (other.has("OFFICIAL", "MAP", "DASH", "POSTING") or other.field == "title" or len(acts) > 1):
                return f"tường thuật việc xử lý: “{_words(other, acts[0])}”"
    if quoted(sentence, finding) and document.sentences[0].has("ACTION") and document.sentences[0].field == "title":
        return "tít tường thuật việc xử lý"
    return ""


def _asked(sentence: Sentence, tag: Tag) -> bool:
    """Whether the action is only wished for (mong cơ quan chức năng xử lý) or about something else."""
    return any(t.end <= tag.start and tag.start - t.end < 60 and sentence.canon[t.start : t.end] in WISHES for t in sentence.of("IRREALIS"))


WISHES = frozenset({"mong", "de nghi", "can", "nen", "hay", "should", "hope", "希望", "neu", "mong muon"})


def opinion(sentence: Sentence, finding: Finding) -> bool:
    """Whether the writer gives it as a personal view ("tôi cho rằng …")."""
    if finding.rule == "opinion":
        return True
    if finding.verdict in FINE:
        return False
    start = sentence.surface.at(finding.start)
    for tag in sentence.of("OPINIONCUE"):
        words = sentence.canon[tag.start : tag.end]
        if words in VIEWS and tag.end <= start and start - tag.end < 80 and finding.verdict in FLAG_VERDICTS:
            return True
    return False


VIEWS = frozenset({"toi cho rang", "toi nghi", "theo toi", "theo minh", "minh nghi", "i think", "i thought", "in my view", "in my opinion", "i believe", "我认为", "我觉得", "在我看来"})


def academic(sentence: Sentence, finding: Finding) -> bool:
    """Whether it is a hedged scholarly argument by unnamed authors or papers."""
    if finding.verdict in FINE:
        return False
    cues = sentence.of("ACADEMICCUE")
    if finding.verdict is Verdict.CONTESTED:
        return bool(cues) and not _state_speaks(sentence)
    return bool(cues) and (sentence.has("IRREALIS") or len(cues) > 1) and not sentence.has("ENDORSECUE", "SECRETDOC")


def _state_speaks(sentence: Sentence) -> bool:
    """Whether a state, its lawyers or spokesmen are the ones who argue."""
    for say in sentence.of("SAY"):
        if any(0 <= say.start - t.end < 30 for t in sentence.of("CN", "VN", "KH", "PH", "LA")):
            return True
    return sentence.has("NOTINVITED")


def endorsement(document: Document, sentence: Sentence, finding: Finding) -> str:
    """Return why the text sides with its source, "" when it does not."""
    if finding.verdict in FINE or finding.verdict is Verdict.CONTESTED:
        return ""
    start, end = sentence.surface.at(finding.start), sentence.surface.at(finding.end)
    for tag in sentence.of("ENDORSECUE"):
        words = sentence.canon[tag.start : tag.end]
        if words in DOCUMENTARY and not (sentence.has("SOURCEDOC") or any(s.has("SOURCEDOC") for s in document.before(sentence, 1))):
            continue
        if words in DOCUMENTARY and start < tag.start < end:
            continue
        return f"dẫn nguồn và đứng về phía nguồn: “{_words(sentence, tag)}”"
    before = document.before(sentence, 1)
    if before and before[0].has("ENDORSECUE") and before[0].field == sentence.field and not quoted(sentence, finding):
        cue = before[0].of("ENDORSECUE")[-1]
        if before[0].canon[cue.start : cue.end] not in DOCUMENTARY and len(before[0].canon) - cue.end < 60:
            return f"dẫn nguồn và đứng về phía nguồn: “{_words(before[0], cue)}”"
    return ""


DOCUMENTARY = frozenset({"neu ro", "chi ro", "vach ro", "da noi ro", "da khang dinh ro", "chung minh rang", "da chung minh", "da chi ro", "thuyet phuc", "an tuong manh", "proves", "proved", "has shown", "makes clear", "made clear", "demonstrates", "证明了", "diem lai nhung moc", "kể rõ", "ke ro", "ke lai rang"})


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
        following = [s for s in speakers if 0 <= s.start - tag.end < 45]
        if following or sentence.canon[tag.start : tag.end] in ("according to", "据称", "据报道", "据悉", "ອີງຕາມ", "theo loi", "theo ong", "theo ba"):
            return f"dẫn lời: “{_words(sentence, tag)} {_words(sentence, following[0]) if following else ''}”".replace(" ”", "”")
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
            return f"dẫn lời: “{_words(sentence, subject[-1])} … {_words(sentence, say)}”"
        trailing = sentence.canon[max(end, say.start - 40) : say.start].rsplit(",", 1)
        if say.start >= end - 1 and len(trailing) == 2 and len(trailing[1].split()) <= 3 and len(sentence.canon) - say.end < 60 and (after or (subject and subject[-1].start >= end - 1)):
            return f"dẫn lời: “{_words(sentence, say)}”"
    if finding.rule == "model":
        for say in sentence.of("SAY"):
            subject = [s for s in speakers if s.end <= say.start and say.start - s.end < 75]
            if subject and say.end < 0.55 * len(sentence.canon) and not sentence.has("LTR", "SECRETDOC", "ENDORSECUE"):
                return f"dẫn lời: “{_words(sentence, subject[-1])} … {_words(sentence, say)}”"
    if quoted(sentence, finding) and (sentence.has("SAY") or any(s.has("SAY") for s in document.before(sentence, 1))):
        return "nằm trong ngoặc kép, có người nói"
    before = document.before(sentence, 1)
    if before and before[0].field == sentence.field and before[0].has("SAY") and before[0].has("SPEAKER") and sentence.canon.startswith(CONTINUES):
        return "tiếp lời người được dẫn ở câu trước"
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
    return any(turn in gap for turn in (" nhung thuc te ", " tuy nhien ", " but in fact ", "; ", "但事实"))
