"""The daily digest: one content, four forms, honest about what is not there."""

from __future__ import annotations

import email
import email.policy
import io
import re
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from docx import Document
from lxml import etree

from dashboards.digest import build_digest, write_digest
from dashboards.digest.content import period_of
from dashboards.digest.html import render_html
from dashboards.digest.mail import render_text
from dashboards.digest.outline import NOTHING
from dashboards.digest.summary import LIMIT, summary
from dashboards.office.pdf import letters
from pipelines.clock import HANOI
from pipelines.errors import UsageError, UserError
from pipelines.records import Places
from pipelines.store import alerts as alert_store
from pipelines.store import audit
from pipelines.store.papers import list_papers
from tests.desk import DAY, HOSTILE, NOON, WRONG, Desk, add_article, add_story, make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


def test_the_period_runs_from_six_to_six() -> None:
    start, end = period_of(DAY)
    assert start == datetime(2026, 11, 19, 6, tzinfo=HANOI) and end == datetime(2026, 11, 20, 6, tzinfo=HANOI)


def test_only_the_period_counts(desk: Desk) -> None:
    start, end = period_of(DAY)
    for name, moment in (("trước", start - timedelta(seconds=1)), ("đầu", start), ("cuối", end)):
        add_story(desk.store, add_article(desk.store, f"https://b.example/{name}", "Báo B", f"Tin {name}", "Thân bài ngắn.", moment))
    digest = build_digest(desk.store, "ninh-binh", DAY)
    titles = [item.title for item in digest.domestic]
    assert "Tin đầu" in titles and "Tin cuối" not in titles
    # Published before, but first seen ten minutes later, inside the period: late, not lost.
    assert "Tin trước" in titles


def test_copies_are_one_item_with_the_first_outlet(desk: Desk) -> None:
    digest = build_digest(desk.store, "ninh-binh", DAY)
    item = next(item for item in digest.domestic if item.title.startswith("Vịnh"))
    assert (item.outlet, item.copies) == ("Báo Mẫu", ("Tin Mẫu",))


def test_a_disputed_story_is_marked_where_its_summary_stands(desk: Desk) -> None:
    digest = build_digest(desk.store, "ninh-binh", DAY)
    assert {item.title[:4]: item.disputed for item in digest.domestic} == {"Vịnh": True, "Cảng": False, "Tít ": True}
    assert "Bài có câu cần đối chiếu, xem mục III." in render_text(digest)


def test_foreign_and_national_news_have_their_places(desk: Desk) -> None:
    add_story(desk.store, add_article(
        desk.store, "https://b.example/bien", "Báo B", "Họp về Biển Đông", "Cuộc họp bàn về hợp tác trên biển.", NOON,
        places=Places(national=True),
    ))  # fmt: skip
    digest = build_digest(desk.store, "ninh-binh", DAY)
    assert [item.title for item in digest.foreign] == ["A view on the islands"]
    assert [item.title for item in digest.sea_domestic] == ["Họp về Biển Đông"]
    assert build_digest(desk.store, "lao-cai", DAY).domestic == ()


def test_the_owner_of_an_outlet_weighs_more_than_its_language(desk: Desk) -> None:
    for source, lang in (("trong-nuoc", "en"), ("ngoai-nuoc", "vi")):
        name = source.replace("-", " ").title()
        add_story(desk.store, add_article(desk.store, f"https://{source}.example/1", name, f"Tin {source}", "Thân bài.", NOON, lang=lang))
    owners = {"trong-nuoc": "central press", "ngoai-nuoc": "foreign public broadcaster"}
    digest = build_digest(desk.store, "ninh-binh", DAY, owners)
    assert "Tin trong-nuoc" in [item.title for item in digest.domestic]
    assert "Tin ngoai-nuoc" in [item.title for item in digest.foreign]


def test_claims_carry_sentence_role_verdict_reference_and_reviewer(desk: Desk) -> None:
    with desk.store.begin() as conn:
        alert_store.decide(conn, desk.ids["flag"], outcome="theo dõi", reason="x", analyst="Bàn 1", version=1, now=NOON)
    digest = build_digest(desk.store, "ninh-binh", DAY)
    claim = next(one for one in digest.claims if one.alert == desk.ids["flag"])
    assert claim.sentence == WRONG and claim.refs[0].id == "GT-02" and claim.reviewers == ("Bàn 1",)
    text = render_text(digest)
    for part in (WRONG, "Bài tự khẳng định", "Mâu thuẫn với tư liệu", "GT-02", "67.203", "người xem: Bàn 1"):
        assert part in text


def test_what_a_person_found_undistorted_leaves_the_claims_and_is_corrected_if_it_was_printed(desk: Desk) -> None:
    next_day = NOON + timedelta(days=1)
    with desk.store.begin() as conn:
        alert_store.decide(conn, desk.ids["flag"], outcome="không sai lệch", reason="đọc nhầm", analyst="Bàn 1", version=1, now=next_day)
    assert desk.ids["flag"] not in [one.alert for one in build_digest(desk.store, "ninh-binh", DAY).claims]
    later = build_digest(desk.store, "ninh-binh", DAY + timedelta(days=1))
    assert [(one.sentence, one.reason) for one in later.corrections] == [(WRONG, "đọc nhầm")]


def test_older_open_matters_are_followed(desk: Desk) -> None:
    with desk.store.begin() as conn:
        alert_store.decide(conn, desk.ids["watch"], outcome="theo dõi", reason="x", analyst="Bàn 1", version=1, now=NOON)
    later = build_digest(desk.store, "ninh-binh", DAY + timedelta(days=2))
    assert [one.alert for one in later.follow] == [desk.ids["watch"]]


def test_an_empty_day_says_so_in_every_section(desk: Desk, tmp_path: Path) -> None:
    paths = write_digest(desk.store, desk.settings, "lao-cai", DAY - timedelta(days=300), tmp_path / "out")
    text = paths["html"].read_text(encoding="utf-8")
    assert text.count(f"<p>{NOTHING}</p>") == 7 and "Tỉnh Lào Cai" in text
    docx = [p.text for p in Document(str(paths["docx"])).paragraphs]
    assert docx.count(NOTHING) == 7


def test_all_four_are_written_whole_noted_and_chained(desk: Desk, tmp_path: Path) -> None:
    paths = write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path / "out")
    assert list(paths) == ["html", "docx", "pdf", "eml"]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(p.name for p in paths.values())
    with desk.store.read() as conn:
        assert len(list_papers(conn, "digest")) == 4
        assert audit.verify(conn) == (1, None)


def test_the_same_issue_gives_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    first = {k: p.read_bytes() for k, p in write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path / "a").items()}
    second = {k: p.read_bytes() for k, p in write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path / "b").items()}
    assert first == second


def test_the_html_stands_alone_and_escapes(desk: Desk) -> None:
    text = render_html(build_digest(desk.store, "ninh-binh", DAY)).decode()
    assert "<script" not in text and "<svg" not in text and "javascript:alert(1)\"" not in text
    assert "&lt;script&gt;" in text and not re.search(r"(?:src|href)=\"(?!https?://|data:image/png;base64,)", text)
    headings = re.findall(r"<h2>(.*?)</h2>", text)
    assert headings == [
        "I. Tin nổi bật về địa phương", "II. Biên giới, biển, đảo", "III. Nội dung có dữ kiện cần đối chiếu",
        "IV. Dự kiến theo dõi", "V. Đính chính các số trước", "VI. Ghi chú phương pháp",
    ]  # fmt: skip


def test_the_docx_follows_the_decree(desk: Desk, tmp_path: Path) -> None:
    document = Document(str(write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path)["docx"]))
    section = document.sections[0]
    millimetres = [round(length.mm) for length in (section.page_width, section.page_height, section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)]  # fmt: skip
    assert millimetres == [210, 297, 20, 20, 30, 15]
    head = " ".join(" ".join(cell.text for cell in document.tables[0].rows[0].cells).split())
    for part in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "ỦY BAN NHÂN DÂN TỈNH NINH BÌNH", "Số: ……", "ngày …… tháng …… năm 2026"):
        assert part in head
    assert section.first_page_header.paragraphs[0].text == "DỰ THẢO"
    assert "PAGE" in section.header._element.xml
    assert document.styles["Normal"].font.name == "Times New Roman"
    assert "Nơi nhận:" in document.tables[-1].rows[0].cells[0].text
    assert HOSTILE in "\n".join(p.text for p in document.paragraphs) or "<script>" in document.element.xml.replace("&lt;", "<").replace("&gt;", ">")


def test_lines_with_an_address_are_not_torn_apart_and_the_letterhead_keeps_a_gap(desk: Desk, tmp_path: Path) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    from dashboards.digest.form import default, render_form

    shipped = write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path)["docx"].read_bytes()
    by_form = render_form(build_digest(desk.store, "ninh-binh", DAY), default())
    for made in (shipped, by_form):
        document = Document(io.BytesIO(made))
        linked = [p for p in document.paragraphs if p.hyperlinks]
        assert linked and all(p.alignment == WD_ALIGN_PARAGRAPH.LEFT for p in linked)
        assert any(p.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY for p in document.paragraphs)
        for paragraph in document.tables[0].rows[0].cells[0].paragraphs:
            assert paragraph.paragraph_format.right_indent.mm >= 4.9


def test_the_docx_is_sound_xml_without_foreign_targets(desk: Desk, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path)["docx"].read_bytes())) as docx:
        for name in docx.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(docx.read(name))
        targets = re.findall(rb'Target="([^"]+)" TargetMode="External"', docx.read("word/_rels/document.xml.rels"))
    assert targets and all(target.startswith((b"http://", b"https://")) for target in targets)


def test_the_pdf_embeds_the_font_and_links_only_plain_addresses(desk: Desk, tmp_path: Path) -> None:
    raw = write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path)["pdf"].read_bytes()
    assert raw.startswith(b"%PDF") and b"LiberationSerif" in raw and b"/FontFile2" in raw
    assert b"https://bao-mau.example/cang" in raw and b"javascript" not in raw.lower().replace(b"/javascript", b"x")


def test_the_shipped_font_holds_every_vietnamese_letter() -> None:
    import unicodedata

    tones = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    every = {unicodedata.normalize("NFC", base + tone) for base in "aăâeêioôơuưy" for tone in tones} | {"đ"}
    every |= {letter.upper() for letter in every}
    assert len(every) == 146
    assert {letter for letter in every if ord(letter) not in letters()} == set()


def test_the_mail_is_a_draft_with_text_html_and_two_attachments(desk: Desk, tmp_path: Path) -> None:
    mail = email.message_from_bytes(
        write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path)["eml"].read_bytes(), policy=email.policy.default
    )
    assert mail["X-Unsent"] == "1" and mail["To"] is None and "20/11/2026" in mail["Subject"]
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds[:7] == ["multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "image/png"]
    page = mail.get_body(("html",))
    assert page is not None and "data:" not in page.get_content()
    named = re.findall(r'src="cid:([^"]+)"', page.get_content())
    assert named and named == [part["Content-ID"].strip("<>") for part in mail.walk() if part.get_content_type() == "image/png"]
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names == ["diem-bao_ninh-binh_2026-11-20.docx", "diem-bao_ninh-binh_2026-11-20.pdf"]
    plain = mail.get_body(("plain",))
    assert plain is not None and WRONG in plain.get_content()


def test_an_unknown_profile_and_an_unwritable_place_are_one_line(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="hiện có"):
        write_digest(desk.store, desk.settings, "atlantis", DAY, tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="không ghi được"):
        write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path / "file")


def test_a_summary_is_the_texts_own_sentences() -> None:
    body = "HÀ NỘI - Câu thứ nhất nói về cảng cá mới. Câu thứ hai nói thêm về bến tàu ở TP. Ninh Bình. Câu thứ ba dài hơn một chút nữa. Câu thứ tư."
    found = summary("Cảng cá", "", body)
    assert found == "Câu thứ nhất nói về cảng cá mới. Câu thứ hai nói thêm về bến tàu ở TP. Ninh Bình. Câu thứ ba dài hơn một chút nữa."
    assert summary("x", "", "") == ""
    assert len(summary("x", "", "chữ " * 500)) <= LIMIT
    assert summary("题", "", "第一句很短。第二句。", "zh") == "第一句很短。第二句。"


def test_the_archive_has_one_row_per_day_and_folds_older_issues(desk: Desk, tmp_path: Path) -> None:
    from tests.test_dashboard import enter

    for name in ("mot", "hai"):
        write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path / name)
    text = enter(desk).get("/digests").text
    assert text.count('data-label="Ngày"') == 1
    before, after = text.split("1 lần lập trước")
    files = re.compile(r'href="/digests/\w+">')
    assert len(files.findall(before)) == len(files.findall(after)) == 4, "the older files stay within reach"


def test_the_archive_shows_the_files_and_refuses_altered_ones(desk: Desk, tmp_path: Path) -> None:
    from tests.test_dashboard import enter

    paths = write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path / "out")
    client = enter(desk)
    links = re.findall(r'href="(/digests/\w+)">(\w+)</a>', client.get("/digests").text)
    assert [name for _, name in links] == ["HTML", "DOCX", "PDF", "EML"]
    shown = client.get(links[0][0])
    assert shown.status_code == 200 and shown.headers["content-security-policy"].startswith("sandbox")
    assert "attachment" in client.get(links[1][0]).headers["content-disposition"]
    paths["html"].write_text("khác", encoding="utf-8")
    assert client.get(links[0][0]).status_code == 410
    paths["pdf"].unlink()
    assert client.get(links[2][0]).status_code == 410
