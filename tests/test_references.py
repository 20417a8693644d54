"""The reference base: complete, sourced, one shape, and open to change only with a source and two approvers."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from typer.testing import CliRunner

from classifiers.reference_checks import coverage, validate
from classifiers.reference_editing import add_reference, approve
from classifiers.reference_records import Reference, Validity
from classifiers.referencebase import FOLDER, ReferenceBase, load_references, read_history, read_references
from flows.chain import Chain, assess
from flows.commands.references import app
from flows.context import open_store, settings
from pipelines.clock import now
from pipelines.errors import UsageError, UserError
from pipelines.read import read_line
from pipelines.records import Assessment, Places, TextLine, Tier, Verdict
from pipelines.store import articles
from pipelines.store import assessments as store_assessments
from pipelines.store.schema import articles as article_table
from pipelines.store.schema import assessments

TODAY = date(2026, 11, 21)
NEW: dict[str, Any] = {
    "id": "TST-01",
    "type": "law",
    "predicate": "adopted",
    "statement_vi": "Văn bản thử được ban hành ngày 2/1/2020.",
    "statement_en": "The test instrument was issued on 2 Jan 2020.",
    "values": [{"value": "2020-01-02", "unit": "date", "what": "issued"}],
    "source": {"title": "Văn bản thử", "number": "01/2020/TST", "article": "Điều 1"},
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


def test_approvals_are_of_the_wording_and_lapse_with_it(folder: Path) -> None:
    path = folder / "test_area.yaml"
    before = path.read_text()
    assert read_references(folder).get("TST-02").awaits_approval
    assert approve(folder, "TST-02", ("LVT, trưởng phòng",), TODAY).awaits_approval
    entry = approve(folder, "TST-02", ("NTH, phó phòng",), TODAY)
    assert entry.approvers == ("LVT, trưởng phòng", "NTH, phó phòng") and not entry.awaits_approval
    assert path.read_text().startswith(before), "what stood there stays as it was written"
    assert read_references(folder).version == ReferenceBase((entry,)).version, "who approved is no part of what is said"
    path.write_text(path.read_text().replace("1991", "1990"))
    assert read_references(folder).get("TST-02").awaits_approval
    again = approve(folder, "TST-02", ("LVT, trưởng phòng",), TODAY)
    assert again.approvers == ("LVT, trưởng phòng",)
    assert "duyệt TST-02" in (folder / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("names", [(), ("",), ("A B", "a b"), ("Một",)])
def test_nobody_approves_twice(folder: Path, names: tuple[str, ...]) -> None:
    approve(folder, "TST-02", ("Một",), TODAY)
    with pytest.raises(UsageError, match="người duyệt khác nhau"):
        approve(folder, "TST-02", names, TODAY)


def test_approving_the_first_of_several_entries_leaves_the_others_alone(folder: Path) -> None:
    add_reference(folder, NEW, "test_area", ("A", "B"), TODAY)
    approve(folder, "TST-02", ("C",), TODAY)
    base = read_references(folder)
    assert (base.get("TST-02").approvers, base.get("TST-01").approvers) == (("C",), ("A", "B"))


def test_entries_that_await_approvers_are_shown_so(folder: Path) -> None:
    run = CliRunner().invoke
    given = ["--folder", str(folder)]
    assert "chờ duyệt 0/2" in run(app, ["list", *given]).output
    assert run(app, ["approve", "TST-02", "--approver", "A", "--approver", "B", *given]).exit_code == 0
    assert "TST-02" not in run(app, ["list", "--awaiting", *given]).stdout
    assert "A (" in run(app, ["show", "TST-02", *given]).output


def test_validate_tells_the_coverage_of_wrong_forms() -> None:
    told = {row.lang: row for row in coverage(load_references())}
    assert told["vi"].entries == len(load_references()) and not told["vi"].missing
    assert not any(told[lang].missing for lang in ("en", "zh", "lo")), told
    assert "câu sai mẫu lo:" in CliRunner().invoke(app, ["validate"]).output


def office(tmp_path: Path, base: ReferenceBase) -> tuple[Chain, Counting, str]:
    """Three articles assessed with an older base: one used VC-03, one GT-02, one nothing at all."""
    store = open_store(settings(tmp_path))
    chain = Chain(settings(tmp_path), store)
    asked = chain.__dict__["assessor"] = Counting(base)
    for number, refs in enumerate((["VC-03"], ["GT-02"], [])):
        with store.begin() as conn:
            read_line(conn, TextLine(id=str(number), title=f"Bài {number}", text=f"Biên giới, chuyện thứ {number}.", published=TODAY), now())
            article = articles.article_id(f"urn:cotmoc:line:{number}")
            made = Assessment(article=article, revision=1, tier=Tier.NONE, model_version="r-1+m-1", reference_version="cu")
            store_assessments.save(conn, article, 1, outcome="clear", version="r-1+m-1/cu", places=Places(), assessment=made)
            conn.execute(assessments.update().where(assessments.c.article == article).values(claims=[{"refs": refs}]))
    return chain, asked, articles.article_id("urn:cotmoc:line:0")


class Counting:
    """An assessor that says which texts it was asked about."""

    model_version = "r-1+m-1"

    def __init__(self, base: ReferenceBase) -> None:
        self.base, self.asked, self.reference_version = base, list[str](), base.version

    def on_topic(self, _text: str) -> bool:
        return True

    def assess(self, line: TextLine, _places: Places | None = None) -> Assessment:
        self.asked.append(line.id)
        return Assessment(article=line.id, revision=1, tier=Tier.NONE, model_version=self.model_version, reference_version=self.reference_version)


def test_when_an_entry_changes_only_the_verdicts_that_used_it_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = load_references()
    monkeypatch.setattr("classifiers.referencebase.read_history", lambda *_: {"cu": {**base.entry_versions(), "VC-03": "khác"}})
    chain, assessor, used = office(tmp_path, base)
    told = CliRunner().invoke(app, ["affected", "--data", str(tmp_path), "--json"])
    assert [json.loads(line)["article"] for line in told.stdout.splitlines()] == [used]
    assess(chain)
    assert assessor.asked == [used]
    assess(chain)
    assert assessor.asked == [used], "a second run changes nothing"
    assert "0 kết luận" in CliRunner().invoke(app, ["affected", "--data", str(tmp_path)]).output
    chain.close()


def test_a_kill_between_marking_and_carrying_over_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = load_references()
    monkeypatch.setattr("classifiers.referencebase.read_history", lambda *_: {"cu": {**base.entry_versions(), "VC-03": "khác"}})
    chain, assessor, used = office(tmp_path, base)
    with chain.store.begin() as conn:
        conn.execute(article_table.update().where(article_table.c.id == used).values(assessed_with="r-1+m-1/cu*"))
    assess(chain)
    assert assessor.asked == [used]
    chain.close()


def test_all_texts_on_the_topic_can_be_marked_for_a_new_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = load_references()
    monkeypatch.setattr("classifiers.referencebase.read_history", lambda *_: {"cu": base.entry_versions()})
    chain, assessor, _ = office(tmp_path, base)
    assert "3 bài" in CliRunner().invoke(app, ["affected", "--mark-all", "--data", str(tmp_path)]).output
    assess(chain)
    assert len(assessor.asked) == 3
    chain.close()
