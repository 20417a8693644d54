"""The digest as a PDF with the same lines as the DOCX."""

from __future__ import annotations

from dataclasses import replace

from dashboards.digest.docx import LEFT
from dashboards.digest.outline import NOTHING, STEPS, Part, Style, box, outline, paper_charts
from dashboards.digest.records import Digest
from dashboards.office import nd30
from dashboards.office.pdf import Paper
from dashboards.reports.charts import draw

# Room in mm for a line, and for theme, title (two lines) and source of an entry, which stay together.
LINE, HEAD = 6.5, 26


# An issue is one to three pages (DUTIES 6.2); Word breaks its pages earlier than we do: as much of the last page stays free, in mm.
PAGES, SPARE = 3, 50
# The form for the office's own template has its charts below one another.
OWN = SPARE + 60


def fitted(digest: Digest, spare: float = SPARE) -> tuple[Digest, bytes]:
    """Return the issue with the least left to the HTML file that makes three pages of it, and its PDF; the last step is as long as it is."""
    for step in range(digest.squeeze, len(STEPS)):
        digest = replace(digest, squeeze=step)
        paper = laid_out(digest)
        if paper.page_no() < PAGES or paper.page_no() == PAGES and paper.get_y() < paper.h - 20 - spare:
            break
    return digest, bytes(paper.output())


def render_pdf(digest: Digest) -> bytes:
    """Return the PDF; letters that no font of this machine holds are shown as □ and said so at the end."""
    return bytes(laid_out(digest).output())


def laid_out(digest: Digest) -> Paper:
    """Return the pages of the PDF."""
    sections = outline(digest, brief=True)
    paper = Paper(digest.title, digest.end, head=digest.mark, leading=0.41)
    paper.borrow("".join(one.text for s in sections for part in s.parts for entry in part.entries for one in entry))
    paper.add_page()
    paper.masthead(digest.office, "ĐB-……", digest.day.year)
    paper.para(digest.title, style="B", size=14, align="C")
    paper.para(digest.period, style="B", size=13, align="C")
    paper.rule(40)
    paper.rows(box(digest))
    for section in sections:
        paper.ln(1.5)
        # A heading never stands alone at the foot of a page: what follows it needs room for its first lines.
        paper.room(_head(section.parts[0]) + LINE)
        paper.para(section.heading, style="B", align="L")
        for part in section.parts:
            if part.heading:
                paper.room(_head(part))
                paper.para(part.heading, style="BI", align="L")
            if not part.entries:
                paper.para(NOTHING, indent=10, align="L")
            for entry in part.entries:
                paper.room(min(HEAD, LINE * len(entry)))
                for one in entry:
                    style = {Style.THEME: "BI", Style.TITLE: "B", Style.META: "I", Style.QUOTE: "I"}.get(one.style, "")
                    size = nd30.SMALL if one.style in (Style.META, Style.NOTE) else nd30.BODY
                    paper.para(one.text, style=style, size=size, url=one.url, align="L" if one.style in LEFT else "J")
                paper.ln(0.5)
    paper.pictures([(draw(chart, narrow=True), f"Hình {number}. {chart.caption}") for number, chart in enumerate(paper_charts(digest), 1)])
    if paper.lost:
        paper.para(
            f"{paper.lost} ký tự không có trong phông chữ của máy này (in là □); xem đủ ở bản HTML hoặc DOCX.", size=11, style="I"
        )
    paper.closing(digest.office.recipients, digest.office.signer)
    return paper


def _head(part: Part) -> float:
    """Room in mm for the heading of a part and the first lines under it."""
    under = min(HEAD, LINE * len(part.entries[0])) if part.entries else LINE
    return under + (LINE if part.heading else 0)
