"""From findings and roles to claims: the codebook's tables, what the evidence leaves open, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from classifiers.document import Document, Sentence
from classifiers.frames import Finding
from classifiers.referencebase import ReferenceBase
from classifiers.roles import Decision
from pipelines.records import ASSERTIVE_ROLES, FLAG_VERDICTS, VERDICT_VI, Claim, Role, Verdict

ROLE_VI = {
    Role.ASSERT: "bài tự khẳng định", Role.ENDORSE: "dẫn nguồn và tán thành", Role.ATTRIB: "thuật lại lời người khác", Role.REBUT: "dẫn để bác bỏ",
    Role.REPORT_ACTION: "tường thuật việc xử lý", Role.ACADEMIC: "lập luận học thuật", Role.QUESTION: "câu hỏi", Role.SATIRE_FICTION: "hư cấu, trào phúng",
    Role.OPINION: "ý kiến", Role.INCIDENTAL: "địa danh ngẫu nhiên", Role.LEGAL_TEXT: "văn bản pháp lý",
}
CLAUSES = re.compile(r"[,;，；]\s*|\s+[–—]\s+")


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with its role and the verdict that stands after both were weighed; `reason` says why none stands."""

    finding: Finding
    decision: Decision
    verdict: Verdict | None
    reason: str = ""


def weigh(document: Document, sentence: Sentence, finding: Finding, decision: Decision) -> Judged:
    """Return what stands: hedged scholarship is contested, a confirmed incident is no rumour, a denied one is false."""
    verdict = finding.verdict
    if verdict is Verdict.UNVERIFIED:
        if decision.role is Role.REBUT or decision.role is Role.REPORT_ACTION:
            return Judged(finding, decision, Verdict.CONTRADICTED)
        if confirmed(document, sentence):
            return Judged(finding, decision, None, "sự việc đã có cơ quan chức năng xác nhận hoặc thông báo")
    if finding.rule in ("vn-basis", "rejects-vn") and decision.role in ASSERTIVE_ROLES:
        return Judged(finding, decision, Verdict.CONSISTENT)
    if decision.role is Role.ACADEMIC and verdict in FLAG_VERDICTS:
        return Judged(finding, decision, Verdict.CONTESTED)
    if decision.role is Role.OPINION:
        return Judged(finding, decision, Verdict.OUT_OF_SCOPE)
    if decision.role is Role.SATIRE_FICTION and finding.rule.startswith(("secret", "incident", "footage")):
        return Judged(finding, decision, Verdict.OUT_OF_SCOPE)
    return Judged(finding, decision, verdict)


def confirmed(document: Document, sentence: Sentence) -> bool:
    """Whether an office confirms or announces the incident in the sentences around, and the text does not say it is silent."""
    around = [sentence, *document.before(sentence, 2), *document.after(sentence, 2)]
    if any(s.has("UNCONFIRMED") for s in document.sentences):
        return False
    for other in around:
        offices = other.of("OFFICIAL")
        if offices and any(0 <= say.start - office.end < 90 for office in offices for say in other.of("CONFIRM")):
            return True
    return False


def narrow(sentence: Sentence, finding: Finding, alone: bool) -> tuple[int, int]:
    """Return the span of the claim: the quotation that holds it, its clauses when the sentence makes several claims, or all."""
    for start, end in sentence.quotes:
        if start <= finding.start + 2 and finding.end - 2 <= end and start >= sentence.start and end <= sentence.end:
            return start, end
    if alone:
        return sentence.start, sentence.end
    cuts = [sentence.start, *(sentence.start + m.end() for m in CLAUSES.finditer(sentence.text)), sentence.end]
    start = max(cut for cut in cuts if cut <= finding.start)
    end = min(cut for cut in cuts if cut >= finding.end)
    text = sentence.text[start - sentence.start : end - sentence.start]
    return start, end - (len(text) - len(text.rstrip(" ,;，；–—")))


def differs(finding: Finding, base: ReferenceBase, verdict: Verdict) -> str:
    """Return the span that differs, beside what the reference says; "" when nothing differs."""
    if verdict in (Verdict.CONSISTENT, Verdict.OUT_OF_SCOPE) or not finding.refs:
        return ""
    written = finding.written if len(finding.written) <= 160 else finding.written[:157] + "…"
    known = finding.known or base.get(finding.refs[0]).statement_vi
    return f"bài viết: {written} — tư liệu {finding.refs[0]}: {known}"


def why(finding: Finding, decision: Decision, verdict: Verdict, base: ReferenceBase) -> str:
    """Return the whole reason in Vietnamese: verdict, reference with its article, role and its ground."""
    parts = [VERDICT_VI[verdict]]
    if verdict is Verdict.UNSUPPORTED and finding.rule != "model" and finding.known:
        parts.append(finding.known)  # which registers were searched (CODEBOOK)
    if verdict is Verdict.CONSISTENT and finding.rule == "model":
        parts.append("chỉ theo cách viết giống câu mẫu, chưa so được mục nào")
    for ref in finding.refs[:2]:
        entry = base.get(ref)
        source = ", ".join(part for part in (entry.source.title, entry.source.number, entry.source.article) if part)
        parts.append(f"{ref}: {entry.statement_vi.rstrip('.')} ({source})")
    parts.append(f"vai phát ngôn {decision.role.value} ({ROLE_VI[decision.role]}): {decision.why}")
    return "; ".join(parts) + "."


def claim_of(sentence: Sentence, judged: Judged, base: ReferenceBase, confidence: float, alone: bool) -> Claim | None:
    """Return the claim, None when no verdict stands."""
    if judged.verdict is None:
        return None
    finding = judged.finding
    if judged.verdict is Verdict.OUT_OF_SCOPE:
        finding = replace(finding, refs=())
    start, end = narrow(sentence, finding, alone)
    return Claim(
        sentence=sentence.text[start - sentence.start : end - sentence.start],
        start=start,
        end=end,
        field=sentence.field,
        type=finding.type,
        role=judged.decision.role,
        verdict=judged.verdict,
        refs=finding.refs,
        confidence=round(min(max(confidence, 0.01), 0.99), 3),
        differs=differs(finding, base, judged.verdict),
        why=why(finding, judged.decision, judged.verdict, base),
        leans_yes=judged.decision.leans_yes,
    )
