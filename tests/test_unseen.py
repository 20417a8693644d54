"""The assessor on texts that its rules and sentences were not written for (tests/claims/README.md)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from classifiers.assessor import Assessor
from classifiers.evaluation import Scores, compare, read_labelled, report
from pipelines.settings import load_settings

HERE = Path(__file__).parent
SETS = [
    ("unseen-press", 90, "claims_unseen_press"),
    ("unseen-mixed", 120, "claims_unseen_mixed"),
    ("seen-third-press", 100, "claims_third_press"),
    ("seen-third-posts", 100, "claims_third_posts"),
    ("seen-second", 140, "claims_unseen"),
    ("seen-posts", 110, "claims_posts"),
]


@pytest.mark.parametrize(("name", "texts", "key"), SETS)
def test_floors_on_unseen_texts(name: str, texts: int, key: str) -> None:
    floors = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))[key]
    assessor, scores = Assessor.load(load_settings().model_home), Scores()
    lines, bad = read_labelled(HERE / "claims" / f"{name}.jsonl")
    assert not bad and len(lines) == texts
    flagged = []
    for line, labels in lines:
        found = assessor.assess(line)
        compare(scores, line, labels, found)
        flagged += [line.id] if found.tier.value == "flag" and labels["stratum"] in ("opinion", "attribution") else []
    figures = report(scores)
    assert figures["flag"]["precision"] >= floors["flag_precision"]
    assert figures["flag"]["recall"] >= floors["flag_recall"]
    assert figures["alert"]["f1"] >= floors["alert_f1"]
    assert figures["role_macro_f1"] >= floors["role_macro_f1"]
    assert not flagged, "criticism and attribution are never flagged"
