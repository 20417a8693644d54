"""Rules and learnt models weighed against each other, sentence by sentence.

Rules compare with the reference base and name what differs; the models say how such sentences read as a whole.
A flag needs both: a rule that the model does not gainsay, or a model so sure that nearest labelled sentences name the entry.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from classifiers.document import Document, Sentence
from classifiers.frames import Finding
from classifiers.matching import references
from classifiers.measures import UNIT_VI, numbers_of
from classifiers.models import Models, Reading, vote
from classifiers.predicates import is_negated
from classifiers.referencebase import ReferenceBase
from classifiers.roles import Decision, decide
from classifiers.units import HOME
from classifiers.verdicts import Judged, weigh
from pipelines.records import ASSERTIVE_ROLES, FLAG_VERDICTS, WATCH_VERDICTS, Role, Verdict

# Thresholds, chosen on out-of-fold training sentences and the real news (docs/claims.md).
RULE_FLAG = 0.30
RULE_WATCH = 0.25
MODEL_FLAG = 0.85
MODEL_WATCH = 0.65
MODEL_ASSERTIVE = 0.50
MODEL_SHOWN = 0.60
NEAREST = 0.22
ALIKE = 0.45
CLOSE = 0.28
CLOSE_ASSERTIVE = 0.62
MODEL_FLAG_CLOSE = 0.72
SURE = 0.92
LEAST = 0.16
CALIBRATION = (1.86, -0.73)
WATCH_GROUPS = {"POSITION": Verdict.POSITION_CLAIM, "IMAGE": Verdict.NEEDS_IMAGE_REVIEW, "UNVERIFIED": Verdict.UNVERIFIED}
GROUP_OF = {verdict: group for group, verdict in WATCH_GROUPS.items()}
# Groups that are shown with what they agree with, never raised.
SHOWN_GROUPS = {"FINE": Verdict.CONSISTENT, "CONTESTED": Verdict.CONTESTED, "OUT": Verdict.OUT_OF_SCOPE}
NUMERIC = ("number", "date", "share", "unit")


@dataclass(frozen=True, slots=True)
class Item:
    """A candidate sentence with findings, the rules' role for the first of them, and the models' reading."""

    sentence: Sentence
    found: list[Finding]
    decision: Decision | None
    reading: Reading | None


def combine(base: ReferenceBase, models: Models | None, document: Document, item: Item) -> list[tuple[Judged, float, bool]]:
    """Return (judged finding, confidence, whether it has the sentence for itself) for one sentence."""
    chosen = choose(item.found)
    if models is None or item.reading is None:
        return [(_by_rules(document, item.sentence, f), _rule_confidence(document, item.sentence, f), alone) for f, alone in chosen]
    reading = item.reading
    out: list[tuple[Judged, float, bool]] = []
    raised = False
    for finding, alone in chosen:
        judged, confidence = _weigh_rule(document, item.sentence, finding, reading)
        if judged is None:
            continue
        raised = raised or finding.verdict in FLAG_VERDICTS | WATCH_VERDICTS
        out.append((judged, confidence, alone))
    if not raised:
        extra = _from_model(base, models, document, item)
        if extra is not None:
            raised = extra[0].finding.verdict in FLAG_VERDICTS | WATCH_VERDICTS
            if raised:
                out = [entry for entry in out if entry[0].finding.rule.startswith(NUMERIC)]
            if raised or not out:
                out.insert(0, (*extra, not out))
    return out


def calibrated(raw: float) -> float:
    """Return the confidence of a raised claim: logistic calibration on 384 out-of-fold claims of our own sentences."""
    raw = min(max(raw, 0.01), 0.99)
    return 1.0 / (1.0 + math.exp(-(CALIBRATION[0] * math.log(raw / (1.0 - raw)) + CALIBRATION[1])))


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
        if problems and (finding.verdict in (Verdict.CONTESTED, Verdict.OUT_OF_SCOPE) or not finding.rule.startswith(NUMERIC)):
            continue
        if any(set(finding.refs) & set(p.refs) or (finding.start < p.end and p.start < finding.end) for p in picked):
            continue
        picked.append(finding)
    picked = picked[:3]
    return [(finding, len(picked) == 1) for finding in picked]


def _by_rules(document: Document, sentence: Sentence, finding: Finding) -> Judged:
    return weigh(document, sentence, finding, decide(document, sentence, finding))


def _rule_confidence(document: Document, sentence: Sentence, finding: Finding) -> float:
    return finding.weight * (0.55 + 0.45 * decide(document, sentence, finding).sure)


def settle_role(decision: Decision, reading: Reading) -> Decision:
    """Return the role on which rules and model agree best; assertive only when the likelier side is."""
    own = reading.roles.get(decision.role.value, 0.0)
    likely = reading.role
    if likely is decision.role:
        return replace(decision, sure=max(decision.sure, own))
    rules_assert, model_assert = decision.role in ASSERTIVE_ROLES, likely in ASSERTIVE_ROLES
    if rules_assert and model_assert:
        return decision if decision.role is Role.ENDORSE or own > 0.3 else replace(decision, role=likely, sure=reading.assertive)
    if rules_assert and reading.assertive < 0.4 and reading.roles[likely.value] > 0.45:
        return Decision(likely, reading.roles[likely.value], "mô hình vai phát ngôn đọc câu này khác với mặc định")
    if not rules_assert and model_assert and decision.sure <= 0.8 and reading.assertive > 0.88 and decision.role in (Role.ATTRIB, Role.ACADEMIC):
        return Decision(likely, reading.assertive, "câu dẫn nguồn nhưng đọc như lời của chính bài")
    if not rules_assert and not model_assert and reading.roles[likely.value] > 0.6 and decision.sure < 0.8:
        return Decision(likely, reading.roles[likely.value], decision.why)
    return decision


def _weigh_rule(document: Document, sentence: Sentence, finding: Finding, reading: Reading) -> tuple[Judged | None, float]:
    """Return what stands of a rule's finding once the model was heard."""
    decision = settle_role(decide(document, sentence, finding), reading)
    judged = weigh(document, sentence, finding, decision)
    group = "FLAG" if finding.verdict in FLAG_VERDICTS else GROUP_OF.get(finding.verdict)
    if group is None:
        return judged, _rule_confidence(document, sentence, finding)
    alarm = sum(reading.groups.get(name, 0.0) for name in ("FLAG", *WATCH_GROUPS))
    support = 0.3 * reading.groups.get(group, 0.0) + 0.7 * alarm
    least = RULE_FLAG if group == "FLAG" else RULE_WATCH
    if finding.rule.startswith(NUMERIC):
        least = 0.0
    if support < least and judged.decision.role in ASSERTIVE_ROLES | {Role.QUESTION}:
        return None, 0.0
    confidence = calibrated(support * max(reading.assertive if decision.role in ASSERTIVE_ROLES else 0.9, 0.3))
    if group == "FLAG" and confidence < LEAST and decision.role in ASSERTIVE_ROLES and not finding.rule.startswith(NUMERIC):
        return None, 0.0
    return judged, confidence


def _answerable(base: ReferenceBase, ref: str, kind: str, sentence: Sentence, alike: bool) -> bool:
    """Whether the entry can contradict such a sentence at all: a measurement needs a number with a unit in the text."""
    if ref.startswith(UNANSWERABLE):
        return False
    if (base.get(ref).type == "measurement" or (kind == "D06" and not alike)) and not sentence.has(*STATES):
        return any(q.unit in UNIT_VI for q in numbers_of(sentence))
    home = next((names for known, names, _ in HOME.values() if known == ref), frozenset())
    return not any(f" {name} " in sentence.canon for name in home)


OWN_TITLE_TYPES = ("D01", "D08")
RECOGNISED = ("RECOG", "RECOGPLACE", "UNCLOS", "PCA", "SFT", "LTR", "CAIRO", "POTSDAM", "GENEVA", "CLCS", "CN")
STATES = ("INFORCE", "EXISTNOT", "VOID", "FINISH", "SOLD", "CEDE2", "MOVE")
# A statement that denies one of these agrees with the references more often than not.
DENIED = ("GIVE", "NAMES", "CEDE", "SOLD", "GENERATES", "DRAWLINE", "RECOG")
# Entries of names, dates and counts: only a comparison by rule can contradict them.
UNANSWERABLE = (
    "EVT-", "ORG-", "NAM-", "HS-01", "TS-01", "TS-04", "VK-05", "TH-03", "LC-03", "QT-05", "ADM-01", "ADM-02", "ADM-03", "ADM-05", "VC-05", "UNC-01", "UNC-02", "PCA-01", "LBG-", "LBP-",
    "VC-09", "VL-05", "ECS-01", "ND34-", "HP-", "NDL-", "SFT-02", "SFT-03", "LC-02", "TH-02", "NB-",
)


def _from_model(base: ReferenceBase, models: Models, document: Document, item: Item) -> tuple[Judged, float] | None:
    """Return a finding that only the models see, with the entry named by the nearest labelled sentences."""
    reading, sentence = item.reading, item.sentence
    assert reading is not None
    group = max(reading.groups, key=lambda name: reading.groups[name])
    support = reading.groups[group]
    if support < min(MODEL_SHOWN, MODEL_WATCH):
        return None
    neighbours = models.nearest(reading, group)
    if neighbours[0].score < NEAREST:
        return None
    kind, ranked = references(base, document, sentence, neighbours)
    alike = neighbours[0].score >= ALIKE and support >= SURE
    alike = alike and not sentence.has("THAICAM")
    if alike and not ranked:
        ranked = [ref for ref, _ in vote(neighbours)[1] if ref in base and base.get(ref).type != "measurement"]
    verdict = WATCH_GROUPS.get(group) or SHOWN_GROUPS.get(group) or (Verdict.UNSUPPORTED if sentence.has("SECRETDOC") else Verdict.CONTRADICTED)
    if verdict is not Verdict.OUT_OF_SCOPE and not ranked:
        return None
    known = tuple(ranked[:2])
    span = (sentence.start, sentence.end)
    said = base.get(known[0]).statement_vi if known else ""
    finding = Finding("model", kind, known, verdict, *span, support, sentence.text[:160], said, span)
    decision = settle_role(decide(document, sentence, finding), reading)
    judged = weigh(document, sentence, finding, decision)
    if group in SHOWN_GROUPS or decision.role not in ASSERTIVE_ROLES | {Role.QUESTION}:
        # Shown beside the text, never raised: the bar is lower.
        return (judged, support * reading.roles.get(decision.role.value, 0.5)) if support >= MODEL_SHOWN else None
    close = neighbours[0].score >= CLOSE and reading.assertive >= CLOSE_ASSERTIVE
    if support < (MODEL_FLAG if group == "FLAG" and not close else MODEL_FLAG_CLOSE if group == "FLAG" else MODEL_WATCH):
        return None
    if any(f.verdict in (Verdict.CONSISTENT, Verdict.TIME_SENSITIVE) and f.weight >= 0.6 for f in item.found):
        return None
    if group == "FLAG" and (any(f.rule.startswith(NUMERIC) and f.verdict not in FLAG_VERDICTS and (support < SURE or not f.rule.startswith("date")) for f in item.found) or not _answerable(base, known[0], kind, sentence, alike)):
        return None
    if decision.role in ASSERTIVE_ROLES and reading.assertive < MODEL_ASSERTIVE:
        return None
    if group == "FLAG" and kind in OWN_TITLE_TYPES and sentence.has("VN") and not sentence.has(*RECOGNISED):
        # Viet Nam's own title, barely stated, is the office's stated position (CODEBOOK); only rules may object.
        return None
    if group == "FLAG" and support < 0.97 and any(is_negated(sentence, tag) for tag in sentence.of(*DENIED)):
        return None
    return judged, calibrated(support * reading.assertive)


