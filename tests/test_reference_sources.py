"""Where an entry's source says what it says, what is contested in it, and who may approve and seal it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from classifiers.reference_checks import validate
from classifiers.reference_editing import add_reference, approve
from classifiers.reference_records import Reference
from classifiers.referencebase import ReferenceBase, load_references, read_history, read_references
from flows.commands.references import app
from pipelines.errors import UsageError, UserError
from pipelines.records import Verdict
from tests.test_references import NEW, TODAY, folder

__all__ = ["folder"]


def test_every_source_says_where_in_it_or_why_not_and_what_stands_at_its_address() -> None:
    for entry in load_references():
        source = entry.source
        assert bool(source.article) != bool(source.article_state), entry.id
        assert bool(source.url) == bool(source.page), entry.id
    told = {entry.id: entry.source for entry in load_references()}
    assert (told["SFT-01"].article, told["UNC-04"].article, told["PCA-02"].page) == ("Điều 2(f)", "Điều 121(3)", "original")
    assert told["TH-01"].article_state == "none" and told["VL-02"].article_state == "to_find" and told["LC-01"].secondary


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ({}, "hoặc điều, khoản, trang"),
        ({"article": "Điều 1", "article_state": "none"}, "hoặc điều, khoản, trang"),
        ({"article": "Điều 1", "url": "https://vanban.example/1"}, "ở đó là gì"),
        ({"article": "Điều 1", "page": "copy"}, "ở đó là gì"),
        ({"article": "Điều 1", "opened": "2026-11-21"}, "không có địa chỉ"),
        ({"article": "Điều 1", "url": "https://ai-do.blogspot.com/1", "page": "copy"}, "trang cá nhân"),
    ],
)
def test_a_source_that_leaves_its_place_open_is_a_problem(source: dict[str, str], problem: str) -> None:
    base = {"title": "Văn bản thử", "number": "01/2020/TST"}
    entry = Reference.model_validate({**NEW, "area": "x", "source": {**base, **source}})
    assert any(problem in found.message for found in validate(ReferenceBase((entry,))) if found.id)


def test_a_treaty_is_never_without_articles() -> None:
    raw = {**NEW, "area": "x", "source": {"title": "Hiệp định thử", "number": "1", "article_state": "none"}}
    assert not [p for p in validate(ReferenceBase((Reference.model_validate(raw),))) if p.id]
    assert [p for p in validate(ReferenceBase((Reference.model_validate({**raw, "type": "treaty"}),))) if "điều ước" in p.message]


def test_a_contested_entry_says_what_is_contested_and_what_is_not() -> None:
    sides = [{"party": "A", "position_vi": "có"}, {"party": "B", "position_vi": "không"}]
    raw = {**NEW, "area": "x", "contested": True, "sides": sides}
    assert [p for p in validate(ReferenceBase((Reference.model_validate(raw),))) if "in_dispute" in p.message]
    whole = Reference.model_validate({**raw, "in_dispute": "hiệu lực", "settled": "câu chữ"})
    assert not [p for p in validate(ReferenceBase((whole,))) if p.id]
    letter = load_references().get("LTR-01")
    assert "hiệu lực pháp lý" in letter.in_dispute and "câu chữ" in letter.settled
    told = {counter.text: counter.verdict for counter in letter.counter}
    assert {verdict for text, verdict in told.items() if "pháp lý" in text or "In law" in text} == {Verdict.CONTESTED}
    assert told["Công hàm 1958 ghi rõ Hoàng Sa và Trường Sa là của Trung Quốc."] is Verdict.CONTRADICTED


def test_what_the_shape_gained_changes_no_version_of_an_older_entry_nor_does_opening_its_address() -> None:
    entry = Reference.model_validate({**NEW, "area": "x"})
    assert entry.version == "d2253d24e1cd", "as the shape before 2026-11-21 hashed it: approvals of an office's own entries still stand"
    seen = {**NEW["source"], "url": "https://vanban.example/1", "page": "copy"}
    one, other = (Reference.model_validate({**NEW, "area": "x", "source": source}) for source in (seen, {**seen, "opened": "2026-11-21"}))
    assert one.version == other.version != entry.version


@pytest.mark.parametrize(
    "names",
    [
        ("Nguyễn Văn A", "ông Nguyễn Văn A"), ("Nguyễn Văn A", "TS. Nguyễn Văn A"), ("ông Nguyễn Văn A", "PGS.TS Nguyễn Văn A"), ("Nguyễn Văn A, trưởng phòng", "Nguyễn Văn A"),
        ("Trưởng phòng Nguyễn Văn A", "Nguyễn Văn A (Sở Ngoại vụ)"), ("NGUYỄN VĂN A", "đồng chí Nguyen Van A"), ("Đại tá Nguyễn Văn A", "Nguyễn  Văn A"), ("LVT, trưởng phòng", "L.V.T"),
    ],
)  # fmt: skip
def test_a_title_makes_nobody_a_second_approver(folder: Path, names: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="hai người duyệt"):
        add_reference(folder, NEW, "test_area", names, TODAY)
    approve(folder, "TST-02", names[:1], TODAY)
    with pytest.raises(UsageError, match="người duyệt khác nhau"):
        approve(folder, "TST-02", names[1:], TODAY)


@pytest.mark.parametrize("names", [("Nguyễn Văn A", "Nguyễn Văn An"), ("Bà Trần Thị Hoa", "Trần Thị Hòa"), ("Trưởng phòng A", "Phó phòng B"), ("Ông", "Bà"), ("Cô Văn An", "Văn An B")])
def test_two_people_are_two(folder: Path, names: tuple[str, str]) -> None:
    add_reference(folder, NEW, "test_area", names, TODAY)
    assert len(read_references(folder).get("TST-01").approvers) == 2


def test_sealing_needs_a_line_about_every_entry_that_changed(folder: Path) -> None:
    run, given = CliRunner().invoke, ["--folder", str(folder)]
    assert run(app, ["seal", *given]).exit_code == 0, "the first version of a base needs no line"
    path, log = folder / "test_area.yaml", folder / "CHANGELOG.md"
    first = read_references(folder).version
    path.write_text(path.read_text().replace("1991", "1990"))
    for told in ("", "- 2026-11-21: sửa TST-020.\n"):
        log.write_text(log.read_text() + told)
        refused = run(app, ["seal", *given])
        assert isinstance(refused.exception, UserError) and "TST-02" in str(refused.exception) and "\n" not in str(refused.exception)
        assert set(read_history(folder)) == {first}
    log.write_text(log.read_text() + "- 2026-11-21: sửa TST-02 (năm ban hành). Nguồn: Công báo. Duyệt: A, B.\n")
    assert run(app, ["seal", *given]).exit_code == 0 and read_references(folder).version in read_history(folder)
    path.write_text(path.read_text().replace("1990", "1989"))
    assert isinstance(run(app, ["seal", *given]).exception, UserError), "a line of an earlier change does not speak of this one"
    with pytest.raises(UserError, match="seal"):
        add_reference(folder, NEW, "test_area", ("A", "B"), TODAY)


def test_changes_since_a_version_that_was_never_recorded_are_an_error_of_one_line() -> None:
    run = CliRunner().invoke
    refused = run(app, ["changed", "khongco"])
    assert isinstance(refused.exception, UsageError) and "khongco" in str(refused.exception) and "\n" not in str(refused.exception)
    assert run(app, ["changed", load_references().version]).output == ""
    assert "VC-03" in run(app, ["changed", next(iter(read_history()))]).output
