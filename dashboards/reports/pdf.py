"""The report as a PDF with the same sections as the DOCX."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from dashboards.office.pdf import Paper
from dashboards.reports.charts import draw
from dashboards.reports.records import ENDING, Report, Section, Table
from pipelines.clock import HANOI


def render_pdf(report: Report) -> bytes:
    """Return the PDF."""
    paper = Paper(report.title, datetime.combine(report.end, time(), HANOI))
    paper.borrow("".join(cell for s in report.sections for t in s.tables for row in t.rows for cell in row))
    paper.add_page()
    paper.masthead(report.office, "BC-……", report.end.year)
    paper.para(report.title, style="B", size=14, align="C")
    paper.para(report.abstract, style="B", size=13, align="C")
    paper.rule(40)
    count = {"table": 0, "chart": 0}
    for section in (one for one in report.sections if not one.annex):
        _section(paper, section, section.text, count)
    # The signature never stands on a page without the last words.
    paper.room(26 + 5 * len(report.office.recipients))
    paper.ln(3)
    paper.para(ENDING)
    paper.closing(report.office.recipients, report.office.signer)
    annexes = [one for one in report.sections if one.annex]
    if annexes:
        paper.add_page()
    for place, section in enumerate(annexes):
        _section(paper, section, report.text_of(section), count, middle=place == 0)
    return bytes(paper.output())


def _section(paper: Paper, section: Section, text: Sequence[str], count: dict[str, int], *, middle: bool = False) -> None:
    paper.ln(3)
    _heading(paper, section.heading, "B", align="C" if middle else "L")
    for line in text:
        paper.para(line, style="I" if middle else "", align="C" if middle else "J")
    for chart in section.charts:
        count["chart"] += 1
        paper.picture(draw(chart), f"Hình {count['chart']}. {chart.caption}")
    for table in section.tables:
        count["table"] += 1
        _heading(paper, f"Bảng {count['table']}. {table.caption}", "BI")
        _grid(paper, table)


def _heading(paper: Paper, text: str, style: str, align: str = "L") -> None:
    # A heading never stands alone at the foot of a page.
    if paper.get_y() > paper.h - 50:
        paper.add_page()
    paper.para(text, style=style, align=align)


def _grid(paper: Paper, table: Table) -> None:
    if not table.rows:
        paper.para("Không có", indent=10, align="L")
        return
    widths = {2: (125, 40), 3: (25, 115, 25)}.get(len(table.head), (65, *(100 // (len(table.head) - 1),) * (len(table.head) - 1)))
    paper.grid(table.head, table.rows, widths, right=True)
