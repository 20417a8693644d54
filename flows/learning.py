"""What learning from decisions changed: agreement with the decisions themselves, and scores on a labelled file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from classifiers.models import Models
    from classifiers.referencebase import ReferenceBase


def keep(rows: list[dict[str, Any]], path: Path) -> None:
    """Write the accepted rows, whole or not at all; later trainings learn from them again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text("".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows), encoding="utf-8")
    os.replace(temporary, path)


def agreement(base: ReferenceBase, models: Models, rows: list[dict[str, Any]]) -> int:
    """Return on how many decided sentences the model raises what people confirmed and lets pass what they cleared."""
    from classifiers.assessor import Assessor
    from classifiers.examples import placed
    from pipelines.records import FLAG_VERDICTS, WATCH_VERDICTS, Tier, Verdict

    assessor, agreed = Assessor(base, models), 0
    for row in rows:
        at = placed(row)
        if at is None:
            continue
        start = at[0].line.text.find(row["sentence"])
        claims, _ = assessor.claims(at[0])
        raised = any(c.tier is not Tier.NONE and c.field == "body" and c.start < start + len(row["sentence"]) and c.end > start for c in claims)
        agreed += raised is (Verdict(row["verdict"]) in FLAG_VERDICTS | WATCH_VERDICTS)
    return agreed


def labelled_scores(base: ReferenceBase, models: Models, file: Path) -> dict[str, float]:
    """Return the main scores of a model on a labelled file."""
    from classifiers.assessor import Assessor
    from classifiers.evaluation import Scores, compare, read_labelled, report

    assessor, scores = Assessor(base, models), Scores()
    for line, labels in read_labelled(file)[0]:
        compare(scores, line, labels, assessor.assess(line))
    found = report(scores)
    return {
        "flag precision": found["flag"]["precision"], "flag recall": found["flag"]["recall"], "alert f1": found["alert"]["f1"],
        "role_macro_f1": found["role_macro_f1"], "ece": found["ece"],
    }  # fmt: skip
