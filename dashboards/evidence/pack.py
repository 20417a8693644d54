"""Building a pack: gathered, written beside, put under its name when whole, and chained into the audit log."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from dashboards.evidence.gather import StoryFacts, gather, read_story
from dashboards.evidence.keys import office_key, public_hex
from dashboards.evidence.manifest import (
    FORMAT,
    LOG,
    NAME,
    PURPOSE,
    SIGNATURES,
    SUM,
    File,
    Parts,
    listed,
    pack_id,
    readable,
)
from dashboards.evidence.seals import add_sealed, signatures, zip_of
from dashboards.evidence.stamps import owe
from dashboards.evidence.warc import Reader, reader_of
from dashboards.office.files import alone, beside, sha256, write_whole
from pipelines.clock import local, now
from pipelines.errors import UserError
from pipelines.office import office_on
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
    store: Store, settings: Settings, story_id: str, output: Path, *, reader: Reader | None = None, pictures: bool = True,
    actor: str = "cotmoc", owners: Mapping[str, str] | None = None,
) -> Pack:  # fmt: skip
    """Build the pack of a story into `output`; an unchanged story gives the pack that is there already.

    `owners` maps a source to the class of its owner, for the words of the letter. Parts that cannot be had make the pack incomplete: it says which and bears “chua-du” in its name.
    Errors: UserError for a story without alerts, or when the disk refuses; nothing half-written keeps its final name.
    """
    # A double click, or two desks: the second waits and finds the pack of the first.
    with alone(settings.data, "evidence"):
        return _build(store, settings, story_id, output, reader=reader, pictures=pictures, actor=actor, owners=owners)


def _build(
    store: Store, settings: Settings, story_id: str, output: Path, *, reader: Reader | None, pictures: bool, actor: str,
    owners: Mapping[str, str] | None,
) -> Pack:  # fmt: skip
    profile = office_on(load_profile(settings.profile), settings.office, local(now()).date(), "cong-van")
    with store.read() as conn:
        facts = read_story(conn, story_id)
        head = conn.execute(select(audit_table.c.hash).order_by(audit_table.c.seq.desc()).limit(1)).scalar()
    moment = max(alert.raised for alert in facts.alerts)
    parts, articles = gather(facts, profile, reader or reader_of(settings.data), moment, settings.data, strict=settings.reference_copies, owners=owners)
    key = office_key(settings.data)
    manifest = _manifest(facts, parts, articles, settings, head or audit.GENESIS, key)
    target = _target(output, story_id, manifest)
    if not _there(target):
        if not _picture(parts, articles, wanted=pictures):
            # The browser is there and failed: the pack is another, incomplete one.
            manifest = _manifest(facts, parts, articles, settings, head or audit.GENESIS, key)
            target = _target(output, story_id, manifest)
        manifest |= {"files": _listing(parts), "absent_optional": parts.absent}
        if not _there(target):
            _place(target, parts.files, manifest, key)
    archive = zip_of(target)
    sealed = (target / NAME).read_bytes()
    found = json.loads(sealed)
    pack = Pack(
        target, archive, manifest["pack"], not found["missing"], tuple(found["missing"]), tuple(found["absent_optional"]),
        hashlib.sha256(sealed).hexdigest(),
    )  # fmt: skip
    entry = readable(_note(store, settings, facts, pack, actor))
    add_sealed(target, settings.data, {LOG: entry})
    _paper(store, settings.profile, facts, pack)
    return pack


def _target(output: Path, story: str, manifest: dict[str, Any]) -> Path:
    lacks = "_chua-du" if manifest["missing"] else ""
    return output.resolve() / f"ho-so_{story[:12]}_{manifest['pack'][:8]}{lacks}"


def _picture(parts: Parts, articles: list[dict[str, Any]], *, wanted: bool) -> bool:
    """Add picture and print of the first article with a claim, or note why they are not there.

    False when Chromium is on this machine and they are not made all the same (it failed, or nobody wanted them): then they
    are missing, not merely absent.
    """
    from dashboards.evidence.chromium import find, lead_page, render

    lead, body = lead_page(parts, articles)
    made: dict[str, bytes] = {}
    failed = False
    if lead is None or body is None:
        reason = "không có thân trang để dựng lại"
    elif not wanted:
        # Where there is no browser they could not be had anyway.
        reason, failed = ("lập với --no-pictures, chưa chụp", True) if find() else ("máy này không có Chromium", False)
    else:
        made, reason, failed = render(
            body.content, lead["capture"]["content_type"], lead["capture"]["final_url"], parts.pictures.get(lead["id"], {})
        )  # fmt: skip
        if reason and {"screenshot", "print"} <= set(made):
            parts.absent.append({"part": "screenshot", "article": lead["id"], "reason": reason})
    for kind, name in (("screenshot", "anh-chup.png"), ("print", "ban-in.pdf")):
        if lead and kind in made:
            parts.files.append(File(f"{lead['folder']}/{name}", kind, made[kind], lead["id"]))
        else:
            (parts.missing if failed else parts.absent).append({"part": kind, "article": lead["id"] if lead else "", "reason": reason})
    return not failed


def _manifest(
    facts: StoryFacts, parts: Parts, articles: list[dict[str, Any]], settings: Settings, head: str, key: Ed25519PrivateKey
) -> dict[str, Any]:  # fmt: skip
    manifest: dict[str, Any] = {
        "format": FORMAT, "purpose": PURPOSE, "profile": settings.profile, "story": facts.id, "made": now().isoformat(),
        "status": "incomplete" if parts.missing else "complete", "missing": parts.missing, "absent_optional": parts.absent,
        "articles": articles, "tool": {"cotmoc": version("cotmoc"), "warcio": version("warcio")}, "audit_head": head,
        "files": _listing(parts), "time_authorities": list(settings.tsa_urls), "signer": public_hex(key),
    }  # fmt: skip
    return manifest | {"pack": pack_id(manifest)}


def _seals(manifest: bytes, key: Ed25519PrivateKey) -> list[File]:
    digest = hashlib.sha256(manifest).hexdigest()
    return [
        File(NAME, "manifest", manifest), File(SUM, "seal", f"{digest}  {NAME}\n".encode()),
        File(SIGNATURES, "seal", signatures(key, {NAME: manifest})),
    ]  # fmt: skip


def _listing(parts: Parts) -> list[dict[str, Any]]:
    return [listed(file) for file in sorted(parts.files, key=lambda file: file.path)]


def _there(target: Path) -> bool:
    """Tell whether the pack of this name is there already and intact; UserError when it was altered."""
    from dashboards.evidence.verify import altered

    if not target.exists():
        return False
    # A kill between the folder and its entry of the log leaves the entry out or unsigned; it is added again below.
    if [problem for problem in altered(target) if not problem.startswith(f"{LOG}:")]:
        raise UserError(f"{target}: đã có hồ sơ cùng tên nhưng bị sửa; chuyển nó đi nơi khác rồi chạy lại")
    return True


def _place(target: Path, files: list[File], manifest: dict[str, Any], key: Ed25519PrivateKey) -> None:
    """Write everything beside, then put the folder under its name in one step."""
    content = readable(manifest)
    aside = beside(target)
    try:
        write_whole({aside / file.path: file.content for file in [*files, *_seals(content, key)]})
        os.replace(aside, target)
    except OSError as error:
        raise UserError(f"{target}: không ghi được hồ sơ ({error.strerror}); giải phóng chỗ rồi chạy lại") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _note(store: Store, settings: Settings, facts: StoryFacts, pack: Pack, actor: str) -> dict[str, Any]:
    """Chain the manifest's hash into the audit log, once for each pack, owe its time stamps; return the log's entry."""
    moment: datetime = now()
    action = "evidence.seal" if pack.complete else "evidence.incomplete"
    with store.begin() as conn:
        query = select(audit_table).where(audit_table.c.object == facts.id, audit_table.c.action == action)
        rows = conn.execute(query.order_by(audit_table.c.seq)).mappings().all()
        row = next((row for row in rows if row["details"].get("manifest") == pack.manifest_sha256), None)
        if row is None:
            digest = audit.append(
                conn, actor=actor, action=action, thing=facts.id,
                details={"pack": pack.id, "manifest": pack.manifest_sha256, "missing": list(pack.missing)}, now=moment,
            )  # fmt: skip
            row = conn.execute(select(audit_table).where(audit_table.c.hash == digest)).mappings().one()
        if pack.complete:
            owe(conn, settings, pack.id, pack.manifest_sha256, pack.path, moment)
    return {name: row[name] for name in ("seq", "previous", "at", "actor", "action", "object", "details", "hash")}


def _paper(store: Store, profile: str, facts: StoryFacts, pack: Pack) -> None:
    """Note the ZIP as a paper, with its hash as it is now."""
    moment = now()
    digest = sha256(pack.zip.read_bytes())
    with store.begin() as conn:
        if conn.execute(select(papers.c.id).where(papers.c.path == str(pack.zip), papers.c.sha256 == digest)).first():
            return
        conn.execute(papers.delete().where(papers.c.path == str(pack.zip)))
        save_paper(
            conn, kind="evidence", province=profile, day=local(moment).date().isoformat(), story=facts.id, path=str(pack.zip),
            sha256=digest, now=moment,
        )  # fmt: skip
