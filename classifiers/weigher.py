"""Rules and models weighed together: how likely a sentence is to be raised, and as what.

One multinomial logistic regression over two dozen figures: what the rules found and with which role, what the two models
read, how near labelled sentences are. It is fitted on readings of models that had not seen the sentence, nor its variants.
"""

from __future__ import annotations

import math
from typing import Any

from classifiers.document import Sentence
from classifiers.frames import Finding
from classifiers.roles import Decision
from pipelines.records import ASSERTIVE_ROLES, FLAG_VERDICTS, WATCH_VERDICTS, Role, Verdict

NUMERIC = ("number", "date", "share", "unit")
FINE = frozenset({Verdict.CONSISTENT, Verdict.LEGACY_VALUE, Verdict.ROUNDING, Verdict.TIME_SENSITIVE})
ROLES = tuple(role.value for role in Role)
# What is raised, and all the rest.
CLASSES = ("FLAG", "POSITION", "IMAGE", "UNVERIFIED", "NONE")
GROUPS = ("FLAG", "POSITION", "IMAGE", "UNVERIFIED", "FINE", "OUT", "CONTESTED")
LEARNT_ROLES = ("REBUT", "ATTRIB", "QUESTION", "REPORT_ACTION", "OPINION", "ACADEMIC", "SATIRE_FICTION", "INCIDENTAL")
NEAR = ("FLAG", "FINE")


def logit(p: float) -> float:
    """Return the log odds of a probability, bounded."""
    p = min(max(p, 1e-4), 1.0 - 1e-4)
    return math.log(p / (1.0 - p))


def from_rules(sentence: Sentence, found: list[Finding], decision: Decision | None) -> list[float]:
    """Return the figures that need no model: weights of findings by kind, the rules' role, length."""

    def best(verdicts: frozenset[Verdict], numeric: bool) -> float:
        return max((f.weight for f in found if f.verdict in verdicts and f.rule.startswith(NUMERIC) is numeric), default=0.0)

    role = decision.role.value if decision else ""
    sure = decision.sure if decision and decision.role in ASSERTIVE_ROLES else 0.0
    watched = [max((f.weight for f in found if f.verdict is v), default=0.0) for v in sorted(WATCH_VERDICTS)]
    return [
        best(FLAG_VERDICTS, False), best(FLAG_VERDICTS, True), best(FINE, False), best(FINE, True), best(frozenset({Verdict.CONTESTED}), False),
        *watched, *(float(role == name) for name in ROLES), float(not role), sure, min(len(sentence.text), 400) / 200,
        float(sentence.field == "title"), float(bool(sentence.quotes)),
    ]  # fmt: skip


def from_models(groups: dict[str, float], roles: dict[str, float], near: dict[str, float]) -> list[float]:
    """Return the figures of both models and of the nearest labelled sentences."""
    assertive = sum(roles.get(role.value, 0.0) for role in ASSERTIVE_ROLES)
    flag = groups.get("FLAG", 0.0)
    return [
        *(logit(groups.get(name, 0.0)) for name in GROUPS), logit(assertive), *(logit(roles.get(name, 0.0)) for name in LEARNT_ROLES),
        logit(flag * assertive), flag * assertive, *(near.get(name, 0.0) for name in NEAR), near.get("FLAG", 0.0) - near.get("FINE", 0.0),
    ]  # fmt: skip


def interactions(rules: list[float], models: list[float]) -> list[float]:
    """Return all figures, with the products that matter: a finding counts as far as the models let it."""
    flag, assertive = models[0], models[len(GROUPS)]
    return [*rules, *models, rules[0] * flag, rules[1] * flag, rules[0] * assertive, rules[1] * assertive, rules[3] * flag]


def label(group: str, role: str) -> str:
    """Return the class of a labelled sentence: raised only in the text's own voice or with its consent."""
    return group if group in CLASSES and role in {r.value for r in ASSERTIVE_ROLES} else "NONE"


def fit(rows: list[list[float]], labels: list[str]) -> dict[str, Any]:
    """Fit the weigher; returns classes, mean, scale, weights and intercepts as arrays."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    matrix = np.asarray(rows, dtype=np.float64)
    mean, scale = matrix.mean(axis=0), np.maximum(matrix.std(axis=0), 1e-6)
    model = LogisticRegression(C=0.3, max_iter=300, tol=1e-3, random_state=0).fit((matrix - mean) / scale, labels)
    return {"classes": np.array(model.classes_), "mean": mean, "scale": scale, "weights": model.coef_.T.copy(), "bias": model.intercept_.copy()}


def weigh(data: dict[str, Any], row: list[float]) -> dict[str, float]:
    """Return the probability of each class for one sentence."""
    import numpy as np

    scores = ((np.asarray(row) - data["mean"]) / data["scale"]) @ data["weights"] + data["bias"]
    likely = np.exp(scores - scores.max())
    likely /= likely.sum()
    return dict(zip((str(name) for name in data["classes"]), map(float, likely), strict=True))
