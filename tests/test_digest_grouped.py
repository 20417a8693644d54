"""The page of the digest: themes, charts, archived copies, translations, the office's own name, letters of other scripts."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from docx import Document
from PIL import Image

from dashboards.digest import build_digest, write_digest
from dashboards.digest.docx import render_docx
from dashboards.digest.html import render_html
from dashboards.digest.mail import render_text
from dashboards.digest.outline import Style, outline
from dashboards.digest.pdf import fitted, laid_out
from dashboards.digest.records import Correction
from dashboards.digest.themes import OTHER, theme_of
from dashboards.digest.translate import translated
from dashboards.office.letterhead import ROOM, broken, width
from dashboards.reports.charts import draw
from pipelines.office import AgencyName, Office, office_on
from pipelines.records import Places, Verdict
from pipelines.settings import load_profile, profile_names
from tests.desk import DAY, NOON, WRONG, Desk, add_alert, add_article, add_story, claim, make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


# --- themes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "theme"),
    [
        ("Ngư dân Kim Sơn được mùa ruốc biển", "Ngư dân, hải sản, IUU"),
        ("Phân giới cắm mốc trên đất liền: họp lần thứ tám", "Chủ quyền, biên giới, biển, đảo"),
        ("Đồn biên phòng tặng quà học sinh", "Quốc phòng, an ninh, biên phòng"),
        ("Bão số 9 đổ bộ, nhiều nơi sạt lở", "Thời tiết, thiên tai, môi trường"),
        ("China and Vietnam hold talks on land border", "Chủ quyền, biên giới, biển, đảo"),
        ("越南与中国边境口岸贸易增长", "Kinh tế, cửa khẩu, giao thông, du lịch"),
        ("Bien phong Quan Son tuan tra ban dem", "Quốc phòng, an ninh, biên phòng"),
        ("Xuất khẩu thuỷ sản tăng", "Ngư dân, hải sản, IUU"),
        ("Đội bóng của tỉnh thắng ba không", OTHER),
        ("", OTHER),
    ],
)
def test_a_story_has_the_theme_of_its_words(title: str, theme: str) -> None:
    assert theme_of(title, "") == theme


def test_words_count_whole() -> None:
    assert theme_of("Báo động về bãobùng", "") == OTHER and theme_of("Cầu thủ ghi bàn", "") != "Thời tiết, thiên tai, môi trường"


def test_where_no_word_tells_the_type_of_the_claim_does() -> None:
    assert [theme_of("Thư bạn đọc", "", types) for types in (("D14",), ("D13",), ())] == ["Chủ quyền, biên giới, biển, đảo", "Ngư dân, hải sản, IUU", OTHER]


def test_stories_stand_under_their_theme_each_named_once_in_the_order_of_the_page(desk: Desk) -> None:
    add_article(desk.store, "https://bao-mau.example/bong", "Báo Mẫu", "Đội bóng của tỉnh thắng ba không", "Một câu đủ dài để in ra ở đây.", NOON)
    add_article(desk.store, "https://bao-mau.example/tau", "Báo Mẫu", "Thêm ba tàu cá lắp thiết bị giám sát", "Một câu đủ dài để in ra ở đây.", NOON)
    digest = build_digest(desk.store, "ninh-binh", DAY)
    entries = outline(digest)[0].parts[0].entries
    named = [entry[0].text for entry in entries if entry[0].style is Style.THEME]
    assert len(named) == len(set(named)) >= 3
    wanted = list(dict.fromkeys(item.theme for item in digest.domestic))
    assert named == wanted
    fish = [index for index, entry in enumerate(entries) if any("cá" in one.text and one.style is Style.TITLE for one in entry)]
    assert fish == list(range(fish[0], fish[0] + 2)), "both stories of fishing side by side"


def test_a_full_day_is_three_pages_on_paper_and_whole_in_html(desk: Desk, tmp_path: Path) -> None:
    for number in range(14):
        body = f"Câu {number}: theo hiệp định, 53 % diện tích vịnh thuộc về Trung Quốc. " + "Bến cá Kim Sơn đón thêm nhiều tàu về trong buổi sáng nay. " * 6
        found = add_article(desk.store, f"https://bao-mau.example/{number}", f"Báo số {number}", f"Tàu cá về bến Kim Sơn buổi thứ {number} của mùa biển", body, NOON)
        sentence = body.split(".", 1)[0] + "."
        add_alert(desk.store, found, add_story(desk.store, found), claim(body, sentence, Verdict.CONTRADICTED, ("GT-02",), why="Lý do của máy."))
    paths = write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path)
    assert len(re.findall(rb"/Type /Page\b(?!s)", paths["pdf"].read_bytes())) <= 3
    paper = render_text(build_digest(desk.store, "ninh-binh", DAY))
    assert "và 12 mục khác, xem bản HTML của số này." in paper and "Lý do của máy" not in paper
    assert "; bao-mau.example/" in paper.split("III. NỘI DUNG")[1], "a claim on paper says where it stands"
    html = paths["html"].read_text(encoding="utf-8")
    assert all(f"Câu {number}: theo hiệp định" in html for number in range(14)) and "mục khác" not in html


# --- charts ----------------------------------------------------------------------------------------------------


def test_charts_are_pictures_with_captions_and_words_beside_them(desk: Desk, tmp_path: Path) -> None:
    digest = build_digest(desk.store, "ninh-binh", DAY)
    assert [chart.over_time for chart in digest.charts] == [False, True]
    assert sum(digest.charts[0].series[0][1]) == 4 and digest.charts[1].series[0][1][-1] == 5
    for chart in digest.charts:
        with Image.open(io.BytesIO(draw(chart))) as picture:
            assert picture.width == 1500
    document = Document(io.BytesIO(render_docx(digest)))
    assert len(document.inline_shapes) == 2
    text = "\n".join(cell.text for table in document.tables for cell in table.rows[0].cells)
    assert "Hình 1. Tin trong kỳ theo chủ đề" in text and "Hình 2. " in text
    assert "Hình 1. Tin trong kỳ theo chủ đề (mỗi tin tính một lần): Chủ quyền" in render_text(digest)
    html = write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path)["html"].read_text(encoding="utf-8")
    assert html.count("<figcaption>Hình ") == html.count('src="data:image/png;base64,') == 2


def test_a_day_without_news_has_no_chart_and_all_four_forms(desk: Desk, tmp_path: Path) -> None:
    day = DAY - timedelta(days=60)
    digest = build_digest(desk.store, "ninh-binh", day)
    assert digest.charts == () and digest.total == 0
    paths = write_digest(desk.store, desk.settings, "ninh-binh", day, tmp_path)
    assert sorted(paths) == ["docx", "eml", "html", "pdf"]
    html = paths["html"].read_text(encoding="utf-8")
    assert "<figure>" not in html and html.count("Không có") >= 7


# --- archived copies, translation, letters --------------------------------------------------------------------------


def test_each_story_leads_to_its_source_and_to_its_archived_copy(desk: Desk, tmp_path: Path) -> None:
    settings = desk.settings.model_copy(update={"dashboard_url": "https://cotmoc.so.example/"})
    html = write_digest(desk.store, settings, "ninh-binh", DAY, tmp_path)["html"].read_text(encoding="utf-8")
    assert f'href="https://cotmoc.so.example/articles/{desk.ids["first"]}/archived"' in html
    assert 'href="https://bao-mau.example/vinh-bac-bo"' in html and "Chưa có bản lưu" in html
    # The claim of the same text too, in the HTML and on paper.
    claims = html.split("Nội dung có dữ kiện")[1]
    assert f'href="https://cotmoc.so.example/articles/{desk.ids["first"]}/archived"' in claims and "Chưa có bản lưu" in claims
    assert "; lưu " in render_text(build_digest(desk.store, "ninh-binh", DAY)).split("NỘI DUNG CÓ DỮ KIỆN")[1]


class Translator(BaseHTTPRequestHandler):
    asked: list[dict[str, str]] = []

    def do_POST(self) -> None:
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        body = json.dumps({"translatedText": "Một cách nhìn <b>về</b> các đảo"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def translator() -> Iterator[str]:
    Translator.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Translator)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_slot_of_the_translation_is_marked_and_empty_without_a_server(desk: Desk) -> None:
    text = render_text(translated(build_digest(desk.store, "ninh-binh", DAY), desk.settings))
    assert "Đầu đề gốc bằng tiếng Anh. Bản dịch: (chưa có)" in text


def test_a_configured_server_is_asked_once_for_each_title_and_its_words_are_marked(desk: Desk, translator: str, tmp_path: Path) -> None:
    settings = desk.settings.model_copy(update={"translator_url": translator})
    first = write_digest(desk.store, settings, "ninh-binh", DAY, tmp_path)["html"].read_bytes()
    assert write_digest(desk.store, settings, "ninh-binh", DAY, tmp_path)["html"].read_bytes() == first
    assert Translator.asked == [{"q": "A view on the islands", "source": "en", "target": "vi", "format": "text"}]
    assert "Bản dịch máy, chưa ai duyệt: Một cách nhìn &lt;b&gt;về&lt;/b&gt; các đảo" in first.decode()


def test_a_translator_that_is_away_leaves_the_slot_empty_and_the_issue_whole(desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = desk.settings.model_copy(update={"translator_url": "http://127.0.0.1:9"})
    text = write_digest(desk.store, settings, "ninh-binh", DAY, tmp_path)["html"].read_text(encoding="utf-8")
    assert "Bản dịch: (chưa có)" in text and "không trả lời được" in caplog.text


def test_runs_with_chinese_or_lao_letters_name_fonts_that_hold_them(desk: Desk) -> None:
    add_article(
        desk.store, "https://foreign.example/zh", "外国报", "越南渔船在北部湾作业", "越南渔民在北部湾捕鱼。", NOON, kind="foreign_press", lang="zh",
        places=Places(about=("ninh-binh",)),
    )  # fmt: skip
    xml = Document(io.BytesIO(render_docx(build_digest(desk.store, "ninh-binh", DAY)))).element.xml
    run = xml[: xml.index("越南渔船在北部湾作业")].rsplit("<w:r>", 1)[1]
    assert 'w:eastAsia="SimSun"' in run and 'w:ascii="Times New Roman"' in run


# --- the office's name ------------------------------------------------------------------------------------------------


def test_names_hold_from_day_to_day_and_each_paper_has_its_recipients() -> None:
    office = Office(
        names=(
            AgencyName(valid_from=date(2020, 1, 1), valid_until=date(2025, 3, 1), agency="SỞ THÔNG TIN VÀ TRUYỀN THÔNG", agency_parent="UBND TỈNH"),
            AgencyName(valid_from=date(2025, 3, 1), agency="SỞ VĂN HÓA VÀ THỂ THAO", agency_parent="UBND TỈNH", locality="Hoa Lư"),
        ),
        recipients=("Nơi chung",), recipients_of={"bao-cao": ("UBND tỉnh", "Lưu: VT")}, signer="GIÁM ĐỐC",
    )  # fmt: skip
    profile = load_profile("ninh-binh")
    offices = {"ninh-binh": office}
    before, after = (office_on(profile, offices, day, "diem-bao") for day in (date(2025, 2, 28), date(2025, 3, 1)))
    assert (before.agency, before.locality) == ("SỞ THÔNG TIN VÀ TRUYỀN THÔNG", "Ninh Bình")
    assert (after.agency, after.locality, after.recipients, after.signer) == ("SỞ VĂN HÓA VÀ THỂ THAO", "Hoa Lư", ("Nơi chung",), "GIÁM ĐỐC")
    assert office_on(profile, offices, date(2026, 1, 1), "bao-cao").recipients == ("UBND tỉnh", "Lưu: VT")
    assert office_on(profile, offices, date(2019, 1, 1), "bao-cao").agency == profile.agency
    assert office_on(profile, {}, date(2026, 1, 1), "bao-cao") == profile


def test_the_offices_own_recipients_and_signer_are_on_its_paper(desk: Desk, tmp_path: Path) -> None:
    settings = desk.settings.model_copy(update={"office": {"ninh-binh": Office(recipients_of={"diem-bao": ("Văn phòng <A>",)}, signer="KT. GIÁM ĐỐC")}})
    paths = write_digest(desk.store, settings, "ninh-binh", DAY, tmp_path)
    assert "- Văn phòng &lt;A&gt;." in paths["html"].read_text(encoding="utf-8")
    closing = Document(str(paths["docx"])).tables[-1].rows[0].cells
    assert "- Văn phòng <A>." in closing[0].text and "KT. GIÁM ĐỐC" in closing[1].text


@pytest.mark.parametrize("name", profile_names())
def test_names_in_the_letterhead_are_broken_where_people_break_them(name: str) -> None:
    profile = load_profile(name)
    for text, bold in ((profile.agency_parent, False), (profile.agency, True)):
        lines = broken(text, bold=bold).split("\n")
        assert " ".join(lines) == text and all(width(line, bold=bold) <= ROOM for line in lines)
        assert len(lines) == 1 or lines[1].split()[0] in ("TỈNH", "VÀ", "XÃ"), lines


def test_a_busy_day_still_fits_three_pages_and_no_correction_is_left_out(desk: Desk) -> None:
    digest = build_digest(desk.store, "ninh-binh", DAY)
    claim, item = max(digest.claims, key=lambda one: len(one.refs)), replace(digest.domestic[0], summary="Một câu đủ dài để chiếm hai dòng giấy. " * 4)
    one = Correction("Tít của bài đã nêu", "Báo Mẫu", WRONG, NOON, NOON, "không sai lệch", "đã xem lại cả bài", ("điểm báo Tỉnh Ninh Bình ngày 18/11/2026",))
    busy = replace(digest, domestic=(item,) * 12, foreign=(item,) * 12, sea_domestic=(item,) * 12, sea_foreign=(item,) * 12, claims=(claim,) * 12, follow=(claim,) * 5)
    assert fitted(digest)[0].squeeze == 0, "a quiet day gives up nothing"
    for count in (0, 10):
        issue = fitted(replace(busy, corrections=(one,) * count))[0]
        assert laid_out(issue).page_no() <= 3 and issue.squeeze > 0, count
        sections = outline(issue, brief=True)
        assert len(sections[4].parts[0].entries) == count and all(part.entries for section in sections[:4] for part in section.parts)
        assert all("mục khác, xem bản HTML" in section.parts[0].entries[-1][0].text for section in sections[:4])
    # What paper gave up stands in the HTML file of the same issue.
    assert render_html(issue).decode().count(item.title) == render_html(replace(busy, corrections=(one,) * 10)).decode().count(item.title) >= 48
