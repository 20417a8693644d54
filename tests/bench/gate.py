"""Fit and measure the sentence gate: a linear model over concepts, labelled sentences against real news.

Run: SHARED_DATA=… python -m tests.bench.gate [--write]. Only weights of concepts are kept, no text of the news.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from classifiers.claims import GATE_WEIGHTS, candidates, load_gate, on_topic
from classifiers.document import build
from classifiers.referencebase import load_references
from classifiers.training import counters, example, rows
from tests.test_claims_gate import sample

# Shares of the news that may pass by themselves, and next to a sentence that did.
ALONE, NEAR = 0.048, 0.14
LEAST = 0.02


def labelled() -> Iterator[tuple[frozenset[str], bool]]:
    """Yield concepts of each labelled sentence, and whether it states something checkable."""
    base = load_references()
    for row in [*rows(), *counters(base)]:
        read = example(row, base)
        if read is not None and row["role"] != "INCIDENTAL":
            yield read.sentence.concepts, row["verdict"] != "OUT_OF_SCOPE"


def fit(folder: Path) -> dict[str, object]:
    """Return weights by concept and both thresholds."""
    import numpy as np
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    ours = [concepts for concepts, _ in labelled()]
    news = [sentence.concepts for line in sample(folder) for sentence in build(line).sentences]
    vectors = DictVectorizer()
    matrix = vectors.fit_transform([dict.fromkeys(sorted(concepts), 1.0) for concepts in ours + news])
    model = LogisticRegression(C=1.0, max_iter=500).fit(matrix, np.array([1] * len(ours) + [0] * len(news)))
    scores = np.sort(model.decision_function(matrix[len(ours) :]))[::-1]
    weights = {name: round(float(w), 2) for name, w in zip(vectors.get_feature_names_out(), model.coef_[0], strict=True) if abs(w) >= LEAST}
    return {
        "bias": round(float(model.intercept_[0]), 2), "alone": round(float(scores[int(ALONE * len(scores))]), 2),
        "near": round(float(scores[int(NEAR * len(scores))]), 2), "weights": weights,
    }  # fmt: skip


def main() -> None:
    """Write the weights when asked to; print what passes."""
    folder = Path(os.environ["SHARED_DATA"]) / "news"
    if "--write" in sys.argv:
        made = fit(folder)
        lines = [f"{name}: {made[name]}" for name in ("bias", "alone", "near")] + ["weights:"]
        lines += [f"  {name}: {weight}" for name, weight in sorted(made["weights"].items())]  # type: ignore[attr-defined]
        note = "# Made by `python -m tests.bench.gate --write`: weights of concepts, labelled sentences against real news; not edited by hand.\n"
        GATE_WEIGHTS.write_text(note + "\n".join(lines) + "\n", encoding="utf-8")
        load_gate.cache_clear()
    base = load_references()
    found = [(row, example(row, base)) for row in [*rows(), *counters(base)]]
    kept = [read.sentence in candidates(read.document) for row, read in found if read is not None and row["verdict"] != "OUT_OF_SCOPE"]
    seen = passed = texts = topical = 0
    for line in sample(folder):
        document = build(line)
        topic = on_topic(f"{line.title}\n{line.text}")
        texts, topical = texts + 1, topical + topic
        seen += len(document.sentences)
        passed += len(candidates(document)) if topic else 0
    print(f"labelled claims that pass      {sum(kept) / len(kept):8.4f}\nnews sentences that pass       {passed / seen:8.4f}\nnews texts that pass the words {topical / texts:8.4f}")


if __name__ == "__main__":
    main()
