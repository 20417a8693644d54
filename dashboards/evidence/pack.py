"""Building a pack: gathered, written beside, put under its name when whole, and chained into the audit log."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
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


def build_pack(store: Store, settings: Settings, story_id: str, output: Path, *, reader: Reader | None = None) -> Pack:
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
    parts.absent += [
        {"part": part, "article": "", "reason": "phần tùy chọn, bản này chưa chụp bằng Chromium"}
        for part in ("screenshot", "print")
    ]
    manifest = _manifest(facts, parts, articles, settings.profile, head or audit.GENESIS)
    name = f"ho-so_{story_id[:12]}_{manifest['pack'][:8]}" + ("" if not parts.missing else "_chua-du")
    try:
        manifest_bytes = _place(output.resolve() / name, parts.files, manifest)
    except OSError as error:
        raise UserError(f"{output}: không ghi được hồ sơ ({error.strerror}); giải phóng chỗ rồi chạy lại") from error
    pack = Pack(
        output.resolve() / name, output.resolve() / f"{name}.zip", manifest["pack"], not parts.missing,
        tuple(parts.missing), tuple(parts.absent), hashlib.sha256(manifest_bytes).hexdigest(),
    )  # fmt: skip
    write_whole({pack.zip: _zipped(name, [*parts.files, *_seals(manifest_bytes)])})
    _note(store, settings.profile, facts, pack)
    return pack


def _manifest(
    facts: StoryFacts, parts: Parts, articles: list[dict[str, Any]], profile: str, head: str
) -> dict[str, Any]:  # fmt: skip
    manifest: dict[str, Any] = {
        "format": FORMAT, "purpose": PURPOSE, "profile": profile, "story": facts.id, "made": now().isoformat(),
        "status": "incomplete" if parts.missing else "complete", "missing": parts.missing, "absent_optional": parts.absent,
        "articles": articles, "tool": {"cotmoc": version("cotmoc"), "warcio": version("warcio")}, "audit_head": head,
        "files": [listed(file) for file in sorted(parts.files, key=lambda file: file.path)],
    }  # fmt: skip
    manifest["pack"] = pack_id(manifest)
    return manifest


def _seals(manifest: bytes) -> list[File]:
    digest = hashlib.sha256(manifest).hexdigest()
    return [File(NAME, "manifest", manifest), File(SUM, "seal", f"{digest}  {NAME}\n".encode())]


def _place(target: Path, files: list[File], manifest: dict[str, Any]) -> bytes:
    """Put the folder in place and return its manifest; an intact folder of that name stays as it is."""
    from dashboards.evidence.verify import altered

    if target.exists():
        if not altered(target):
            return (target / NAME).read_bytes()
        raise UserError(f"{target}: đã có hồ sơ cùng tên nhưng bị sửa; chuyển nó đi nơi khác rồi chạy lại")
    target.parent.mkdir(parents=True, exist_ok=True)
    content = readable(manifest)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent))
    try:
        write_whole({beside / file.path: file.content for file in [*files, *_seals(content)]})
        beside.chmod(0o755)
        os.replace(beside, target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return content


def _zipped(name: str, files: list[File]) -> bytes:
    """Return a ZIP with `name/` on top; no clock time, so that equal packs are equal."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for file in sorted(files, key=lambda file: file.path):
            info = zipfile.ZipInfo(f"{name}/{file.path}", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            target.writestr(info, file.content)
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
