"""The chain of one assessment as lines for a person: verdict, sentence, reference, difference, role, certainty."""

from __future__ import annotations

from collections.abc import Iterator

from classifiers.groundwords import said
from classifiers.referencebase import ReferenceBase
from classifiers.verdicts import ROLE_VI
from pipelines.records import VERDICT_VI, Assessment, Tier

TIER_VI = {Tier.FLAG: "CẢNH BÁO", Tier.WATCH: "THEO DÕI", Tier.NONE: "không nêu"}


def explain(assessment: Assessment, base: ReferenceBase) -> Iterator[str]:
    """Yield lines that show the whole chain for one text."""
    yield f"Mức: {assessment.tier.value} ({TIER_VI[assessment.tier]})"
    if assessment.provinces or assessment.national:
        places = ", ".join(assessment.provinces) or "không tỉnh nào trong hồ sơ"
        yield f"Địa phương: {places}" + ("; chủ đề cả nước" if assessment.national else "")
    for number, claim in enumerate(assessment.claims, 1):
        yield ""
        yield f"{number}. {VERDICT_VI[claim.verdict]} · {claim.type} · {ROLE_VI[claim.role]} ({claim.role.value}) · chắc {claim.confidence:.0%}"
        yield f"   Câu [{claim.field} {claim.start}–{claim.end}]: {claim.sentence}"
        if claim.differs:
            yield f"   Khác nhau: {claim.differs}"
        for ref in claim.refs:
            entry = base.get(ref)
            source = ", ".join(p for p in (entry.source.title, entry.source.number, entry.source.article, entry.source.url) if p)
            yield f"   Tư liệu {ref}: {entry.statement_vi} [{source}]"
            for side in entry.sides:
                yield f"     – {side.party}: {side.position_vi}"
        yield f"   Vì sao: {claim.why}"
        for ground in claim.grounds:
            yield f"     {'+' if ground.side == 'for' else '–'} {said(ground)}"
    for one in assessment.abstained:
        if one.code in ("not-sure", "no-answer", "role", "no-assertion") and not any(c.field == one.field and c.start == one.start for c in assessment.claims):
            yield ""
            yield f"Không nêu [{one.field} {one.start}–{one.end}]: {one.why}"
    if assessment.reason:
        yield ""
        yield f"Ghi chú: {assessment.reason}"
    yield f"Phiên bản: mô hình {assessment.model_version}, tư liệu {assessment.reference_version}"
