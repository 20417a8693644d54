"""`cotmoc evaluate`: every score the issue names, the two ways of measuring named apart, bad lines counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from classifiers.assessor import Assessor
from classifiers.calibration import RAISED, SHOWN
from classifiers.document import build
from classifiers.evaluation import Scores, compare, match_refs, read_labelled, report
from flows.commands.evaluate import evaluate
from pipelines.records import TextLine
from tests import claimcases

WRONG = "Hòa ước San Francisco năm 1951 trao quần đảo Hoàng Sa cho Trung Quốc."
DENIED = "Người phát ngôn bác bỏ tin cho rằng Hòa ước San Francisco năm 1951 trao quần đảo Hoàng Sa cho Trung Quốc."
ANGRY = "Tôi thấy cách làm biên giới của chính quyền quá chậm, dân đi lại cực vô cùng, đáng trách lắm."


def text(id: str, body: str, tier: str, *claims: dict[str, Any], stratum: str = "") -> dict[str, Any]:
    return {"id": id, "title": "", "text": body, "published": "2025-09-10", "tier": tier, "claims": list(claims), "stratum": stratum}


def label(sentence: str, role: str = "ASSERT", verdict: str = "CONTRADICTED", refs: tuple[str, ...] = ("SFT-01",)) -> dict[str, Any]:
    return {"sentence": sentence, "type": "D10", "role": role, "verdict": verdict, "refs": list(refs)}


ROWS = [
    text("a", WRONG, "flag", label(WRONG)),
    text("b", DENIED, "none", label(DENIED, "REBUT"), stratum="hn_rebuttal"),
    text("c", ANGRY, "none", label(ANGRY, "OPINION", "OUT_OF_SCOPE", ()), stratum="hn_opinion"),
    text("d", "Trời nắng đẹp, bà con phơi lúa.", "none"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "nhan.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return path


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = claimcases.assessor()
    monkeypatch.setattr(Assessor, "load", lambda *_: made)
    monkeypatch.setenv("COTMOC_DATA", str(tmp_path / "data"))


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(evaluate)
    return CliRunner().invoke(app, list(arguments))


def test_every_score_is_there(trained: None, file: Path) -> None:
    done = run(str(file), "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert {
        "flag", "alert", "role_macro_f1", "roles", "verdict_accuracy", "type_accuracy", "reference_hit", "recall_at_3", "ece", "calibration",
        "never_flagged", "confusion", "role_confusion", "verdict_confusion", "type_confusion", "errors", "cross_validated", "how",
    } <= set(told)  # fmt: skip
    assert told["confusion"]["flag"]["flag"] == 1
    assert told["never_flagged"]["texts"] == {"opinion": 1, "rebuttal": 1, "attribution": 0}
    assert told["never_flagged"]["flags"] == {"opinion": 0, "rebuttal": 0, "attribution": 0}
    assert told["recall_at_3"] == 1.0


def test_as_shipped_and_cross_validated_are_named_apart(trained: None, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = report(Scores())
    kind = {"ece": 0.01, "claims": 0, "table": []}
    card = {"how": "kiểm định chéo", **figures, "calibration": {"ece": 0.01, "claims": 0, RAISED: kind, SHOWN: kind}}
    monkeypatch.setattr("flows.commands.evaluate._card", lambda _: card)
    told = run(str(file)).output
    assert told.index("Mô hình đang dùng") < told.index("kiểm định chéo")
    assert "recall@3" in told and "gắn cờ nhầm" in told


def test_a_bad_line_is_reported_with_its_number_and_ends_in_1(trained: None, file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8") + "{bad\n" + json.dumps({"id": "x", "text": "y", "tier": "đỏ"}) + "\n", encoding="utf-8")
    done = run(str(file), "--json")
    assert done.exit_code == 1
    assert "dòng 5" in done.stderr and "dòng 6" in done.stderr
    assert json.loads(done.stdout)["bad_lines"] == 2


def test_a_file_without_labels_is_a_mistake_of_the_user(trained: None, tmp_path: Path) -> None:
    empty = tmp_path / "rong.jsonl"
    empty.write_text("", encoding="utf-8")
    assert "không có dòng nào có nhãn" in str(run(str(empty)).exception)
    assert "không mở được" in str(run(str(tmp_path / "khong-co.jsonl")).exception)


def test_a_claim_that_is_not_found_counts_as_wrong_everywhere() -> None:
    scores = Scores()
    line = TextLine.model_validate(ROWS[3])
    gold = {"tier": "flag", "claims": [label("Trời nắng đẹp")]}
    compare(scores, line, gold, claimcases.assessor().assess(line))
    match_refs(scores, ["SFT-01"], [])
    found = report(scores)
    assert (found["claims_found"], found["verdict_accuracy"], found["role_macro_f1"], found["recall_at_3"]) == (0.0, 0.0, 0.0, 0.0)
    assert found["errors"][0]["expected"] == ["Trời nắng đẹp"]


def test_the_sentence_of_a_label_is_found_in_other_unicode_forms_and_fields() -> None:
    import unicodedata

    line = TextLine(id="t", title="Tít có chuyện.", text=unicodedata.normalize("NFD", f"Câu đầu. {WRONG} Câu cuối."), captions=("Ảnh chụp ở cảng.",))
    document = build(line)
    for wanted, field in ((WRONG, "body"), ("Tít có chuyện.", "title"), ("Ảnh chụp", "caption[0]")):
        found = document.holding(wanted)
        assert found is not None and found.field == field
    assert document.holding("không có câu này ở đâu cả") is None


@pytest.mark.shared_data
def test_matching_finds_the_entry_among_its_first_three_on_the_development_set(shared_data: Path) -> None:
    assessor, scores = claimcases.assessor(), Scores()
    for line, labels in read_labelled(shared_data / "claims_dev.jsonl")[0]:
        document = build(line)
        for claim in labels["claims"]:
            if claim["refs"]:
                sentence = document.holding(claim["sentence"])
                match_refs(scores, claim["refs"], assessor.match(document, sentence) if sentence else [])
    floors = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))
    assert scores.right["matched"] / scores.right["matchable"] >= floors["matching"]["recall_at_3"]
