"""The whole chain for one text: gate, sentences, comparisons, roles, verdicts, tier. Never raises on odd text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from classifiers import claims as finding_claims
from classifiers.document import MAX_CHARS, Document, Sentence, build
from classifiers.frames import Finding
from classifiers.opinions import opinion_finding
from classifiers.referencebase import ReferenceBase, load_references
from classifiers.roles import decide
from classifiers.rulesversion import rules_version
from classifiers.verdicts import Judged, claim_of, weigh
from pipelines.records import FLAG_VERDICTS, TIER_RANK, WATCH_VERDICTS, Assessment, Claim, Places, TextLine, Tier, Verdict

if TYPE_CHECKING:
    from classifiers.rolemodel import RoleModel

OFF_TOPIC = "không có từ ngữ nào về biên giới, biển, đảo hay điều ước liên quan"
NO_CLAIM = "có nhắc đến chủ đề nhưng không có câu nào khẳng định điều kiểm chứng được"


@dataclass
class Assessor:
    """Rules and, when given, the learnt models; one instance serves a whole process."""

    base: ReferenceBase
    model: RoleModel | None = None

    @classmethod
    def load(cls, data: Path | None = None) -> Assessor:
        """Return the assessor with the model cached under `data`/models (trained on first need when `data` is given)."""
        from classifiers.rolemodel import load_or_train

        base = load_references()
        return cls(base, load_or_train(data, base))

    @cached_property
    def reference_version(self) -> str:
        """Version of the reference base that verdicts rest on."""
        return self.base.version

    @cached_property
    def model_version(self) -> str:
        """Version of rules, lexicon and learnt models together."""
        return f"{rules_version()}+{self.model.version}" if self.model else rules_version()

    def on_topic(self, text: str) -> bool:
        """Cheap gate: whether any topic word occurs (tens of thousands of texts a second)."""
        return finding_claims.on_topic(text)

    def assess(self, line: TextLine, places: Places | None = None) -> Assessment:
        """Return claims, tier and reason for one text; province and mark `national` come from `places`."""
        whole = "\n".join((line.title, line.sapo, line.text, *line.captions))
        if not self.on_topic(whole):
            return self._result(line, places, (), OFF_TOPIC)
        document = build(line)
        made, reasons = self.claims(document)
        if not made:
            return self._result(line, places, (), "; ".join(dict.fromkeys(reasons)) or NO_CLAIM)
        cut = "; chỉ đọc phần đầu vì văn bản quá dài" if len(line.text) > MAX_CHARS else ""
        return self._result(line, places, tuple(made), "; ".join(dict.fromkeys(reasons)) + cut)

    def claims(self, document: Document) -> tuple[list[Claim], list[str]]:
        """Return the claims of a document in order, and the reasons of what was abstained from."""
        made: list[Claim] = []
        reasons: list[str] = []
        found_at: list[int] = []
        candidates = finding_claims.candidates(document)
        for sentence in candidates:
            found = finding_claims.findings(document, sentence, self.base)
            if found:
                found_at.append(sentence.index)
            for finding, alone in choose(found):
                judged = self.judge(document, sentence, finding)
                claim = claim_of(sentence, judged, self.base, self.confidence(document, sentence, judged), alone)
                if claim is None:
                    reasons.append(judged.reason)
                else:
                    made.append(claim)
        made += self._opinions(document, candidates, found_at)
        return sorted(made, key=lambda c: (c.field != "title", c.field, c.start)), reasons

    def judge(self, document: Document, sentence: Sentence, finding: Finding) -> Judged:
        """Return role and standing verdict of one finding; the model may overrule an unsure rule."""
        decision = decide(document, sentence, finding)
        if self.model is not None:
            decision = self.model.revise(document, sentence, finding, decision)
        return weigh(document, sentence, finding, decision)

    def confidence(self, document: Document, sentence: Sentence, judged: Judged) -> float:
        """Return how sure the claim is: the comparison's weight and the role's, calibrated when a model is there."""
        raw = judged.finding.weight * (0.55 + 0.45 * judged.decision.sure)
        return self.model.calibrate(raw, judged) if self.model is not None else raw

    def _opinions(self, document: Document, candidates: list[Sentence], found_at: list[int]) -> list[Claim]:
        """Return opinions on the topic (never raised, but shown): at most two a text."""
        made = []
        for sentence in document.sentences:
            if sentence.index in found_at or len(made) == 2:
                continue
            finding = opinion_finding(document, sentence, sentence in candidates)
            if finding is None:
                continue
            judged = self.judge(document, sentence, finding)
            claim = claim_of(sentence, judged, self.base, 0.6, True)
            if claim is not None:
                made.append(claim)
        return made

    def _result(self, line: TextLine, places: Places | None, claims: tuple[Claim, ...], reason: str) -> Assessment:
        tier = max((claim.tier for claim in claims), key=lambda t: TIER_RANK[t], default=Tier.NONE)
        return Assessment(
            article=line.id,
            revision=1,
            tier=tier,
            provinces=places.about if places else (),
            national=places.national if places else False,
            claims=claims,
            model_version=self.model_version,
            reference_version=self.reference_version,
            reason=reason,
        )


def choose(found: list[Finding]) -> list[tuple[Finding, bool]]:
    """Return the findings that become claims, each with whether it has the sentence for itself.

    The weightiest problem speaks for the sentence, with the references of its like; what agrees with the base elsewhere
    in the sentence is kept beside it.
    """
    if not found:
        return []
    problems = [f for f in found if f.verdict in FLAG_VERDICTS] or [f for f in found if f.verdict in WATCH_VERDICTS]
    picked: list[Finding] = []
    if problems:
        first = problems[0]
        refs = tuple(dict.fromkeys(ref for f in problems if f.type == first.type or f.weight >= 0.8 for ref in f.refs))[:3]
        picked.append(replace(first, refs=refs))
    for finding in found:
        if finding.verdict in FLAG_VERDICTS | WATCH_VERDICTS:
            continue
        if problems and (finding.verdict in (Verdict.CONTESTED, Verdict.OUT_OF_SCOPE) or not finding.rule.startswith(("number", "date", "share"))):
            continue
        if any(set(finding.refs) & set(p.refs) or (finding.start < p.end and p.start < finding.end) for p in picked):
            continue
        picked.append(finding)
    picked = picked[:3]
    return [(finding, len(picked) == 1) for finding in picked]
