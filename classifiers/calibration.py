"""Confidence that means what it says: of the claims said to be 80 % sure, 80 % are right.

Two isotonic curves, one for what is raised (is its tier right?), one for what is only shown (is its verdict right?), fitted on
readings of labelled sentences by models that had not seen them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

RAISED, SHOWN = "raised", "shown"
# No claim is ever certain, and none that stands is worthless.
LEAST, MOST = 0.02, 0.98
# Fewer points than this draw no curve; the raw figure stays.
ENOUGH = 50
BINS = 10


@dataclass(frozen=True, slots=True)
class Point:
    """One predicted claim: which kind, how sure it was, whether it was right, and the fold that held it out."""

    kind: str
    sure: float
    right: bool
    fold: int = 0


def fit(points: Sequence[Point]) -> dict[str, Any]:
    """Return the curve of each kind as arrays of knots (`x`, `y`)."""
    return {kind: _curve([p for p in points if p.kind == kind]) for kind in (RAISED, SHOWN)}


def _curve(points: Sequence[Point]) -> dict[str, Any]:
    import numpy as np
    from sklearn.isotonic import IsotonicRegression

    if len(points) < ENOUGH:
        return {"x": np.array([0.0, 1.0]), "y": np.array([0.0, 1.0])}
    points = sorted(points, key=lambda p: (p.sure, p.right))
    model = IsotonicRegression(y_min=LEAST, y_max=MOST, out_of_bounds="clip")
    model.fit([p.sure for p in points], [float(p.right) for p in points])
    return {"x": np.asarray(model.X_thresholds_, dtype=np.float64), "y": np.asarray(model.y_thresholds_, dtype=np.float64)}


def apply(curves: dict[str, Any], kind: str, sure: float) -> float:
    """Return the calibrated confidence of one claim."""
    import numpy as np

    return float(min(max(np.interp(sure, curves[kind]["x"], curves[kind]["y"]), LEAST), MOST))


def crossed(points: Sequence[Point]) -> list[Point]:
    """Return the points with confidences calibrated by curves that were fitted on the other folds."""
    curves = {fold: fit([p for p in points if p.fold != fold]) for fold in {p.fold for p in points}}
    return [Point(p.kind, apply(curves[p.fold], p.kind, p.sure), p.right, p.fold) for p in points]


def error(points: Sequence[Point], bins: int = BINS) -> float:
    """Return the expected calibration error (ECE) over equal-width bins."""
    rows = reliability(points, bins)
    return round(sum(row["count"] * abs(row["sure"] - row["right"]) for row in rows) / max(len(points), 1), 4)


def reliability(points: Sequence[Point], bins: int = BINS) -> list[dict[str, float]]:
    """Return one row per bin that is not empty: lower bound, count, mean confidence, share that was right."""
    place: Callable[[Point], int] = lambda p: min(int(p.sure * bins + 1e-9), bins - 1)  # noqa: E731
    rows = []
    for index in range(bins):
        inside = [p for p in points if place(p) == index]
        if inside:
            rows.append({
                "from": index / bins, "count": len(inside), "sure": round(sum(p.sure for p in inside) / len(inside), 4),
                "right": round(sum(p.right for p in inside) / len(inside), 4),
            })  # fmt: skip
    return rows
