"""The draft letter of a pack through the office's own template, and the form to start such a template from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from docxtpl import DocxTemplate

from classifiers.referencebase import Reference
from dashboards.evidence.asked import difference
from dashboards.evidence.letter import ABOUT, ABROAD, HOME, INQUIRY, OPENING
from dashboards.evidence.manifest import PURPOSE
from dashboards.office import forms, nd30
from dashboards.shown import one_line, role_vi, time_vi, verdict_vi, visible
from pipelines.records import Alert
from pipelines.settings import Profile, load_profile

NAME = "cong-van"


def render_form(
    template: bytes, profile: Profile, article: Mapping[str, Any], alerts: Sequence[Alert],
    references: Mapping[str, Reference], moment: datetime, *, foreign: bool, inquiry: bool = False,
) -> bytes:  # fmt: skip
    """Return the DOCX by the office's template; UserError that names the wrong tag."""
    claims = []
    for alert in alerts:
        cited = []
        for id in alert.claim.refs:
            entry = references.get(id)
            source = ", ".join(p for p in (entry.source.title, entry.source.number, entry.source.article) if p) if entry else ""
            sides = "; ".join(f"{side.party}: {side.position_vi}" for side in entry.sides) if entry and entry.contested else ""
            said = f"{entry.statement_vi} ({source})" if entry else "(không còn trong cơ sở tư liệu, cần bổ sung)"
            cited.append({"id": id, "statement": visible(said), "url": entry.source.url if entry else "", "sides": visible(sides)})
        claims.append({
            "sentence": visible(alert.claim.sentence), "role": role_vi(alert.claim.role), "verdict": verdict_vi(alert.claim.verdict),
            "differs": visible(difference(alert, references)), "references": cited,
        })  # fmt: skip
    tags = {
        **forms.common(profile, moment.year, "……-……"), "outlet": one_line(article["outlet"], 120),
        "published": time_vi(article["published"]), "headline": one_line(article["title"] or "(không có đầu đề)"),
        "url": one_line(article["canonical"] or article["url"]), "claims": claims, "foreign": foreign,
        "inquiry": inquiry, "purpose": PURPOSE,
    }  # fmt: skip
    kept = [name for name in profile.recipients if name.startswith("Lưu")] or ["Lưu: VT"]
    return forms.render(template, NAME, lambda _document: {**tags, "recipients": ["Như trên", *kept]})


def inquires(template: bytes) -> bool:
    """Tell whether a template has words for an inquiry (the tag `inquiry`); one without can only ask for a correction."""
    return any("inquiry" in text for text in forms.paragraphs(template))


def default() -> bytes:
    """Return the form with its tags, as the shipped letter looks."""
    document = forms.start("Dự thảo công văn đề nghị cải chính")
    nd30.watermark(document, f"DỰ THẢO – {PURPOSE}")
    about = document.tables[0].rows[0].cells[0].add_paragraph()
    nd30.centre(about, _either(f"V/v {ABOUT[1]}", f"V/v {ABOUT[0]}"), size=12)
    document.add_paragraph()
    nd30.centred(document, "Kính gửi: {{ outlet }}")
    nd30.body(document, "Căn cứ …… (người soạn điền căn cứ pháp luật đang có hiệu lực vào ngày bài đăng).", italic=True)
    nd30.body(
        document, "Ngày {{ published }}, quý báo (kênh) đăng “{{ headline }}” tại địa chỉ {{ url }}. "
        + _either(OPENING[1], OPENING[0]),
    )  # fmt: skip
    forms.tags(document, ["{%p for claim in claims %}"])
    nd30.heading(document, "{{ loop.index }}. Câu trong bài")
    nd30.body(document, "“{{ claim.sentence }}”", italic=True)
    nd30.body(document, "Cách nêu: {{ claim.role }}. Nhận định: {{ claim.verdict }}.")
    forms.tags(document, ["{%p for ref in claim.references %}"])
    nd30.body(document, "Tư liệu {{ ref.id }}: {{ ref.statement }} {{ ref.url }}")
    forms.tags(document, ["{%p if ref.sides %}"])
    nd30.body(document, "Điểm này còn tranh luận. {{ ref.sides }}", italic=True)
    forms.tags(document, ["{%p endif %}", "{%p endfor %}", "{%p if claim.differs %}"])
    nd30.body(document, "Chỗ khác nhau: {{ claim.differs }}")
    forms.tags(document, ["{%p endif %}", "{%p endfor %}", "{%p if inquiry %}"])
    nd30.body(document, INQUIRY)
    forms.tags(document, ["{%p elif foreign %}"])
    nd30.body(document, ABROAD)
    forms.tags(document, ["{%p else %}"])
    nd30.body(document, HOME)
    forms.tags(document, ["{%p endif %}"])
    nd30.body(document, "Công văn này chỉ nói về nội dung bài đăng, {{ purpose }}; không xem xét người viết bài./.")
    return forms.finish(document)


def _either(inquiry: str, else_: str) -> str:
    return f"{{% if inquiry %}}{inquiry}{{% else %}}{else_}{{% endif %}}"


def sample(document: DocxTemplate) -> Mapping[str, Any]:
    """Return made-up tags for a trial."""
    ref = {"id": "XX-01", "statement": "nội dung", "url": "", "sides": "một bên: ý kiến"}
    claim = {"sentence": "Câu.", "role": "khẳng định", "verdict": "mâu thuẫn", "differs": "số", "references": [ref]}
    return {
        **forms.common(load_profile("ninh-binh"), 2026, "……-……"), "outlet": "Báo", "published": "01/01/2026", "headline": "Tít",
        "url": "https://a.example/", "claims": [claim], "foreign": False, "inquiry": False, "purpose": PURPOSE,
    }  # fmt: skip


FORM = forms.Form(
    NAME, "công văn đề nghị cải chính", frozenset({"agency", "outlet", "claims"}),
    frozenset({"outlet", "published", "headline", "url", "claims", "foreign", "inquiry", "purpose"}), default, sample,
)  # fmt: skip
