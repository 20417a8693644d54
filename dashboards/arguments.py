"""Reasons for and against what the machine says of a claim, in plain sentences, from the record and its references alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from classifiers.groundwords import said
from classifiers.reference_records import Confidence, Reference
from dashboards.shown import percent, role_vi, verdict_vi
from dashboards.spoken import GROUND
from pipelines.clock import local
from pipelines.records import ASSERTIVE_ROLES, Claim, Role, Verdict

SURE, UNSURE = 0.85, 0.7


@dataclass(frozen=True, slots=True)
class Arguments:
    """Sentences that speak for the machine's verdict, and sentences that warn against it."""

    favour: list[str]
    against: list[str]


def arguments(
    claim: Claim, references: Sequence[Reference], *, in_text: bool, others: Sequence[Claim] = (), published: datetime | None = None
) -> Arguments:
    """Return both lists; `others` are the text's further claims, `in_text` tells whether the sentence still stands there."""
    favour, against = [], []
    favour += [said(ground) for ground in claim.grounds if ground.side == "for"]
    against += [said(ground) for ground in claim.grounds if ground.side == "against"]
    if claim.why and not claim.grounds:
        # Verdict, references and role stand on the page already: of the whole reason only what is new is said again.
        ground = GROUND.search(claim.why)
        favour.append(f"Căn cứ đọc lời: {ground['ground']}." if ground else claim.why)
    if claim.grounds:
        pass  # they name the role themselves; claims of earlier versions have none
    elif claim.role is Role.ENDORSE:
        favour.append("Bài dẫn lời và đứng về phía lời được dẫn.")
    elif claim.role in ASSERTIVE_ROLES:
        favour.append(f"Bài nói bằng lời của mình ({role_vi(claim.role.value).lower()}), không phải dẫn lời.")
    else:
        against.append(f"Vai trò lời nói: {role_vi(claim.role.value).lower()}.")
    (favour if claim.confidence >= SURE else against).append(f"Độ tin cậy {percent(claim.confidence)}, thấp: cần đọc kỹ câu gốc." if claim.confidence < UNSURE else f"Độ tin cậy {percent(claim.confidence)}.")
    for entry in references:
        if entry.confidence is Confidence.VERIFIED:
            favour.append(f"Tư liệu {entry.id} đã đối chiếu với trang công khai.")
        elif entry.confidence is Confidence.KNOWLEDGE:
            against.append(f"Tư liệu {entry.id} chưa được người phụ trách đối chiếu tại nguồn gốc.")
        if entry.contested:
            against.append(f"Nội dung của {entry.id} còn tranh luận: xem quan điểm từng bên.")
        later = [value.valid_from for value in entry.values if published and value.valid_from and value.valid_from > local(published).date()]
        if later:
            against.append(f"{entry.id} nêu giá trị có hiệu lực từ {min(later):%d/%m/%Y}, sau ngày đăng: xem giá trị lúc ấy.")
    if not in_text:
        against.append("Bản đang xem không còn nguyên văn câu này.")
    for other in others:
        if other.refs and set(other.refs) & set(claim.refs) and other.verdict is Verdict.CONSISTENT:
            against.append(f"Cùng bài có câu phù hợp tư liệu: “{_short(other.sentence)}”")
        elif set(other.refs) & set(claim.refs) and other.role.value in ("REBUT", "REPORT_ACTION"):
            against.append(f"Cùng bài có câu bác bỏ hoặc đưa tin xử lý: “{_short(other.sentence)}”")
    if claim.verdict is Verdict.NEEDS_IMAGE_REVIEW:
        against.append(f"{verdict_vi(claim.verdict.value)}: máy chỉ đọc chữ, không xem hình.")
    return Arguments(list(dict.fromkeys(favour)), list(dict.fromkeys(against)))


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:119].rstrip() + "…"
