"""Cross-validation: every labelled sentence is read by models that saw neither it nor a variant of it.

The same four fold models teach the weigher how far to trust each figure, draw the curves of confidence, and give the
cross-validated scores of the card.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classifiers import weigher
from classifiers.calibration import RAISED, SHOWN, Point
from classifiers.evaluation import Scores, compare_claims
from classifiers.examples import fold_of, from_base, is_decision, placed, source_of
from classifiers.fitting import FOLDS, Table, learn
from classifiers.models import Models
from classifiers.processes import each
from classifiers.referencebase import ReferenceBase
from pipelines.records import TIER_RANK, Claim, Tier

if TYPE_CHECKING:
    from classifiers.document import Document

# Every fourth source is judged by the whole chain: enough for scores and curves, a quarter of the time.
SHARE = 4


@dataclass(slots=True)
class Crossed:
    """Fold models, and the weigher that learnt from every held-out sentence."""

    models: dict[int, Models]
    weigher: dict[str, Any]


def cross(table: Table) -> Crossed:
    """Fit a model for each fold on the others and read the fold with it; the weigher of a fold never saw the fold's labels."""
    folds = table.folds
    present = [fold for fold in range(FOLDS) if 0 < folds.count(fold) < len(folds)]
    read = dict(zip(present, each(_fold, ((table, fold) for fold in present)), strict=True))
    # The last one learns from all: it is the weigher that ships.
    *crossed, whole = each(weigher.fit, [_seen(read, present, without=fold) for fold in (*present, None)])
    models = {fold: Models({"version": "fold", **read[fold][0], "weigher": one}) for fold, one in zip(present, crossed, strict=True)}
    return Crossed(models, whole)


def _seen(read: dict[int, Any], present: list[int], without: int | None) -> tuple[list[list[float]], list[str]]:
    """Return figures and labels of all folds but one."""
    others = [read[fold] for fold in present if fold != without]
    return [row for _, rows, _ in others for row in rows], [label for *_, labels in others for label in labels]


def _fold(table: Table, fold: int) -> tuple[dict[str, Any], list[list[float]], list[str]]:
    """Return the model of all other folds, and figures and labels of the sentences of this one."""
    import numpy as np

    folds, ours = np.array(table.folds), np.array(table.ours)
    data = learn(table, np.flatnonzero(folds != fold))
    held = np.flatnonzero((folds == fold) & ~ours)
    model = Models({"version": "fold", **data})
    rows, labels = [], []
    for at, reading in zip(held, model.readings(table.statements[held], table.voices[held]), strict=True):
        rows.append(weigher.interactions(table.rules[at], weigher.from_models(reading.groups, reading.roles, model.closeness(reading))))
        labels.append(weigher.label(table.groups[at], table.roles[at]))
    return data, rows, labels


def validate(base: ReferenceBase, models: dict[int, Models], rows: Iterable[dict[str, Any]]) -> tuple[Scores, list[Point]]:
    """Return scores and points of confidence of the whole chain on held-out sentences (each judged by its fold's model)."""
    from classifiers.assessor import Assessor

    assessors = {fold: Assessor(base, model) for fold, model in models.items()}
    scores, points = Scores(), list[Point]()
    for row, document, fold in _held(rows, assessors.__contains__):
        sentence = row["sentence"]
        whole = document.line.text
        start = whole.find(sentence)
        claims, _ = assessors[fold].claims(document)
        mine = tuple(c for c in claims if c.field == "body" and c.start < start + len(sentence) and c.end > start)
        tier = max((c.tier for c in mine), key=lambda t: TIER_RANK[t], default=Tier.NONE)
        gold = Claim.model_construct(role=row["role"], verdict=row["verdict"], leans_yes=bool(row.get("leans_yes"))).tier
        compare_claims(scores, document.line, {"tier": gold.value, "claims": [row], "stratum": row["role"]}, mine, tier)
        for claim in mine:
            if claim.tier is not Tier.NONE:
                points.append(Point(RAISED, claim.confidence, claim.tier is gold, fold))
            else:
                points.append(Point(SHOWN, claim.confidence, claim.verdict.value == row["verdict"], fold))
    return scores, points


def _held(rows: Iterable[dict[str, Any]], known: Callable[[int], bool]) -> Iterator[tuple[dict[str, Any], Document, int]]:
    for row in rows:
        if from_base(row):
            continue
        source = source_of(row)
        fold = fold_of(source)
        if not known(fold) or (fold_of(f"judged {source}") % SHARE and not is_decision(row)):
            continue
        at = placed(row)
        if at is not None:
            yield row, at[0], fold
