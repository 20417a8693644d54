#!/usr/bin/env python3
"""Checks an evidence pack on any machine with Python 3.9 or newer: standard library only, no network, no other file.

A copy lies in every pack as `kiem-tra.py`. Use: python3 kiem-tra.py [PACK] [--khoa PUBLIC-KEY-HEX[,OLDER-KEY…]]; without
PACK it checks the folder that it lies in. Exit code 0 only for a complete and unaltered pack. What lies in a pack may have been
exchanged together with it: take this program, and the office's public key, from the office itself.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

FORMAT = "cotmoc-evidence/2"
NAME, SUM, SIGNATURES, LOG, STAMPS = "manifest.json", "manifest.sha256", "chu-ky.json", "nhat-ky.json", "dau-thoi-gian/"
# What the pack's id does not cover: the moment of making, the audit head then, and pictures that never come out twice alike.
UNCOVERED = ("pack", "made", "audit_head", "absent_optional")
PICTURES = frozenset({"screenshot", "print"})
MAX_FILE, MAX_TOTAL, MAX_FILES = 300_000_000, 2_000_000_000, 20_000


class Broken(Exception):
    """The pack cannot be read at all."""


# --- reading
def load(path: Path) -> dict[str, bytes]:
    """Return the files of a pack, folder or ZIP, by name; Broken when it cannot be read."""
    if path.is_dir():
        return _folder(path)
    if not path.exists():
        raise Broken(f"{path}: không có tệp hoặc thư mục này")
    try:
        return _zip(path)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
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
        _no_gap(path, source)
    return files


def _no_gap(path: Path, source: zipfile.ZipFile) -> None:
    """Refuse bytes that no list of files names: before, between and behind the entries, or in comments and extra fields.

    A pack is written without comments, extra fields and descriptors, so that every byte is an entry's or the directory's.
    """
    strange = Broken(f"{path.name}: tệp ZIP có phần lạ")
    at = directory = 0
    with path.open("rb") as raw:
        for info in sorted(source.infolist(), key=lambda info: info.header_offset):
            raw.seek(at)
            head = raw.read(30)
            name, extra = int.from_bytes(head[26:28], "little"), int.from_bytes(head[28:30], "little")
            if info.header_offset != at or len(head) < 30 or head[:4] != b"PK\x03\x04" or info.comment or info.extra or extra or info.flag_bits & 8:
                raise strange
            raw.seek(at + 30 + name)
            packed = raw.read(info.compress_size)
            unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
            if info.compress_type == zipfile.ZIP_DEFLATED:
                unpacker.decompress(packed, info.file_size + 1)
            if (unpacker.unused_data or not unpacker.eof) if info.compress_type == zipfile.ZIP_DEFLATED else len(packed) != info.file_size:
                raise strange
            at += 30 + name + info.compress_size
            directory += 46 + name
        raw.seek(at + directory)
        tail = raw.read(22 + 1)
    # 65 535 files or 4 GB would need another ending (ZIP64); a pack is limited to less.
    if source.comment or source.start_dir != at or len(tail) != 22 or tail[:4] != b"PK\x05\x06":
        raise strange


def manifest_in(files: dict[str, bytes]) -> dict[str, Any]:
    """Return the manifest, its shape checked; Broken when it is none."""
    if NAME not in files:
        raise Broken(f"{NAME}: không có")
    try:
        manifest: dict[str, Any] = json.loads(files[NAME])
        good = (
            isinstance(manifest, dict) and manifest["format"] == FORMAT
            and all(isinstance(manifest[name], list) for name in ("files", "articles", "missing"))
            and all(isinstance(item, dict) for name in ("files", "articles", "missing") for item in manifest[name])
            and all(isinstance(item[name], str) for item in manifest["files"] for name in ("path", "sha256", "role", "article"))
            and all(isinstance(item["id"], str) for item in manifest["articles"])
            and all(isinstance(manifest[name], str) for name in ("status", "pack", "signer"))
        )  # fmt: skip
    except (ValueError, KeyError, RecursionError) as error:
        raise Broken(f"{NAME}: không đọc được") from error
    if not good:
        raise Broken(f"{NAME}: không đúng dạng {FORMAT}")
    return manifest


# --- hashes, signature, log
def canonical(value: Any) -> bytes:
    """Return JSON with sorted keys and no blanks, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def pack_id(manifest: dict[str, Any]) -> str:
    """Return the id over all that the manifest says, pictures apart; equal content gives an equal id."""
    covered = {key: value for key, value in manifest.items() if key not in UNCOVERED}
    covered["files"] = [file for file in manifest["files"] if file["role"] not in PICTURES]
    return hashlib.sha256(canonical(covered)).hexdigest()


def altered(files: dict[str, bytes], manifest: dict[str, Any], key: str = "") -> list[str]:
    """Return which files are changed, lost or superfluous, and what is wrong with signature, log and stamps.

    `key` is the office's public key in hex, or several parted by commas (with those it signed with before), when known
    from elsewhere.
    """
    problems, digest = [], hashlib.sha256(files[NAME]).hexdigest()
    if files.get(SUM, b"").decode("ascii", "replace").split() != [digest, NAME]:
        problems.append(f"{SUM}: không khớp {NAME}")
    if pack_id(manifest) != manifest["pack"]:
        problems.append(f"{NAME}: nội dung đã bị sửa (mã hồ sơ không khớp)")
    known = {NAME, SUM, SIGNATURES}
    for item in manifest["files"]:
        name = item["path"]
        if name in known or name == LOG or name.startswith(STAMPS):
            problems.append(f"{name}: ghi hai lần trong {NAME}")
        known.add(name)
        if name not in files:
            problems.append(f"{name}: mất")
        elif len(files[name]) != item.get("size") or hashlib.sha256(files[name]).hexdigest() != item["sha256"]:
            problems.append(f"{name}: đã bị sửa")
    signed, wrong = _signed(files, manifest["signer"], key)
    extra = [f"{name}: thừa, không có trong {NAME}" for name in sorted(set(files) - known - signed)]
    problems += wrong + extra + _log(files, manifest, digest)
    for name in sorted(name for name in files if name.startswith(STAMPS)):
        try:
            if imprint(files[name]) != hashlib.sha256(files[NAME]).digest():
                problems.append(f"{name}: dấu thời gian không phải của {NAME} này")
        except ValueError:
            problems.append(f"{name}: không phải dấu thời gian RFC 3161")
    return problems


def message(name: str, content: bytes) -> bytes:
    """Return the bytes that the office signs for one file."""
    return f"cotmoc-evidence\n{name}\n{hashlib.sha256(content).hexdigest()}\n".encode()


def _signed(files: dict[str, bytes], signer: str, key: str) -> tuple[set[str], list[str]]:
    """Check `chu-ky.json`; return the names that it covers and what is wrong."""
    if SIGNATURES not in files:
        return set(), [f"{SIGNATURES}: mất"]
    try:
        found = json.loads(files[SIGNATURES])
        public, raw = str(found["public_key"]), bytes.fromhex(str(found["public_key"]))
        pairs = {str(name): bytes.fromhex(str(value)) for name, value in dict(found["signatures"]).items()}
    except (ValueError, KeyError, TypeError, RecursionError):
        return set(), [f"{SIGNATURES}: không đọc được"]
    problems = [f"{SIGNATURES}: khóa không phải khóa ghi trong {NAME}"] if public != signer else []
    if key and public not in key.lower().replace(",", " ").split():
        problems.append(f"{SIGNATURES}: không phải chữ ký của cơ quan (khóa {public[:16]}…)")
    if NAME not in pairs:
        problems.append(f"{SIGNATURES}: không ký {NAME}")
    for name, value in sorted(pairs.items()):
        if name not in (NAME, LOG) and not name.startswith(STAMPS):
            problems.append(f"{SIGNATURES}: ký tệp lạ {name}")
        elif name not in files:
            problems.append(f"{name}: mất")
        elif not ed25519(raw, message(name, files[name]), value):
            problems.append(f"{name}: chữ ký không đúng ({SIGNATURES})")
    return set(pairs), problems


def _log(files: dict[str, bytes], manifest: dict[str, Any], digest: str) -> list[str]:
    """Check the entry of the audit log that sealed the pack: its own hash, and that it names this manifest."""
    if LOG not in files:
        return [f"{LOG}: mất"]
    try:
        row = json.loads(files[LOG])
        body = [row[name] for name in ("previous", "at", "actor", "action", "object", "details")]
        if hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest() != row["hash"]:
            return [f"{LOG}: mục nhật ký đã bị sửa"]
        if row["details"]["manifest"] != digest or row["object"] != manifest.get("story"):
            return [f"{LOG}: mục nhật ký thuộc hồ sơ khác"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return [f"{LOG}: không đọc được"]
    return []


# --- Ed25519 (RFC 8032, section 6), for checking only
_P = 2**255 - 19
_Q = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
Point = tuple[int, int, int, int]


def _add(a: Point, b: Point) -> Point:
    first, second = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    third, fourth = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    e, f, g, h = second - first, fourth - third, fourth + third, second + first
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(scalar: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while scalar:
        total = _add(total, point) if scalar & 1 else total
        point = _add(point, point)
        scalar >>= 1
    return total


def _point(raw: bytes) -> Point | None:
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    x = x * _ROOT % _P if (x * x - square) % _P else x
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return (x, y, 1, x * y % _P)


def ed25519(public: bytes, text: bytes, signature: bytes) -> bool:
    """Tell whether `signature` (64 bytes) is that of `text` under the key `public` (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, start, base = (_point(raw) for raw in (public, signature[:32], (4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little")))
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or start is None or base is None or scalar >= _Q:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % _Q
    left, right = _times(scalar, base), _add(start, _times(digest, key))
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 and (left[1] * right[2] - right[1] * left[2]) % _P == 0


# --- time stamps: only what they are of; whether the authority is to be trusted needs its certificate
_TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")  # id-ct-TSTInfo, 1.2.840.113549.1.9.16.1.4


def imprint(response: bytes) -> bytes:
    """Return the hash that an RFC 3161 response stamps; ValueError when it is none."""
    at = response.find(_TST_INFO)
    if at < 0:
        raise ValueError("no TSTInfo")
    inside = next(_parts(response, at + len(_TST_INFO)), b"")
    octets = next(_parts(inside, 0), b"")
    info = list(_parts(next(_parts(octets, 0), b""), 0))
    found = list(_parts(info[2], 0)) if len(info) > 3 else []
    if len(found) != 2:
        raise ValueError("no message imprint")
    return found[1]


def unstamped(files: dict[str, bytes], manifest: dict[str, Any]) -> list[str]:
    """Return a remark when fewer authorities have stamped the manifest than were configured (as it says, and is signed)."""
    wanted = manifest.get("time_authorities")
    lacks = len(wanted) - sum(name.startswith(STAMPS) for name in files) if isinstance(wanted, list) else 0
    return [f"thiếu {lacks} dấu thời gian đã cấu hình (chưa lấy được hoặc bị bỏ)"] if lacks > 0 else []


def _parts(raw: bytes, at: int) -> Iterator[bytes]:
    """Walk the contents of DER values from `at`; ValueError when they are not."""
    while at < len(raw):
        if at + 2 > len(raw):
            raise ValueError("cut DER")
        size, at = raw[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(raw[at : at + count], "big"), at + count
        if at + size > len(raw):
            raise ValueError("cut DER")
        yield raw[at : at + size]
        at += size


# --- the page inside its WARC record
def pages(files: dict[str, bytes], manifest: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Compare each stored body with the one inside its WARC record; return problems, and what could not be compared."""
    paths = {(item["role"], item["article"]): item["path"] for item in manifest["files"] if item["path"] in files}
    problems, notes = [], []
    for article in manifest["articles"]:
        name, body = paths.get(("warc", article["id"])), paths.get(("body", article["id"]))
        if not name or not body:
            continue
        try:
            found = _body(files[name])
        except (ValueError, zlib.error, KeyError, IndexError):
            problems.append(f"{name}: bản ghi WARC hỏng")
            continue
        if found is None:
            notes.append(f"{name}: trang nén kiểu br, cần cotmoc evidence verify để so với {body}")
        elif found != files[body]:
            problems.append(f"{body}: không phải thân trang của bản ghi WARC")
    return problems, notes


def _body(record: bytes) -> bytes | None:
    """Return the decoded body of a gzipped WARC record, or None when the standard library cannot undo its coding."""
    raw = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(record, MAX_FILE)
    head, _, rest = raw.partition(b"\r\n\r\n")
    fields = _fields(head)
    payload = rest[: int(fields["content-length"])]
    if fields.get("warc-type") == "resource":
        return payload
    http, _, body = payload.partition(b"\r\n\r\n")
    for coding in reversed([part.strip().lower() for part in _fields(http).get("content-encoding", "").split(",")]):
        if coding in ("gzip", "x-gzip", "deflate"):
            deflated = zlib.MAX_WBITS if body[:1] == b"\x78" else -zlib.MAX_WBITS
            body = zlib.decompressobj(deflated if coding == "deflate" else zlib.MAX_WBITS | 16).decompress(body, MAX_FILE)
        elif coding == "br":
            return None
    return body


def _fields(head: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in lines}


# --- all of it
def check(path: Path, key: str = "") -> tuple[list[str], list[str]]:
    """Return what is wrong with the pack at `path`, and remarks."""
    try:
        files = load(path)
        manifest = manifest_in(files)
    except Broken as broken:
        return [str(broken)], []
    wrong, notes = pages(files, manifest)
    problems = altered(files, manifest, key) + wrong
    missing = [f"{item.get('part')} ({item.get('reason')})" for item in manifest["missing"]]
    if manifest["status"] != "complete" or missing:
        problems.append(f"hồ sơ chưa đủ: thiếu {'; '.join(missing) or 'phần không nêu tên'}")
    whose = f"chữ ký của khóa {manifest['signer']}; hỏi cơ quan xem có đúng khóa này không"
    stamps = sum(name.startswith(STAMPS) for name in files)
    return problems, [*notes, *unstamped(files, manifest), *([] if key else [whose]), f"{stamps or 'chưa có'} dấu thời gian"]


def main(words: list[str]) -> int:
    """Check the pack that the command line names; print problems and remarks."""
    key = ""
    if "--khoa" in words:
        at = words.index("--khoa")
        key = words[at + 1] if at + 1 < len(words) else "?"
        del words[at : at + 2]
    path = Path(words[0]) if words else Path(__file__).resolve().parent
    problems, notes = check(path, key)
    for line in [f"ghi chú: {note}" for note in notes] + [f"SAI: {problem}" for problem in problems]:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{path}: " + (f"hồ sơ không dùng được ({len(problems)} lỗi)\n" if problems else "đủ và nguyên vẹn\n"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
