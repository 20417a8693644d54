"""Reports: the numbers of DUTIES 1.6 from the store, in DOCX, PDF and CSV; the calendar of duties."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from icalendar import Calendar
from PIL import Image
from typer.testing import CliRunner

from dashboards.reports import build_report, content, period_of, write_report
from dashboards.reports.charts import draw
from dashboards.reports.deadlines import calendar, reminders, upcoming
from dashboards.reports.records import Chart
from dashboards.reports.write import render_csv
from pipelines.errors import UsageError
from pipelines.settings import Deadline, load_profile, profile_names
from pipelines.store import alerts as alert_store
from pipelines.store import audit
from pipelines.store.papers import list_papers
from pipelines.store.schema import article_provinces
from tests.desk import HOSTILE, NOON, Desk, add_article, make_desk

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


def decide(desk: Desk, alert: str, outcome: str, analyst: str, version: int, hours: int) -> None:
    from datetime import timedelta

    with desk.store.begin() as conn:
        alert_store.decide(conn, desk.ids[alert], outcome=outcome, reason="đã xem", analyst=analyst, version=version, now=NOON + timedelta(hours=hours))


def test_the_numbers_are_those_of_the_store(desk: Desk) -> None:
    decide(desk, "flag", alert_store.NEEDS_REPLY, "Bàn 1", 1, 2)
    decide(desk, "flag", alert_store.NEEDS_REPLY, "Bàn 2", 2, 5)
    decide(desk, "hostile", alert_store.NOT_DISTORTED, "Bàn 1", 1, 4)
    n = build_report(desk.store, "ninh-binh", "monthly", FIRST, LAST).numbers
    assert (n.collected, n.ours, n.claims, n.reviewed) == (5, 5, 3, 2)
    assert dict(n.by_class) == {"trong nước, chưa phân loại": 4, "nước ngoài, chưa phân loại": 1} and dict(n.by_lang) == {"tiếng Việt": 4, "tiếng Anh": 1}
    assert dict(n.references) == {"GT-02": 1} and sum(count for _, count in n.by_verdict) == 3
    assert (n.needs_reply, n.false_alarms, n.concluded) == (1, 1, 2)
    assert [hours for _, hours in n.hours] == [0.0, 3.0, 3.0, None, None]
    assert sum(row[1] for row in n.trend) == 5 and sum(row[2] for row in n.trend) == 3 and len(n.trend) == 30


def test_a_period_without_news_says_so_and_breaks_nothing(desk: Desk) -> None:
    report = build_report(desk.store, "lao-cai", "annual", date(2020, 1, 1), date(2020, 12, 31))
    assert report.numbers.ours == 0 and not any(section.charts for section in report.sections)
    assert "chưa có kết luận nào" in render_csv(report).decode()


def test_the_commune_is_rolled_up_into_the_province_and_not_the_other_way(desk: Desk) -> None:
    with desk.store.begin() as conn:
        conn.execute(article_provinces.delete().where(article_provinces.c.article == desk.ids["news"]))
        conn.execute(article_provinces.insert().values(article=desk.ids["news"], province="ninh-binh/lien-minh", relation="about"))
    province = build_report(desk.store, "ninh-binh", "annual", FIRST, LAST)
    assert province.numbers.ours == 5 and [(name, n.ours, n.claims) for name, n in province.communes] == [("Xã Liên Minh, tỉnh Ninh Bình", 2, 1)]
    # What is on the whole country is the same for every commune and stands in a column of its own.
    table = next(table for section in province.sections for table in section.tables if table.caption.startswith("Số liệu của các xã"))
    assert table.head[1:3] == ("Bài về xã", "Tin chung") and table.rows[0][1:4] == ("1", "1", "0")
    commune = build_report(desk.store, "ninh-binh/lien-minh", "annual", FIRST, LAST)
    assert commune.numbers.ours == 2 and commune.communes == ()


def test_a_period_to_come_is_refused_and_one_that_runs_is_provisional(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "now", lambda: NOON)
    with pytest.raises(UsageError, match="chưa bắt đầu"):
        build_report(desk.store, "ninh-binh", "adhoc", NOON.date() + timedelta(days=1), NOON.date() + timedelta(days=2))
    running = build_report(desk.store, "ninh-binh", "annual", date(2026, 1, 1), NOON.date())
    assert running.abstract.endswith("số liệu tạm tính đến 19/11/2026 12:00") and "tạm tính đến" in render_csv(running).decode()
    over = build_report(desk.store, "ninh-binh", "adhoc", date(2026, 1, 1), NOON.date() - timedelta(days=1))
    assert over.until is None and "tạm tính" not in over.abstract


def test_the_year_has_the_parts_of_the_plans_and_leaves_blank_what_the_office_knows(desk: Desk) -> None:
    report = build_report(desk.store, "ninh-binh", "annual", date(2026, 1, 1), date(2026, 11, 14))
    names = [section.heading for section in report.sections]
    assert names[:5] == ["I. TÌNH HÌNH TRIỂN KHAI", "II. KẾT QUẢ", "III. ĐÁNH GIÁ", "IV. PHƯƠNG HƯỚNG, KIẾN NGHỊ", "PHỤ LỤC SỐ LIỆU"]
    assert "người soạn điền" in report.sections[0].text[0] and "15/11" in report.due
    assert len(report.numbers.trend) == 11


def test_five_years_are_told_year_by_year(desk: Desk) -> None:
    add_article(desk.store, "https://b.example/2024", "Báo B", "Tin năm trước", "Thân bài.", datetime(2024, 12, 31, 20, tzinfo=UTC))
    decide(desk, "flag", alert_store.NOT_DISTORTED, "Bàn 1", 1, 4)
    report = build_report(desk.store, "ninh-binh", "five-year", date(2022, 1, 1), date(2026, 11, 30))
    assert (report.title, report.abstract[:33]) == ("BÁO CÁO", "Kết quả 05 năm 2022 - 2026 theo d")
    assert [row[0] for row in report.numbers.trend] == ["2022", "2023", "2024", "2025", "2026"], "five columns, not sixty"
    table = report.sections[1].tables[0]
    # Twenty hours of 31 December in UTC is the new year in Hà Nội.
    assert table.caption == "Số liệu từng năm" and [row[:2] for row in table.rows[2:4]] == [("2024", "0"), ("2025", "1")]
    assert table.rows[-1] == ("2026", "5", "3", "0", "1")
    assert not any(one.caption == "Số liệu từng năm" for part in build_report(desk.store, "ninh-binh", "annual", FIRST, LAST).sections for one in part.tables)


def test_three_files_are_written_noted_and_audited(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The period is not over: the minute that the numbers count until is printed.
    monkeypatch.setattr(content, "now", lambda: NOON)
    paths = write_report(desk.store, desk.settings, "ninh-binh", "weekly", FIRST, LAST, tmp_path)
    assert [path.suffix for path in paths.values()] == [".docx", ".pdf", ".csv"]
    assert paths["pdf"].read_bytes().startswith(b"%PDF") and b"LiberationSerif" in paths["pdf"].read_bytes()
    with desk.store.read() as conn:
        assert [row["kind"] for row in list_papers(conn)] == ["report"] and audit.verify(conn) == (1, None)
    before = paths["docx"].read_bytes()
    with desk.store.begin() as conn:
        from pipelines.store.schema import papers

        conn.execute(papers.delete())
    assert write_report(desk.store, desk.settings, "ninh-binh", "weekly", FIRST, LAST, tmp_path)["docx"].read_bytes() == before


def test_the_docx_has_the_form_of_the_decree(desk: Desk, tmp_path: Path) -> None:
    path = write_report(desk.store, desk.settings, "ninh-binh", "weekly", FIRST, LAST, tmp_path)["docx"]
    document = Document(str(path))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm), round(section.left_margin.mm)) == (210, 297, 30)  # type: ignore[union-attr]
    assert section.first_page_header.paragraphs[0].text == "DỰ THẢO"
    right = "\n".join(p.text for p in document.tables[0].rows[0].cells[1].paragraphs)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in right and "Ninh Bình, ngày …… tháng …… năm 2026" in right
    closing = "\n".join(p.text for p in document.tables[-1].rows[0].cells[0].paragraphs)
    assert closing.startswith("Nơi nhận:") and closing.endswith("- Lưu: VT.") and "- Thường trực Tỉnh ủy;" in closing
    text = "\n".join(p.text for p in document.paragraphs)
    assert "BÁO CÁO" in text and "Kết quả tuần theo dõi báo chí" in text and "Hình 1." in text and "Bảng 1." in text and "{{" not in text and "{%" not in text
    assert len(document.inline_shapes) == 2


def test_the_csv_opens_in_excel_and_runs_nothing(desk: Desk) -> None:
    decide(desk, "hostile", alert_store.NOT_DISTORTED, "Bàn 1", 1, 300)
    report = build_report(desk.store, "ninh-binh", "monthly", date(2026, 11, 20), date(2026, 12, 31))
    raw = render_csv(report)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert {len(row) for row in rows} == {4} and any(HOSTILE in cell for row in rows for cell in row)
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "@", "+")]


def test_charts_are_pictures_with_their_values() -> None:
    for chart in (Chart("a", ("01/01", "02/01"), (("bài", (3, 0)), ("cần", (1, 1)))), Chart("b", ("Mâu thuẫn",), (("n", (4,)),), over_time=False)):
        picture = Image.open(io.BytesIO(draw(chart)))
        assert picture.width == 1500 and len(picture.convert("RGB").getcolors(1 << 20) or ()) > 2 and draw(chart) == draw(chart)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [("weekly", "2026-11-09", "2026-11-15"), ("monthly", "2026-10-01", "2026-10-31"), ("annual", "2026-01-01", "2026-11-21"), ("five-year", "2022-01-01", "2026-11-21")],
)  # fmt: skip
def test_each_kind_has_its_period(kind: str, first: str, last: str) -> None:
    assert period_of(kind, date(2026, 11, 21)) == (date.fromisoformat(first), date.fromisoformat(last))


def run(*words: str) -> tuple[int, str]:
    import typer

    from flows.commands import deadlines, report

    app = typer.Typer()
    app.command("report")(report.report)
    app.command("deadlines")(deadlines.deadlines)
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.output + str(result.exception or "")


def test_the_command_prints_three_paths_and_names_wrong_use(desk: Desk, tmp_path: Path) -> None:
    data = ["--data", str(desk.settings.data), "--output", str(tmp_path)]
    code, said = run("report", "--profile", "ninh-binh", "--from", "2026-11-01", "--to", "2026-11-21", *data)
    assert code == 0 and [line.rsplit(".", 1)[1] for line in said.split()] == ["docx", "pdf", "csv"]
    for wrong, word in ((("--from", "hôm qua"), "--from"), (("--from", "2026-11-01"), "--to"), (("--kind", "daily"), "daily"), (("--kind", "adhoc"), "--from")):
        assert word in run("report", *wrong, *data)[1]
    with pytest.raises(UsageError, match="không hợp lệ"):
        build_report(desk.store, "ninh-binh", "adhoc", LAST, FIRST)


# --- deadlines -----------------------------------------------------------------------------------------------


def test_every_plans_deadline_is_in_the_calendar() -> None:
    found = {(due.office, due.day.isoformat()) for due in upcoming(map(load_profile, profile_names()), date(2026, 1, 1), 364)}
    assert found >= {("ninh-binh", "2026-11-15"), ("ninh-binh/lien-minh", "2026-12-10"), ("thanh-hoa", "2026-12-15"), ("quang-tri", "2026-12-15")}
    five = [due.day.year for due in upcoming([load_profile("thanh-hoa")], date(2028, 1, 1), 4000) if "05 năm" in due.name]
    assert five == [2030, 2035]


@pytest.mark.parametrize(("today", "mark"), [("2026-10-15", ""), ("2026-10-16", "T-30"), ("2026-11-08", "T-7"), ("2026-11-14", "T-1"), ("2026-11-15", "T-1"), ("2026-11-16", "quá hạn")])
def test_reminders_come_at_30_7_and_1(today: str, mark: str) -> None:
    office = [load_profile("ninh-binh")]
    assert upcoming(office, date.fromisoformat(today))[0].reminder == mark
    assert bool(reminders(office, date.fromisoformat(today))) == (today in ("2026-10-16", "2026-11-08", "2026-11-14"))


def test_the_ics_holds_whole_days_with_three_alarms() -> None:
    dues = upcoming([load_profile("ninh-binh")], date(2026, 10, 1), 364)
    raw = calendar(dues, date(2026, 10, 1))
    assert raw == calendar(dues, date(2026, 10, 1))
    events = list(Calendar.from_ical(raw).walk("VEVENT"))
    assert [event["dtstart"].dt for event in events] == [date(2026, 11, 15)]
    assert [alarm["trigger"].dt.days for alarm in events[0].walk("VALARM")] == [-30, -7, -1]


def test_a_senseless_due_day_is_refused() -> None:
    for due in ("13-01", "02-30", "11-31", "tháng 11"):
        with pytest.raises(ValueError):
            Deadline(name="x", due=due, to="y")


def test_the_deadlines_command_lists_and_writes(tmp_path: Path) -> None:
    code, said = run("deadlines", "--profile", "ninh-binh", "--date", "2026-11-08")
    assert code == 0 and "15/11/2026" in said and "T-7" in said
    assert run("deadlines", "--date", "2026-11-08", "--ics", str(tmp_path / "lich.ics"))[0] == 0
    assert (tmp_path / "lich.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert '"left": 7' in run("deadlines", "--date", "2026-11-08", "--remind", "--json")[1]


def test_the_table_of_false_alarms_has_as_many_rows_as_are_counted(desk: Desk) -> None:
    from pipelines.store.schema import alerts

    with desk.store.begin() as conn:
        # On the whole country, found in a text about another province: the office's in the digest, so in the report too.
        conn.execute(alerts.update().where(alerts.c.id == desk.ids["watch"]).values(provinces=["lao-cai"], national=1))
        conn.execute(alerts.update().where(alerts.c.id == desk.ids["hostile"]).values(provinces=["ninh-binh/lien-minh"], national=0))
    for alert in ("flag", "watch", "hostile"):
        decide(desk, alert, alert_store.NOT_DISTORTED, "Bàn 1", 1, 4)
    report = build_report(desk.store, "ninh-binh", "monthly", FIRST, LAST)
    table = next(t for section in report.sections for t in section.tables if t.caption.startswith("Nội dung đã nêu"))
    assert len(table.rows) == report.numbers.false_alarms == report.numbers.claims == 3
    assert report.communes[0][1].false_alarms == 2


def test_the_annex_stands_behind_the_signature_on_a_page_of_its_own(desk: Desk, tmp_path: Path) -> None:
    from pypdf import PdfReader

    paths = write_report(desk.store, desk.settings, "ninh-binh", "annual", FIRST, LAST, tmp_path)
    document = Document(str(paths["docx"]))
    text = ["".join(part.text or "" for part in node.iter(qn("w:t"))) for node in document.element.body]
    signed, annex = next(n for n, line in enumerate(text) if line.startswith("Nơi nhận:")), text.index("PHỤ LỤC SỐ LIỆU")
    assert next(line for line in reversed(text[:signed]) if line).endswith("./.") and annex > signed
    head = next(p for p in document.paragraphs if p.text == "PHỤ LỤC SỐ LIỆU")
    assert head.paragraph_format.page_break_before and head.alignment == WD_ALIGN_PARAGRAPH.CENTER
    under = next(p for p in document.paragraphs if p.text.startswith("(Kèm theo"))
    assert under.text == "(Kèm theo Báo cáo số ……/BC-…… ngày …… tháng …… năm 2026 của SỞ VĂN HÓA VÀ THỂ THAO)" and under.alignment == WD_ALIGN_PARAGRAPH.CENTER
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(paths["pdf"]).pages]
    page = next(n for n, said in enumerate(pages) if "Nơi nhận" in said)
    assert "./." in pages[page] and "PHỤ LỤC SỐ LIỆU" not in pages[page] and "PHỤ LỤC SỐ LIỆU" in pages[page + 1]


def test_each_kind_has_its_own_deadline_and_that_of_five_years_is_in_the_calendar(desk: Desk) -> None:
    today = date(2026, 10, 1)
    dues = upcoming([load_profile("thanh-hoa")], today, far=True)
    assert [due.day.year for due in dues] == [2026, 2030] and len(upcoming([load_profile("thanh-hoa")], today)) == 1
    assert b"20301215" in calendar(dues, today)
    said = {kind: build_report(desk.store, "thanh-hoa", kind, FIRST, LAST).due for kind in ("weekly", "annual", "five-year")}
    assert said["weekly"] == "" and "hằng năm" in said["annual"] and "05 năm" in said["five-year"]
