"""Training of the learnt models from our own sentences and analysts' decisions: deterministic, two processes, under 90 seconds."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers import calibration
from classifiers.card import card_of
from classifiers.crossing import cross, validate
from classifiers.examples import counters, data_hash, example, group, rows
from classifiers.fitting import learn, tabulate
from classifiers.modelfile import write
from classifiers.models import Models
from classifiers.processes import each, rest
from classifiers.referencebase import ReferenceBase

__all__ = ["Trained", "counters", "example", "fit_all", "group", "rows", "ship", "train"]
Advance = Callable[[int, int | None], None]
STEPS = 5


@dataclass(slots=True)
class Trained:
    """A model with its arrays and its card, not yet on disk."""

    data: dict[str, Any]
    card: dict[str, Any]

    @property
    def models(self) -> Models:
        """The model at work."""
        return Models(self.data)


def fit_all(base: ReferenceBase, extra: Iterable[dict[str, Any]] = (), key: str = "", advance: Advance | None = None) -> Trained:
    """Fit all models on what ships and `extra` rows, with cross-validated scores and curves of confidence."""
    added, done = list(extra), advance or (lambda _done, _total: None)
    labelled = [*rows(), *added]
    try:
        table = tabulate([*labelled, *counters(base)], base)
        done(1, STEPS)
        crossed = cross(table)
        done(2, STEPS)
        (scores, points), fitted = each(_run, [(validate, base, crossed.models, labelled), (learn, table, range(len(table.groups)))])
        done(3, STEPS)
    finally:
        rest()
    data = {
        "version": f"m-{data_hash(added)[:8]}", "key": key, **fitted,
        "weigher": crossed.weigher, "calibration": calibration.fit(points),
    }  # fmt: skip
    done(4, STEPS)
    card = card_of(base, data, scores, points, sentences=len(labelled) - len(added), decisions=len(added), examples=len(table.groups))
    done(5, STEPS)
    return Trained(data, card)


def _run(work: Callable[..., Any], *job: Any) -> Any:
    return work(*job)


def ship(trained: Trained, path: Path) -> None:
    """Write model and card; a card without its model is never left behind."""
    import hashlib

    content = write(trained.data, path)
    trained.card["sha256"] = hashlib.sha256(content).hexdigest()
    card = path.with_suffix(".json")
    temporary = card.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps(trained.card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(temporary, card)


def train(base: ReferenceBase, path: Path, extra: Iterable[dict[str, Any]] = (), advance: Advance | None = None) -> Trained:
    """Fit on all that ships and `extra` rows, write model and card (named by content), return both."""
    trained = fit_all(base, extra, key=path.stem, advance=advance)
    ship(trained, path)
    return trained
