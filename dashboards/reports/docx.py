"""The report as a DOCX through a template: the office's own, or the shipped form."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage

from dashboards.office import forms, nd30
from dashboards.reports.charts import draw
from dashboards.reports.records import ENDING, Chart, Numbers, Report, Section, Table
from dashboards.shown import visible

NAME = "bao-cao"


def render_docx(report: Report, data: Path, *, template: bytes | None = None) -> bytes:
    """Return the DOCX; UserError that names the tag when the office's template is wrong."""
    own = template or forms.own_template(data, NAME) or default()
    behind = any("annexes" in text for text in forms.paragraphs(own)) if _readable(own) else True
    return forms.render(own, NAME, lambda document: context(report, document, behind=behind))


def _readable(template: bytes) -> bool:
    """Tell whether a template opens at all; `forms.render` says what is wrong with one that does not."""
    return zipfile.is_zipfile(BytesIO(template))


def context(report: Report, document: DocxTemplate, *, behind: bool = True) -> dict[str, Any]:
    """Return the tags of a report; a form without the tag `annexes` (not `behind`) gets them among the sections."""
    count = {"table": 0, "chart": 0}

    def table(one: Table) -> dict[str, Any]:
        count["table"] += 1
        return {
            "number": count["table"], "caption": visible(one.caption), "head": [visible(cell) for cell in one.head],
            "rows": [[visible(cell) for cell in row] for row in one.rows], "columns": len(one.head),
        }  # fmt: skip

    def chart(one: Chart) -> dict[str, Any]:
        count["chart"] += 1
        picture = InlineImage(document, BytesIO(draw(one)), width=Mm(160))
        return {"number": count["chart"], "caption": visible(one.caption), "picture": picture}

    sections, annexes = ([
        {
            "heading": visible(section.heading), "text": [visible(line) for line in report.text_of(section)],
            "tables": [table(one) for one in section.tables], "charts": [chart(one) for one in section.charts],
        }
        for section in report.sections if (section.annex and behind) == annex
    ] for annex in (False, True))  # fmt: skip
    return {
        **forms.common(report.office, report.end.year, "BC-……"), "title": report.title,
        "abstract": visible(report.abstract), "sections": sections, "annexes": annexes, "ending": ENDING, "due": visible(report.due),
    }  # fmt: skip


def default() -> bytes:
    """Return the shipped form with its tags."""
    document = forms.start("Báo cáo")
    nd30.title_block(document, "{{ title }}", "{{ abstract }}")
    _sections(document, "sections")
    nd30.body(document, "{{ ending }}")
    forms.close(document)
    _sections(document, "annexes")
    return nd30.to_bytes(document)


def _sections(document: Any, name: str) -> None:
    forms.tags(document, [f"{{%p for section in {name} %}}"])
    if name == "annexes":
        forms.tags(document, ["{%p if loop.first %}"])
        nd30.heading(document, "{{ section.heading }}", middle=True)
        document.paragraphs[-1].paragraph_format.page_break_before = True
        forms.tags(document, ["{%p for line in section.text %}"])
        nd30.caption(document, "{{ line }}", size=nd30.BODY)
        forms.tags(document, ["{%p endfor %}", "{%p else %}"])
    nd30.heading(document, "{{ section.heading }}")
    forms.tags(document, ["{%p for line in section.text %}"])
    nd30.body(document, "{{ line }}")
    forms.tags(document, ["{%p endfor %}"])
    if name == "annexes":
        forms.tags(document, ["{%p endif %}"])
    forms.tags(document, ["{%p for chart in section.charts %}"])
    nd30.centred(document, "{{ chart.picture }}", keep=True)
    nd30.caption(document, "Hình {{ chart.number }}. {{ chart.caption }}")
    forms.tags(document, ["{%p endfor %}", "{%p for table in section.tables %}"])
    nd30.heading(document, "Bảng {{ table.number }}. {{ table.caption }}", level=2)
    forms.tags(document, ["{%p if not table.rows %}"])
    nd30.body(document, "Không có")
    for test, widths in (("{%p elif table.columns == 2 %}", (125, 40)), ("{%p elif table.columns == 3 %}", (25, 115, 25))):
        forms.tags(document, [test])
        _grid(document, widths)
    forms.tags(document, ["{%p else %}"])
    _grid(document, (65, 25, 25, 25, 25))
    forms.tags(document, ["{%p endif %}", "{%p endfor %}", "{%p endfor %}"])


def _grid(document: Any, widths: tuple[int, ...]) -> None:
    grid = document.add_table(rows=4, cols=len(widths))
    grid.style = "Table Grid"
    nd30.widths(grid, widths)
    for place in range(len(widths)):
        head, cell = grid.rows[0].cells[place].paragraphs[0], grid.rows[2].cells[place].paragraphs[0]
        nd30.centre(head, f"{{{{ table.head[{place}] }}}}", bold=True, size=12)
        nd30.plain(cell, f"{{{{ row[{place}] }}}}", size=12, right=place == len(widths) - 1 or len(widths) > 3 and place > 0)
    grid.rows[1].cells[0].paragraphs[0].text = "{%tr for row in table.rows %}"
    grid.rows[3].cells[0].paragraphs[0].text = "{%tr endfor %}"
    nd30.repeat_head(grid)


def sample(document: DocxTemplate) -> Mapping[str, Any]:
    """Return made-up tags for a trial."""
    from datetime import date

    from pipelines.settings import load_profile

    tables = tuple(Table(f"bảng {n}", ("tên",) * n, (("một",) * n,)) for n in (2, 3, 5)) + (Table("trống", ("tên", "số"), ()),)
    chart = Chart("hình", ("01/01",), (("bài", (1,)),))
    section = Section("I. MỤC", ("Một dòng.",), tables, (chart,))
    day = date(2026, 1, 1)
    report = Report(load_profile("ninh-binh"), "weekly", day, day, "BÁO CÁO", "trích yếu", Numbers(), (section,))
    return context(report, document)


FORM = forms.Form(
    NAME, "báo cáo", frozenset({"agency", "title", "sections", "recipients"}),
    frozenset({"title", "abstract", "sections", "annexes", "ending", "due"}), default, sample,
)  # fmt: skip
