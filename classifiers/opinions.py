"""Opinions on the topic: shown as such, with no verdict and no tier, whatever they say of any authority."""

from __future__ import annotations

from classifiers.document import Document, Sentence
from classifiers.frames import Finding
from pipelines.records import Verdict

# Type by what the text is about, the first that fits.
KINDS = (
    ("D13", ("IUU", "FISHTREATY", "BOAT")), ("D09", ("CHENGDU", "SECRETDOC")), ("D05", ("LANDTREATY", "NORTHBORDER", "BANGIOC", "NAMQUAN")),
    ("D03", ("PCA",)), ("D04", ("LTR",)), ("D16", ("RES202", "SPECIALZONE")), ("D10", ("RIG981", "UNCLOS", "EEZ")), ("D11", ("BASELINE", "CLCS")), ("D12", ("GACMA", "COLIN")),
    ("D06", ("GULF", "GATE", "MARKERSTRICT", "BORDER")), ("D01", ("HS", "TS", "SCS")),
)


def opinion_finding(document: Document, sentence: Sentence, candidate: bool) -> Finding | None:
    """Return an opinion in the sentence, None when it states no view or stands far from the topic."""
    cues = sentence.of("OPINIONCUE")
    if not cues or not (candidate or any(s.concepts & NEAR for s in document.before(sentence, 2) + document.after(sentence, 1))):
        return None
    if not sentence.has("EVALUATIVE") and len(cues) < 2 and not any(sentence.canon[t.start : t.end] in STRONG for t in cues):
        return None
    start, end = sentence.surface.raw(cues[0].start, cues[0].end)
    return Finding("opinion", kind(document, sentence), (), Verdict.OUT_OF_SCOPE, start, end, 0.6, sentence.text[:80], "", (start, end))


STRONG = frozenset(
    {"toi cho rang", "noi that", "noi thang", "de nghi nha nuoc", "i think", "i thought", "in my view", "nhuc", "dat ten kieu", "nghi cho dan", "mat long dan",
     "cong bo toan bo", "我认为", "我觉得", "软弱", "hanh dan", "theo toi", "de nghi cong bo", "should publish", "lam an kieu nay", "i call it", "di ung"}
)
NEAR = frozenset(["HS", "TS", "SCS", "BORDER", "GATE", "GULF", "LANDTREATY", "RES202", "SPECIALZONE", "IUU", "CHENGDU", "PCA", "LTR", "RIG981", "NORTHBORDER", "BASELINE", "GACMA", "EEZ"])


def kind(document: Document, sentence: Sentence) -> str:
    """Return the type that the sentence, or else the text, is about."""
    for concepts in (sentence.concepts, document.concepts):
        for name, wanted in KINDS:
            if not concepts.isdisjoint(wanted):
                return name
    return "D01"


# Names of the topic that are often only places: gates and towns, archipelagos as streets, a gulf in a weather report.
PLACE = ("BORDERPLACE", "GATE", "BANGIOC", "HS", "TS", "SCS", "PHUQUOC", "CONCO", "KIMSON", "X_STREET", "X_CHANGSHA", "X_NANSHAGZ", "X_OXTONGUE", "BLV", "HUAPHAN", "SAVAN", "P_THANHHOA", "P_QUANGTRI")


def place_finding(document: Document, sentence: Sentence) -> Finding | None:
    """Return the mere mention of a place in a text that claims nothing: shown as such, so that a reader sees why nothing is raised."""
    names = sentence.of(*PLACE)
    if not names or sentence.has("OWN", "BELONG", "OCCUPY", "TREATYNOUN"):
        return None
    start, end = sentence.surface.raw(names[0].start, names[0].end)
    return Finding("incidental-place", kind(document, sentence), (), Verdict.OUT_OF_SCOPE, start, end, 0.4, sentence.text[:80], "", (start, end))
