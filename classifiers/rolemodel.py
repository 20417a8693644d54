"""The learnt part: corrects roles where the rules are unsure, and calibrates confidence. (Filled by `train`.)"""

from __future__ import annotations

from pathlib import Path

from classifiers.document import Document, Sentence
from classifiers.frames import Finding
from classifiers.referencebase import ReferenceBase
from classifiers.roles import Decision
from classifiers.verdicts import Judged


class RoleModel:
    """Placeholder shape until training sentences are there."""

    version = "none"

    def revise(self, document: Document, sentence: Sentence, finding: Finding, decision: Decision) -> Decision:
        """Return the decision, possibly with another role."""
        return decision

    def calibrate(self, raw: float, judged: Judged) -> float:
        """Return the calibrated confidence."""
        return raw


def load_or_train(data: Path | None, base: ReferenceBase) -> RoleModel | None:
    """Return the cached model of these training sentences, trained when absent; None without training sentences."""
    return None
