"""Gathering the parts of a story: what is there goes in, what should be there and is not is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lxml.etree import LxmlError
from sqlalchemy import Connection

from classifiers.referencebase import Reference, load_references
from dashboards import queries
from dashboards.evidence import pictures, standalone
from dashboards.evidence.asked import asked, why_none
from dashboards.evidence.chromium import lead_page, rebuilt
from dashboards.evidence.cover import render_cover
from dashboards.evidence.exchange import REQUEST, request_record
from dashboards.evidence.exchange import facts as exchange_facts
from dashboards.evidence.letter import render_letter
from dashboards.evidence.letter_form import NAME as LETTER
from dashboards.evidence.letter_form import inquires, render_form
from dashboards.evidence.manifest import PURPOSE, File, Parts, readable
from dashboards.evidence.pictures import Image
from dashboards.evidence.wacz import Page, make_wacz
from dashboards.evidence.warc import Reader, parse
from dashboards.highlight import fields, locate
from dashboards.office.forms import own_template
from dashboards.shown import is_foreign
from pipelines.errors import UserError
from pipelines.records import Alert
from pipelines.settings import Profile
from pipelines.store import alerts as alert_store
from pipelines.store import captures as capture_store

# Of the pictures that a rebuilt page lacks: as many are named, the rest counted.
NAMED = 8
README = f"""HỒ SƠ CHỨNG CỨ – {PURPOSE.upper()}

Hồ sơ nói về nội dung đã đăng, không nói về người viết. Do Cột Mốc lập; nhận định là của máy, quyết định là của người trực.

bia-ho-so.pdf        bìa: bài, câu, tư liệu, quyết định, lần thu và SHA-256 của từng tệp, để in
manifest.json        danh mục tệp với SHA-256, phần còn thiếu, phiên bản công cụ
cau.json             các câu: vị trí, cách nêu, nhận định, tư liệu, lý do
tu-lieu.json         các mục tư liệu được dẫn, với điều khoản, địa chỉ và các bên khi còn tranh luận
quyet-dinh.json      các quyết định của người trực
cong-van-du-thao.docx  dự thảo công văn (đề nghị cải chính, hoặc hỏi nguồn; không có khi không còn câu nào để hỏi), số, ngày, căn cứ và chữ ký để trống
bai/NN/              mỗi bài: bản ghi WARC, thân trang như nhận được (than-trang.raw, chỉ mở bằng trình soạn thảo),
                     văn bản đã đọc (van-ban.txt), các lần sửa (cac-ban.json), ảnh của bài (anh/)

luu-tru.wacz         các trang đã lưu, mở bằng https://replayweb.page (tệp không rời máy) hoặc ứng dụng ReplayWeb.page
thu-thap.json        lần thu: yêu cầu, tiêu đề, địa chỉ máy chủ, TLS và chứng chỉ, lệch đồng hồ; điều không ghi được thì nêu tên
chu-ky.json          chữ ký Ed25519 của cơ quan; nhat-ky.json: mục nhật ký niêm phong; dau-thoi-gian/: RFC 3161, nếu có
kiem-tra.py          chương trình kiểm tra, chỉ cần Python 3.9 trở lên, không cần mạng

Kiểm tra: cotmoc evidence verify THƯ-MỤC-HOẶC-ZIP
Ở máy khác: python3 kiem-tra.py [THƯ-MỤC-HOẶC-ZIP] --khoa KHÓA-CÔNG-KHAI-CỦA-CƠ-QUAN
"""


@dataclass(frozen=True)
class StoryFacts:
    """What the store knows of a story."""

    id: str
    first_article: str
    articles: list[Mapping[str, Any]]
    revisions: dict[str, list[Mapping[str, Any]]]
    captures: dict[str, Mapping[str, Any]]
    alerts: list[Alert]
    decisions: list[dict[str, Any]]
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    network: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    images: Mapping[str, list[Image]] = field(default_factory=dict)


def read_story(conn: Connection, story: str) -> StoryFacts:
    """Read a story by its id; UserError when there is none, or nothing was ever raised on it."""
    alerts = alert_store.list_alerts(conn, story=story, limit=1000)
    if not alerts:
        raise UserError(f"câu chuyện {story}: không có cảnh báo nào, nên không lập hồ sơ; xem: cotmoc alerts")
    articles: list[Mapping[str, Any]] = list(queries.copies(conn, story))
    known = {row["id"] for row in articles}
    for id in dict.fromkeys(alert.article for alert in alerts):
        extra = queries.article(conn, id) if id not in known else None
        if extra:
            articles.append(extra)
    head = queries.story(conn, story)
    revisions: dict[str, list[Mapping[str, Any]]] = {row["id"]: list(queries.revisions(conn, row["id"])) for row in articles}
    captures: dict[str, Mapping[str, Any]] = {}
    for rows in revisions.values():
        for row in rows:
            capture = queries.capture(conn, row["capture"])
            if capture:
                captures[capture["id"]] = capture
    decisions = [d.model_dump(mode="json") for alert in alerts for d in alert_store.decisions_of(conn, alert.id)]
    network = {id: facts for id in captures if (facts := capture_store.network_facts(conn, id))}
    judged = {alert.article for alert in alerts}
    images = {id: pictures.read(conn, id, revisions[id]) for id in revisions if id in judged}
    first = head["first_article"] if head else articles[0]["id"] if articles else ""
    sources = _sources(conn, alerts)
    return StoryFacts(story, first, articles, revisions, captures, alerts, decisions, sources, network, images)


def _sources(conn: Connection, alerts: list[Alert]) -> dict[str, Mapping[str, Any]]:
    """Return the newest stored copy of each cited instrument's page by reference id, where the office has collected it."""
    base = load_references()
    found: dict[str, Mapping[str, Any]] = {}
    for id in sorted({id for alert in alerts for id in alert.claim.refs}):
        address = base.get(id).source.url if id in base else ""
        # A bare host is collected with its slash.
        known = (capture_store.latest(conn, address) or capture_store.latest(conn, f"{address}/")) if address else None
        row = queries.capture(conn, known[0]) if known else None
        if row:
            found[id] = {name: row[name] for name in ("id", "url", "final_url", "fetched", "status", "body_sha256", "warc_file", "warc_offset")}
    return found


def gather(
    facts: StoryFacts, profile: Profile, reader: Reader, moment: datetime, data: Path, *, strict: bool = False,
    owners: Mapping[str, str] | None = None,
) -> tuple[Parts, list[dict[str, Any]]]:  # fmt: skip
    """Return the parts of the pack and the manifest's list of articles.

    `strict`: a cited instrument whose page the office has not archived is missing, not only absent.
    `owners` maps a source to the class of its owner: an outlet of another country may write Vietnamese.
    """
    parts, listed, pages, exchanges = Parts(), [], [], []
    judged = {(alert.article, alert.revision) for alert in facts.alerts}
    for number, current in enumerate(facts.articles, 1):
        wanted = next((rev for id, rev in sorted(judged) if id == current["id"]), None)
        row = next((r for r in facts.revisions[current["id"]] if r["revision"] == wanted), current)
        folder = f"bai/{number:02}"
        listed.append(_entry(row, facts, folder, wanted is not None))
        slice_ = _page(parts, row, facts, reader, folder, required=wanted is not None)
        if slice_:
            capture = facts.captures[row["capture"]]
            asked = request_record(data, capture)
            if asked:
                parts.files.append(File(f"{folder}/yeu-cau.warc.gz", "request", asked, row["id"]))
            exchanges.append({"article": row["id"], **exchange_facts(capture, slice_, asked, facts.network.get(capture["id"]))})
            at = datetime.fromisoformat(capture["fetched"])
            pages.append(Page(capture["final_url"], row["title"], at, slice_, asked))
        parts.pictures[row["id"]] = pictures.add(parts, row["id"], folder, facts.images.get(row["id"], []), reader)
        parts.files.append(File(f"{folder}/van-ban.txt", "text", _plain(row), row["id"]))
        history = [_revision(r) for r in facts.revisions[row["id"]]]
        parts.files.append(File(f"{folder}/cac-ban.json", "revisions", readable(history), row["id"]))
    for id in sorted({alert.article for alert in facts.alerts} - {row["id"] for row in facts.articles}):
        parts.missing.append({"part": "text", "article": id, "reason": "bài không còn trong kho"})
        listed.append({"id": id, "with_claim": True})
    references = _references(parts, facts, strict)
    _claims(parts, facts)
    parts.files.append(File("quyet-dinh.json", "decisions", readable(facts.decisions)))
    _letter(parts, facts, profile, references, moment, data, owners or {})
    parts.files.append(File("DOC-TRUOC.txt", "readme", README.encode()))
    parts.files.append(File("thu-thap.json", "exchange", readable(exchanges)))
    parts.files.append(File("kiem-tra.py", "verifier", Path(standalone.__file__).read_bytes()))
    for one in exchanges:
        lacking = parts.missing if one["article"] in {id for id, _revision in judged} else parts.absent
        for label in one["not_recorded"]:
            # The request is told by the response's own record; address, TLS and clock are told by nothing else.
            (parts.absent if label == REQUEST else lacking).append(
                {"part": "exchange", "article": one["article"], "reason": f"lúc thu không ghi: {label}"}
            )
    unfilled(parts, listed)
    if pages:
        title = f"Hồ sơ {facts.id[:12]}: {pages[0].title}"
        wacz = make_wacz(pages, title, f"Trang đã lưu, {PURPOSE}.", moment, f"Cột Mốc {version('cotmoc')}")
        parts.files.append(File("luu-tru.wacz", "wacz", wacz))
    parts.files.append(File("bia-ho-so.pdf", "cover", render_cover(profile, facts, parts, listed, exchanges, references, moment)))
    return parts, listed


def unfilled(parts: Parts, listed: Sequence[Mapping[str, Any]]) -> None:
    """Name the pictures that the rebuilt page of the first article with a claim will lack."""
    lead, body = lead_page(parts, listed)
    if lead is None or body is None:
        return
    try:
        lacks = rebuilt(body.content, lead["capture"]["content_type"], lead["capture"]["final_url"], parts.pictures.get(lead["id"], {}))[1]
    except (LxmlError, ValueError, LookupError):
        return
    if lacks:
        more = f" và {len(lacks) - NAMED} hình khác" if len(lacks) > NAMED else ""
        said = "; ".join(url[:200] for url in lacks[:NAMED]) + more
        parts.absent.append({"part": "image", "article": lead["id"], "reason": f"ảnh chụp, bản in dựng lại thiếu {len(lacks)} hình không lưu: {said}"})


def _letter(
    parts: Parts, facts: StoryFacts, profile: Profile, references: Mapping[str, Reference], moment: datetime, data: Path, owners: Mapping[str, str]
) -> None:
    about = asked(facts.alerts)
    if about is None:
        parts.absent.append({"part": "letter", "article": "", "reason": why_none(facts.alerts)})
        return
    lead = next((row for row in facts.articles if row["id"] == about.article), None)
    if lead is None:
        parts.missing.append({"part": "letter", "article": "", "reason": "không còn bài để nêu"})
        return
    foreign = is_foreign(lead["kind"], lead["lang"], owners.get(lead["source"], ""))
    own = own_template(data, LETTER)
    if own and (inquires(own) or not about.inquiry):
        letter = render_form(own, profile, lead, about.alerts, references, moment, foreign=foreign, inquiry=about.inquiry)
    else:
        letter = render_letter(profile, lead, about.alerts, references, moment, foreign=foreign, inquiry=about.inquiry)
    parts.files.append(File("cong-van-du-thao.docx", "letter", letter))


def _entry(row: Mapping[str, Any], facts: StoryFacts, folder: str, with_claim: bool) -> dict[str, Any]:
    capture = facts.captures.get(row["capture"] or "")
    names = ("id", "revision", "outlet", "source", "url", "canonical", "title", "lang", "published", "date_origin", "first_seen")
    entry: dict[str, Any] = {name: row[name] for name in names}
    taken = ("id", "url", "final_url", "fetched", "status", "content_type", "body_sha256", "size", "warc_file", "warc_offset", "etag", "last_modified")
    return entry | {
        "folder": folder, "with_claim": with_claim, "first_publisher": row["id"] == facts.first_article,
        "capture": {name: capture[name] for name in taken} if capture else None,
    }  # fmt: skip


def _page(parts: Parts, row: Mapping[str, Any], facts: StoryFacts, reader: Reader, folder: str, *, required: bool) -> bytes:
    """Add WARC slice and body, and return the slice; what cannot be had is missing for a judged article, only absent for a copy."""
    capture = facts.captures.get(row["capture"] or "")
    lacking = parts.missing if required else parts.absent
    reason, found, slice_ = "bài không đến từ một bản chụp (nhập từ tệp)", None, b""
    if capture:
        try:
            slice_ = reader(capture)
            found = parse(slice_)
            reason = ""
        except (OSError, ValueError) as error:
            reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
    if found is None or not capture:
        lacking += [{"part": part, "article": row["id"], "reason": reason} for part in ("warc", "body")]
        return b""
    parts.files.append(File(f"{folder}/ban-chup.warc.gz", "warc", slice_, row["id"]))
    if found.sha256 != capture["body_sha256"]:
        lacking.append({"part": "body", "article": row["id"], "reason": "thân trang trong WARC không khớp mã băm lúc thu"})
        return slice_
    parts.files.append(File(f"{folder}/than-trang.raw", "body", found.body, row["id"]))
    return slice_


def _plain(row: Mapping[str, Any]) -> bytes:
    lines = [row["title"], row["sapo"], row["body"], *row["captions"]]
    return ("\n\n".join(line for line in lines if line) + "\n").encode("utf-8", "replace")


def _revision(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("revision", "current", "title", "sapo", "body", "captions", "images", "published", "modified", "first_seen", "capture", "text_hash", "parser")
    return {name: row[name] for name in names}


def _references(parts: Parts, facts: StoryFacts, strict: bool) -> dict[str, Reference]:
    base = load_references()
    wanted = sorted({id for alert in facts.alerts for id in alert.claim.refs})
    found = {id: base.get(id) for id in wanted if id in base}
    parts.missing += [
        {"part": "references", "article": "", "reason": f"tư liệu {id} không còn trong cơ sở tư liệu"}
        for id in wanted if id not in found
    ]  # fmt: skip
    content = {
        "base_version": base.version,
        "entries": [{**entry.model_dump(mode="json", exclude={"counter"}), "version": entry.version, "archived": facts.sources.get(id)} for id, entry in found.items()],
    }
    for id, entry in found.items():
        if id not in facts.sources:
            # What has no address on the web cannot be collected: no pack may wait for it.
            lacking = parts.missing if strict and entry.source.url else parts.absent
            lacking.append({"part": "references", "article": "", "reason": f"chưa lưu trang gốc của tư liệu {id}; {_how(entry)}"})
    parts.files.append(File("tu-lieu.json", "references", readable(content)))
    return found


def _how(entry: Reference) -> str:
    return f"lưu bằng: cotmoc collect {entry.source.url}" if entry.source.url else "tư liệu không có địa chỉ, kèm bản giấy hoặc bản quét"


def _claims(parts: Parts, facts: StoryFacts) -> None:
    content = []
    for alert in facts.alerts:
        row = next((r for r in facts.revisions.get(alert.article, []) if r["revision"] == alert.revision), None)
        place = locate(row, alert.claim) if row else None
        if row and not place:
            parts.missing.append({"part": "claims", "article": alert.article, "reason": "câu không còn nguyên văn trong bản đã lưu"})
        view = alert.model_dump(mode="json")
        view["place"] = {"field": place.field, "start": place.start, "end": place.end} if place else None
        view["context"] = fields(row)[place.field][max(0, place.start - 200) : place.end + 200] if row and place else ""
        content.append(view)
    parts.files.append(File("cau.json", "claims", readable(content)))
