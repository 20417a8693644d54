"""The papers as pictures: DOCX through LibreOffice and our own PDF, measured against the form of Nghị định 30/2020/NĐ-CP."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from dashboards.digest import build_digest, write_digest
from dashboards.digest.docx import render_docx
from dashboards.digest.form import default, render_form
from dashboards.digest.pdf import OWN, fitted
from dashboards.digest.records import Correction, Digest
from dashboards.evidence.cover import render_cover
from dashboards.evidence.gather import StoryFacts
from dashboards.evidence.manifest import Parts
from dashboards.reports import write_report
from pipelines.settings import load_profile
from tests.desk import DAY, NOON, WRONG, Desk, make_desk

DPI = 60
MM = DPI / 25.4
PROGRAMS = ("soffice", "pdftoppm", "pdftotext", "pdffonts")


@dataclass
class Printed:
    """A paper as PDF: its pages as pictures and as text, its fonts."""

    pages: list[Image.Image]
    texts: list[str]
    fonts: str


def printed(pdf: Path, folder: Path) -> Printed:
    folder.mkdir(parents=True)
    subprocess.run(["pdftoppm", "-r", str(DPI), "-gray", "-png", str(pdf), str(folder / "p")], check=True)
    pages = [Image.open(path).convert("L") for path in sorted(folder.glob("p*.png"))]
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    fonts = subprocess.run(["pdffonts", str(pdf)], check=True, capture_output=True, text=True).stdout
    return Printed(pages, text.split("\f")[: len(pages)], fonts)


def by_libreoffice(folder: Path, *papers: Path) -> list[Path]:
    """Return the papers as LibreOffice prints them; it is started once for all of them."""
    command = ["soffice", f"-env:UserInstallation=file://{folder / 'lo'}", "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, papers)], check=True, capture_output=True, timeout=240, env={**os.environ, "HOME": str(folder)})
    return [folder / f"{docx.stem}.pdf" for docx in papers]


def crowded(desk: Desk) -> Digest:
    """A day with more of everything than paper holds, and five corrections."""
    digest = build_digest(desk.store, "ninh-binh", DAY)
    item, claim = replace(digest.domestic[0], summary="Một câu đủ dài để chiếm trọn hai dòng giấy khi in ra. " * 3), max(digest.claims, key=lambda one: len(one.refs))
    wrong = Correction("Tít của bài", "Báo Mẫu", WRONG, NOON, NOON, "không sai lệch", "đã đọc lại cả bài", ("điểm báo Tỉnh Ninh Bình ngày 18/11/2026",))
    lists = dict.fromkeys(("domestic", "foreign", "sea_domestic", "sea_foreign"), (item,) * 12)
    # The steps before, which do not do for such a day, are tried in tests/test_digest_grouped.py.
    return replace(digest, **lists, claims=(claim,) * 12, follow=(claim,) * 4, corrections=(wrong,) * 5, squeeze=2)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Printed]:
    lacking = [name for name in PROGRAMS if shutil.which(name) is None]
    if lacking:
        text = f"no {', '.join(lacking)} (apt-get install libreoffice-writer-nogui poppler-utils)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(text)
    folder = tmp_path_factory.mktemp("papers")
    desk: Desk = make_desk(folder / "data")
    digest = write_digest(desk.store, desk.settings, "ninh-binh", DAY, folder / "digest")
    report = write_report(desk.store, desk.settings, "ninh-binh", "annual", DAY.replace(month=1, day=1), DAY, folder / "report")
    facts = StoryFacts("0" * 32, "", [], {}, {}, [], [])
    cover = folder / "cover.pdf"
    cover.write_bytes(render_cover(load_profile("quang-tri"), facts, Parts(), [], [], {}, datetime(2026, 11, 20)))
    busy = folder / "busy.docx"
    busy.write_bytes(render_docx(fitted(crowded(desk))[0]))
    own = folder / "own.docx"
    own.write_bytes(render_form(fitted(crowded(desk), OWN)[0], default()))
    (folder / "lo").mkdir()
    issue, annual, long, form = by_libreoffice(folder / "lo", digest["docx"], report["docx"], busy, own)
    files = {"digest-pdf": digest["pdf"], "digest-docx": issue, "report-pdf": report["pdf"], "report-docx": annual, "cover": cover, "busy-docx": long, "busy-form": form}
    return {name: printed(path, folder / "pages" / name) for name, path in files.items()}


NAMES = ("digest-pdf", "digest-docx", "report-pdf", "report-docx", "cover")


def ink(page: Image.Image, box: tuple[float, float, float, float]) -> bool:
    """Whether anything is printed in a box given in mm."""
    part = page.crop(tuple(round(side * MM) for side in box))  # type: ignore[arg-type]
    return ImageChops.invert(part).point(lambda value: 255 if value > 60 else 0).getbbox() is not None


@pytest.mark.parametrize("name", NAMES)
def test_paper_and_margins(papers: dict[str, Printed], name: str) -> None:
    for page in papers[name].pages:
        assert (round(page.width / MM), round(page.height / MM)) == (210, 297)
        # Left 30 mm and right 15 mm; the borders of a table may stand out by its cell's margin of 2 mm.
        assert not ink(page, (0, 0, 27.5, 297)) and not ink(page, (197.5, 20, 210, 297)), name
        assert not ink(page, (0, 289, 210, 297))


@pytest.mark.parametrize("name", NAMES)
def test_the_head_of_the_first_page(papers: dict[str, Printed], name: str) -> None:
    first = papers[name].texts[0]
    lines = [line for line in first.splitlines() if line.strip()]
    assert lines[0].strip() == "DỰ THẢO"
    country = next(line for line in lines if "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in line)
    assert "ỦY BAN NHÂN DÂN" in country, "the two blocks stand side by side, the country's name on one line"
    assert "Độc lập - Tự do - Hạnh phúc" in first and "Số: ……/" in first and "ngày …… tháng …… năm 2026" in first
    # A rule under the motto: a dark row of 50 mm in the right half, below the head.
    page = papers[name].pages[0]
    half = page.crop((round(105 * MM), round(20 * MM), round(195 * MM), round(50 * MM)))
    runs = [sum(half.getpixel((x, y)) < 128 for x in range(half.width)) / MM for y in range(half.height)]  # type: ignore[operator]
    assert 45 <= max(runs) <= 60


@pytest.mark.parametrize("name", NAMES)
def test_page_numbers_stand_in_the_middle_from_the_second_page(papers: dict[str, Printed], name: str) -> None:
    for number, page in enumerate(papers[name].pages, 1):
        assert ink(page, (100, 8, 120, 18)) == (number > 1), (name, number)
        if number > 1:
            assert papers[name].texts[number - 1].split()[0] == str(number)


@pytest.mark.parametrize("name", NAMES)
def test_the_foot_and_the_letters(papers: dict[str, Printed], name: str) -> None:
    found = papers[name]
    whole = "\n".join(found.texts)
    assert "Nơi nhận:" in whole and re.search(r"- Lưu: VT[^\n]*\.", whole) and "QUYỀN HẠN, CHỨC VỤ" in whole
    assert "LiberationSerif" in found.fonts.replace(" ", "") or "TimesNewRoman" in found.fonts.replace(" ", "")
    assert "{{" not in whole and "{%" not in whole
    if name != "cover":
        assert "Hình 1." in whole


def test_word_too_prints_a_busy_day_on_three_pages(papers: dict[str, Printed]) -> None:
    for name in ("busy-docx", "busy-form"):
        assert len(papers[name].pages) == 3, name
        assert " ".join(" ".join(papers[name].texts).split()).count("kết luận lại: không sai lệch") == 5


def test_docx_and_pdf_break_the_letterhead_alike(papers: dict[str, Printed]) -> None:
    def head(name: str) -> list[str]:
        lines = [line for line in papers[name].texts[0].splitlines() if line.strip()][1:5]
        return [re.split(r"\s{3,}|CỘNG HÒA|Độc lập", line.strip())[0].strip() for line in lines]

    assert head("digest-pdf")[:2] == head("digest-docx")[:2] == ["ỦY BAN NHÂN DÂN", "TỈNH NINH BÌNH"]
