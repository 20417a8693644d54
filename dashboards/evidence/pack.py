"""Building a pack: gathered, written beside, put under its name when whole, and chained into the audit log."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import select

from dashboards.evidence.gather import StoryFacts, gather, read_story
from dashboards.evidence.manifest import FORMAT, NAME, PURPOSE, SUM, File, Parts, listed, pack_id, readable
from dashboards.evidence.warc import Reader, reader_of
from dashboards.office.files import sha256, write_whole
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.settings import Settings, load_profile
from pipelines.store import Store, audit
from pipelines.store.papers import save_paper
from pipelines.store.schema import audit as audit_table
from pipelines.store.schema import papers


@dataclass(frozen=True)
class Pack:
    """A pack on disk: its folder, its ZIP, whether it is complete, and what is missing or absent."""

    path: Path
    zip: Path
    id: str
    complete: bool
    missing: tuple[dict[str, str], ...]
    absent: tuple[dict[str, str], ...]
    manifest_sha256: str


def build_pack(
    store: Store, settings: Settings, story_id: str, output: Path, *, reader: Reader | None = None, pictures: bool = True
) -> Pack:
    """Build the pack of a story into `output`; an unchanged story gives the pack that is there already.

    Parts that cannot be had make the pack incomplete: it says which and bears “chua-du” in its name.
    Errors: UserError for a story without alerts, or when the disk refuses; nothing half-written keeps its final name.
    """
    profile = load_profile(settings.profile)
    with store.read() as conn:
        facts = read_story(conn, story_id)
        head = conn.execute(select(audit_table.c.hash).order_by(audit_table.c.seq.desc()).limit(1)).scalar()
    moment = max(alert.raised for alert in facts.alerts)
    parts, articles = gather(facts, profile, reader or reader_of(settings.data), moment)
    manifest = _manifest(facts, parts, articles, settings.profile, head or audit.GENESIS)
    target = output.resolve() / (f"ho-so_{story_id[:12]}_{manifest['pack'][:8]}" + ("_chua-du" if parts.missing else ""))
    if not _there(target):
        _picture(parts, articles, wanted=pictures)
        manifest |= {"files": _listing(parts), "absent_optional": parts.absent}
        _place(target, parts.files, manifest)
    archive = target.with_name(f"{target.name}.zip")
    write_whole({archive: _zipped(target)})
    sealed = (target / NAME).read_bytes()
    found = json.loads(sealed)
    pack = Pack(
        target, archive, manifest["pack"], not parts.missing, tuple(found["missing"]), tuple(found["absent_optional"]),
        hashlib.sha256(sealed).hexdigest(),
    )  # fmt: skip
    _note(store, settings.profile, facts, pack)
    return pack


def _picture(parts: Parts, articles: list[dict[str, Any]], *, wanted: bool) -> None:
    """Add picture and print of the first article with a claim, or note why they are not there."""
    from dashboards.evidence.chromium import render

    lead = next((a for a in articles if a.get("with_claim") and a.get("capture")), None)
    body = next((f for f in parts.files if lead and f.role == "body" and f.article == lead["id"]), None)
    made: dict[str, bytes] = {}
    if lead is None or body is None:
        reason = "không có thân trang để dựng lại"
    elif not wanted:
        reason = "không yêu cầu chụp"
    else:
        made, reason = render(body.content, lead["capture"]["content_type"])
    for kind, name in (("screenshot", "anh-chup.png"), ("print", "ban-in.pdf")):
        if lead and kind in made:
            parts.files.append(File(f"{lead['folder']}/{name}", kind, made[kind], lead["id"]))
        else:
            parts.absent.append({"part": kind, "article": lead["id"] if lead else "", "reason": reason})


def _manifest(
    facts: StoryFacts, parts: Parts, articles: list[dict[str, Any]], profile: str, head: str
) -> dict[str, Any]:  # fmt: skip
    manifest: dict[str, Any] = {
        "format": FORMAT, "purpose": PURPOSE, "profile": profile, "story": facts.id, "made": now().isoformat(),
        "status": "incomplete" if parts.missing else "complete", "missing": parts.missing, "absent_optional": parts.absent,
        "articles": articles, "tool": {"cotmoc": version("cotmoc"), "warcio": version("warcio")}, "audit_head": head,
        "files": _listing(parts),
    }  # fmt: skip
    manifest["pack"] = pack_id(manifest)
    return manifest


def _seals(manifest: bytes) -> list[File]:
    digest = hashlib.sha256(manifest).hexdigest()
    return [File(NAME, "manifest", manifest), File(SUM, "seal", f"{digest}  {NAME}\n".encode())]


def _listing(parts: Parts) -> list[dict[str, Any]]:
    return [listed(file) for file in sorted(parts.files, key=lambda file: file.path)]


def _there(target: Path) -> bool:
    """Tell whether the pack of this name is there already and intact; UserError when it was altered."""
    from dashboards.evidence.verify import altered

    if not target.exists():
        return False
    if altered(target):
        raise UserError(f"{target}: đã có hồ sơ cùng tên nhưng bị sửa; chuyển nó đi nơi khác rồi chạy lại")
    return True


def _place(target: Path, files: list[File], manifest: dict[str, Any]) -> None:
    """Write everything beside, then put the folder under its name in one step."""
    content = readable(manifest)
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        write_whole({beside / file.path: file.content for file in [*files, *_seals(content)]})
        os.replace(beside, target)
    except OSError as error:
        raise UserError(f"{target}: không ghi được hồ sơ ({error.strerror}); giải phóng chỗ rồi chạy lại") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _zipped(folder: Path) -> bytes:
    """Return a ZIP with the folder's name on top; no clock time, so that equal packs are equal."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            target.writestr(info, path.read_bytes())
    return out.getvalue()


def _note(store: Store, profile: str, facts: StoryFacts, pack: Pack) -> None:
    """Chain the manifest's hash into the audit log and note the paper, once for each pack."""
    moment: datetime = now()
    digest = sha256(pack.zip.read_bytes())
    with store.begin() as conn:
        known = conn.execute(select(papers.c.id).where(papers.c.path == str(pack.zip), papers.c.sha256 == digest)).first()
        if known:
            return
        audit.append(
            conn, actor="cotmoc", action="evidence.seal" if pack.complete else "evidence.incomplete", thing=facts.id,
            details={"pack": pack.id, "manifest": pack.manifest_sha256, "zip": digest, "missing": list(pack.missing)}, now=moment,
        )  # fmt: skip
        save_paper(
            conn, kind="evidence", province=profile, day=moment.date().isoformat(), story=facts.id, path=str(pack.zip),
            sha256=digest, now=moment,
        )  # fmt: skip
