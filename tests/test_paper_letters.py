"""The PDF holds every letter that our sources write: Vietnamese, Chinese of both hands, Lao; what it cannot hold is counted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from dashboards.office.pdf import Paper

CHINESE = "中方对西沙群岛的主权；二〇二〇年，臺灣與南海諸島"
LAO = "ເລື່ອງທີ່ຊາຍແດນ ລາວ ຫວຽດນາມ"


def paper(text: str, to: Path) -> Paper:
    one = Paper("thử", datetime(2026, 11, 21, tzinfo=UTC))
    one.borrow(text)
    one.add_page()
    one.para(text)
    one.output(str(to))
    return one


def test_vietnamese_chinese_and_lao_are_printed(tmp_path: Path) -> None:
    text = f"Ngưỡng cửa Trường Sa, Hoàng Sa. {CHINESE} {LAO}"
    assert paper(text, tmp_path / "a.pdf").lost == 0
    said = "".join(PdfReader(tmp_path / "a.pdf").pages[0].extract_text().split())
    assert "NgưỡngcửaTrườngSa" in said and "".join(CHINESE.split())[:6] in said


def test_letters_that_no_font_holds_are_counted_and_shown_as_a_box(tmp_path: Path) -> None:
    one = paper("chữ ᚠᚢ lạ", tmp_path / "b.pdf")
    assert one.lost == 2


def test_a_paper_in_vietnamese_alone_embeds_no_other_font(tmp_path: Path) -> None:
    paper("Chỉ có tiếng Việt.", tmp_path / "c.pdf")
    assert (tmp_path / "c.pdf").stat().st_size < 60_000


def test_a_missing_font_is_one_line_and_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboards.digest import write_digest
    from dashboards.office import fonts, letterhead, pdf
    from dashboards.reports import charts
    from pipelines.errors import UserError
    from tests.desk import DAY, make_desk

    desk = make_desk(tmp_path / "data")
    for module in (fonts, pdf, charts):
        monkeypatch.setattr(module, "FONTS", tmp_path)
    letterhead._font.cache_clear()
    try:
        with pytest.raises(UserError, match="thiếu phông chữ"):
            write_digest(desk.store, desk.settings, "ninh-binh", DAY, tmp_path / "out")
    finally:
        letterhead._font.cache_clear()
    assert not (tmp_path / "out").exists()
