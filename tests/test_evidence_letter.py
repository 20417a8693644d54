"""What a pack's letter asks: a correction only of what a source contradicts, else the source, else nothing; abroad by their rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document

from classifiers.referencebase import load_references
from dashboards.evidence import Pack, verify_pack
from dashboards.evidence.asked import asked, difference
from dashboards.shown import day_vi
from pipelines.records import Alert, Claim, Role, Tier, Verdict
from pipelines.store import alerts as alert_store
from tests.desk import NOON, WRONG, Desk, make_desk
from tests.desk import pack_without_browser as build_pack


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


def letter_of(pack: Pack) -> str:
    return "\n".join(p.text for p in Document(str(pack.path / "cong-van-du-thao.docx")).paragraphs)


@pytest.mark.parametrize("outcome", ["không sai lệch", "trùng"])
def test_no_letter_asks_to_correct_what_a_person_found_right(desk: Desk, tmp_path: Path, outcome: str) -> None:
    with desk.store.begin() as conn:
        alert_store.decide(conn, desk.ids["flag"], outcome=outcome, reason="đúng với phụ lục", analyst="Bàn 1", version=1, now=NOON)
    pack = build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "out")
    assert pack.complete and verify_pack(pack.path) == [] and not (pack.path / "cong-van-du-thao.docx").exists()
    assert any(item["part"] == "letter" and "không sai lệch hoặc trùng" in item["reason"] for item in pack.absent)


def test_what_has_no_source_against_it_is_asked_about_and_never_called_wrong(desk: Desk, tmp_path: Path) -> None:
    said = letter_of(build_pack(desk.store, desk.settings, desk.ids["bad"], tmp_path))
    assert "cung cấp nguồn" in said and "cải chính theo quy định" not in said


def test_only_what_a_source_contradicts_stands_in_a_request_for_correction(desk: Desk, tmp_path: Path) -> None:
    with desk.store.begin() as conn:
        alert = alert_store.get_alert(conn, desk.ids["flag"])[0]  # type: ignore[index]
        for verdict in (Verdict.UNSUPPORTED, Verdict.NEEDS_IMAGE_REVIEW):
            other = alert.claim.model_copy(update={"verdict": verdict, "sentence": f"Câu {verdict.value}."})
            alert_store.raise_alert(conn, alert.model_copy(update={"id": f"x-{verdict.value}", "claim": other}))
    said = letter_of(build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path))
    assert WRONG in said and "cải chính theo quy định" in said and "Câu UNSUPPORTED" not in said and "Câu NEEDS_IMAGE_REVIEW" not in said


def test_an_outlet_of_another_country_that_writes_vietnamese_is_asked_by_its_own_rules(desk: Desk, tmp_path: Path) -> None:
    owners = {"báo-mẫu": "foreign public broadcaster"}
    said = letter_of(build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path, owners=owners))
    assert "quy trình đính chính của quý cơ quan" in said and "theo quy định" not in said


def test_a_picture_that_nobody_has_looked_at_asks_nothing(desk: Desk, tmp_path: Path) -> None:
    with desk.store.begin() as conn:
        alert = alert_store.get_alert(conn, desk.ids["flag"])[0]  # type: ignore[index]
    held = alert.claim.model_copy(update={"verdict": Verdict.NEEDS_IMAGE_REVIEW})
    assert asked([alert.model_copy(update={"claim": held})]) is None


def test_the_letter_says_nothing_twice() -> None:
    entry = load_references().get("GT-02")
    alert = claimed(f"bài viết: {WRONG} — tư liệu GT-02: {entry.statement_vi}")
    assert difference(alert, {"GT-02": entry}) == "", "sentence and reference stand above already"
    assert difference(claimed("46,77% ↔ 53,23%"), {"GT-02": entry}) == "46,77% ↔ 53,23%"


@pytest.mark.parametrize(("written", "shown"), [("2000-12-25", "25/12/2000"), ("2020-03", "03/2020"), ("1958", "1958"), ("", ""), ("22/9/1958", "22/9/1958")])
def test_dates_of_instruments_are_written_as_people_write_them(written: str, shown: str) -> None:
    assert day_vi(written) == shown


def claimed(differs: str) -> Alert:
    claim = Claim(sentence=WRONG, start=0, end=len(WRONG), type="D06", role=Role.ASSERT, verdict=Verdict.CONTRADICTED, refs=("GT-02",), differs=differs)
    return Alert(id="a", story="s", article="a", revision=1, tier=Tier.FLAG, claim=claim, title="x", outlet="x", url="x", raised=NOON)
