"""Why a sentence, or a whole text, raises nothing: a code, words for people, how sure and how sure it had to be. Nothing is decided here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from classifiers.combine import HOPELESS, NOT_COMPARED, RAISING, SHOWN, Item, least, likelihood
from classifiers.document import Sentence
from classifiers.models import Models
from classifiers.verdicts import ROLE_VI
from pipelines.records import ASSERTIVE_ROLES, Abstention, Claim, Role, Tier, Verdict

OFF_TOPIC = "không có từ ngữ nào về biên giới, biển, đảo hay điều ước liên quan"
NO_CANDIDATE = "có nhắc đến chủ đề nhưng không có câu nào có thể là điều kiểm chứng được"
# Below this the models do not take the sentence for a wrong one at all: it is not "not sure enough".
DOUBTFUL = 0.2
# More than these are no help to a reader.
MOST, TOLD = 20, 3
WITHIN = frozenset({Verdict.ROUNDING, Verdict.LEGACY_VALUE, Verdict.TIME_SENSITIVE})


def _of(sentence: Sentence, code: str, why: str, **figures: float) -> Abstention:
    return Abstention(code=code, why=why, sentence=sentence.text, field=sentence.field, start=sentence.start, end=sentence.end, **{k: round(v, 3) for k, v in figures.items()})


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:59].rstrip() + "…"


def unspoken(models: Models | None, item: Item) -> Abstention:
    """Return why nothing is said of a candidate: another's words, no entry to answer, not sure enough, or nothing asserted."""
    sentence, reading = item.sentence, item.reading
    plain = _of(sentence, "no-assertion", f"câu “{_short(sentence.text)}” không khẳng định điều mà tư liệu nói tới")
    if models is None or reading is None:
        return plain
    alarm, differs = sum(reading.groups.get(name, 0.0) for name in RAISED), any(f.verdict in RAISING for f in item.found)
    if alarm < HOPELESS and not differs:
        return plain  # as in combine: the costly search of neighbours is spared
    likely = likelihood(models, item)
    group = max(likely, key=lambda name: (name in RAISED, likely[name]))
    sure, wanted = likely[group], least(item, group)
    role = _others_voice(item, reading.role) if alarm >= SHOWN or differs else None
    if role is not None:
        return _of(sentence, "role", f"câu “{_short(sentence.text)}” không phải lời khẳng định của bài ({ROLE_VI[role]})", sure=sure)
    if sure >= wanted:
        return _of(sentence, "no-answer", f"câu “{_short(sentence.text)}” đọc như điều sai nhưng không mục tư liệu nào trả lời đúng điều ấy", sure=sure, least=wanted)
    if sure >= DOUBTFUL:
        return unsure(sentence, sure, wanted)
    return plain


RAISED = ("FLAG", "POSITION", "IMAGE", "UNVERIFIED")


def _others_voice(item: Item, read: Role) -> Role | None:
    """Return the role that keeps the sentence from being the text's own word, None when nothing does."""
    if item.decision is not None and item.decision.role not in ASSERTIVE_ROLES and item.decision.sure >= 0.7:
        return item.decision.role
    return read if read not in ASSERTIVE_ROLES else None


def unsure(sentence: Sentence, sure: float, wanted: float) -> Abstention:
    """Return the abstention of a sentence that is asserted and differs, but is not sure enough to be raised."""
    return _of(sentence, "not-sure", f"chưa đủ chắc ({sure:.0%}, cần {wanted:.0%}) để nêu câu “{_short(sentence.text)}”", sure=sure, least=wanted)


def without(sentence: Sentence, reason: str) -> Abstention:
    """Return the abstention of a sentence that was judged and for which no verdict stands."""
    return _of(sentence, "alike" if reason == NOT_COMPARED else "confirmed", reason)


def petition(sentence: Sentence) -> Abstention:
    """Return the abstention of a request to publish documents."""
    return _of(sentence, "petition", "câu là lời đề nghị công bố tài liệu, không phải điều khẳng định")


def _kind(claim: Claim) -> tuple[str, str]:
    """Return code and words for a claim that is shown and not raised; the words take a count before them."""
    if claim.verdict is Verdict.OUT_OF_SCOPE:
        return "out-of-scope", "câu là ý kiến hay chuyện ngoài phạm vi"
    if claim.verdict is Verdict.CONTESTED:
        return "contested", "câu về điều còn tranh luận, nêu cả hai phía"
    if claim.verdict in RAISING:
        return "role", f"câu không phải lời khẳng định của bài ({ROLE_VI[claim.role]})"
    return ("within", "câu trong sai số, theo số liệu cũ hay tùy thời điểm") if claim.verdict in WITHIN else ("agrees", "câu phù hợp tư liệu")


def of_claims(claims: Sequence[Claim]) -> list[Abstention]:
    """Return why each claim that is not raised is not."""
    quiet = [claim for claim in claims if claim.tier is Tier.NONE]
    return [Abstention(code=_kind(c)[0], why=_kind(c)[1], sentence=c.sentence, field=c.field, start=c.start, end=c.end, sure=c.confidence) for c in quiet]


def told(abstained: Sequence[Abstention], claims: Sequence[Claim]) -> str:
    """Return the reason of a whole text in Vietnamese, parts joined by semicolons; "" where what is raised says all."""
    parts = dict.fromkeys(one.why for one in abstained if one.code not in ("no-assertion", "role", "not-sure", "no-answer") and one.why)
    parts |= dict.fromkeys([one.why for one in abstained if one.code in ("role", "not-sure", "no-answer")][:TOLD])
    plain = sum(one.code == "no-assertion" for one in abstained)
    if not claims and not parts:
        return f"có {plain} câu thuộc chủ đề nhưng không câu nào khẳng định điều mà tư liệu nói tới" if plain else NO_CANDIDATE
    if claims and all(claim.tier is Tier.NONE for claim in claims):
        counted = Counter(_kind(claim)[1] for claim in claims)
        parts = {f"không nêu {count} {words}": None for words, count in counted.items()} | parts
    return "; ".join(parts)
