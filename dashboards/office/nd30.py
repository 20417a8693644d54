"""A DOCX in the form of Nghị định 30/2020/NĐ-CP, Phụ lục I (DUTIES 6.1): a draft; number, date and signature blank."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from dashboards.office.letterhead import broken
from dashboards.shown import safe_url, visible
from pipelines.settings import Profile

FONT = "Times New Roman"
DRAFT = "DỰ THẢO"
# On every Windows with Office; LibreOffice takes what it has in their place.
HAN, LAO = "SimSun", "Leelawadee UI"
BODY, SMALL = 13, 11
# Widths in mm of the two columns of the heading block; together the text's width.
LEFT, RIGHT = 75, 90
# Between the two, mm: without it the names of a long body and of the country run into one another.
GAP = 5
# Width in mm of a picture with another beside it.
HALF = 80
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def new_document(profile: Profile, moment: datetime, title: str, mark: str = DRAFT) -> DocumentType:
    """Return an A4 document with the margins, font and page numbers (from page 2) of the decree; `mark` heads page 1."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(BODY)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for kind, name in (("w:ascii", FONT), ("w:hAnsi", FONT), ("w:cs", LAO), ("w:eastAsia", HAN)):
        fonts.set(qn(kind), name)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = 1.1
    _page_number(section.header.paragraphs[0])
    _run(section.first_page_header.paragraphs[0], mark, bold=True, size=BODY)
    section.first_page_header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = title, profile.agency, "", "Do Cột Mốc lập"
    core.created = core.modified = moment.replace(tzinfo=None)
    core.language = "vi-VN"
    return document


def heading_block(document: DocumentType, profile: Profile, sign: str, year: int, about: str = "") -> None:
    """Put the issuing body (left) and quốc hiệu, tiêu ngữ, place and date (right); number and date stay blank.

    A công văn has no title: what it is `about` (“V/v …”) stands under its number.
    """
    table = document.add_table(rows=1, cols=2)
    _widths(table, (LEFT, RIGHT), bare=True)
    left, right = table.rows[0].cells
    first = left.paragraphs[0]
    if profile.agency_parent:
        _centre(first, broken(profile.agency_parent, bold=False), size=12)
        first = left.add_paragraph()
    _centre(first, broken(profile.agency, bold=True), bold=True, size=12)
    _rule(left.add_paragraph(), Mm(26))
    _centre(left.add_paragraph(), f"Số: ……/{sign}", size=13)
    if about:
        _centre(left.add_paragraph(), about, size=12)
    for paragraph in left.paragraphs:
        form = paragraph.paragraph_format
        form.right_indent = (form.right_indent or 0) + Mm(GAP)
    _centre(right.paragraphs[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True, size=12)
    _centre(right.add_paragraph(), "Độc lập - Tự do - Hạnh phúc", bold=True, size=13)
    _rule(right.add_paragraph(), Mm(52))
    _centre(right.add_paragraph(), f"{profile.locality}, ngày …… tháng …… năm {year}", italic=True, size=13)


def title_block(document: DocumentType, title: str, abstract: str) -> None:
    """Put the title in bold capitals and the abstract under it, with a short rule."""
    head = document.add_paragraph()
    head.paragraph_format.space_before = Pt(14)
    _centre(head, title, bold=True, size=14)
    _centre(document.add_paragraph(), abstract, bold=True, size=13)
    _rule(document.add_paragraph(), Mm(40))
    document.paragraphs[-1].paragraph_format.space_after = Pt(6)


def body(
    document: DocumentType, text: str, *, bold: bool = False, italic: bool = False, size: int = BODY,
    url: str | None = None, indent: bool = True, keep: bool = False, left: bool = False, tight: bool = False,
) -> Paragraph:  # fmt: skip
    """Add a justified paragraph (`left`: ragged, `tight`: close to the one above); the first line is indented 1 cm.

    A safe `url` makes it a ragged link.

    An address cannot be broken, so justifying would tear the words before it apart.
    """
    paragraph = document.add_paragraph()
    ragged = left or url is not None or "://" in text or is_far(text)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if ragged else WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.space_before = Pt(0 if tight else 3)
    paragraph.paragraph_format.space_after = Pt(0 if tight else 3)
    paragraph.paragraph_format.keep_with_next = keep
    if indent:
        paragraph.paragraph_format.first_line_indent = Mm(10)
    target = safe_url(url)
    if target:
        _link(paragraph, visible(text), target, bold=bold, italic=italic, size=size)
    else:
        _run(paragraph, text, bold=bold, italic=italic, size=size)
    return paragraph


def caption(document: DocumentType, text: str, *, size: int = 12) -> None:
    """Add the caption under a picture, or the line under the heading of an annex."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(6)
    _centre(paragraph, text, italic=True, size=size)


def centred(document: DocumentType, text: str, *, keep: bool = False) -> None:
    """Add a centred line, such as “Kính gửi: …”; `keep` with the next."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = keep
    paragraph.paragraph_format.space_after = Pt(8)
    _centre(paragraph, text, size=14)


def heading(document: DocumentType, text: str, *, level: int = 1, middle: bool = False) -> None:
    """Add a heading in bold (level 1) or bold italic (level 2), kept with what follows; `middle`: centred."""
    paragraph = document.add_paragraph(style="Heading 1" if level == 1 else "Heading 2")
    if middle:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before = Pt(10 if level == 1 else 6)
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.keep_with_next = True
    _run(paragraph, text, bold=True, italic=level > 1, size=BODY)


def table(document: DocumentType, rows: Sequence[tuple[str, str]], *, widths: tuple[int, int] = (135, 30)) -> None:
    """Add a bordered table of labels and values, widths in mm."""
    grid = document.add_table(rows=0, cols=2)
    grid.style = "Table Grid"
    for label, value in rows:
        cells = grid.add_row().cells
        _run(cells[0].paragraphs[0], label, size=BODY)
        _run(cells[1].paragraphs[0], value, size=BODY)
        if widths[1] < 60:
            cells[1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _widths(grid, widths)


def widths(table: Table, millimetres: Sequence[int]) -> None:
    """Fix the widths of a table's columns."""
    _widths(table, millimetres)


def centre(paragraph: Paragraph, text: str, *, bold: bool = False, size: int = BODY) -> None:
    """Write centred text into an empty paragraph."""
    _centre(paragraph, text, bold=bold, size=size)


def plain(paragraph: Paragraph, text: str, *, size: int = BODY, right: bool = False) -> None:
    """Write text into an empty paragraph of a table."""
    _run(paragraph, text, size=size)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def repeat_head(table: Table) -> None:
    """Repeat the first row of a table on every page, and keep rows whole."""
    for place, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if place == 0:
            properties.append(OxmlElement("w:tblHeader"))


def closing(document: DocumentType, recipients: Sequence[str], signer: str) -> None:
    """Put “Nơi nhận” (left) and the signature block (right); name, signature and seal stay blank.

    Neither is ever torn by the end of a page, nor stands on a page without the last lines of the text.
    """
    for paragraph in (*document.paragraphs[-1:], document.add_paragraph()):
        paragraph.paragraph_format.keep_with_next = True
    grid = document.add_table(rows=1, cols=2)
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    _widths(grid, (75, 90), bare=True)
    left, right = grid.rows[0].cells
    _run(left.paragraphs[0], "Nơi nhận:", bold=True, italic=True, size=12)
    for place, name in enumerate(recipients):
        end = "." if place == len(recipients) - 1 else ";"
        _run(left.add_paragraph(), f"- {name}{end}", size=11)
    _centre(right.paragraphs[0], signer, bold=True, size=13)
    _centre(right.add_paragraph(), "(chữ ký, dấu và họ tên để trống)", italic=True, size=11)


def watermark(document: DocumentType, text: str) -> None:
    """Write `text` in grey in the foot of every page (a pack's mark of purpose)."""
    section = document.sections[0]
    for footer in (section.footer, section.first_page_footer):
        paragraph = footer.paragraphs[0]
        _centre(paragraph, text, bold=True, size=11)
        paragraph.runs[0].font.color.rgb = RGBColor(0x80, 0x80, 0x80)


def marked(document: DocumentType, mark: str) -> None:
    """Replace DỰ THẢO at the head of the first page, in the office's own form too."""
    for paragraph in document.sections[0].first_page_header.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace(DRAFT, mark)


def pictures(document: DocumentType, found: Sequence[tuple[bytes, str]]) -> None:
    """Add one or two pictures side by side, each with its caption under it; kept on one page."""
    grid = document.add_table(rows=1, cols=len(found))
    _widths(grid, (165 // len(found),) * len(found), bare=True)
    repeat_head(grid)
    for cell, (png, caption) in zip(grid.rows[0].cells, found, strict=True):
        place = cell.paragraphs[0]
        place.alignment = WD_ALIGN_PARAGRAPH.CENTER
        place.paragraph_format.space_before = Pt(6)
        place.paragraph_format.keep_with_next = True
        place.add_run().add_picture(io.BytesIO(png), width=Mm(HALF))._inline.docPr.set("descr", visible(caption))
        _centre(cell.add_paragraph(), caption, italic=True, size=SMALL)


def picture(document: DocumentType, png: bytes, caption: str) -> None:
    """Add a centred picture 150 mm wide with its caption under it, kept together."""
    place = document.add_paragraph()
    place.alignment = WD_ALIGN_PARAGRAPH.CENTER
    place.paragraph_format.space_before = Pt(8)
    place.paragraph_format.keep_with_next = True
    shape = place.add_run().add_picture(io.BytesIO(png), width=Mm(150))
    shape._inline.docPr.set("descr", visible(caption))
    under = document.add_paragraph()
    under.paragraph_format.space_after = Pt(6)
    _centre(under, caption, italic=True, size=12)


def to_bytes(document: DocumentType) -> bytes:
    """Return the DOCX; equal content gives equal bytes, because the ZIP carries no clock time."""
    raw = io.BytesIO()
    document.save(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return out.getvalue()


def _run(paragraph: Paragraph, text: str, *, bold: bool = False, italic: bool = False, size: int = BODY) -> None:
    run = paragraph.add_run(visible(text))
    run.bold, run.italic = bold, italic
    run.font.size, run.font.name = Pt(size), FONT
    run.font.color.rgb = RGBColor(0, 0, 0)
    if any(char >= "\u0e80" for char in text):
        far_letters(run._r, text)


def is_far(text: str) -> bool:
    """Tell whether Chinese or Lao letters stand in `text`."""
    return any("\u2e80" <= char <= "\u9fff" or "\u0e80" <= char <= "\u0eff" for char in text)


def far_fonts(text: str) -> tuple[str, str]:
    """Return the font names for Chinese (w:eastAsia) and for Lao (w:cs) in `text`; ours where there is none of either.

    Named because a program that looks for “Times New Roman” with Chinese letters may show nothing (LibreOffice 7.4, 2026-11-21).
    """
    return (HAN if any("\u2e80" <= char <= "\u9fff" for char in text) else FONT, LAO if any("\u0e80" <= char <= "\u0eff" for char in text) else FONT)


def far_letters(run: Any, text: str) -> None:
    """Set the fonts of a run's Chinese and Lao letters."""
    fonts = run.get_or_add_rPr().get_or_add_rFonts()
    for kind, name in zip(("w:eastAsia", "w:cs"), far_fonts(text), strict=True):
        fonts.set(qn(kind), name)


def _centre(paragraph: Paragraph, text: str, *, bold: bool = False, italic: bool = False, size: int = BODY) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, bold=bold, italic=italic, size=size)


def _widths(table: Table, widths: Sequence[int], *, bare: bool = False) -> None:
    """Fix column widths in mm (Word reads the cells, LibreOffice the columns); `bare` takes the cells' side margins away."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    if not bare:
        # Word and LibreOffice put the text of the first cell on the margin, so the border would stand left of it.
        indent = OxmlElement("w:tblInd")
        indent.set(qn("w:w"), "108")
        indent.set(qn("w:type"), "dxa")
        properties = table._tbl.tblPr
        layout = properties.find(qn("w:tblLayout"))
        layout.addprevious(indent) if layout is not None else properties.append(indent)
    if bare:
        margins = OxmlElement("w:tblCellMar")
        for side in ("w:left", "w:right"):
            element = OxmlElement(side)
            element.set(qn("w:w"), "0")
            element.set(qn("w:type"), "dxa")
            margins.append(element)
        properties = table._tbl.tblPr
        look = properties.find(qn("w:tblLook"))
        look.addprevious(margins) if look is not None else properties.append(margins)


def _rule(paragraph: Paragraph, width: int) -> None:
    """A short rule: the upper border of an empty paragraph that is indented from both sides."""
    paragraph.paragraph_format.line_spacing = Pt(6)
    paragraph.paragraph_format.space_before = Pt(3)
    cell = paragraph._p.getparent()
    room = Mm(165)
    if cell is not None and cell.tag == qn("w:tc"):
        room = Mm(LEFT - GAP) if width < Mm(40) else Mm(RIGHT)
    side = max(0, (room - width) // 2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = side
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("w:val", "single"), ("w:sz", "6"), ("w:space", "1"), ("w:color", "000000")):
        top.set(qn(name), value)
    borders.append(top)
    # The schema fixes the order of a paragraph's properties: borders come before spacing and indents.
    properties = paragraph._p.get_or_add_pPr()
    spacing = properties.find(qn("w:spacing"))
    spacing.addprevious(borders) if spacing is not None else properties.append(borders)


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run()
    run.font.size, run.font.name = Pt(BODY), FONT
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _link(paragraph: Paragraph, text: str, url: str, *, bold: bool, italic: bool, size: int) -> None:
    relation = paragraph.part.relate_to(url, _LINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relation)
    paragraph._p.append(link)
    _run(paragraph, text, bold=bold, italic=italic, size=size)
    link.append(paragraph.runs[-1]._r if paragraph.runs else paragraph._p[-1])
