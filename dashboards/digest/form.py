"""The digest through the office's own template, and the form to start such a template from."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage, RichText

from dashboards.digest.docx import CHART, LEFT
from dashboards.digest.outline import NOTHING, Line, Style, box, kept, outline, paper_charts
from dashboards.digest.records import Digest
from dashboards.office import forms, nd30
from dashboards.reports.charts import draw
from dashboards.reports.records import Chart
from dashboards.shown import visible

NAME = "diem-bao"


def render_form(digest: Digest, template: bytes) -> bytes:
    """Return the DOCX by the office's template; UserError that names the wrong tag."""
    return forms.render(template, NAME, lambda document: context(digest, document), mark=digest.mark)


def context(digest: Digest, document: DocxTemplate) -> dict[str, Any]:
    """Return the tags of a digest; a line is rich text, with its link, or plain by `.text`."""

    def rich(one: Line, keep: bool = False) -> dict[str, Any]:
        small = one.style in (Style.NOTE, Style.META)
        text = RichText()
        text.add(
            visible(one.text), bold=one.style in (Style.TITLE, Style.THEME), italic=one.style in (Style.META, Style.QUOTE, Style.THEME), font=nd30.FONT,
            size=2 * (nd30.SMALL if small else nd30.BODY), url_id=document.build_url_id(one.url) if one.url else None,
        )  # fmt: skip
        han, lao = nd30.far_fonts(one.text)
        text.xml = text.xml.replace(f'w:cs="{nd30.FONT}"', f'w:cs="{lao}" w:eastAsia="{han}"')
        return {"rich": text, "text": visible(one.text), "style": one.style.value, "link": bool(one.url) or "://" in one.text or one.style in LEFT or nd30.is_far(one.text), "head": keep}

    sections = []
    for section in outline(digest, brief=True):
        lines: list[dict[str, Any]] = []
        for part in section.parts:
            lines += [rich(Line(part.heading, Style.TITLE), keep=True)] if part.heading else []
            lines += [rich(one, kept(entry, place)) for entry in part.entries for place, one in enumerate(entry)] or [rich(Line(NOTHING))]
        sections.append({"heading": visible(section.heading), "lines": lines})
    charts = [
        {"number": number, "caption": visible(chart.caption), "picture": InlineImage(document, BytesIO(draw(chart, narrow=True)), width=Mm(CHART))}
        for number, chart in enumerate(paper_charts(digest), 1)
    ]
    return {
        **forms.common(digest.office, digest.day.year, "ĐB-……"), "title": digest.title, "period": digest.period,
        "box": [[visible(name), value] for name, value in box(digest)], "sections": sections,
        "charts": charts,
    }  # fmt: skip


def default() -> bytes:
    """Return the form with its tags, as the shipped digest looks."""
    document = forms.start("Điểm báo")
    document.styles["Normal"].paragraph_format.line_spacing = 1.0
    nd30.title_block(document, "{{ title }}", "{{ period }}")
    grid = document.add_table(rows=3, cols=2)
    grid.style = "Table Grid"
    nd30.widths(grid, (135, 30))
    grid.rows[0].cells[0].paragraphs[0].text = "{%tr for row in box %}"
    nd30.plain(grid.rows[1].cells[0].paragraphs[0], "{{ row[0] }}")
    nd30.plain(grid.rows[1].cells[1].paragraphs[0], "{{ row[1] }}", right=True)
    grid.rows[2].cells[0].paragraphs[0].text = "{%tr endfor %}"
    forms.tags(document, ["{%p for section in sections %}"])
    nd30.heading(document, "{{ section.heading }}")
    forms.tags(document, ["{%p for line in section.lines %}", "{%p if line.head %}"])
    nd30.body(document, "{{r line.rich }}", left=True, keep=True)
    forms.tags(document, ["{%p elif line.link %}"])
    nd30.body(document, "{{r line.rich }}", left=True)
    forms.tags(document, ["{%p else %}"])
    nd30.body(document, "{{r line.rich }}")
    forms.tags(document, ["{%p endif %}", "{%p endfor %}", "{%p endfor %}", "{%p for chart in charts %}"])
    nd30.centred(document, "{{ chart.picture }}", keep=True)
    nd30.caption(document, "Hình {{ chart.number }}. {{ chart.caption }}")
    forms.tags(document, ["{%p endfor %}"])
    return forms.finish(document)


def sample(document: DocxTemplate) -> Mapping[str, Any]:
    """Return made-up tags for a trial."""
    from datetime import date

    from dashboards.digest.content import method_note, period_of
    from pipelines.settings import load_profile

    day = date(2026, 1, 2)
    start, end = period_of(day)
    empty: dict[str, Any] = dict.fromkeys(("domestic", "foreign", "sea_domestic", "sea_foreign", "claims", "follow", "corrections", "by_class", "by_lang"), ())
    digest = Digest(load_profile("ninh-binh"), day, start, end, total=0, attention=0, method=method_note(()), charts=(Chart("hình", ("01/01",), (("bài", (1,)),)),), **empty)
    return context(digest, document)


FORM = forms.Form(
    NAME, "điểm báo", frozenset({"agency", "title", "period", "sections", "recipients"}),
    frozenset({"title", "period", "box", "charts", "sections"}), default, sample,
)  # fmt: skip
