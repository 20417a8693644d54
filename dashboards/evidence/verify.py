"""Checking a pack, folder or ZIP, with nothing but the pack: every change is found and the part is named."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from dashboards.evidence.manifest import FORMAT, NAME, SUM, pack_id, unmet
from dashboards.evidence.warc import parse
from pipelines.records import content_id
from pipelines.text import normalize

MAX_FILE, MAX_TOTAL, MAX_FILES = 300_000_000, 2_000_000_000, 20_000


class Broken(Exception):
    """The pack cannot be read at all."""


def verify_pack(path: Path) -> list[str]:
    """Return what is wrong with a pack: altered, superfluous, missing parts; an empty list for a whole and true one."""
    try:
        files = _load(path)
        manifest = _manifest(files)
    except Broken as broken:
        return [str(broken)]
    problems = _altered(files, manifest) + _meaning(files, manifest)
    lacks = unmet(manifest["files"], manifest["articles"])
    missing = [f"{item.get('part')} ({item.get('reason')})" for item in manifest["missing"]]
    if manifest["status"] == "complete" and (lacks or missing):
        problems.append(f"{NAME}: ghi là đủ nhưng thiếu {', '.join(lacks or missing)}")
    elif manifest["status"] != "complete" or lacks:
        problems.append(f"hồ sơ chưa đủ: thiếu {'; '.join(missing or lacks) or 'phần không nêu tên'}")
    return problems


def altered(path: Path) -> list[str]:
    """Return what was altered since the pack was made; parts that were missing from the start do not count."""
    try:
        files = _load(path)
        return _altered(files, _manifest(files))
    except Broken as broken:
        return [str(broken)]


def manifest_of(path: Path) -> tuple[str, str]:
    """Return the SHA-256 of a pack's manifest, as the audit log has it, and its story; empty when it is unreadable."""
    try:
        files = _load(path)
        return hashlib.sha256(files[NAME]).hexdigest(), str(_manifest(files).get("story", ""))
    except (Broken, KeyError):
        return "", ""


def _load(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        return _folder(path)
    if not path.exists():
        raise Broken(f"{path}: không có tệp hoặc thư mục này")
    try:
        return _zip(path)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise Broken(f"{path.name}: tệp ZIP hỏng hoặc không đọc được ({error})") from error


def _folder(path: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    for found in sorted(path.rglob("*")):
        name = found.relative_to(path).as_posix()
        if found.is_symlink():
            raise Broken(f"{name}: là liên kết, không phải tệp của hồ sơ")
        if not found.is_file():
            continue
        total += found.stat().st_size
        if found.stat().st_size > MAX_FILE or total > MAX_TOTAL or len(files) >= MAX_FILES:
            raise Broken(f"{name}: hồ sơ lớn quá mức cho phép")
        try:
            files[name] = found.read_bytes()
        except OSError as error:
            raise Broken(f"{name}: không đọc được ({error.strerror})") from error
    return files


def _zip(path: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    with zipfile.ZipFile(path) as source:
        infos = [info for info in source.infolist() if not info.is_dir()]
        if len(infos) > MAX_FILES or sum(info.file_size for info in infos) > MAX_TOTAL:
            raise Broken(f"{path.name}: hồ sơ lớn quá mức cho phép")
        tops = {PurePosixPath(info.filename).parts[0] for info in infos if info.filename}
        if len(tops) != 1:
            raise Broken(f"{path.name}: phải có đúng một thư mục ở gốc, thấy {len(tops)}")
        for info in infos:
            parts = PurePosixPath(info.filename).parts
            if ".." in parts or info.filename.startswith("/") or "\\" in info.filename or len(parts) < 2:
                raise Broken(f"{info.filename}: đường dẫn không hợp lệ trong ZIP")
            name = "/".join(parts[1:])
            if name in files:
                raise Broken(f"{name}: có hai lần trong ZIP")
            if info.file_size > MAX_FILE:
                raise Broken(f"{name}: lớn quá mức cho phép")
            files[name] = source.read(info)
    return files


def _manifest(files: Mapping[str, bytes]) -> dict[str, Any]:
    if NAME not in files:
        raise Broken(f"{NAME}: không có")
    try:
        manifest = json.loads(files[NAME])
        good = (
            isinstance(manifest, dict) and manifest["format"] == FORMAT
            and all(isinstance(manifest[name], list) for name in ("files", "articles", "missing"))
            and all(isinstance(item, dict) for name in ("files", "articles", "missing") for item in manifest[name])
            and all(isinstance(item[name], str) for item in manifest["files"] for name in ("path", "sha256", "role", "article"))
            and all(isinstance(item["id"], str) for item in manifest["articles"])
            and isinstance(manifest["status"], str) and isinstance(manifest["pack"], str)
        )  # fmt: skip
    except (ValueError, KeyError, RecursionError) as error:
        raise Broken(f"{NAME}: không đọc được") from error
    if not good:
        raise Broken(f"{NAME}: không đúng dạng {FORMAT}")
    return manifest


def _altered(files: Mapping[str, bytes], manifest: dict[str, Any]) -> list[str]:
    problems = []
    digest = hashlib.sha256(files[NAME]).hexdigest()
    if files.get(SUM, b"").decode("ascii", "replace").split() != [digest, NAME]:
        problems.append(f"{SUM}: không khớp {NAME}")
    if pack_id(manifest) != manifest["pack"]:
        problems.append(f"{NAME}: nội dung đã bị sửa (mã hồ sơ không khớp)")
    known = {NAME, SUM}
    for item in manifest["files"]:
        name = item["path"]
        if name in known:
            problems.append(f"{name}: ghi hai lần trong {NAME}")
        known.add(name)
        if name not in files:
            problems.append(f"{name}: mất")
        elif len(files[name]) != item.get("size") or hashlib.sha256(files[name]).hexdigest() != item["sha256"]:
            problems.append(f"{name}: đã bị sửa")
    problems += [f"{name}: thừa, không có trong {NAME}" for name in sorted(set(files) - known)]
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
