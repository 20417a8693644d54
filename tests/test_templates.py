"""Templates that an office can edit: its own file stands in for the shipped form, and the check names every wrong tag."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from typer.testing import CliRunner

from dashboards.digest.form import FORM as DIGEST
from dashboards.digest.write import write_digest
from dashboards.evidence import build_pack
from dashboards.evidence.letter_form import FORM as LETTER
from dashboards.office import nd30
from dashboards.office.forms import Form, check, folder_of, opened, paragraphs
from dashboards.reports import write_report
from dashboards.reports.docx import FORM as REPORT
from pipelines.errors import UserError
from tests.desk import DAY, HOSTILE, WRONG, Desk, make_desk

FORMS = (REPORT, DIGEST, LETTER)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


def edited(form: Form, old: str, new: str) -> bytes:
    """Return the shipped form with a text exchanged, as an editor would."""
    document = opened(form.default())
    cells = [p for table in document.tables for row in table.rows for cell in row.cells for p in cell.paragraphs]
    for paragraph in [*document.paragraphs, *cells]:
        if old in paragraph.text:
            paragraph.text = paragraph.text.replace(old, new)
    return nd30.to_bytes(document)


def put(desk: Desk, form: Form, content: bytes) -> None:
    folder_of(desk.settings.data).mkdir(exist_ok=True)
    (folder_of(desk.settings.data) / f"{form.name}.docx").write_bytes(content)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_shipped_forms_are_right_and_always_the_same_bytes(form: Form) -> None:
    assert check(form, form.default()) == [] and form.default() == form.default()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_unknown_missing_and_broken_tags_are_named(form: Form) -> None:
    strange = check(form, edited(form, "{{ locality }}", "{{ dia_danh }}"))
    assert len(strange) == 1 and re.fullmatch(r"thẻ lạ: dia_danh \(dòng \d+: “\{\{ dia_danh \}\}, ngày …… .*”\)", strange[0])
    assert check(form, edited(form, "{{ agency }}", "Sở Mẫu")) == ["thiếu thẻ: agency"]
    broken = check(form, edited(form, "{{ agency }}", "{{ agency "))[0]
    assert "viết sai" in broken and re.search(r"\(dòng 2: “\{\{ agency ?”\)", broken)
    assert "dòng 2" in check(form, edited(form, "{{ agency }}", "{{ agency + }}"))[0]
    assert "viết sai" in check(form, edited(form, "{%p endfor %}", ""))[0]
    for junk in (b"", b"x" * 100, form.default()[:500]):
        assert check(form, junk) == ["không phải tệp DOCX đọc được"]


def line_of(form: Form, tag: str) -> int:
    return next(number for number, text in enumerate(paragraphs(form.default()), 1) if tag in text)


def test_every_tag_of_the_shipped_forms_is_explained_in_the_docs() -> None:
    page = (Path(__file__).parent.parent / "docs" / "templates.md").read_text(encoding="utf-8")
    for form in FORMS:
        found = set()
        for text in paragraphs(form.default()):
            for inside in re.findall(r"\{[{%]([^{}]*)[}%]\}", text):
                found |= {word for word in re.findall(r"[a-z_]+(?:\.[a-z_]+)*", re.sub(r"'[^']*'", "", inside)) if word not in WORDS}
        found |= form.allowed
        assert found and [tag for tag in sorted(found) if f"`{tag}`" not in page] == [], form.name


# Words of the template language, and names of one loop that stand for an element.
WORDS = {"p", "r", "tr", "for", "in", "endfor", "if", "else", "elif", "endif", "not", "name", "section", "line", "table", "chart", "row", "claim", "ref"}


def test_a_wrong_part_of_a_tag_is_found_by_the_trial() -> None:
    assert check(REPORT, edited(REPORT, "{{ section.heading }}", "{{ section.tieu_de }}")) == [f"thẻ lạ: tieu_de (dòng {line_of(REPORT, 'section.heading')}: “{{{{ section.tieu_de }}}}”)"]
    assert check(LETTER, edited(LETTER, "{{ claim.sentence }}", "{{ claim.cau }}")) == [f"thẻ lạ: cau (dòng {line_of(LETTER, 'claim.sentence')}: ““{{{{ claim.cau }}}}””)"]


def test_a_template_cannot_reach_behind_its_tags() -> None:
    evil = edited(LETTER, "{{ outlet }}", "{{ outlet.__class__.__mro__ }}")
    assert check(LETTER, evil) != []


def test_an_office_uses_its_own_report_digest_and_letter(desk: Desk, tmp_path: Path) -> None:
    put(desk, REPORT, edited(REPORT, "Hình {{ chart.number }}.", "Biểu đồ {{ chart.number }}:"))
    put(desk, DIGEST, edited(DIGEST, "{{ section.heading }}", "» {{ section.heading }}"))
    put(desk, LETTER, edited(LETTER, "Kính gửi:", "Kính gửi Ban biên tập:"))
    report = write_report(desk.store, desk.settings, "ninh-binh", "weekly", date(2026, 11, 16), date(2026, 11, 22), tmp_path)
    assert "Biểu đồ 1:" in "\n".join(p.text for p in Document(str(report["docx"])).paragraphs)
    digest = write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path)["docx"]
    text = "\n".join(p.text for p in Document(str(digest)).paragraphs)
    assert "» I. Tin nổi bật" in text and WRONG in text and HOSTILE in text and "Không có" in text
    with zipfile.ZipFile(digest) as file:
        assert b"https://bao-mau.example/cang" in file.read("word/_rels/document.xml.rels")
    pack = build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "out", pictures=False)
    letter = "\n".join(p.text for p in Document(str(pack.path / "cong-van-du-thao.docx")).paragraphs)
    assert "Kính gửi Ban biên tập: Báo Mẫu" in letter and WRONG in letter and "GT-02" in letter


def test_the_letters_form_reads_like_the_shipped_letter(desk: Desk, tmp_path: Path) -> None:
    shipped = build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "a", pictures=False)
    put(desk, LETTER, LETTER.default())
    by_form = build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "b", pictures=False)
    texts = [[p.text for p in Document(str(pack.path / "cong-van-du-thao.docx")).paragraphs if p.text.strip()] for pack in (shipped, by_form)]
    assert [line.split(" http")[0] for line in texts[0]] == [line.split(" http")[0] for line in texts[1]]


def test_a_wrong_template_stops_with_its_tag_and_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    put(desk, REPORT, edited(REPORT, "{{ title }}", "{{ ten }}"))
    with pytest.raises(UserError, match="bao-cao.docx: thẻ lạ: ten"):
        write_report(desk.store, desk.settings, "ninh-binh", "weekly", DAY, DAY, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_export_check_and_list(tmp_path: Path) -> None:
    from flows.commands.templates import app

    data = ["--data", str(tmp_path)]
    run = CliRunner().invoke
    assert run(app, ["export", *data]).exit_code == 0 and len(list((tmp_path / "templates").iterdir())) == 3
    assert run(app, ["check", *data]).output.count("đúng\n") == 3 and "templates" in run(app, ["list", *data]).output
    again = run(app, ["export", "bao-cao", *data])
    assert again.exit_code == 1 and "đã có" in str(again.exception)
    (tmp_path / "templates" / "cong-van.docx").write_bytes(edited(LETTER, "{{ headline }}", "{{ tit }}"))
    result = run(app, ["check", *data])
    assert result.exit_code == 1 and "cong-van.docx: thẻ lạ: tit" in result.output
    assert "không có" in str(run(app, ["check", "khac", *data]).exception)




def test_an_office_form_without_words_for_an_inquiry_is_not_used_for_one(desk: Desk, tmp_path: Path) -> None:
    from dashboards.evidence.letter_form import default, inquires

    old = opened(default())
    for paragraph in list(old.element.body.iter(qn("w:p"))):
        if "inquiry" in "".join(node.text or "" for node in paragraph.iter(qn("w:t"))):
            paragraph.getparent().remove(paragraph)
    assert inquires(default()) and not inquires(nd30.to_bytes(old))
