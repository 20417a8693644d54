"""Speech role of one claim: who says it and how, decided by who speaks and who is denied, never by outlet.

The rules here work alone; `rolemodel.py` may correct them where they are unsure (learnt from training sentences).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from classifiers.attribution import KEEPS, attribution, quoted, words_of
from classifiers.document import Document, Sentence
from classifiers.frames import Finding
from classifiers.grief import grieves
from classifiers.lexicon import Tag
from classifiers.rhetoric import rhetorical
from pipelines.records import FLAG_VERDICTS, Role, Verdict

FINE = frozenset({Verdict.CONSISTENT, Verdict.ROUNDING, Verdict.LEGACY_VALUE, Verdict.TIME_SENSITIVE})
CLAUSE_MARK = re.compile(r"[,;:.!?，。；：！？]")
ARTICLE_START = re.compile(r"^\W*(?:Điều|Article|Art\.|Khoản|第)\s?[\dIVX一二三四五六七八九十]+", re.I)
# So sure of a role that is not the text's own that no model overrules it.
FIRM = 0.95


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
    if is_satire(document, finding):
        return Decision(Role.SATIRE_FICTION, 0.9, "bài tự ghi là hư cấu, trào phúng, câu đố")
    if is_legal_text(document, sentence, finding):
        return Decision(Role.LEGAL_TEXT, 0.85, "chép nguyên văn văn bản pháp lý")
    if mistaken := _mistaken(sentence, finding):
        return Decision(Role.REBUT, FIRM, f"thuật lại điều bị tưởng nhầm: “{words_of(sentence, mistaken)}”")
    if finding.verdict in FLAG_VERDICTS and grieves(sentence, finding.rule):
        return Decision(Role.OPINION, FIRM, "lời than, tưởng niệm hay câu thơ, không nêu ai làm gì bằng văn bản nào")
    if supposed := supposition(sentence, finding):
        return Decision(Role.QUESTION, FIRM, supposed)
    wished = SHOULD.search(sentence.canon[: sentence.surface.at(finding.end)])
    if wished and finding.verdict not in FINE:
        return Decision(Role.OPINION, FIRM, f"nói điều đáng lẽ nên thế: “{wished.group().strip()}”")
    if finding.verdict in SIGHTS and (checked := _checked(document)):
        return Decision(Role.REBUT, FIRM, checked)
    denial = denied(document, sentence, finding)
    if asked := question(document, sentence, finding):
        return asked if not denial or asked.leans_yes else Decision(Role.REBUT, 0.7, denial) if quoted(sentence, finding) else asked
    if acted := action(document, sentence, finding):
        return Decision(Role.REPORT_ACTION, 0.85, acted)
    if denial:
        return Decision(Role.REBUT, FIRM if _outright(sentence, finding) else 0.85, denial)
    if opinion(sentence, finding):
        return Decision(Role.OPINION, 0.8, "nêu ý kiến riêng của người viết")
    if endorsed := endorsement(document, sentence, finding):
        return Decision(Role.ENDORSE, 0.75, endorsed)
    if academic(sentence, finding):
        return Decision(Role.ACADEMIC, 0.8, "lập luận học thuật có rào đón")
    if source := attribution(document, sentence, finding):
        return Decision(Role.ATTRIB, FIRM if source.startswith(KEEPS) else 0.8, source)
    return Decision(Role.ASSERT, 0.7, "bài tự nói bằng lời của mình")


# A clause that only supposes, where it ends, and what should have been; canonical text (no marks, lower case).
IF = re.compile(r"^\W*(?:(?:va|nhung|but|and|so|con) )?(?:(?:neu|gia su|gia nhu|gia ma|gia thu|vi thu|vi bang|vi nhu|if|what if|suppose|supposing)(?!\w)|had (?=the |it |china |beijing |hanoi |viet nam |vietnam |manila ))|^\W*(?:如果|假如|倘若|要是|假设|ຖ້າ)")
FICTION = re.compile(r"^\W*(?:gia su|gia nhu|gia ma|gia thu|vi thu|suppose|supposing|假如|假设|倘若)")
THEN = re.compile(r" thi |[,，;；]| then |那么|就")
SHOULD = re.compile(r"(?<!\w)(?:le ra|dang le|dang ra|nhe ra|dung ra|should have|ought to have)(?!\w)|本应|本该")


def supposition(sentence: Sentence, finding: Finding) -> str:
    """Return why the claim is only supposed ("nếu tòa tuyên …"), "" when it stands by itself, as after "thì"."""
    opened = IF.match(sentence.canon)
    if opened is None or finding.verdict in FINE or "nêu" in sentence.text[:12].lower():
        return ""
    broken = THEN.search(sentence.canon, opened.end())
    end = broken.start() if broken else len(sentence.canon)
    if finding.rule == "model":
        # The models name no words: what is stated stands where most of what the sentence speaks of stands.
        inside = sum(t.start < end for t in sentence.tags)
        if FICTION.match(sentence.canon):
            return "câu giả định, không khẳng định"
        return "câu giả định, không khẳng định" if 2 * inside >= len(sentence.tags) else ""
    return "câu giả định, không khẳng định" if sentence.surface.at(finding.start) < end else ""


def head(document: Document) -> list[Sentence]:
    """Return title and first two sentences of the body."""
    body = [s for s in document.sentences if s.field != "title"][:2]
    return [s for s in document.sentences if s.field == "title"] + body


# Somebody in the text writes, reads or buys such a work: "em ngồi bàn cuối đang viết một truyện ngắn".
WRITES = re.compile(r" (?:viet|doc|mua|dich|xuat ban|writes|writing|wrote|reads|reading|bought|sells)(?: (?:mot|cuon|quyen|tap|bo|xong|nhung|may|a|an|the|his|her|one|of|my))* $")


def is_satire(document: Document, finding: Finding) -> bool:
    """Whether the text marks itself as satire, fiction, game or quiz (title, opening, last line).

    A review that describes the map within a game or film is none: that map is sold and shown.
    """
    shown = finding.verdict is Verdict.NEEDS_IMAGE_REVIEW
    for sentence in [*head(document), *document.sentences[-1:]]:
        games = {(t.start, t.end) for t in sentence.of("GAMECUE")} if shown else set()
        if any((t.start, t.end) not in games and not WRITES.search(sentence.canon, 2, t.start) for t in sentence.of("SATIRECUE")) and not _keyed(document, finding):
            return True
    return sum(s.has("QUIZCUE") for s in document.sentences) >= 2


def _keyed(document: Document, finding: Finding) -> bool:
    """Whether the claim stands in the key of a quiz ("Đáp án: …"), which is stated, not asked."""
    return any(s.has("ANSWERKEY") and s.start <= finding.start < s.end for s in document.sentences)


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


def question(document: Document, sentence: Sentence, finding: Finding) -> Decision | None:
    """Return the decision for a question, with its leaning; None for a statement or a rhetorical tail."""
    text = sentence.text.rstrip("\"'”’»)） \n🙄😔😤")
    marked = text.endswith(("?", "？", "?!", "ບໍ", "ບໍ່")) or any(mark in text[-12:] for mark in "?？")
    cues = sentence.of("QUESTIONCUE")
    if not marked and not (cues and any(t.start <= 3 for t in cues) and sentence.has("QUESTIONCUE")):
        return None
    core_end = sentence.surface.at(finding.end)
    if marked and ((not cues and "," in sentence.canon[core_end:]) or ASKED_AFTER.search(sentence.canon, core_end)):
        return None
    if not marked and finding.verdict in FLAG_VERDICTS and not any(t.concept == "QUESTIONCUE" and sentence.canon[t.start : t.end] in ("phai chang", "lieu") for t in cues):
        return None
    later = document.after(sentence, 3)
    answered = any(s.has("ANSWERNO", "DENY", "DENYLATER") for s in later)
    answered = answered or any(s.has("DOUBT") for s in later)
    leans = not answered and (_leans(sentence) or any(_leans(s) for s in later))
    why = "câu hỏi, các câu sau nghiêng về “có”" if leans else "câu hỏi, bài không nghiêng về “có”"
    return Decision(Role.QUESTION, 0.85, why, leans)


# "…, sao sách mình không dạy nhỉ?" asks why, and states what stands before it.
ASKED_AFTER = re.compile(r"[,;，] (?:(?:the|vay|ma|thi) )*(?:sao|tai sao|vi sao|co sao|why|how come)(?= )|[,，] ?(?:怎么|为什么)")


def _leans(sentence: Sentence) -> bool:
    """Whether words or the form lean to yes; the words of the question itself ("có đúng là …") do not."""
    if rhetorical(sentence):
        return True
    cues = sentence.of("QUESTIONCUE")
    return any(not any(c.start < t.end and t.start < c.end for c in cues) for t in sentence.of("LEAN"))


def denied(document: Document, sentence: Sentence, finding: Finding) -> str:
    """Return why the claim counts as denied, "" when it does not."""
    if finding.verdict in FINE:
        return ""
    inside = quoted(sentence, finding)
    start, end = sentence.surface.at(finding.start), sentence.surface.at(finding.end)
    reported = inside or any(t.end <= start + 2 for t in sentence.of("RUMOR"))
    if finding.rule == "model":
        late = [t for t in _denials(sentence, len(sentence.canon) // 2, "DENY") if t.start > 0.55 * len(sentence.canon)]
        told = [t for t in sentence.of("DENY", "FACTCHECK") if sentence.quotes or sentence.has("RUMOR")]
        if late or told:
            return f"câu bác bỏ: “{words_of(sentence, (late or told)[0])}”"
    for tag in _denials(sentence, start, "DENY", "FACTCHECK"):
        if start <= tag.start and tag.end <= end and tag.concept == "FACTCHECK":
            continue
        if start < tag.start and tag.end < end and not reported:
            continue
        if tag.end <= start:
            if _speaks_between(sentence, tag, start):
                continue
            if reported or start - tag.end < 40:
                return f"câu bác bỏ: “{words_of(sentence, tag)}”"
        elif tag.start >= end - 2 and (reported or tag.start - end < 60) and not CLAUSE_MARK.search(sentence.canon[end : tag.start].strip()[:0]) or reported:
            return f"câu bác bỏ: “{words_of(sentence, tag)}”"
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


SIGHTS = frozenset({Verdict.NEEDS_IMAGE_REVIEW, Verdict.UNVERIFIED})


def _checked(document: Document) -> str:
    """Return why the whole text is the check of a clip or of news, "" when its title does not say so."""
    title = document.sentences[0]
    if title.field == "title" and title.has("FACTCHECK") and any(s.has("DENY", "DENYLATER", "MISMATCH") for s in [title, *document.lead]):
        return f"bài kiểm chứng: tít có “{words_of(title, title.of('FACTCHECK')[0])}”"
    return ""


OTHERWISE = re.compile(
    r"(?: ai noi (?:khac|nguoc|trai)[^,;.]*| whatever [^,;.]*| no matter [^,;.]*| (?:even )?though [^,;.]*| (?:cho |mac )?du [^,;.]*| mac cho [^,;.]*| bat chap [^,;.]*|不管[^，；。]*|任凭[^，；。]*)$"
)
SCARE = frozenset({"cai goi la", "so called", "所谓", "所谓的", "goi la"})
DENIERS = ("dung tin", "dung nghe", "bac bo", "bac", "phan bac", "vach tran", "驳斥", "反驳", "批驳", "揭穿", "rejects", "refuted", "debunk")


def _denials(sentence: Sentence, start: int, *names: str) -> list[Tag]:
    """Return the tags that deny the claim at `start`; those that deny whoever says otherwise are left out.

    "…, ai nói khác là nói láo", "whatever Hanoi denies", "驳斥越方谎言：…" all stand by the claim.
    """
    kept = []
    for tag in sentence.of(*names):
        if OTHERWISE.search(sentence.canon[max(0, tag.start - 60) : tag.start].rstrip() + ""):
            continue
        gap = sentence.canon[tag.end : max(start, tag.end)]
        if sentence.canon[tag.start : tag.end] in SCARE and tag.start > start:
            continue  # "…, nên cái gọi là đường chín khúc mới bị xé" doubts what comes after it, not what was said before
        named = sentence.canon[tag.start : tag.end] in DENIERS and any(mark in gap for mark in ":：")
        if named and not any(tag.end - 2 <= r.start <= start for r in sentence.of("RUMOR")):
            continue
        kept.append(tag)
    return kept


def _outright(sentence: Sentence, finding: Finding) -> bool:
    """Whether the sentence itself plainly denies the claim: "… là bịa đặt" after it, or "bác bỏ tin cho rằng …" before it."""
    start, end = sentence.surface.at(finding.start), sentence.surface.at(finding.end)
    if finding.rule == "model":
        start, end = len(sentence.canon) // 3, len(sentence.canon) // 2
    for tag in _denials(sentence, start, "DENY"):
        gap = sentence.canon[end : tag.start]
        if tag.start >= end - 2 and len(gap) < 90 and not any(turn in sentence.canon[tag.end :] for turn in TURNS):
            return True
        if tag.end <= start and sentence.has("RUMOR") and any(tag.start - 2 <= r.start <= start + 2 for r in sentence.of("RUMOR")) and not _speaks_between(sentence, tag, start):
            return True
    return False


TURNS = (" hoa ra ", " te ra ", " thi ra ", " ai ngo ", " ai de ", " nhung ", " but ", " turns out ", " turned out ", " actually ", "原来", "其实", "但")


def _mistaken(sentence: Sentence, finding: Finding) -> Tag | None:
    """Return the words of a mistaken belief that govern the claim ("cứ tưởng …"); None after a turn ("… hóa ra")."""
    if finding.verdict in FINE:
        return None
    whole, start = finding.rule == "model", sentence.surface.at(finding.start)
    for tag in sentence.of("BELIEF"):
        rest = sentence.canon[tag.end - 1 :] if whole else sentence.canon[tag.end - 1 : max(start, tag.end)]
        if (whole or tag.start < start) and len(rest) < 200 and not any(turn in rest for turn in TURNS):
            return tag
    return None


def _speaks_between(sentence: Sentence, denial: Tag, core: int) -> bool:
    """Whether a new clause of saying stands between the denial and the claim: then another statement is denied."""
    for say in sentence.of("SAY"):
        if denial.end <= say.start and say.end <= core + 2 and any(mark in sentence.canon[denial.end : say.start] for mark in ",，;"):
            return True
    return False


def action(document: Document, sentence: Sentence, finding: Finding) -> str:
    """Return why the text reports a fine, removal or apology over the bad item, "" when it does not."""
    if finding.verdict in FINE or finding.verdict is Verdict.CONTESTED:
        return ""
    image = finding.verdict is Verdict.NEEDS_IMAGE_REVIEW
    here = [t for t in sentence.of("ACTION") if not _asked(sentence, t)]
    posting = sentence.has("RUMOR", "VIDEO", "POSTING")
    if here and (image or posting or finding.verdict is Verdict.UNVERIFIED):
        return f"tường thuật việc xử lý: “{words_of(sentence, here[0])}”"
    if image and (protests := sentence.of("PROTESTWORD")) and sentence.has("DASH"):
        return f"tường thuật việc phản đối bản đồ: “{words_of(sentence, protests[0])}”"
    if image:
        around = [*document.before(sentence, 3), *document.after(sentence, 3), *document.sentences[:1]]
        for other in around:
            acts = [t for t in other.of("ACTION") if not _asked(other, t)]
            if acts and (other.has("OFFICIAL", "MAP", "DASH", "POSTING") or other.field == "title" or len(acts) > 1):
                return f"tường thuật việc xử lý: “{words_of(other, acts[0])}”"
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
    return bool(cues) and (sentence.has("IRREALIS") or len(cues) > 1) and not sentence.has("ENDORSECUE", "SECRETDOC", "SETTLED")


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
        return f"dẫn nguồn và đứng về phía nguồn: “{words_of(sentence, tag)}”"
    before = document.before(sentence, 1)
    if before and before[0].has("ENDORSECUE") and before[0].field == sentence.field and not quoted(sentence, finding):
        cue = before[0].of("ENDORSECUE")[-1]
        if before[0].canon[cue.start : cue.end] not in DOCUMENTARY and len(before[0].canon) - cue.end < 60:
            return f"dẫn nguồn và đứng về phía nguồn: “{words_of(before[0], cue)}”"
    return ""


DOCUMENTARY = frozenset({"neu ro", "chi ro", "vach ro", "da noi ro", "da khang dinh ro", "chung minh rang", "da chung minh", "da chi ro", "thuyet phuc", "an tuong manh", "proves", "proved", "has shown", "makes clear", "made clear", "demonstrates", "证明了", "diem lai nhung moc", "kể rõ", "ke ro", "ke lai rang"})
