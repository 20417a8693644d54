"""A flag that only the models see: what must speak for it, and what speaks against it however sure they are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from classifiers.citations import only_tells
from classifiers.document import Sentence
from classifiers.frames import Finding
from classifiers.guards.abroad import foreign, others
from classifiers.guards.daily import polices_crossings, sells_goods
from classifiers.guards.entries import (
    DECIDERS,
    OWN_TITLE_TYPES,
    RECOGNISED,
    answerable,
    counted,
    may_be_part,
    measured,
    uncounted,
)
from classifiers.guards.holding import (
    agrees_in_other_words,
    all_known,
    denied_by_rule,
    denies_handing,
    nothing_differs,
)
from classifiers.guards.losses import LOST_TYPES, NOBODY, OTHER_SIDE, lost_to_nature, of_earlier_units
from classifiers.guards.naming import names_only
from classifiers.guards.occasions import occasion
from classifiers.referencebase import ReferenceBase
from classifiers.weigher import FINE, NUMERIC
from pipelines.records import FLAG_VERDICTS, WATCH_VERDICTS, Verdict

# As sure as this, a count in a sentence deep in the topic is no mere part of the whole.
FAR_PART = 0.8
# Unless the sentence says outright that it counts a part ("riêng một đội", "each team").
OUTRIGHT_PART = re.compile(r" (?:rieng|moi doi|tung doi|mot doi|each|alone|one team) |仅|单是|每个")
# Lists, schedules and court reports of this length hold so many concepts that the models alone are no witness.
LONGEST_ALONE = 320
SURE = 0.92
# From here on the models need no rule to tell them that the entry can answer (out of fold: 150 right, 15 wrong).
CERTAIN = 0.85
# Findings that answer the sentence: it denies that there is such an agreement, or takes a side in what is open.
SPEAKING = ("agreement:denied", "open:")


@dataclass(frozen=True, slots=True)
class Likeness:
    """What the models see in a sentence: its type, entries (the best first), how sure, and how deep in the topic it is.

    `spoken`: the sentence speaks of what the entries are about; `deep`: its concepts need no anchors; `alike`: deep, and of no other topic.
    """

    kind: str
    ranked: list[str]
    voted: list[str]
    sure: float
    spoken: bool
    deep: bool
    alike: bool


def answered(sentence: Sentence, found: list[Finding], sure: float) -> bool:
    """Whether what the rules found is the whole of it: a bare title, an answer, what is said to have happened last night."""
    if any(f.rule.startswith("position") and f.weight >= 0.85 for f in found) and not sentence.has(*DECIDERS):
        return True  # a bare title is a watch (CODEBOOK), however false the models find it
    if len(sentence.text) > LONGEST_ALONE or any(f.rule.startswith(SPEAKING) for f in found):
        return True
    # What is said to have happened last night is unverified (CODEBOOK), however false it reads.
    return any(f.verdict in WATCH_VERDICTS and (sure < CERTAIN or (f.verdict is Verdict.UNVERIFIED and sentence.has("FRESH"))) for f in found)


def barred(base: ReferenceBase, sentence: Sentence, found: list[Finding], seen: Likeness) -> bool:
    """Whether the entry that the models name cannot contradict the sentence, or the sentence says nothing else than it."""
    first, sure = seen.ranked[0], seen.sure
    if foreign(first, sentence) or occasion(sentence) or names_only(sentence) or agrees_in_other_words(first, sentence):
        return True
    if (first.startswith(("HS-02", "TS-02", "ADM-")) and of_earlier_units(sentence)) or (NOBODY.search(sentence.canon) and not sentence.has("VN")):
        return True
    if (first == "VC-07" and OTHER_SIDE.search(sentence.canon)) or (first == "BAS-02" and sentence.has("CN") and not sentence.has("VN", "VNGOV")):
        return True
    if (seen.kind in LOST_TYPES and lost_to_nature(sentence)) or sells_goods(sentence) or polices_crossings(sentence):
        return True
    if denies_handing(first, sentence) or counted(first, sentence) or measured(base, first, sentence) or uncounted(base, first, sentence) or others(first, sentence) or only_tells(sentence):
        return True
    if any(f.rule.startswith("share") and f.verdict is Verdict.CONSISTENT for f in found):
        return True  # both parties have just the shares that the entry gives them
    agreed = any(f.rule.startswith(NUMERIC) and f.verdict not in FLAG_VERDICTS and not f.rule.startswith("date") for f in found)
    if (agreed and sure < SURE) or (sure < CERTAIN and not seen.deep and not answerable(base, first, seen.kind, sentence, seen.alike)):
        return True
    # As sure as this, the models have seen what the rules overlook: an oblique wording, a figure written in words.
    if sure < CERTAIN and (nothing_differs(base, sentence, found, first) or denied_by_rule(sentence, found, seen.kind, first)):
        return True
    part = may_be_part(base, first, sentence) and not (seen.deep and sure >= FAR_PART and not OUTRIGHT_PART.search(sentence.canon))
    if part or all_known(base, seen.ranked[:2] if seen.spoken else seen.voted, sentence):
        return True
    if sure < SURE and first in {ref for f in found if f.verdict in FINE and f.weight >= 0.5 for ref in f.refs}:
        return True
    # Viet Nam's own title, barely stated, is the office's stated position (CODEBOOK); only rules may object.
    return seen.kind in OWN_TITLE_TYPES and sentence.has("VN") and not sentence.has(*RECOGNISED, "NEG")
