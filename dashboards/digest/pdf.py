"""The digest as a PDF with the same lines as the DOCX."""

from __future__ import annotations

from dashboards.digest.outline import NOTHING, Style, box, outline
from dashboards.digest.records import Digest
from dashboards.office.pdf import Paper
from dashboards.reports.charts import draw


def render_pdf(digest: Digest) -> bytes:
    """Return the PDF; letters that no font of this machine holds are shown as □ and said so at the end."""
    sections = outline(digest)
    paper = Paper(digest.title, digest.end)
    paper.borrow("".join(one.text for s in sections for part in s.parts for entry in part.entries for one in entry))
    paper.add_page()
    paper.masthead(digest.office, "ĐB-……", digest.day.year)
    paper.para(digest.title, style="B", size=14, align="C")
    paper.para(digest.period, style="B", size=13, align="C")
    paper.rule(40)
    paper.rows(box(digest))
    for number, chart in enumerate(digest.charts, 1):
        paper.picture(draw(chart), f"Hình {number}. {chart.caption}")
    for section in sections:
        paper.ln(3)
        _heading(paper, section.heading, "B")
        for part in section.parts:
            if part.heading:
                _heading(paper, part.heading, "BI")
            if not part.entries:
                paper.para(NOTHING, indent=10, align="L")
            for entry in part.entries:
                for one in entry:
                    style = {Style.THEME: "BI", Style.TITLE: "B", Style.META: "I", Style.QUOTE: "I"}.get(one.style, "")
                    size = 11.5 if one.style in (Style.META, Style.NOTE) else 13
                    paper.para(one.text, style=style, size=size, url=one.url, align="L" if one.style in (Style.NOTE, Style.THEME) else "J")
                paper.ln(1.5)
    if paper.lost:
        paper.para(
            f"{paper.lost} ký tự không có trong phông chữ của máy này (in là □); xem đủ ở bản HTML hoặc DOCX.", size=11, style="I"
        )
    paper.closing(digest.office.recipients, digest.office.signer)
    return bytes(paper.output())


def _heading(paper: Paper, text: str, style: str) -> None:
    # A heading never stands alone at the foot of a page.
    if paper.get_y() > paper.h - 45:
        paper.add_page()
    paper.para(text, style=style, align="L")
