"""The office's signing key (Ed25519), made on first use, its successors, and the signatures that they put under a pack.

`DATA/keys/office-ed25519.pem` signs; `DATA/keys/retired/<public key>.pem` signed before: packs of that time still verify,
and their time stamps can still be added. `DATA/keys/office-keys.json` lists retired keys, each naming and signing its successor.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from dashboards.evidence.standalone import message
from dashboards.office.files import beside, write_whole
from pipelines.errors import UserError

NAME = "office-ed25519.pem"
LIST = "office-keys.json"


def path_of(data: Path) -> Path:
    """Return where the key of a data folder lies."""
    return data / "keys" / NAME


def public_hex(key: Ed25519PrivateKey) -> str:
    """Return the public key as 64 hex digits, as packs and commands show it."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def known_public(data: Path) -> str:
    """Return the public keys of this data folder, the one in use first, parted by commas; empty when it has none yet."""
    own = [public_hex(_read(path_of(data)))] if path_of(data).exists() else []
    return ",".join(dict.fromkeys([*own, *(entry["public_key"] for entry in reversed(retired(data)))]))


def retired(data: Path) -> list[dict[str, Any]]:
    """Return the retired keys, oldest first: `public_key`, `until`, `successor`, `signature` over the succession."""
    path = data / "keys" / LIST
    if not path.exists():
        return []
    try:
        found = json.loads(path.read_bytes())
        return [{name: str(entry[name]) for name in ("public_key", "until", "successor", "signature")} for entry in found]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: danh sách khóa cũ không đọc được; khôi phục từ bản sao lưu") from error


def succession(old: str, new: str, until: str) -> bytes:
    """Return the bytes that a retiring key signs: which key follows it and when."""
    return f"cotmoc-key\n{old}\n{new}\n{until}\n".encode()


def rotate(data: Path, now: datetime) -> tuple[str, str]:
    """Put a new key in the place of the office's; return (old, new) public keys. UserError when that cannot be.

    The old key is put away first and the new one takes its name last: killed anywhere, the old one still signs.
    """
    old = office_key(data)
    new = Ed25519PrivateKey.generate()
    before, after, until = public_hex(old), public_hex(new), now.isoformat()
    away = data / "keys" / "retired" / f"{before}.pem"
    line = {"public_key": before, "until": until, "successor": after, "signature": old.sign(succession(before, after, until)).hex()}
    entries = [entry for entry in retired(data) if entry["public_key"] != before]
    try:
        away.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise UserError(f"{away.parent}: không tạo được ({error.strerror}); kiểm tra quyền ghi") from error
    write_whole({away: path_of(data).read_bytes()}, mode=0o600)
    write_whole({data / "keys" / LIST: (json.dumps([*entries, line], indent=1) + "\n").encode()})
    write_whole({path_of(data): _pem(new)}, mode=0o600)
    return before, after


def key_of(data: Path, signer: str) -> Ed25519PrivateKey:
    """Return the key of this data folder whose public part is `signer`, in use or retired; UserError when it is not here."""
    current = office_key(data)
    if public_hex(current) == signer:
        return current
    path = data / "keys" / "retired" / f"{signer}.pem"
    if len(signer) != 64 or not all(char in "0123456789abcdef" for char in signer) or not path.exists():
        raise UserError(f"khóa {signer[:16]}… đã ký hồ sơ này không còn ở {path.parent}; không thêm được gì vào hồ sơ")
    return _read(path)


def office_key(data: Path) -> Ed25519PrivateKey:
    """Return the key in `DATA/keys`, made with mode 0600 on first use; UserError when that cannot be."""
    path = path_of(data)
    if path.exists():
        return _read(path)
    raw = _pem(Ed25519PrivateKey.generate())
    aside = beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        try:
            # A link fails when another process was first; then that key stands.
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise UserError(f"{path}: không tạo được khóa ký ({error.strerror}); kiểm tra quyền ghi và chỗ trống") from error
    return _read(path)


def sign(key: Ed25519PrivateKey, name: str, content: bytes) -> str:
    """Return the signature under one file of a pack, in hex."""
    return key.sign(message(name, content)).hex()


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path}: khóa ký của cơ quan không đọc được; khôi phục từ bản sao lưu") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UserError(f"{path}: không phải khóa Ed25519; khôi phục từ bản sao lưu")
    return key
