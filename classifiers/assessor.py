"""The whole chain for one text: gate, sentences, comparisons, roles, verdicts, tier. Never raises on odd text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from classifiers import abstention
from classifiers import claims as finding_claims
from classifiers.combine import NOT_COMPARED, Item, combine
from classifiers.document import MAX_CHARS, Document, Sentence, build
from classifiers.grounds import grounds
from classifiers.matching import rank
from classifiers.opinions import opinion_finding, place_finding
from classifiers.petitions import is_petition
from classifiers.referencebase import ReferenceBase, load_references
from classifiers.roles import decide
from classifiers.rulesversion import rules_version
from classifiers.verdicts import Judged, claim_of, weigh
from classifiers.weigher import NUMERIC
from pipelines.records import TIER_RANK, Abstention, Assessment, Claim, Places, TextLine, Tier

if TYPE_CHECKING:
    from classifiers.models import Models

# A raised claim of which we are less sure than this is worth no analyst's time (CODEBOOK: abstention is a result).
LEAST_SURE = 0.25


def holds_back(claim: Claim, sentence: Sentence, judged: Judged) -> Abstention | None:
    """Return why a claim that would be raised is held back, None when it is not."""
    if claim.tier is Tier.NONE:
        return None
    if claim.confidence < LEAST_SURE:
        return abstention.unsure(sentence, claim.confidence, LEAST_SURE)
    if not judged.finding.rule.startswith(NUMERIC) and is_petition(sentence):
        return abstention.petition(sentence)
    return None


@dataclass
class Assessor:
    """Rules and, when given, the learnt models; one instance serves a whole process."""

    base: ReferenceBase
    model: Models | None = None

    @classmethod
    def load(cls, data: Path | None = None, plugin: Path | None = None) -> Assessor:
        """Return the assessor with the model cached under `data`/models (trained on first need), and the plug-in of a folder."""
        from classifiers.models import load_or_train
        from classifiers.plugin import load_plugin

        base = load_references()
        return cls(base, load_or_train(data, base, plugin=load_plugin(plugin, base)))

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
            return self._result(line, places, (), abstention.OFF_TOPIC)
        made, abstained = self.claims(build(line))
        cut = "; chỉ đọc phần đầu vì văn bản quá dài" if made and len(line.text) > MAX_CHARS else ""
        shown = (*abstained, *abstention.of_claims(made))[: abstention.MOST]
        return self._result(line, places, tuple(made), abstention.told(abstained, made) + cut, shown)

    def claims(self, document: Document) -> tuple[list[Claim], list[Abstention]]:
        """Return the claims of a document in order, and why nothing is said of the other candidates."""
        made: list[Claim] = []
        reasons: list[Abstention] = []
        found_at: list[int] = []
        candidates = finding_claims.candidates(document)
        for item in self.read(document, candidates):
            chosen = combine(self.base, self.model, document, item)
            if any(judged.reason != NOT_COMPARED for judged, _, _ in chosen):
                found_at.append(item.sentence.index)
            if not chosen:
                reasons.append(abstention.unspoken(self.model, item))
            for judged, confidence, alone in chosen:
                claim = claim_of(item.sentence, judged, self.base, confidence, alone)
                if claim is None:
                    reasons.append(abstention.without(item.sentence, judged.reason))
                elif held := holds_back(claim, item.sentence, judged):
                    reasons.append(held)
                else:
                    made.append(claim.model_copy(update={"grounds": grounds(self.base, self.model, document, item, judged)}))
        made += self._opinions(document, candidates, found_at)
        return sorted(map(self._calibrated, made), key=lambda c: (c.field != "title", c.field, c.start)), reasons

    def _calibrated(self, claim: Claim) -> Claim:
        """Return the claim with the confidence that such claims earn (calibration.py); unchanged without models."""
        if self.model is None:
            return claim
        sure = self.model.calibrated(claim.confidence, claim.tier is not Tier.NONE)
        return claim.model_copy(update={"confidence": round(sure, 3)})

    def read(self, document: Document, candidates: list[Sentence]) -> list[Item]:
        """Return each candidate with what rules and models say of it."""
        items = []
        for sentence in candidates:
            found = finding_claims.findings(document, sentence, self.base)
            items.append((sentence, found, decide(document, sentence, found[0]) if found else None))
        readings = self.model.read(document, items) if self.model is not None else [None] * len(items)
        return [Item(s, f, d, r) for (s, f, d), r in zip(items, readings, strict=True)]

    def match(self, document: Document, sentence: Sentence, top: int = 3) -> list[str]:
        """Return the entries that a sentence would be compared with, the best first (recall@3 is measured on these)."""
        item = self.read(document, [sentence])[0]
        near = self.model.nearest(item.reading, count=24) if self.model is not None and item.reading is not None else []
        return rank(self.base, document, sentence, item.found, near, top)

    def _opinions(self, document: Document, candidates: list[Sentence], found_at: list[int]) -> list[Claim]:
        """Return opinions on the topic (never raised, but shown): at most two a text."""
        made: list[Claim] = []
        for sentence in document.sentences:
            if sentence.index in found_at or len(made) == 2:
                continue
            finding = opinion_finding(document, sentence, sentence in candidates)
            if finding is None and not found_at and not made and sentence not in candidates:
                finding = place_finding(document, sentence)
            if finding is None:
                continue
            judged = weigh(document, sentence, finding, decide(document, sentence, finding))
            claim = claim_of(sentence, judged, self.base, 0.6, True)
            if claim is not None:
                made.append(claim)
        return made

    def _result(self, line: TextLine, places: Places | None, claims: tuple[Claim, ...], reason: str, abstained: tuple[Abstention, ...] = ()) -> Assessment:
        tier = max((claim.tier for claim in claims), key=lambda t: TIER_RANK[t], default=Tier.NONE)
        return Assessment(
            article=line.id,
            revision=1,
            tier=tier,
            provinces=places.about if places else (),
            # What is raised and lies in no province is the whole country's matter, though its topic words be few.
            national=places.national or (tier is not Tier.NONE and not places.about) if places else False,
            claims=claims,
            model_version=self.model_version,
            reference_version=self.reference_version,
            reason=reason,
            abstained=abstained,
        )
