"""Fitting of the learnt models over hashed counts: statement, voice, neighbours; one thread, so that results repeat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from classifiers import weigher
from classifiers.examples import FOLDS, Example, example, fold_of, group
from classifiers.features import statement, voice
from classifiers.processes import each
from classifiers.referencebase import ReferenceBase

__all__ = ["FOLDS", "Table", "fit", "learn", "tabulate", "vectoriser", "weigh_rows"]
# Rows read at a time by one process.
PART = 512


def vectoriser() -> Any:
    """Return the stateless hashing vectoriser over feature strings."""
    from sklearn.feature_extraction import FeatureHasher

    return FeatureHasher(n_features=1 << 18, input_type="string", alternate_sign=False)


def weigh_rows(matrix: Any, idf: Any = None) -> tuple[Any, Any]:
    """Return the matrix with sublinear counts times inverse document frequency, rows of unit length, and the weights."""
    import numpy as np

    matrix = matrix.astype(np.float32)
    matrix.data = 1.0 + np.log(matrix.data)
    if idf is None:
        seen = np.bincount(matrix.indices, minlength=matrix.shape[1])
        idf = (np.log((1 + matrix.shape[0]) / (1 + seen)) + 1).astype(np.float32)
    matrix.data *= idf[matrix.indices]
    rows_of = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    length = np.sqrt(np.bincount(rows_of, weights=matrix.data**2, minlength=matrix.shape[0]))
    matrix.data /= np.maximum(length, 1e-9)[rows_of].astype(np.float32)
    return matrix, idf


def fit(matrix: Any, labels: list[str], strength: float, balanced: bool) -> dict[str, Any]:
    """Fit one logistic regression on hashed counts; returns idf, classes, weights and intercepts as arrays."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    matrix, idf = weigh_rows(matrix)
    # The solver keeps twenty copies of its weights; what occurs once or twice teaches nothing that carries over.
    seen = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]) >= 3)
    # Stopped at 1e-3 it had gone half the way (34 steps of 100): held-out macro F1 of roles 0.737, of statements 0.762; at 2e-4
    # 0.765 and 0.781, and not better at 5e-5 (2026-11-21).
    model = LogisticRegression(C=strength, max_iter=400, tol=2e-4, class_weight=_weights(labels) if balanced else None, random_state=0)
    model.fit(matrix[:, seen], labels)
    weights = np.zeros((matrix.shape[1], model.coef_.shape[0]), dtype=np.float32)
    weights[seen] = model.coef_.astype(np.float32).T
    return {"idf": idf.astype(np.float32), "classes": np.array(model.classes_), "weights": weights, "bias": model.intercept_.astype(np.float32)}


def _weights(labels: list[str]) -> dict[str, float]:
    """Return class weights half way to balance (square root), so that rare roles are learnt and common ones kept."""
    counts = Counter(labels)
    return {name: (len(labels) / (len(counts) * count)) ** 0.5 for name, count in counts.items()}


def features_of(e: Example) -> tuple[list[str], list[str]]:
    """Return the features of statement and voice of one example."""
    return statement(e.document, e.sentence, e.found), voice(e.document, e.sentence, e.found, e.decision)


@dataclass(slots=True)
class Table:
    """Labelled sentences as hashed counts with their labels and the figures of the rules."""

    statements: Any
    voices: Any
    groups: list[str]
    roles: list[str]
    types: list[str]
    refs: list[str]
    texts: list[str]
    rules: list[list[float]]
    folds: list[int]
    ours: list[bool]


def tabulate(rows: Iterable[dict[str, Any]], base: ReferenceBase) -> Table:
    """Read labelled rows once and in parts, two processes at work; rows whose sentence is not found again are left out."""
    from scipy.sparse import vstack

    stream = iter(rows)
    parts = list(each(_part, ((part, base) for part in iter(lambda: list(islice(stream, PART)), []))))
    joined = {name: [one for part in parts for one in getattr(part, name)] for name in ("groups", "roles", "types", "refs", "texts", "rules", "folds", "ours")}
    return Table(vstack([part.statements for part in parts]).tocsr(), vstack([part.voices for part in parts]).tocsr(), **joined)


def _part(rows: list[dict[str, Any]], base: ReferenceBase) -> Table:
    """Return the table of a part of the rows: the documents are large and stay here, their hashed features are small."""
    made = [one for row in rows if (one := example(row, base)) is not None]
    hasher, pairs = vectoriser(), [features_of(one) for one in made]
    return Table(
        hasher.transform([pair[0] for pair in pairs]), hasher.transform([pair[1] for pair in pairs]),
        groups=[group(one.verdict) for one in made], roles=[one.role.value for one in made], types=[one.type for one in made],
        refs=[" ".join(one.refs) for one in made], texts=[one.sentence.text[:200] for one in made],
        rules=[weigher.from_rules(one.sentence, one.found, one.decision) for one in made],
        folds=[fold_of(one.source) for one in made], ours=[one.from_base for one in made],
    )  # fmt: skip


def learn(table: Table, chosen: Any) -> dict[str, Any]:
    """Fit statement and voice models on the chosen rows, and keep these as neighbours."""
    import numpy as np

    groups = [table.groups[i] for i in chosen]
    how = fit(table.voices[chosen], [table.roles[i] for i in chosen], 50.0, True)
    said = fit(table.statements[chosen], groups, 50.0, False)
    matrix, _ = weigh_rows(table.statements[chosen], said["idf"])
    columns = matrix.tocsc()
    # The texts are shown as samples of what is false: a sentence that denies, asks or tells of it is none.
    texts = ["" if groups[k] == "FLAG" and weigher.label(groups[k], table.roles[i]) != "FLAG" else table.texts[i] for k, i in enumerate(chosen)]
    neighbours = {
        "data": columns.data, "indices": columns.indices, "indptr": columns.indptr, "group": np.array(groups),
        "type": np.array([table.types[i] for i in chosen]), "refs": np.array([table.refs[i] for i in chosen]), "text": np.array(texts),
    }  # fmt: skip
    return {"statement": said, "voice": how, "neighbours": neighbours}
