"""The reference base: complete, sourced, one shape, and open to change only with a source and two approvers."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError
from typer.testing import CliRunner

from classifiers.reference_checks import validate
from classifiers.reference_editing import add_reference
from classifiers.reference_records import Reference, Validity
from classifiers.referencebase import FOLDER, ReferenceBase, load_references, read_history, read_references
from flows.commands.references import app
from flows.context import open_store, settings
from pipelines.errors import UsageError, UserError
from pipelines.records import Verdict
from pipelines.store.schema import assessments

TODAY = date(2026, 11, 21)
NEW = {
    "id": "TST-01",
    "type": "law",
    "predicate": "adopted",
    "statement_vi": "Văn bản thử được ban hành ngày 2/1/2020.",
    "statement_en": "The test instrument was issued on 2 Jan 2020.",
    "values": [{"value": "2020-01-02", "unit": "date", "what": "issued"}],
    "source": {"title": "Văn bản thử", "number": "01/2020/TST"},
    "perspective": "vn_law",
    "contested": False,
    "confidence": "from knowledge, to verify",
    "as_of": "2026-11-21",
    "review_by": "2027-05-21",
    "aliases": ["văn bản thử"],
    "claim_types": ["D06"],
    "counter": [{"lang": "vi", "text": f"Văn bản thử được ban hành năm {year}."} for year in range(2001, 2007)],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small base of one file that may be changed."""
    first = {**NEW, "id": "TST-02", "statement_vi": "Văn bản thử hai được ban hành."}
    first["counter"] = [{"lang": "vi", "text": f"Văn bản thử hai ban hành năm {year}."} for year in range(1991, 1997)]
    (tmp_path / "test_area.yaml").write_text("# giữ nguyên\n" + yaml.safe_dump([first], allow_unicode=True))
    return tmp_path


def test_the_base_that_ships_has_no_problem() -> None:
    assert [str(problem) for problem in validate(load_references())] == []


def test_the_present_version_is_recorded_so_that_later_changes_can_be_told() -> None:
    assert load_references().version in read_history()


@pytest.mark.shared_data
def test_every_entry_of_the_domain_notes_is_there_with_its_statement(shared_data: Path) -> None:
    notes = json.loads((shared_data.parent / "domain" / "references.json").read_text(encoding="utf-8"))["entries"]
    base = load_references()
    assert len(notes) == 98
    for note in notes:
        entry = base.get(note["id"])
        assert (entry.statement_vi, entry.contested, entry.type) == (
            note["statement_vi"],
            note["contested"],
            note["type"],
        )


@pytest.mark.shared_data
def test_every_type_of_the_taxonomy_finds_its_references(shared_data: Path) -> None:
    base = load_references()
    types = json.loads((shared_data.parent / "domain" / "taxonomy.json").read_text(encoding="utf-8"))["types"]
    for kind in types:
        for id in kind["kb"]:
            assert kind["id"] in base.get(id).claim_types, (kind["id"], id)


@pytest.mark.parametrize(
    ("id", "value", "validity"),
    [
        ("VC-03", 1449.566, Validity.CURRENT),
        ("VC-03", 1281, Validity.LEGACY),
        ("VC-03", 1350, Validity.LEGACY),
        ("VC-03", 1400, Validity.ROUNDING),
        ("VC-03", 1450, Validity.ROUNDING),
        ("TH-01", 213.6, Validity.ROUNDING),
        ("TH-01", 192, Validity.LEGACY),
        ("LC-01", 203.5, Validity.LEGACY),
        ("QT-01", 206, Validity.LEGACY),
        ("VL-03", 2067, Validity.LEGACY),
    ],
)
def test_current_older_and_rounded_values_are_told_apart(id: str, value: float, validity: Validity) -> None:
    assert [found.validity for found in load_references().get(id).values if found.value == value] == [validity]


def test_shares_of_the_gulf_name_their_party() -> None:
    shares = {(value.party, value.value) for value in load_references().get("GT-02").values}
    assert {("VN", 53.23), ("CN", 46.77)} <= shares


def test_contested_entries_show_both_sides() -> None:
    assert all(len(entry.sides) >= 2 for entry in load_references() if entry.contested)


def test_false_statements_that_favour_viet_nam_are_listed_too() -> None:
    texts = {counter.text for id in ("PCA-05", "SFT-01", "UNC-06") for counter in load_references().get(id).counter}
    assert "Việt Nam thắng kiện Trung Quốc ở La Hay năm 2016." in texts
    assert "Hòa ước San Francisco trao Hoàng Sa và Trường Sa cho Việt Nam." in texts


def test_a_bare_claim_of_title_among_the_counter_statements_is_a_position_not_a_falsehood() -> None:
    bare = [c for c in load_references().get("HS-03").counter if "từ xưa" in c.text or "inherent" in c.text]
    assert bare and all(counter.verdict is Verdict.POSITION_CLAIM for counter in bare)


def test_what_changes_with_time_is_reviewed_sooner() -> None:
    base = load_references()
    for id in ("IUU-01", "DOC-01", "GT-04", "GT-06", "LC-02", "VC-08"):
        assert base.get(id).review_by <= date(2027, 2, 21), id
    assert base.due(date(2026, 12, 31))[0].id == "IUU-01"


def test_no_kind_for_opinions() -> None:
    with pytest.raises(ValidationError):
        Reference.model_validate({**NEW, "area": "x", "type": "political_fact"})


def test_version_follows_the_content_and_not_the_layout(folder: Path) -> None:
    before = read_references(folder).version
    path = folder / "test_area.yaml"
    path.write_text("\n\n" + path.read_text())
    assert read_references(folder).version == before
    path.write_text(path.read_text().replace("1991", "1990"))
    assert read_references(folder).version != before


def test_adding_writes_the_entry_the_changelog_and_the_version(folder: Path) -> None:
    old = read_references(folder)
    (folder / "CHANGELOG.md").write_text("# Nhật ký\n\n- dòng cũ\n")
    add_reference(folder, NEW, "test_area", ("Người duyệt A", "Người duyệt B"), TODAY)
    base = read_references(folder)
    assert base.ids() == ("TST-02", "TST-01")
    assert (folder / "test_area.yaml").read_text().startswith("# giữ nguyên")
    log = (folder / "CHANGELOG.md").read_text()
    assert "dòng cũ" in log and "thêm TST-01" in log and "Duyệt: Người duyệt A, Người duyệt B." in log
    assert base.version in read_history(folder)
    assert base.changed_since(old.version, {old.version: old.entry_versions()}) == {"TST-01"}


def test_a_version_never_recorded_means_everything_must_be_assessed_again() -> None:
    base = load_references()
    assert base.changed_since("không rõ", {}) == set(base.ids())
    assert base.changed_since(base.version, {}) == set()


@pytest.mark.parametrize("approvers", [(), ("Một",), ("Một", "một"), ("Một", "Hai", "Ba"), ("Một", "  ")])
def test_adding_needs_two_different_approvers(folder: Path, approvers: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="hai người duyệt"):
        add_reference(folder, NEW, "test_area", approvers, TODAY)
    assert len(read_references(folder)) == 1


@pytest.mark.parametrize("source", [None, {}, {"title": "Chỉ có tên"}, {"url": "https://example.org"}])
def test_adding_needs_a_source(folder: Path, source: object) -> None:
    with pytest.raises(UsageError, match="nguồn"):
        add_reference(folder, {**NEW, "source": source}, "test_area", ("A", "B"), TODAY)


def test_adding_refuses_a_doubled_id_and_an_unknown_area(folder: Path) -> None:
    with pytest.raises(UserError, match="TST-02 đã có"):
        add_reference(folder, {**NEW, "id": "TST-02"}, "test_area", ("A", "B"), TODAY)
    with pytest.raises(UsageError, match="test_area"):
        add_reference(folder, NEW, "chinh_tri", ("A", "B"), TODAY)


def test_adding_refuses_an_incomplete_entry(folder: Path) -> None:
    with pytest.raises(UserError, match="câu sai mẫu"):
        add_reference(folder, {**NEW, "counter": NEW["counter"][:2]}, "test_area", ("A", "B"), TODAY)


def test_a_broken_file_is_named_with_its_entry_and_field(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(yaml.safe_dump([{**NEW, "perspective": "ai cũng biết"}], allow_unicode=True))
    with pytest.raises(UserError, match=r"a\.yaml: TST-01: trường perspective"):
        read_references(tmp_path)
    (tmp_path / "a.yaml").write_text("- id: [")
    with pytest.raises(UserError, match=r"a\.yaml: không đọc được YAML"):
        read_references(tmp_path)


def test_problems_name_file_and_id() -> None:
    entry = Reference.model_validate({**NEW, "area": "x", "contested": True, "counter": []})
    found = [(problem.file, problem.id) for problem in validate(ReferenceBase((entry,))) if problem.id]
    assert found and set(found) == {("x.yaml", "TST-01")}


def test_an_unknown_id_says_where_to_look() -> None:
    with pytest.raises(UserError, match="XX-99"):
        load_references().get("XX-99")


def test_commands(folder: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert "1.449,566" in run(app, ["show", "VC-03"]).output
    assert "VC-03" in run(app, ["list", "--type", "D05"]).output
    assert run(app, ["validate"]).exit_code == 0
    assert "IUU-01" in run(app, ["due", "--on", "2026-12-31"]).output
    new = tmp_path / "moi.yml"
    new.write_text(yaml.safe_dump(NEW, allow_unicode=True))
    added = run(
        app,
        ["add", str(new), "--area", "test_area", "--approver", "A", "--approver", "B", "--folder", str(folder)],
    )
    assert added.exit_code == 0, added.output
    assert "TST-01" in run(app, ["list", "--folder", str(folder)]).output
    assert FOLDER.name == "references"


def test_verdicts_that_used_a_changed_entry_are_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two assessments of an older base: only the one that leant on the entry that changed is named."""
    base = load_references()
    older = {**base.entry_versions(), "VC-03": "khác"}
    monkeypatch.setattr("classifiers.referencebase.read_history", lambda *_: {"cũ": older})
    store = open_store(settings(tmp_path))
    with store.begin() as conn:
        for article, refs in (("a" * 32, ["VC-03"]), ("b" * 32, ["GT-02"])):
            row = {"article": article, "revision": 1, "model_version": "m", "reference_version": "cũ", "tier": "none"}
            conn.execute(assessments.insert(), [{**row, "national": 0, "provinces": [], "claims": [{"refs": refs}]}])
    result = CliRunner().invoke(app, ["affected", "--data", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    assert "a" * 32 in result.output and "b" * 32 not in result.output
