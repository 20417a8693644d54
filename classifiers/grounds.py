"""Grounds of a decision, from what the rules and the models saw: codes with values, said by groundwords.py; nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterator

from classifiers.combine import Item
from classifiers.document import Document
from classifiers.frames import Finding, context_concepts, load_frames
from classifiers.lexicon import Tag
from classifiers.measures import numbers_of, written_number
from classifiers.models import Models
from classifiers.reference_records import Validity
from classifiers.referencebase import ReferenceBase
from classifiers.verdicts import Judged
from classifiers.weigher import FINE, NUMERIC
from pipelines.records import ASSERTIVE_ROLES, FLAG_VERDICTS, Ground, Role, Verdict

FOR, AGAINST = "for", "against"
KIND = {Verdict.UNSUPPORTED: "unlisted", Verdict.POSITION_CLAIM: "position", Verdict.NEEDS_IMAGE_REVIEW: "picture", Verdict.UNVERIFIED: "incident"}
# A labelled sentence nearer than this is worth showing; below the second, none is near at all.
ALIKE, UNLIKE = 0.3, 0.15
HEDGES = ("IRREALIS", "ACADEMICCUE", "OPINIONCUE")
MOST = 6


def grounds(base: ReferenceBase, models: Models | None, document: Document, item: Item, judged: Judged) -> tuple[Ground, ...]:
    """Return what speaks for and against a judged finding, at most six of each, none twice."""
    made: dict[Ground, None] = {}
    for ground in (*_favour(models, item, judged), *_against(base, document, item, judged)):
        made.setdefault(ground)
    return tuple([g for g in made if g.side == FOR][:MOST] + [g for g in made if g.side == AGAINST][:MOST])


def _ground(side: str, code: str, **values: str) -> Ground:
    return Ground.model_validate({"side": side, "code": code, "values": tuple(sorted((k, _short(v)) for k, v in values.items()))})


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 140 else flat[:139].rstrip() + "…"


def _favour(models: Models | None, item: Item, judged: Judged) -> Iterator[Ground]:
    finding, ref = judged.finding, (judged.finding.refs or ("",))[0]
    verdict = judged.verdict or finding.verdict
    if finding.rule != "model" and verdict is not Verdict.OUT_OF_SCOPE and ref:
        if verdict in FINE:
            yield _ground(FOR, "agrees", written=finding.written, ref=ref)
        elif verdict in KIND:
            yield _ground(FOR, KIND[verdict], written=finding.written)
        elif verdict in FLAG_VERDICTS and finding.known:
            yield _ground(FOR, "number" if finding.rule.startswith(NUMERIC) else "statement", written=finding.written, ref=ref, known=finding.known)
    if judged.decision.role is Role.ASSERT:
        yield _ground(FOR, "own-voice")
    else:
        yield _ground(FOR if judged.decision.role in ASSERTIVE_ROLES else AGAINST, "voice", ground=judged.decision.why)
    if models is not None and item.reading is not None and verdict in FLAG_VERDICTS and judged.decision.role in ASSERTIVE_ROLES:
        near = models.nearest(item.reading, "FLAG")
        # Denials and questions over the same statement carry no text (fitting.py): the nearest that is itself a flag is cited.
        if alike := next((n for n in near if n.score >= ALIKE and n.text and set(n.refs) & set(finding.refs)), None):
            yield _ground(FOR, "similar", sample=alike.text)
        elif near and near[0].score < UNLIKE and finding.rule == "model":
            yield _ground(AGAINST, "unlike")


def _against(base: ReferenceBase, document: Document, item: Item, judged: Judged) -> Iterator[Ground]:
    sentence, finding = item.sentence, judged.finding
    if finding.rule == "model" and finding.verdict is not Verdict.OUT_OF_SCOPE:
        yield _ground(AGAINST, "by-likeness")
    if hedge := _hedge(item, finding):
        yield _ground(AGAINST, "hedge", word=_raw(item, hedge))
    for quantity in numbers_of(sentence):
        if quantity.hedge and quantity.unit and finding.start <= sentence.start + quantity.start < finding.end:
            yield _ground(AGAINST, "about", written=f"{quantity.hedge} {quantity.written}")
    if any(a <= finding.start + 2 and finding.end - 2 <= b for a, b in sentence.quotes):
        yield _ground(AGAINST, "quoted")
    if _borrowed(document, item, finding):
        yield _ground(AGAINST, "from-around")
    for other in item.found:
        if other.verdict in FINE and other.refs and not (other.start < finding.end and finding.start < other.end) and finding.verdict not in FINE:
            yield _ground(AGAINST, "partly-agrees", ref=other.refs[0], written=other.written)
    others = list(dict.fromkeys(ref for f in item.found if f.weight >= 0.5 for ref in f.refs if ref not in finding.refs))[:3]
    if others:
        yield _ground(AGAINST, "other-entries", refs=", ".join(others))
    if finding.rule.startswith("number") and finding.verdict in FLAG_VERDICTS:
        entry = base.get(finding.refs[0])
        older = [f"{written_number(float(v.value))} {v.unit}" for v in entry.values if v.validity is not Validity.CURRENT and isinstance(v.value, int | float)]
        if older:
            yield _ground(AGAINST, "older-values", ref=entry.id, values=", ".join(dict.fromkeys(older)))
    for near in (*document.before(sentence, 1), *document.after(sentence, 1)):
        if denials := near.of("DENY", "DENYLATER"):
            start, end = near.surface.raw(denials[0].start, denials[0].end)
            yield _ground(AGAINST, "denial-near", word=near.text[start - near.start : end - near.start])
    if document.published is None:
        yield _ground(AGAINST, "undated")


def _hedge(item: Item, finding: Finding) -> Tag | None:
    """Return the hedging word that stands before the words that decided, close to them."""
    start = item.sentence.surface.at(finding.start)
    return next((t for t in item.sentence.of(*HEDGES) if t.end <= start + 2 and start - t.end < 60), None)


def _raw(item: Item, tag: Tag) -> str:
    start, end = item.sentence.surface.raw(tag.start, tag.end)
    return item.sentence.text[start - item.sentence.start : end - item.sentence.start]


def _borrowed(document: Document, item: Item, finding: Finding) -> bool:
    """Whether the frame that decided found one of its slots in the text around only."""
    frame = next((f for f in load_frames() if f.id == finding.rule), None)
    if frame is None:
        return False
    here, around = item.sentence.concepts, context_concepts(document, item.sentence)
    return any(need.context and need.concepts.isdisjoint(here) and not need.concepts.isdisjoint(around) for need in frame.need)
