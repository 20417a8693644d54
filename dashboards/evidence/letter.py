"""The draft letter that lies in a pack, a request for correction or an inquiry, in the form of Nghị định 30/2020/NĐ-CP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from docx.document import Document as DocumentType

from classifiers.referencebase import Reference
from dashboards.evidence.asked import difference
from dashboards.evidence.manifest import PURPOSE
from dashboards.office import nd30
from dashboards.shown import one_line, role_vi, time_vi, verdict_vi
from pipelines.records import Alert
from pipelines.settings import Profile

# Shared with the form in `letter_form`. What has no source against it is asked about, never called wrong.
ABOUT = ("đề nghị xem xét, cải chính thông tin", "đề nghị cung cấp nguồn của thông tin")
OPENING = (
    "Qua đối chiếu với tư liệu có dẫn nguồn, chúng tôi trao đổi như sau:",
    "Ở các câu sau, chúng tôi chưa thấy căn cứ hoặc thấy các bên còn nêu khác nhau, nên xin trao đổi:",
)
INQUIRY = (
    "Đề nghị quý cơ quan cung cấp nguồn của các câu nêu trên; nếu các bên còn nêu khác nhau, đề nghị dẫn ý kiến của từng bên. "
    "Công văn này không đề nghị cải chính."
)
ABROAD = "Đề nghị ban biên tập xem lại các câu nêu trên theo quy trình đính chính của quý cơ quan."
HOME = "Đề nghị quý cơ quan xem xét, cải chính theo quy định và thông tin lại kết quả."


def render_letter(
    profile: Profile, article: Mapping[str, Any], alerts: Sequence[Alert], references: Mapping[str, Reference], moment: datetime,
    *, foreign: bool, inquiry: bool = False,
) -> bytes:  # fmt: skip
    """Return the DOCX; number, date, legal basis and signature stay blank for the office to fill in.

    `foreign`: the outlet is asked by its own rules, not by ours; `inquiry`: only for the source of the sentences.
    """
    document = nd30.new_document(profile, moment, f"Dự thảo công văn {ABOUT[inquiry]}")
    nd30.watermark(document, f"DỰ THẢO – {PURPOSE}")
    nd30.heading_block(document, profile, "……-……", moment.year, f"V/v {ABOUT[inquiry]}")
    document.add_paragraph()
    nd30.centred(document, f"Kính gửi: {one_line(article['outlet'], 120)}")
    nd30.body(document, "Căn cứ …… (người soạn điền căn cứ pháp luật đang có hiệu lực vào ngày bài đăng).", italic=True)
    nd30.body(
        document,
        f"Ngày {time_vi(article['published'])}, quý báo (kênh) đăng “{one_line(article['title'] or '(không có đầu đề)')}” "
        f"tại địa chỉ {one_line(article['canonical'] or article['url'])}. {OPENING[inquiry]}",
    )
    for number, alert in enumerate(alerts, 1):
        _claim(document, number, alert, references)
    nd30.body(document, INQUIRY if inquiry else ABROAD if foreign else HOME)
    nd30.body(document, f"Công văn này chỉ nói về nội dung bài đăng, {PURPOSE}; không xem xét người viết bài./.")
    kept = [name for name in profile.recipients if name.startswith("Lưu")] or ["Lưu: VT"]
    nd30.closing(document, ["Như trên", *kept], profile.signer)
    return nd30.to_bytes(document)


def _claim(document: DocumentType, number: int, alert: Alert, references: Mapping[str, Reference]) -> None:
    claim = alert.claim
    nd30.heading(document, f"{number}. Câu trong bài")
    nd30.body(document, f"“{claim.sentence}”", italic=True)
    nd30.body(document, f"Cách nêu: {role_vi(claim.role)}. Nhận định: {verdict_vi(claim.verdict)}.")
    for id in claim.refs:
        entry = references.get(id)
        if entry is None:
            nd30.body(document, f"Tư liệu {id}: (không còn trong cơ sở tư liệu, cần bổ sung).")
            continue
        source = ", ".join(part for part in (entry.source.title, entry.source.number, entry.source.article) if part)
        nd30.body(document, f"Tư liệu {id}: {entry.statement_vi} ({source})", url=entry.source.url)
        if entry.contested:
            sides = "; ".join(f"{side.party}: {side.position_vi}" for side in entry.sides)
            nd30.body(document, f"Điểm này còn tranh luận. {sides.rstrip('.')}.", italic=True)
    if said := difference(alert, references):
        nd30.body(document, f"Chỗ khác nhau: {said}")
