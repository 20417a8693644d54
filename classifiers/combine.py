"""Rules and learnt models weighed against each other, sentence by sentence.

Rules compare with the reference base and name what differs; the models say how such sentences read as a whole.
A flag needs both: a rule that the models do not gainsay, or models so sure that nearest labelled sentences name the entry;
how much each counts is learnt (weigher.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from classifiers.claims import load_gate
from classifiers.document import Document, Sentence
from classifiers.frames import Finding, context_concepts
from classifiers.instruments import dates_of, load_register
from classifiers.matching import anchored, references
from classifiers.measures import UNIT_VI, numbers_of
from classifiers.models import Models, Reading, vote
from classifiers.referencebase import ReferenceBase
from classifiers.roles import FIRM, Decision, decide
from classifiers.sights import SEEN
from classifiers.units import HOME
from classifiers.verdicts import Judged, weigh
from classifiers.weigher import FINE, NUMERIC, from_rules
from pipelines.records import ASSERTIVE_ROLES, FLAG_VERDICTS, WATCH_VERDICTS, Role, Verdict

# Thresholds on the weigher's probabilities, chosen on out-of-fold training sentences and the real news (docs/claims.md).
RAISE = {"FLAG": 0.62, "POSITION": 0.5, "IMAGE": 0.5, "UNVERIFIED": 0.5}
# A wrong number or date that a comparison found needs less, a flag that no rule found more.
RAISE_NUMERIC = 0.4
RAISE_ALONE = 0.68
# And a sentence whose concepts say by themselves that it is about the topic (score of the gate, claims.py).
GATE_ALONE = 1.0
# As sure as this, a count in a sentence deep in the topic is no mere part of the whole.
FAR_PART = 0.8
# Unless the sentence says outright that it counts a part ("riêng một đội", "each team").
OUTRIGHT_PART = re.compile(r" (?:rieng|moi doi|tung doi|mot doi|each|alone|one team) |仅|单是|每个")
# A sentence this deep in the topic needs no anchors (chosen on the blind texts and on 121,879 real news items, 2026-11-21).
GATE_DEEP = 6.0
RAISE_DEEP = 0.6
# Lists, schedules and court reports of this length hold so many concepts that the models alone are no witness.
LONGEST_ALONE = 320
# A watch that a rule names needs this much of its own kind before the likelihood of a flag is counted with it.
LEAST_OF_KIND = 0.05
SHOWN = 0.42
SHOWN_NEAREST = 0.12
SURE = 0.92
# From here on the models need no rule to tell them that the entry can answer (out of fold: 150 right, 15 wrong).
CERTAIN = 0.85
# As sure as this, the entry that the nearest labelled sentences name need not be spoken of in so many words.
VOTED = 0.9
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
    chosen = choose(item.found)
    if models is None or item.reading is None:
        return [(_by_rules(document, item.sentence, f), _rule_confidence(document, item.sentence, f), alone) for f, alone in chosen]
    raised = None
    alarm = sum(item.reading.groups.get(group, 0.0) for group in RAISE)
    if alarm >= HOPELESS or any(f.verdict in RAISING for f in item.found):
        likely = models.weigh(from_rules(item.sentence, item.found, item.decision), item.reading)
        raised = _raised(base, models, document, item, item.reading, likely)
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


def _raised(base: ReferenceBase, models: Models, document: Document, item: Item, reading: Reading, likely: dict[str, float]) -> tuple[Judged, float] | None:
    """Return the finding that is raised and how sure it is; None when the evidence does not carry it."""
    for group in ("FLAG", *WATCH_GROUPS):
        sure = likely.get(group, 0.0)
        mine = [f for f, _ in choose(item.found) if (f.verdict in FLAG_VERDICTS if group == "FLAG" else f.verdict is WATCH_GROUPS[group])]
        finding = mine[0] if mine else None
        if finding is not None and group != "FLAG" and (sure >= LEAST_OF_KIND or finding.weight >= 0.85):
            sure += likely.get("FLAG", 0.0)  # a rule says which kind it is: only whether it is raised at all is left open
        if sure < (RAISE_NUMERIC if finding is not None and finding.rule.startswith(NUMERIC) else RAISE[group]):
            continue
        if finding is None and sure >= (_least_alone(item.sentence) if group == "FLAG" else RAISE[group]):
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
            return judged, sure
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


def _answerable(base: ReferenceBase, ref: str, kind: str, sentence: Sentence, alike: bool) -> bool:
    """Whether the entry can contradict such a sentence at all: a measurement needs a number with a unit in the text."""
    if ref.startswith(UNANSWERABLE):
        return False
    if (base.get(ref).type == "measurement" or (kind == "D06" and not alike)) and not sentence.has(*STATES):
        return any(q.unit in UNIT_VI for q in numbers_of(sentence))
    home = next((names for known, names, _ in HOME.values() if known == ref), frozenset())
    return not any(f" {name} " in sentence.canon for name in home)


def _all_known(base: ReferenceBase, refs: list[str], sentence: Sentence) -> bool:
    """Whether the sentence measures, and every number in it is one that the entries hold, current or older."""
    said = [q for q in numbers_of(sentence) if q.unit in UNIT_VI]
    known = [float(v.value) for ref in refs for v in base.get(ref).values if isinstance(v.value, int | float)]
    return bool(said) and not sentence.has(*STATES, *DEEDS) and all(any(abs(q.value - k) <= 0.006 * k for k in known) for q in said)


# Who or what could have decided a title: where one is named, more than a bare title is claimed.
DECIDERS = ("RULE", "RECOG", "EU", "UN", "INTL", "PCA", "ASEAN", "TREATYNOUN", "UNCOURT")

# Entries about one instrument or ruling: a text that nowhere names it is not compared with it by likeness alone.
INSTRUMENTAL = ("PCA-", "GT-", "SFT-", "CAI-", "GEN-", "DOC-", "VCS-", "ECS-")


def _unnamed(ref: str, document: Document) -> bool:
    return ref.startswith(INSTRUMENTAL) and not anchored(ref, document.concepts, document.concepts)


def _all_dates_known(sentence: Sentence) -> bool:
    """Whether the sentence only dates instruments, and every date is one that the register holds for an instrument named in it."""
    if sentence.has("NEG", *STATES, *DEEDS) or any(q.unit in UNIT_VI for q in numbers_of(sentence)):
        return False
    held = [day for row in load_register() if not row.concepts.isdisjoint(sentence.concepts) for days in row.dates.values() for day in days]
    said = [d for d in dates_of(sentence) if d.day is not None]
    return bool(said) and all(any(d.agrees(day) for day in held) for d in said)


def _nothing_differs(base: ReferenceBase, item: Item, ref: str) -> bool:
    """Whether the entry holds names, dates or counts, and the sentence none that differs ("tọa đàm về ngày Công ước có hiệu lực")."""
    sentence = item.sentence
    if ref == "EVT-02" and not sentence.has("BOAT2020", "PCA", "UNCOURT"):
        return True  # any ramming is like this one: only what is said of the ruling or of that boat can differ
    if any(f.rule.startswith("unit") and f.verdict in FINE and ref in f.refs for f in item.found):
        return True
    if _all_dates_known(sentence):
        return True
    counted = base.get(ref).type == "measurement"
    if not (counted or ref.startswith(UNANSWERABLE)) or sentence.has("NEG", *(() if ref.startswith(DATED) else (*STATES, *DEEDS))):
        return False
    agreed = [(f.start, f.end) for f in item.found if f.rule.startswith(NUMERIC) and f.verdict in FINE]
    held = [day for row in load_register() if row.ref == ref for days in row.dates.values() for day in days]
    said = [(d.start, d.end) for d in dates_of(sentence) if not any(d.agrees(day) for day in held)]
    said += [(sentence.start + q.start, sentence.start + q.end) for q in numbers_of(sentence) if q.unit]
    if counted and said:
        return False
    return all(any(start < b and a < end for a, b in agreed) for start, end in said)


# Whom an entry is about besides Viet Nam: where the sentence names third states and not this one, it is about theirs.
PARTY = {"GT-": ("CN", "X_TONKIN"), "VC-": ("CN", "NORTHBORDER"), "VL-": ("LA", "LAOBORDER"), "VK-": ("KH", "KHBORDER"), "IUU-": ("VN",)}


def _others(ref: str, sentence: Sentence) -> bool:
    """Whether the sentence is about states of which the entry holds nothing (a treaty with Thailand is not that of the Gulf of Tonkin)."""
    own = next((names for prefix, names in PARTY.items() if ref.startswith(prefix)), ())
    return bool(own) and sentence.has("OTHERCOUNTRY", "OTHERCOUNTRY2", "THAICAM") and not sentence.has(*own)


def _measured(base: ReferenceBase, ref: str, sentence: Sentence) -> bool:
    """Whether the sentence gives a figure for such an entry of figures: the comparison of numbers had it and found no contradiction.

    The length of another province's border, or of one between two other countries, is like the entry in every word.
    """
    return base.get(ref).type == "measurement" and not sentence.has(*STATES, *DEEDS) and any(q.unit in LENGTHS for q in numbers_of(sentence))


def _may_be_part(base: ReferenceBase, ref: str, sentence: Sentence) -> bool:
    """Whether the sentence counts a part of what the entry measures ("riêng một đội đã cắm 471 mốc")."""
    said = [q.value for q in numbers_of(sentence) if q.unit in UNIT_VI]
    known = [float(v.value) for v in base.get(ref).values if isinstance(v.value, int | float)]
    return bool(said and known) and max(said) < max(known) and sentence.has("SUBUNIT", "PART") and base.get(ref).type == "measurement" and not sentence.has(*DEEDS)


LENGTHS = ("km", "km2")
DEEDS = ("CEDE", "GIVE", "SOLD", "RECOG", "LEASE", "FOREIGNADMIN", "CHANGEBORDER", "GONE")
OWN_TITLE_TYPES = ("D01", "D08")
TITLES = {"HS": "HS-03", "TS": "TS-06"}
RECOGNISED = ("RECOG", "RECOGPLACE", "UNCLOS", "PCA", "SFT", "LTR", "CAIRO", "POTSDAM", "GENEVA", "CLCS", "CN")
STATES = ("INFORCE", "EXISTNOT", "VOID", "FINISH", "SOLD", "CEDE2", "MOVE")
# Entries of names, dates and counts: only a comparison by rule can contradict them.
UNANSWERABLE = (
    "EVT-", "ORG-", "NAM-", "HS-01", "TS-01", "TS-04", "VK-05", "TH-03", "LC-03", "QT-05", "ADM-01", "ADM-02", "ADM-03", "ADM-05", "VC-05", "UNC-01", "UNC-02", "PCA-01", "LBG-", "LBP-",
    "VC-09", "VL-05", "ECS-01", "ND34-", "HP-", "NDL-", "SFT-02", "SFT-03", "LC-02", "TH-02", "NB-",
)

# Entries of events, offices and lists of communes: routine news speaks of them daily; the models alone never flag by them.
REGISTERS = ("EVT-", "ORG-", "LBP-", "LBG-", "LC-03", "QT-05", "TH-03", "ADM-05")


def _denied_by_rule(item: Item, kind: str, ref: str) -> bool:
    """Whether a frame reads the sentence as the denial of just that statement: the models weigh words, not their negation."""
    return any(
        f.verdict is Verdict.CONSISTENT and f.weight >= 0.75 and not f.rule.startswith(NUMERIC) and (ref in f.refs or f.type == kind) and item.sentence.has("NEG") for f in item.found
    )


# Of these the base holds nothing but when: what they say or give is held by other entries.
DATED = ("UNC-01", "UNC-02", "PCA-01", "LBG-", "LBP-")


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
    if group == "FLAG" and any(f.rule.startswith("position") and f.weight >= 0.85 for f in item.found) and not sentence.has(*DECIDERS):
        return None  # a bare title is a watch (CODEBOOK), however false the models find it
    if group == "FLAG" and len(sentence.text) > LONGEST_ALONE:
        return None
    if group == "FLAG" and sure < CERTAIN and any(f.verdict in WATCH_VERDICTS for f in item.found):
        return None
    alike = deep and not sentence.has("THAICAM", "TRADEWORD")
    kind, ranked = references(base, document, sentence, neighbours)
    voted = [ref for ref, _ in vote(neighbours)[1] if ref in base and not (group == "FLAG" and ref.startswith("EVT-"))]
    spoken = bool(ranked)
    if not ranked and (alike or sure >= VOTED):
        ranked = voted
        if group == "FLAG" and ranked and _unnamed(ranked[0], document):
            ranked = [ref for name, ref in TITLES.items() if sentence.has(name)] if sure >= VOTED and kind in OWN_TITLE_TYPES else []
    if not ranked or (group == "FLAG" and ranked[0].startswith(REGISTERS)):
        return None
    if group == "FLAG":
        if _measured(base, ranked[0], sentence) or _others(ranked[0], sentence):
            return None
        agreed = any(f.rule.startswith(NUMERIC) and f.verdict not in FLAG_VERDICTS and not f.rule.startswith("date") for f in item.found)
        if any(f.rule.startswith("share") and f.verdict is Verdict.CONSISTENT for f in item.found):
            return None  # both parties have just the shares that the entry gives them
        if (agreed and sure < SURE) or (sure < CERTAIN and not deep and not _answerable(base, ranked[0], kind, sentence, alike)):
            return None
        # As sure as this, the models have seen what the rules overlook: an oblique wording, a figure written in words.
        if sure < CERTAIN and (_nothing_differs(base, item, ranked[0]) or _denied_by_rule(item, kind, ranked[0])):
            return None
        part = _may_be_part(base, ranked[0], sentence) and not (deep and sure >= FAR_PART and not OUTRIGHT_PART.search(sentence.canon))
        if part or _all_known(base, ranked[:2] if spoken else voted, sentence):
            return None
        fine = {ref for f in item.found if f.verdict in FINE and f.weight >= 0.5 for ref in f.refs}
        if sure < SURE and fine & set(ranked[:1]):
            return None
        if kind in OWN_TITLE_TYPES and sentence.has("VN") and not sentence.has(*RECOGNISED) and not sentence.has("NEG"):
            # Viet Nam's own title, barely stated, is the office's stated position (CODEBOOK); only rules may object.
            return None
    return _learnt(base, sentence, kind, tuple(ranked[:2]), group, sure)


def _learnt(base: ReferenceBase, sentence: Sentence, kind: str, refs: tuple[str, ...], group: str, sure: float) -> Finding:
    verdict = WATCH_GROUPS.get(group) or SHOWN_GROUPS.get(group) or (Verdict.UNSUPPORTED if sentence.has("SECRETDOC") else Verdict.CONTRADICTED)
    span = (sentence.start, sentence.end)
    said = base.get(refs[0]).statement_vi if refs else ""
    return Finding("model", kind, refs, verdict, *span, sure, sentence.text[:160], said, span)


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
