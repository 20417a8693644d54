"""`cotmoc train`: the same bytes twice, a card with honest scores, damaged files refused, decisions learnt under guard."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from classifiers import examples, modelfile, training
from classifiers.calibration import RAISED, SHOWN, Point, apply, crossed, error, fit, reliability
from classifiers.card import mismatches, readable
from classifiers.examples import decided_rows, fold_of, source_of
from classifiers.models import Models, load_or_train
from classifiers.processes import rest
from classifiers.referencebase import load_references
from classifiers.shipping import CEILING_ECE, FLOORS, changes, objections
from classifiers.training import Trained, train
from flows.commands.train import train as command
from flows.context import open_store, settings
from flows.decided import decisions
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.read import read_line
from pipelines.records import Alert, Claim, Role, TextLine, Tier, Verdict
from pipelines.settings import load_settings
from pipelines.store import alerts, articles
from tests import claimcases

FLAGGED = "Hòa ước San Francisco năm 1951 trao quần đảo Hoàng Sa cho Trung Quốc."
CLEARED = "Biên giới Việt Nam - Trung Quốc trên đất liền dài 1.449,566 km, gần một nghìn bốn trăm năm mươi cây số."


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Every fortieth shipped sentence: training on them takes seconds."""
    folder = tmp_path_factory.mktemp("few")
    rows = [row for at, row in enumerate(examples.rows()) if at % 40 == 0]
    (folder / "few.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    yield folder
    rest()


@pytest.fixture
def small(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let training read the few sentences only, and few of the reference base's."""
    # The processes go on to the next training: to start them takes longer than these few sentences.
    monkeypatch.setattr(training, "rest", lambda: None)
    every = training.counters
    monkeypatch.setattr(training, "counters", lambda base: (row for at, row in enumerate(every(base)) if at % 8 == 0))
    monkeypatch.setattr(training, "rows", lambda: examples.rows(few))
    monkeypatch.setattr(examples, "FOLDER", few)


def test_the_same_sentences_give_the_same_bytes(small: None, tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "k.skops", tmp_path / "b" / "k.skops"
    train(load_references(), first)
    train(load_references(), second)
    assert first.read_bytes() == second.read_bytes()
    assert first.with_suffix(".json").read_bytes() == second.with_suffix(".json").read_bytes()


def test_only_arrays_and_plain_values_are_in_the_file(small: None, tmp_path: Path) -> None:
    from skops.io import get_untrusted_types

    path = tmp_path / "k.skops"
    train(load_references(), path)
    assert get_untrusted_types(file=path) == []
    names = zipfile.ZipFile(path).namelist()
    assert names[-1] == "schema.json" and all(name.endswith(".npy") for name in names[:-1])


def test_what_was_written_is_what_is_read(small: None, tmp_path: Path) -> None:
    path = tmp_path / "k.skops"
    made = train(load_references(), path)
    back = modelfile.read(path, "k")
    for part in ("statement", "voice", "neighbours", "weigher"):
        for name, value in made.data[part].items():
            assert np.array_equal(back[part][name], value), (part, name)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "không đọc được mô hình"), (b"PK\x03\x04 broken", "không đọc được mô hình"), (b"\x80\x04\x95 pickle", "không đọc được mô hình"), (b"{}", "không đọc được mô hình")],
)
def test_a_damaged_model_is_refused_in_one_line(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "k.skops"
    path.write_bytes(content)
    with pytest.raises(UserError, match=reason) as caught:
        modelfile.read(path)
    assert "\n" not in str(caught.value) and "cotmoc train" in str(caught.value)


@pytest.mark.parametrize("at", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.999, 0.9999])
def test_one_flipped_byte_anywhere_is_noticed_or_does_no_harm(tmp_path: Path, at: float) -> None:
    data: dict[str, Any] = {"version": "m-1", "key": "k", **{name: {field: np.arange(600.0) for field in fields} for name, fields in modelfile.PARTS.items()}}
    for name in ("statement", "voice"):
        data[name].update(weights=np.ones((600, 2)), bias=np.ones(2), classes=np.array(["a", "b"]))
    path = tmp_path / "k.skops"
    raw = bytearray(modelfile.write(data, path))
    modelfile.read(path, "k")
    raw[int(len(raw) * at)] ^= 0xFF
    path.write_bytes(raw)
    try:
        read = modelfile.read(path, "k")
    except UserError as error:
        assert "\n" not in str(error)
    else:
        assert all(np.array_equal(read[name][field], data[name][field]) for name, fields in modelfile.PARTS.items() for field in fields)


def test_a_foreign_model_and_one_of_another_version_are_refused(tmp_path: Path) -> None:
    from sklearn.linear_model import LogisticRegression
    from skops.io import dump

    path = tmp_path / "k.skops"
    for foreign in ({"a": 1}, [1, 2], LogisticRegression()):
        dump(foreign, path)
        with pytest.raises(UserError, match="không phải mô hình của Cột Mốc"):
            modelfile.read(path)
    data: dict[str, Any] = {"version": "m-1", "key": "khác", **{name: {field: np.ones(2) for field in fields} for name, fields in modelfile.PARTS.items()}}
    for name in ("statement", "voice"):
        data[name].update(weights=np.ones((2, 2)), bias=np.ones(2), classes=np.array(["a", "b"]))
    modelfile.write(data, path)
    with pytest.raises(UserError, match="phiên bản khác"):
        modelfile.read(path, "k")


def test_a_type_that_is_not_trusted_is_refused(tmp_path: Path) -> None:
    from skops.io import dump

    path = tmp_path / "k.skops"
    dump({"version": "m", "odd": Path("/etc")}, path)
    with pytest.raises(UserError, match="kiểu lạ|không đọc được"):
        modelfile.read(path)


def test_variants_of_a_sentence_are_never_parted_between_folds() -> None:
    rows = list(examples.rows())
    of = [row for row in rows if row.get("of")]
    assert of and all(fold_of(source_of(row)) == fold_of(str(row["of"])) for row in of)
    framed = [row for row in rows if str(row["id"]).startswith("framed") and row["refs"]]
    assert framed and all(source_of(row) == row["refs"][0] or row.get("of") for row in framed)


def test_confidence_is_monotone_bounded_and_means_what_it_says() -> None:
    points = [Point(kind, at / 500, (at * 7919 % 500) / 500 < (at / 500) ** 2, at % 4) for kind in (RAISED, SHOWN) for at in range(500)]
    curves = fit(points)
    values = [apply(curves, RAISED, x / 50) for x in range(51)]
    assert values == sorted(values) and 0 < values[0] < values[-1] < 1
    assert error(points) > 0.1 > CEILING_ECE >= error(crossed(points))
    assert sum(row["count"] for row in reliability(points)) == len(points)
    assert apply(fit([]), SHOWN, 0.4) == pytest.approx(0.4), "too few points draw no curve"


@pytest.fixture(scope="module")
def kept_card() -> str:
    """The card of the model that the other claims tests use, read before a test moves the home of the models."""
    model = claimcases.assessor().model
    assert model is not None
    return (load_settings().model_home / "models" / f"{model._data['key']}.json").read_text(encoding="utf-8")


@pytest.fixture
def card_in_use(kept_card: str) -> dict[str, Any]:
    """A copy of that card."""
    return dict(json.loads(kept_card))


def test_cross_validated_scores_and_calibration_hold_their_floors(card_in_use: dict[str, Any]) -> None:
    card = card_in_use
    floors = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))["claims_cross_validated"]
    assert floors == {**FLOORS, "ece": CEILING_ECE}
    assert objections(card) == []
    assert card["calibration"]["ece"] <= floors["ece"]
    assert all(card["calibration"][kind]["ece"] <= floors["ece"] for kind in (RAISED, SHOWN))


def test_the_card_names_its_content_and_reads_well(card_in_use: dict[str, Any]) -> None:
    card = card_in_use
    assert {"data_hash", "references", "rules", "libraries", "sha256", "sentences"} <= set(card)
    told = "\n".join(readable(card))
    assert "ECE" in told and "kiểm định chéo" in told and card["references"] in told


def test_a_card_that_is_not_the_models_is_told_in_what(card_in_use: dict[str, Any], tmp_path: Path) -> None:
    base = load_references()
    path = tmp_path / f"{card_in_use['key']}.skops"
    assert mismatches(card_in_use, path, base) == [f"không có tệp mô hình {path.name} bên cạnh thẻ"]
    path.write_bytes(b"another model")
    wrong = mismatches(card_in_use, path, base)
    assert len(wrong) == 1 and wrong[0].startswith("băm tệp trong thẻ là")
    card = {**card_in_use, "sha256": hashlib.sha256(b"another model").hexdigest()}
    assert mismatches(card, path, base) == []
    other = mismatches({**card, "data_hash": "0", "references": "", "rules": "r-0"}, path.rename(tmp_path / "k.skops"), base)
    assert [line.split(" trong thẻ")[0] for line in other] == ["khóa", "luật", "tư liệu", "băm câu mẫu"] and "trống" in other[2]


def test_a_worse_model_is_objected_to(card_in_use: dict[str, Any]) -> None:
    card = card_in_use
    worse = json.loads(json.dumps(card))
    worse["cross_validated"]["flag"]["recall"] -= 0.02
    assert any("flag recall" in line and "giảm" in line or "dưới sàn" in line for line in objections(worse, card))
    worse["calibration"]["ece"] = 0.2
    assert any("độ chắc" in line for line in objections(worse))
    assert {name for name, _, _ in changes(card, worse)} >= {*FLOORS, "ece"}


def claim(sentence: str, refs: tuple[str, ...] = ("SFT-01",), verdict: Verdict = Verdict.CONTRADICTED) -> Claim:
    return Claim(sentence=sentence, start=0, end=len(sentence), field="body", type="D10", role=Role.ASSERT, verdict=verdict, refs=refs, confidence=0.9, differs="x", why="y")


def test_decisions_become_rows_the_last_one_counts_and_overruled_ones_are_hard_negatives() -> None:
    kept = claim(FLAGGED).model_dump(mode="json")
    other = claim(CLEARED, ("VC-03",)).model_dump(mode="json")
    rows = {row["sentence"]: row for row in decided_rows([(kept, "không sai lệch"), (other, "không sai lệch"), (kept, "cần phản hồi"), (kept, "đang xem"), (other, "trùng")])}
    assert rows[FLAGGED]["verdict"] == "CONTRADICTED"
    assert (rows[CLEARED]["verdict"], rows[CLEARED]["role"], rows[CLEARED]["refs"]) == ("CONSISTENT", "ASSERT", ["VC-03"])
    assert decided_rows([(kept, "đang xem")]) == []


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder with two alerts: one confirmed, one overruled."""
    monkeypatch.setenv("COTMOC_MODELS", str(tmp_path / "home"))
    store = open_store(settings(tmp_path))
    for number, (sentence, refs, outcome) in enumerate(((FLAGGED, ("SFT-01",), "theo dõi"), (CLEARED, ("VC-03",), "không sai lệch"))):
        body = f"Câu đứng trước. {sentence} Câu đứng sau."
        with store.begin() as conn:
            read_line(conn, TextLine(id=str(number), title=f"Tít bài {number}", text=body, published=now()), now())
            id = articles.article_id(f"urn:cotmoc:line:{number}")
            at = body.index(sentence)
            made = claim(sentence, refs).model_copy(update={"start": at, "end": at + len(sentence)})
            story = alerts.alert_id(f"truyện {number}", "x")
            alert = Alert(id=story, story=story, article=id, revision=1, tier=Tier.FLAG, claim=made, provinces=(), national=True, title="t", outlet="o", url=f"urn:{number}", published=now(), raised=now())
            alerts.raise_alert(conn, alert)
            alerts.decide(conn, alert.id, outcome=outcome, reason="đã đối chiếu", note="", analyst="truc-1", version=1, now=now())
    store.close()
    yield tmp_path


def test_decisions_are_read_with_the_text_around_them_and_no_name(office: Path) -> None:
    store = open_store(settings(office))
    found = list(decisions(store))
    store.close()
    assert {outcome for _, outcome in found} == {"theo dõi", "không sai lệch"}
    told, _ = next(pair for pair in found if pair[1] == "theo dõi")
    assert (told["title"], told["before"].strip(), told["after"].strip()) == ("Tít bài 0", "Câu đứng trước.", "Câu đứng sau.")
    assert "truc-1" not in json.dumps([claim for claim, _ in found], default=str)


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, list(arguments))


def test_learning_from_decisions_tells_before_and_after_and_keeps_what_was_accepted(small: None, office: Path) -> None:
    done = run("--with-decisions", "--allow-worse", "--json", "--data", str(office))
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["decisions"], told["overruled"], told["shipped"]) == (2, 1, True)
    assert told["agree"]["after"] >= told["agree"]["before"]
    assert set(told["scores"]["flag precision"]) == {"before", "after"}
    home = settings(office).model_home
    assert len((home / "models" / "decisions.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    model = load_or_train(home, load_references(), tell=pytest.fail)
    assert isinstance(model, Models), "the model in use is the one that learnt them"
    card = run("--card", "--data", str(office))
    assert "quyết định của người trực: 2" in card.output
    assert run("--without-decisions", "--if-absent", "--data", str(office)).exit_code == 0
    assert not (home / "models" / "decisions.jsonl").exists()


def test_a_model_that_falls_below_the_floors_does_not_ship_unless_told_to(kept_card: str, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, worse = json.loads(kept_card), json.loads(kept_card)
    worse["cross_validated"]["flag"]["precision"] = 0.5
    shipped: list[Path] = []
    data = claimcases.assessor().model
    assert data is not None

    def made(_base: object, path: Path, *_: object) -> Trained:
        path.parent.mkdir(parents=True, exist_ok=True)
        modelfile.write({**data._data, "key": path.stem}, path)
        path.with_suffix(".json").write_text(json.dumps(good), encoding="utf-8")
        return Trained(data._data, good)

    monkeypatch.setattr(training, "train", made)
    monkeypatch.setattr(training, "fit_all", lambda *_a, **_k: Trained(dict(data._data), worse))
    monkeypatch.setattr(training, "ship", lambda _made, path: shipped.append(path))
    refused = run("--with-decisions", "--data", str(office))
    assert refused.exit_code == 1 and "dưới sàn" in refused.output and not shipped
    assert not (settings(office).model_home / "models" / "decisions.jsonl").exists()
    assert run("--with-decisions", "--allow-worse", "--data", str(office)).exit_code == 0
    assert len(shipped) == 1


def test_without_a_usable_decision_one_line_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COTMOC_MODELS", str(tmp_path / "home"))
    done = run("--with-decisions", "--data", str(tmp_path))
    assert "chưa có quyết định nào dùng được" in str(done.exception)
