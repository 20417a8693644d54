"""The cover sheet of a pack as PDF, to print and sign for: what it is about, what it rests on, every file with its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from classifiers.referencebase import Reference
from dashboards.evidence.manifest import PICTURES, PURPOSE, Parts
from dashboards.office.pdf import Paper
from dashboards.shown import day_vi, one_line, role_vi, time_vi, verdict_vi
from pipelines.settings import Profile

if TYPE_CHECKING:
    from dashboards.evidence.gather import StoryFacts


def render_cover(
    profile: Profile, facts: StoryFacts, parts: Parts, articles: Sequence[Mapping[str, Any]],
    exchanges: Sequence[Mapping[str, Any]], references: Mapping[str, Reference], moment: datetime,
) -> bytes:  # fmt: skip
    """Return the PDF; call it when all other parts are gathered (pictures by Chromium come later and stand in the manifest)."""
    sections = [
        ("I. Bài đã đăng", _articles(articles, exchanges)), ("II. Câu được đối chiếu", _claims(facts)),
        ("III. Tư liệu", _references(references, facts)), ("IV. Quyết định của người trực", _decisions(facts)),
        ("V. Phần thiếu", [_lack(item) for item in parts.missing] or ["Không có"]),
        ("VI. Phần tùy chọn không có", [_lack(item) for item in parts.absent] or ["Không có"]),
        ("VII. Kiểm tra hồ sơ", _checking(profile)),
    ]  # fmt: skip
    paper = Paper("Bìa hồ sơ chứng cứ", moment, mark=f"DỰ THẢO – {PURPOSE}")
    paper.borrow("".join(line for _heading, lines in sections for line in lines))
    paper.add_page()
    paper.masthead(profile, "……-……", moment.year)
    paper.para("HỒ SƠ CHỨNG CỨ", style="B", size=14, align="C")
    paper.para(f"{PURPOSE[:1].upper()}{PURPOSE[1:]}; câu chuyện {facts.id[:12]}", style="B", align="C")
    state = "CHƯA ĐỦ: còn thiếu các phần nêu ở mục V, không dùng để gửi đi" if parts.missing else "đủ các phần bắt buộc"
    unkept = sorted(id for id in references if id not in facts.sources)
    state += f"; CHƯA LƯU trang gốc của tư liệu {', '.join(unkept)}" if unkept else ""
    letter = any(file.role == "letter" for file in parts.files)
    attached = "Kèm theo: dự thảo công văn (cong-van-du-thao.docx)." if letter else "Không kèm công văn: xem mục V, VI."
    paper.para(f"Tình trạng: {state}. {attached}", align="L")
    for heading, lines in sections:
        paper.ln(2)
        if paper.get_y() > paper.h - 45:
            paper.add_page()
        paper.para(heading, style="B", align="L")
        for line in lines:
            paper.para(line, size=12, align="L")
    _files(paper, parts)
    paper.closing(["Như trên", *([name for name in profile.recipients if name.startswith("Lưu")] or ["Lưu: VT"])], profile.signer)
    return bytes(paper.output())


# What the parts of a pack are called on paper; the manifest keeps its codes.
PART_VI = {
    "warc": "bản ghi WARC", "body": "thân trang", "text": "văn bản", "letter": "dự thảo công văn", "exchange": "lần thu", "references": "tư liệu",
    "claims": "câu", "image": "ảnh của bài", "screenshot": "ảnh chụp cả trang", "print": "bản in trang",
}  # fmt: skip


def _lack(item: Mapping[str, str]) -> str:
    """Name a part that is not there and why."""
    return f"{PART_VI.get(item['part'], item['part'])}: {item['reason']}"


def _articles(articles: Sequence[Mapping[str, Any]], exchanges: Sequence[Mapping[str, Any]]) -> list[str]:
    lines, by_article = [], {one["article"]: one for one in exchanges}
    for number, article in enumerate(articles, 1):
        if "outlet" not in article:
            lines.append(f"{number}. Bài {article['id'][:12]} không còn trong kho.")
            continue
        lines.append(
            f"{number}. {one_line(article['outlet'], 80)}: “{one_line(article['title'] or '(không có đầu đề)')}”"
            + (" (báo đăng đầu tiên)" if article["first_publisher"] else "") + (", có câu được đối chiếu" if article["with_claim"] else "")
        )  # fmt: skip
        lines.append(f"Địa chỉ: {one_line(article['url'])}; địa chỉ chính tắc: {one_line(article['canonical'] or 'không có')}")
        lines.append(f"Đăng: {_both(article['published'])} (ngày lấy từ: {article['date_origin']}).")
        capture = article["capture"]
        if not capture:
            lines.append("Không có bản chụp.")
            continue
        lines.append(f"Thu: {_both(capture['fetched'])}; mã trả lời {capture['status']}; SHA-256 thân trang {capture['body_sha256']}")
        met = by_article.get(article["id"])
        if met:
            lines.append(_exchange(met))
    return lines


def _exchange(met: Mapping[str, Any]) -> str:
    tls = met["tls"]
    if tls is None:
        said = "không ghi"
    elif not tls["used"]:
        said = tls["note"]
    else:
        certificate = tls.get("certificate") or {}
        said = f"{tls['version']} {tls['cipher']}".strip()
        said += f", chứng chỉ của {certificate['subject']} do {certificate['issuer']} cấp, SHA-256 {certificate['sha256']}" if certificate else ""
    offset = met["clock_offset_seconds"]
    clock = "không ghi" if offset is None else f"{round(offset) or 0:+d} giây so với đồng hồ của máy thu"
    return f"Máy chủ: {met['server_address'] or 'không ghi'}; TLS: {said}; đồng hồ máy chủ: {clock}."


def _claims(facts: StoryFacts) -> list[str]:
    lines = []
    for number, alert in enumerate(facts.alerts, 1):
        claim = alert.claim
        lines.append(f"{number}. “{one_line(claim.sentence, 600)}”")
        lines.append(
            f"{one_line(alert.outlet, 80)}; ký tự {claim.start}–{claim.end}; cách nêu: {role_vi(claim.role)}; nhận định của máy: "
            f"{verdict_vi(claim.verdict)}; tư liệu: {', '.join(claim.refs) or 'không có'}; tình trạng: {alert.status}."
        )  # fmt: skip
        lines += [f"Chỗ khác: {one_line(claim.differs, 400)}"] if claim.differs else []
        lines += [f"Lý do: {one_line(claim.why, 400)}"] if claim.why else []
    return lines


def _references(references: Mapping[str, Reference], facts: StoryFacts) -> list[str]:
    lines = []
    for id, entry in references.items():
        source = ", ".join(part for part in (entry.source.title, entry.source.number, entry.source.article, day_vi(entry.source.date)) if part)
        lines.append(f"{id}: {one_line(entry.statement_vi, 600)} ({one_line(source)}) {one_line(entry.source.url)}")
        kept = facts.sources.get(id)
        lines.append(f"Bản lưu trang gốc: {_both(kept['fetched'])}, SHA-256 {kept['body_sha256']}" if kept else "Bản lưu trang gốc: chưa có.")
        if entry.contested:
            lines += [f"Còn tranh luận. {one_line(side.party, 80)}: {one_line(side.position_vi, 400)}" for side in entry.sides]
    return lines or ["Không có"]


def _decisions(facts: StoryFacts) -> list[str]:
    return [
        f"{time_vi(d['decided'])}, {one_line(d['analyst'], 60)}: {d['outcome']}. Lý do: {one_line(d['reason'], 300)}" for d in facts.decisions
    ] or ["Chưa có quyết định."]


def _checking(profile: Profile) -> list[str]:
    return [
        "Kiểm tra trên máy khác, không cần mạng: python3 kiem-tra.py HỒ-SƠ.zip --khoa KHÓA, với chương trình và khóa công khai lấy từ "
        f"{profile.agency}. Trang đã lưu (luu-tru.wacz) mở bằng ReplayWeb.page.",
        "Hồ sơ chỉ nói về nội dung đã đăng; không có dữ liệu về người viết. Hồ sơ này không phải vi bằng; khi cần vi bằng, thừa phát lại "
        "tự mở địa chỉ, ghi giờ, địa chỉ máy chủ, ảnh màn hình và đối chiếu với các mã SHA-256 dưới đây.",
    ]  # fmt: skip


def _files(paper: Paper, parts: Parts) -> None:
    paper.ln(2)
    paper.para("VIII. Tệp của hồ sơ", style="B", align="L")
    paper.para("Ảnh chụp và bản in (nếu có), chữ ký, mục nhật ký và dấu thời gian được ghi trong manifest.json và chu-ky.json.", size=12, align="L")
    listed = [file for file in parts.files if file.role not in PICTURES]
    rows = [(file.path, hashlib.sha256(file.content).hexdigest()) for file in sorted(listed, key=lambda file: file.path)]
    paper.grid(("Tệp", "SHA-256"), rows, (55, 110), size=9.5)


def _both(stored: str | None) -> str:
    """A stored time in Hà Nội and in UTC."""
    if not stored:
        return "không rõ"
    known = datetime.fromisoformat(str(stored))
    return f"{time_vi(known)} (giờ Hà Nội), {known.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
