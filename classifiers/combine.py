"""Rules and learnt models weighed against each other, sentence by sentence.

Rules compare with the reference base and name what differs; the models say how such sentences read as a whole.
A flag needs both: a rule that the models do not gainsay, or models so sure that nearest labelled sentences name the entry;
how much each counts is learnt (weigher.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from classifiers import differing
from classifiers.claims import load_gate
from classifiers.document import Document, Sentence
from classifiers.frames import Finding, context_concepts
from classifiers.guards.alone import CERTAIN, SURE, Likeness, answered, barred
from classifiers.guards.entries import OWN_TITLE_TYPES, REGISTERS, TITLES, unnamed
from classifiers.guards.losses import ours
from classifiers.matching import anchored, references
from classifiers.models import Models, Reading, vote
from classifiers.referencebase import ReferenceBase
from classifiers.roles import FIRM, Decision, decide
from classifiers.sights import SEEN
from classifiers.verdicts import Judged, weigh
from classifiers.weigher import NUMERIC, from_rules
from pipelines.records import ASSERTIVE_ROLES, FLAG_VERDICTS, WATCH_VERDICTS, Role, Verdict

# Thresholds on the weigher's probabilities, chosen on out-of-fold training sentences and the real news (docs/claims.md).
RAISE = {"FLAG": 0.62, "POSITION": 0.5, "IMAGE": 0.5, "UNVERIFIED": 0.5}
# A wrong number or date that a comparison found needs less, a flag that no rule found more.
RAISE_NUMERIC = 0.4
RAISE_ALONE = 0.68
# Words put into a letter are compared with it as figures are with an entry (quotations.py); quotation marks alone make the weigher doubt.
QUOTED, RAISE_QUOTED = "quote", 0.15
# And a sentence whose concepts say by themselves that it is about the topic (score of the gate, claims.py).
GATE_ALONE = 1.0
# A sentence this deep in the topic needs no anchors (6.0 gave 43 of 63 flags of 200 new texts, 5.5 46 and one news item more, 5.0 46 and three; 2026-11-22).
GATE_DEEP = 5.5
RAISE_DEEP = 0.6
# A watch that a rule names needs this much of its own kind before the likelihood of a flag is counted with it.
LEAST_OF_KIND = 0.05
SHOWN = 0.42
SHOWN_NEAREST = 0.12
# What agrees with an entry that the sentence does not speak of: nearer than this, or nothing is said of it (on three seen sets, 2026-11-21: below
# it 3 of 55 were right).
SHOWN_ALIKE = 0.2
NOT_COMPARED = "có câu giống câu mẫu phù hợp tư liệu nhưng không nêu con số, ngày, bên hay văn kiện nào so được: không kết luận"
# As sure as this, the entry that the nearest labelled sentences name need not be spoken of in so many words.
VOTED = 0.9
# In a sentence deep in the topic a little less: at 0.6 two flags more on all of news/, on the blind sets none (2026-11-21).
ALIKE = 0.75
# Below this the weigher never reaches a threshold: the costly search of neighbours is spared.
HOPELESS = 0.2
# Roles that the text around tells, which the models of single sentences see less well than the rules.
SEEN_AROUND = frozenset({Role.REPORT_ACTION, Role.QUESTION, Role.SATIRE_FICTION, Role.LEGAL_TEXT})
# Unless the models, which know what the rules said, hardly believe it.
SEEN_LEAST = 0.3
RAISING = FLAG_VERDICTS | WATCH_VERDICTS
WATCH_GROUPS = {"POSITION": Verdict.POSITION_CLAIM, "IMAGE": Verdict.NEEDS_IMAGE_REVIEW, "UNVERIFIED": Verdict.UNVERIFIED}
GROUP_OF = {verdict: group for group, verdict in WATCH_GROUPS.items()}
# Groups that are shown with what they agree with, never raised.
SHOWN_GROUPS = {"FINE": Verdict.CONSISTENT, "CONTESTED": Verdict.CONTESTED, "OUT": Verdict.OUT_OF_SCOPE}


@dataclass(frozen=True, slots=True)
class Item:
    """A candidate sentence with findings, the rules' role for the first of them, and the models' reading."""

    sentence: Sentence
    found: list[Finding]
    decision: Decision | None
    reading: Reading | None


def combine(base: ReferenceBase, models: Models | None, document: Document, item: Item) -> list[tuple[Judged, float, bool]]:
    """Return (judged finding, confidence, whether it has the sentence for itself) for one sentence."""
    item = replace(item, found=ours(item.found, item.sentence))
    chosen = choose(item.found)
    if models is None or item.reading is None:
        return [(_by_rules(document, item.sentence, f), _rule_confidence(document, item.sentence, f), alone) for f, alone in chosen]
    raised = None
    alarm = sum(item.reading.groups.get(group, 0.0) for group in RAISE)
    if alarm >= HOPELESS or any(f.verdict in RAISING for f in item.found):
        raised = _raised(base, models, document, item, item.reading, likelihood(models, item))
    if raised is not None:
        known = set(raised[0].finding.refs)
        kept = [f for f, _ in chosen if f.rule.startswith(NUMERIC) and f.verdict not in RAISING and not known & set(f.refs)]
        return [(*raised, not kept), *((_judged(document, item.sentence, f, item.reading), _rule_confidence(document, item.sentence, f), False) for f in kept)]
    shown = []
    for finding, alone in chosen:
        judged = _judged(document, item.sentence, finding, item.reading)
        if finding.verdict not in RAISING or judged.decision.role not in ASSERTIVE_ROLES:
            shown.append((judged, _rule_confidence(document, item.sentence, finding), alone))
    if not shown:
        extra = _shown_by_model(base, models, document, item.sentence, item.reading)
        if extra is not None:
            shown.append((*extra, True))
    return shown


def likelihood(models: Models, item: Item) -> dict[str, float]:
    """Return how likely a sentence with a reading is to be raised as each kind."""
    assert item.reading is not None
    return models.weigh(from_rules(item.sentence, item.found, item.decision), item.reading)


def least(item: Item, group: str) -> float:
    """Return how likely a sentence must be to be raised as `group`: less where a comparison of numbers found it, more where no rule did."""
    mine = [f for f, _ in choose(item.found) if (f.verdict in FLAG_VERDICTS if group == "FLAG" else f.verdict is WATCH_GROUPS.get(group))]
    if mine and mine[0].rule.startswith((*NUMERIC, QUOTED)):
        return RAISE_QUOTED if mine[0].rule.startswith(QUOTED) else RAISE_NUMERIC
    return RAISE.get(group, 1.0) if mine or group != "FLAG" else max(RAISE[group], _least_alone(item.sentence))


def _raised(base: ReferenceBase, models: Models, document: Document, item: Item, reading: Reading, likely: dict[str, float]) -> tuple[Judged, float] | None:
    """Return the finding that is raised and how sure it is; None when the evidence does not carry it."""
    for group in ("FLAG", *WATCH_GROUPS):
        sure = likely.get(group, 0.0)
        mine = [f for f, _ in choose(item.found) if (f.verdict in FLAG_VERDICTS if group == "FLAG" else f.verdict is WATCH_GROUPS[group])]
        finding = mine[0] if mine else None
        if finding is not None and group != "FLAG" and (sure >= LEAST_OF_KIND or finding.weight >= 0.85):
            sure += likely.get("FLAG", 0.0)  # a rule says which kind it is: only whether it is raised at all is left open
        if sure < least(item, group):
            continue
        if finding is None:
            finding = _from_model(base, models, document, item, reading, group, sure)
        if finding is None:
            continue
        by_rules = decide(document, item.sentence, finding)
        seen = by_rules.role in SEEN_AROUND and by_rules.sure >= 0.8 and reading.roles.get(by_rules.role.value, 0.0) >= SEEN_LEAST
        firm = by_rules.role not in ASSERTIVE_ROLES and by_rules.sure >= FIRM
        if seen or firm or (by_rules.role in (Role.REBUT, Role.OPINION) and sure < CERTAIN) or (by_rules.role is Role.ATTRIB and sure < RAISE_ALONE):
            continue
        decision = settle_role(by_rules, reading)
        if decision.role not in ASSERTIVE_ROLES:
            decision = Decision(_own(reading), reading.assertive, DIFFERS)
        judged = weigh(document, item.sentence, finding, decision)
        if judged.verdict in RAISING:
            return judged, max(sure, RAISE_NUMERIC) if finding.rule.startswith(QUOTED) else sure
    return None


def _least_alone(sentence: Sentence) -> float:
    return RAISE_DEEP if load_gate().score(sentence) >= GATE_DEEP else RAISE_ALONE


ASIDES = (Role.OPINION, Role.INCIDENTAL, Role.SATIRE_FICTION)
ASIDE = "không nêu điều gì kiểm chứng được về chủ đề"
DIFFERS = "đọc cả câu thì cách nói khác với đọc từng chữ"


def _own(reading: Reading) -> Role:
    return max(sorted(ASSERTIVE_ROLES), key=lambda role: reading.roles.get(role.value, 0.0))


def _judged(document: Document, sentence: Sentence, finding: Finding, reading: Reading) -> Judged:
    """Return a finding with the role on which rules and model agree best."""
    decision = settle_role(decide(document, sentence, finding), reading)
    if finding.verdict in RAISING and decision.role in ASSERTIVE_ROLES and reading.assertive < 0.5:
        decision = Decision(_other(reading), 1.0 - reading.assertive, DIFFERS)
    return weigh(document, sentence, finding, decision)


def _other(reading: Reading) -> Role:
    return Role(max((name for name in reading.roles if Role(name) not in ASSERTIVE_ROLES), key=lambda name: reading.roles[name]))


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
        return Decision(likely, reading.roles[likely.value], "đọc cả câu thì cách nói khác với đọc từng chữ")
    if not rules_assert and model_assert and decision.sure <= 0.8 and reading.assertive > 0.88 and decision.role in (Role.ATTRIB, Role.ACADEMIC):
        return Decision(likely, reading.assertive, "câu dẫn nguồn nhưng đọc như lời của chính bài")
    if not rules_assert and not model_assert and reading.roles[likely.value] > 0.6 and decision.sure < 0.8:
        return Decision(likely, reading.roles[likely.value], decision.why)
    return decision


def _from_model(base: ReferenceBase, models: Models, document: Document, item: Item, reading: Reading, group: str, sure: float) -> Finding | None:
    """Return a finding that only the models see, with the entry named by the nearest labelled sentences; None without an entry."""
    sentence = item.sentence
    neighbours = models.nearest(reading, group)
    context = context_concepts(document, sentence)
    # "Trong đó" counts as a word of letters only where a letter is spoken of.
    depth = load_gate().score(sentence) - (0.0 if sentence.has("LTR") else load_gate().weights.get("LETTERWORD", 0.0) * sentence.has("LETTERWORD"))
    deep = depth >= GATE_DEEP
    topical = deep or anchored("TOPIC", sentence.concepts | document.concepts if sure >= VOTED else sentence.concepts, context)
    if (group == "FLAG" and (not topical or depth < GATE_ALONE)) or (group in SEEN and not SEEN[group](document, sentence) and not (topical and sure >= SURE)):
        return None
    if group == "FLAG" and answered(sentence, item.found, sure):
        return None
    alike = deep and not sentence.has("THAICAM", "TRADEWORD")
    kind, ranked = references(base, document, sentence, neighbours)
    voted = [ref for ref, _ in vote(neighbours)[1] if ref in base and not (group == "FLAG" and ref.startswith("EVT-"))]
    spoken = bool(ranked)
    if not ranked and ((alike and sure >= ALIKE) or sure >= VOTED):
        ranked = voted
        if group == "FLAG" and ranked and unnamed(ranked[0], document):
            ranked = [ref for name, ref in TITLES.items() if sentence.has(name)] if sure >= VOTED and kind in OWN_TITLE_TYPES else []
    if not ranked or (group == "FLAG" and ranked[0].startswith(REGISTERS)):
        return None
    if group == "FLAG" and barred(base, sentence, item.found, Likeness(kind, ranked, voted, sure, spoken, deep, alike)):
        return None
    return _learnt(base, sentence, kind, tuple(ranked[:2]), group, sure)


def _learnt(base: ReferenceBase, sentence: Sentence, kind: str, refs: tuple[str, ...], group: str, sure: float) -> Finding:
    verdict = WATCH_GROUPS.get(group) or SHOWN_GROUPS.get(group) or (Verdict.UNSUPPORTED if sentence.has("SECRETDOC") else Verdict.CONTRADICTED)
    said = base.get(refs[0]).statement_vi if refs else ""
    span = (sentence.start, sentence.end)
    start, end = differing.span(base, sentence, refs) if refs and verdict in RAISING else span
    written = sentence.text[start - sentence.start : end - sentence.start]
    return Finding("model", kind, refs, verdict, *span, sure, written[:160], said, span)


def _shown_by_model(base: ReferenceBase, models: Models, document: Document, sentence: Sentence, reading: Reading) -> tuple[Judged, float] | None:
    """Return what the models read in a sentence that is not raised: whose words, and what they agree with; None when unclear."""
    group = max(reading.groups, key=lambda name: reading.groups[name])
    if reading.groups[group] < SHOWN:
        return None
    neighbours = models.nearest(reading, group)
    if neighbours[0].score < SHOWN_NEAREST:
        return None
    kind, ranked = references(base, document, sentence, neighbours)
    if not ranked:
        ranked = [ref for ref, _ in vote(neighbours)[1] if ref in base][:1]
        if group == "FINE" and (neighbours[0].score < SHOWN_ALIKE or load_gate().score(sentence) <= load_gate().alone):
            return Judged(_learnt(base, sentence, kind, (), group, 0.0), Decision(reading.role, 0.0, ""), None, NOT_COMPARED), 0.0
    refs = () if group == "OUT" else tuple(ranked[:2])
    if not refs and group != "OUT":
        return None
    finding = _learnt(base, sentence, kind, refs, group, reading.groups[group])
    if group == "OUT":
        role = max(ASIDES, key=lambda role: reading.roles.get(role.value, 0.0))
        return weigh(document, sentence, finding, Decision(role, reading.roles.get(role.value, 0.0), ASIDE)), reading.groups[group] * 0.7
    if finding.verdict in RAISING and reading.assertive >= 0.5:
        return None
    judged = _judged(document, sentence, finding, reading)
    if judged.verdict in RAISING and judged.decision.role in ASSERTIVE_ROLES:
        return None
    return judged, reading.groups[group] * max(reading.roles.get(judged.decision.role.value, 0.5), 0.3)
