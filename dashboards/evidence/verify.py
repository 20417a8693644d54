"""Checking a pack, folder or ZIP, with nothing but the pack: every change is found and the part is named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate

from dashboards.evidence.manifest import NAME, STAMPS, unmet
from dashboards.evidence.standalone import Broken, load, manifest_in, unstamped
from dashboards.evidence.standalone import altered as altered_in
from dashboards.evidence.warc import parse
from pipelines.errors import UserError
from pipelines.records import content_id
from pipelines.text import normalize


def verify_pack(path: Path, key: str = "", trusted: Sequence[Certificate] = ()) -> list[str]:
    """Return what is wrong with a pack: altered, superfluous, missing parts; an empty list for a whole and true one.

    `key` is the office's public key (hex) where known, `trusted` the roots that its time stamps must lead to.
    """
    try:
        files = load(path)
        manifest = manifest_in(files)
    except Broken as broken:
        return [str(broken)]
    problems = altered_in(files, manifest, key) + _meaning(files, manifest) + _stamps(files, trusted)
    lacks = unmet(manifest["files"], manifest["articles"], manifest.get("absent_optional") or [])
    missing = [f"{item.get('part')} ({item.get('reason')})" for item in manifest["missing"]]
    if manifest["status"] == "complete" and (lacks or missing):
        problems.append(f"{NAME}: ghi là đủ nhưng thiếu {', '.join(lacks or missing)}")
    elif manifest["status"] != "complete" or lacks:
        problems.append(f"hồ sơ chưa đủ: thiếu {'; '.join(missing or lacks) or 'phần không nêu tên'}")
    return problems


def altered(path: Path) -> list[str]:
    """Return what was altered since the pack was made; parts that were missing from the start do not count."""
    try:
        files = load(path)
        return altered_in(files, manifest_in(files))
    except Broken as broken:
        return [str(broken)]


@dataclass(frozen=True)
class Identity:
    """What the audit log knows a pack by; empty when it is unreadable."""

    manifest: str = ""
    story: str = ""
    signer: str = ""
    stamps: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def identity(path: Path) -> Identity:
    """Return the SHA-256 of a pack's manifest, its story, the key that signed it, the hashes of its time stamps, and what lacks of them."""
    try:
        files = load(path)
        manifest = manifest_in(files)
    except Broken:
        return Identity()
    stamps = tuple(hashlib.sha256(files[name]).hexdigest() for name in sorted(files) if name.startswith(STAMPS))
    return Identity(hashlib.sha256(files[NAME]).hexdigest(), str(manifest.get("story", "")), manifest["signer"], stamps, tuple(unstamped(files, manifest)))


def _stamps(files: Mapping[str, bytes], trusted: Sequence[Certificate]) -> list[str]:
    """Check each time stamp against the roots of this machine, where it has any."""
    from dashboards.evidence.stamps import verified

    problems = []
    for name in sorted(name for name in files if trusted and name.startswith(STAMPS)):
        try:
            verified(files[name], files[NAME], list(trusted))
        except UserError as error:
            problems.append(f"{name}: {error}")
    return problems


def _meaning(files: Mapping[str, bytes], manifest: dict[str, Any]) -> list[str]:
    """Check that the parts agree with one another: body in WARC, sentence in text, references for every claim."""
    problems = []
    paths = {(item["role"], item["article"]): item["path"] for item in manifest["files"] if item["path"] in files}
    texts: dict[tuple[str, int], dict[str, Any]] = {}
    for article in manifest["articles"]:
        id, capture = article["id"], article.get("capture")
        if ("warc", id) in paths:
            problems += _page(files, paths, id, capture)
        if ("revisions", id) in paths:
            problems += _texts(files[paths["revisions", id]], id, texts)
    for role in ("claims", "references"):
        if (role, "") not in paths:
            return problems
    try:
        claims = json.loads(files[paths["claims", ""]])
        held = {entry["id"] for entry in json.loads(files[paths["references", ""]])["entries"]}
        for alert in claims:
            place, claim = alert["place"], alert["claim"]
            row = texts.get((alert["article"], alert["revision"]))
            shown = _field(row, place["field"])[place["start"] : place["end"]] if place and row else ""
            if place and row and normalize(shown) != normalize(claim["sentence"]):
                problems.append(f"cau.json: câu của cảnh báo {alert['id'][:12]} không nằm ở vị trí đã ghi")
            if manifest["status"] == "complete" and not set(claim["refs"]) <= held:
                problems.append(f"tu-lieu.json: thiếu {', '.join(sorted(set(claim['refs']) - held))}")
    except (ValueError, KeyError, TypeError, IndexError):
        problems.append("cau.json, tu-lieu.json: không đọc được")
    return problems


def _field(row: dict[str, Any], name: str) -> str:
    head, _, number = name.partition(".")
    found = row[head][int(number)] if number else row[head]
    return str(found)


def _page(files: Mapping[str, bytes], paths: Mapping[tuple[str, str], str], id: str, capture: Any) -> list[str]:
    name = paths["warc", id]
    try:
        found = parse(files[name])
    except ValueError as error:
        return [f"{name}: {error}"]
    if not isinstance(capture, dict) or ("body", id) not in paths:
        return []
    body = paths["body", id]
    if hashlib.sha256(files[body]).hexdigest() != capture.get("body_sha256") or found.body != files[body]:
        return [f"{body}: không phải thân trang của bản ghi WARC"]
    return []


def _texts(raw: bytes, id: str, texts: dict[tuple[str, int], dict[str, Any]]) -> list[str]:
    problems = []
    try:
        for row in json.loads(raw):
            texts[id, row["revision"]] = row
            if content_id(row["title"], row["sapo"], row["body"], *row["captions"]) != row["text_hash"]:
                problems.append(f"bài {id[:12]} bản {row['revision']}: văn bản không khớp mã của nó")
    except (ValueError, KeyError, TypeError):
        problems.append(f"bài {id[:12]}: không đọc được các lần sửa")
    return problems
