"""The report as a PDF with the same sections as the DOCX."""

from __future__ import annotations

from datetime import datetime, time

from dashboards.office.pdf import Paper
from dashboards.reports.charts import draw
from dashboards.reports.records import Report, Table
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
    tables = charts = 0
    for section in report.sections:
        paper.ln(3)
        _heading(paper, section.heading, "B")
        for line in section.text:
            paper.para(line)
        for chart in section.charts:
            charts += 1
            paper.picture(draw(chart), f"Hình {charts}. {chart.caption}")
        for table in section.tables:
            tables += 1
            _heading(paper, f"Bảng {tables}. {table.caption}", "BI")
            _grid(paper, table)
    paper.closing(report.office.recipients, report.office.signer)
    return bytes(paper.output())


def _heading(paper: Paper, text: str, style: str) -> None:
    # A heading never stands alone at the foot of a page.
    if paper.get_y() > paper.h - 50:
        paper.add_page()
    paper.para(text, style=style, align="L")


def _grid(paper: Paper, table: Table) -> None:
    if not table.rows:
        paper.para("Không có", indent=10, align="L")
        return
    widths = {2: (125, 40), 3: (25, 115, 25)}.get(len(table.head), (65, *(100 // (len(table.head) - 1),) * (len(table.head) - 1)))
    paper.grid(table.head, table.rows, widths, right=True)
