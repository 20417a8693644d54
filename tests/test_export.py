"""Exports: no cell that a spreadsheet runs, no text of an article, no person as author, and an audit entry for each."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import select, update

from classifiers.referencebase import load_references
from dashboards.export import export
from dashboards.export.claimreview import review
from dashboards.export.rows import COLUMNS, cell, write_csv, write_xlsx
from pipelines.clock import now
from pipelines.errors import UsageError, UserError
from pipelines.search import Index
from pipelines.search.embedded import EmbeddedIndex
from pipelines.search.rebuild import rebuild
from pipelines.settings import Profile, load_profile
from pipelines.store import alerts, audit
from pipelines.store import schema as tables
from tests.desk import HOSTILE, WRONG, Desk, make_desk, sign_in


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = make_desk(tmp_path / "data")
    with made.store.begin() as conn:
        conn.execute(update(tables.articles).values(assessed_with="m1/r1"))
    return made


@pytest.fixture
def index(desk: Desk) -> Iterator[Index]:
    opened = EmbeddedIndex(desk.settings.data / "index.sqlite3")
    rebuild(desk.store, opened)
    yield opened
    opened.close()


def write(desk: Desk, index: Index, query: str, form: str) -> Path:
    target = desk.settings.data / f"xuat.{form}"
    export(desk.store, index, desk.settings, query, form, target, actor="Bàn 1", now=now())
    return target


def test_csv_opens_in_excel_and_runs_nothing(desk: Desk, index: Index) -> None:
    with desk.store.begin() as conn:
        conn.execute(update(tables.articles).where(tables.articles.c.id == desk.ids["news"]).values(title='=HYPERLINK("http://x")'))
    rebuild(desk.store, index)
    raw = write(desk, index, "", "csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == 5 and tuple(rows[0]) == COLUMNS
    assert "'=HYPERLINK(\"http://x\")" in [row["title"] for row in rows]
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "＝1", "＠x", "\u202e=1", "\ufeff=1", "\ufeff \u200b@x", "\u00ad\u2060＝1"])
def test_no_cell_begins_like_a_formula(begins: str) -> None:
    assert cell(begins)[0] in "'\ufffd"


def test_ordinary_cells_stay_as_they_are() -> None:
    assert cell("\ufeffTin \u200b x") == "Tin \u200b x"
    assert [cell(value) for value in ("Cột mốc 1.116", ["D06", "D07"], True, None, 3)] == ["Cột mốc 1.116", "D06 D07", "có", "", "3"]


def test_no_separator_makes_a_formula_of_a_part_of_a_cell() -> None:
    """Excel in Vietnamese cuts at ";": a title may hold one."""
    one = dict.fromkeys(COLUMNS, "x") | {"title": 'Tin;=HYPERLINK("http://x"); "-1;a, @SUM(A1)', "outlet": ";＝1", "source": "x;\u200b=1", "url": "https://x.example/a?b=c-d"}
    out = io.BytesIO()
    write_csv([one], out)
    line = out.getvalue().decode("utf-8-sig").splitlines()[1]
    assert line.startswith('"x","') and line.endswith('"') and '"https://x.example/a?b=c-d"' in line
    for sign in ";,\t":
        assert not [part for part in line.split(sign) if re.match("[\"' ]*[=+@＝-]", part) and "'" not in part[:4]]


@pytest.mark.parametrize(
    ("outlet", "url", "author"),
    [
        ("Báo Mẫu 0912 345 678", "https://bao.example/1", "Báo Mẫu …"), ("", "https://www.bao.example/1", "bao.example"),
        ("@ten_toi", "https://mang.example/@ten_toi/1", "mang.example"), ("@ten_toi", "", None),
    ],
)  # fmt: skip
def test_the_author_of_a_claim_is_never_an_account(desk: Desk, outlet: str, url: str, author: str | None) -> None:
    with desk.store.read() as conn:
        alert = alerts.list_alerts(conn)[0].model_copy(update={"outlet": outlet, "url": url})
    made = review(alert, load_references(), load_profile("ninh-binh"), "https://desk.example")["itemReviewed"]
    assert made.get("author") == (author and {"@type": "Organization", "name": author})


def test_json_lines_hold_no_text_of_the_article(desk: Desk, index: Index) -> None:
    lines = [json.loads(line) for line in write(desk, index, "tier:flag", "jsonl").read_text(encoding="utf-8").splitlines()]
    assert {line["id"] for line in lines} >= {desk.ids["first"], desk.ids["bad"]}
    assert all(tuple(line) == COLUMNS for line in lines)
    assert WRONG not in json.dumps(lines, ensure_ascii=False)


def test_a_workbook_holds_texts_only(desk: Desk, index: Index) -> None:
    with zipfile.ZipFile(write(desk, index, "", "xlsx")) as book:
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    assert len(sheet.findall(".//m:row", space)) == 6
    assert sheet.findall(".//m:f", space) == [] and sheet.findall(".//m:hyperlink", space) == []
    assert {found.get("t") for found in sheet.findall(".//m:c", space)} <= {"s", "inlineStr", None}


def test_a_workbook_goes_on_in_a_second_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboards.export.rows.SHEET_ROWS", 4)
    one = dict.fromkeys(COLUMNS, "x")
    with (tmp_path / "a.xlsx").open("w+b") as out:
        assert write_xlsx([one] * 7, out) == 7
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert [book.read(f"xl/worksheets/sheet{n}.xml").count(b"<row ") for n in (1, 2, 3)] == [4, 4, 2]


def test_claim_reviews_name_organisations_only(desk: Desk, index: Index) -> None:
    graph = json.loads(write(desk, index, "tier:flag OR tier:watch", "claimreview").read_text(encoding="utf-8"))["@graph"]
    assert len(graph) == 3
    found = next(one for one in graph if one["claimReviewed"] == WRONG)
    assert found["itemReviewed"]["author"] == {"@type": "Organization", "name": "Báo Mẫu"}
    assert found["reviewRating"] == {"@type": "Rating", "alternateName": "Mâu thuẫn với tư liệu", "ratingValue": 1, "bestRating": 5, "worstRating": 1}
    assert found["creativeWorkStatus"] == "Draft"
    assert found["citation"][0]["identifier"] == "GT-02"
    assert all(one["author"]["@type"] == one["itemReviewed"]["author"]["@type"] == "Organization" for one in graph)
    assert '"Person"' not in json.dumps(graph)
    assert not any("javascript:" in json.dumps(one) for one in graph)
    assert any(HOSTILE in one["claimReviewed"] for one in graph)  # as data; who shows it escapes it


# Of the properties that schema.org gives the types we write, with those of their parents, the ones we use.
_THING = {"@type", "@id", "name", "url", "identifier", "alternateName"}
_WORK = _THING | {"author", "datePublished", "headline", "inLanguage", "citation", "text", "creativeWorkStatus"}
TERMS = {
    "ClaimReview": _WORK | {"claimReviewed", "itemReviewed", "reviewRating", "reviewBody"}, "Claim": _WORK | {"appearance"}, "CreativeWork": _WORK,
    "Rating": _THING | {"ratingValue", "bestRating", "worstRating"}, "Organization": _THING | {"parentOrganization"},
}  # fmt: skip


def _nodes(found: object) -> Iterator[dict[str, object]]:
    if isinstance(found, dict):
        yield found
    for inner in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from _nodes(inner)


def test_claim_reviews_use_the_terms_of_schema_org(desk: Desk, index: Index) -> None:
    written = json.loads(write(desk, index, "", "claimreview").read_text(encoding="utf-8"))
    assert set(written) == {"@context", "@graph"} and written["@context"] == "https://schema.org"
    for node in _nodes(written["@graph"]):
        assert set(node) <= TERMS[str(node["@type"])] and "" not in node.values()
    commune = Profile(name="x/y", title="Xã Y", place="y", agency="UBND XÃ Y", locality="Y")
    with desk.store.read() as conn:
        (one, *_) = alerts.list_alerts(conn)
    assert review(one, load_references(), commune, "https://desk.example")["author"] == {"@type": "Organization", "name": "UBND XÃ Y"}


def test_what_a_person_settled_is_not_reviewed_and_two_persons_publish(desk: Desk, index: Index) -> None:
    with desk.store.begin() as conn:
        alerts.decide(conn, desk.ids["watch"], outcome=alerts.NOT_DISTORTED, reason="đúng", analyst="Bàn 1", version=1, now=now())
        for version, analyst in ((1, "Bàn 1"), (2, "Bàn 2")):
            alerts.decide(conn, desk.ids["flag"], outcome=alerts.NEEDS_REPLY, reason="sai", analyst=analyst, version=version, now=now())
    graph = json.loads(write(desk, index, "", "claimreview").read_text(encoding="utf-8"))["@graph"]
    assert sorted(one["creativeWorkStatus"] for one in graph) == ["Draft", "Published"]


def test_every_export_is_audited_and_none_is_left_without_it(desk: Desk, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    write(desk, index, "tier:flag", "csv")
    with desk.store.read() as conn:
        entry = conn.execute(select(tables.audit)).mappings().one()
        assert (entry["actor"], entry["action"], entry["object"]) == ("Bàn 1", "export", "xuat.csv")
        assert (entry["details"]["query"], entry["details"]["rows"]) == ("tier:flag", 2)
        assert audit.verify(conn) == (1, None)
    monkeypatch.setattr(audit, "append", lambda *_a, **_k: (_ for _ in ()).throw(UserError("đĩa đầy")))
    with pytest.raises(UserError):
        write(desk, index, "", "jsonl")
    assert sorted(path.name for path in desk.settings.data.glob("*xuat*")) == ["xuat.csv"]


def test_wrong_formats_questions_and_folders_are_one_line(desk: Desk, index: Index) -> None:
    for query, form, message in (("", "pdf", "định dạng"), ("(", "csv", "ký tự 1")):
        with pytest.raises(UsageError, match=message):
            write(desk, index, query, form)
    with pytest.raises(UserError, match="không ghi được"):
        export(desk.store, index, desk.settings, "", "csv", desk.settings.data / "không-có" / "x.csv", actor="x", now=now())
    (desk.settings.data / "thư mục").mkdir()
    with pytest.raises(UsageError, match="là một thư mục"):
        export(desk.store, index, desk.settings, "", "csv", desk.settings.data / "thư mục", actor="x", now=now())
    with desk.store.read() as conn:
        assert conn.execute(select(tables.audit)).first() is None, "no entry for a file that is not there"
    assert list(desk.settings.data.glob(".xuat-*")) == []


def test_what_a_search_found_is_exported_from_its_page(desk: Desk, index: Index) -> None:
    viewer, guest = sign_in(desk, "viewer", "Người xem"), sign_in(desk, "guest", "Khách")
    assert 'action="/search/export"' in viewer.get("/search?q=tier:flag").text and "/search/export" not in guest.get("/search?q=tier:flag").text
    assert guest.get("/search/export?q=tier:flag").status_code == 403
    answer = viewer.get("/search/export?q=tier:flag&format=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="cotmoc.csv"' and len(answer.text.splitlines()) == 3
    assert [viewer.get(f"/search/export?{asked}").status_code for asked in ("q=(", "q=x&format=pdf", "q=%00")] == [400, 400, 400]
    with desk.store.read() as conn:
        entries = conn.execute(select(tables.audit.c.actor, tables.audit.c.details).where(tables.audit.c.action == "export")).all()
    assert [(entry.actor, entry.details["query"], entry.details["rows"]) for entry in entries][0] == ("Người xem", "tier:flag", 2)
