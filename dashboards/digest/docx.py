"""The digest as a DOCX in the form of Nghị định 30/2020/NĐ-CP."""

from __future__ import annotations

from docx.document import Document as DocumentType

from dashboards.digest.outline import NOTHING, Line, Style, box, kept, outline, paper_charts
from dashboards.digest.records import Digest
from dashboards.office import nd30
from dashboards.reports.charts import draw

# Width of a chart in mm: two stand beside one another.
CHART = nd30.HALF
# Lines that are not stretched to the right edge.
LEFT = (Style.TITLE, Style.META, Style.NOTE, Style.THEME)


def render_docx(digest: Digest) -> bytes:
    """Return the DOCX; the same issue gives the same bytes."""
    document = nd30.new_document(digest.office, digest.end, digest.title, digest.mark)
    # Single spacing, the least that the decree allows: an issue is one to three pages.
    document.styles["Normal"].paragraph_format.line_spacing = 1.0
    nd30.heading_block(document, digest.office, "ĐB-……", digest.day.year)
    nd30.title_block(document, digest.title, digest.period)
    nd30.table(document, box(digest))
    for section in outline(digest, brief=True):
        nd30.heading(document, section.heading)
        for part in section.parts:
            if part.heading:
                nd30.heading(document, part.heading, level=2)
            if not part.entries:
                nd30.body(document, NOTHING)
            for entry in part.entries:
                for place, one in enumerate(entry):
                    _line(document, one, keep=kept(entry, place))
    if charts := paper_charts(digest):
        nd30.pictures(document, [(draw(chart, narrow=True), f"Hình {number}. {chart.caption}") for number, chart in enumerate(charts, 1)])
    nd30.closing(document, digest.office.recipients, digest.office.signer)
    return nd30.to_bytes(document)


def _line(document: DocumentType, one: Line, *, keep: bool) -> None:
    small = one.style in (Style.NOTE, Style.META)
    nd30.body(
        document, one.text, bold=one.style in (Style.TITLE, Style.THEME), italic=one.style in (Style.META, Style.QUOTE, Style.THEME),
        size=nd30.SMALL if small else nd30.BODY, url=one.url, indent=one.style in (Style.TEXT, Style.QUOTE), keep=keep, left=one.style in LEFT, tight=small,
    )  # fmt: skip
