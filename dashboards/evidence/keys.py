"""The office's signing key (Ed25519), made on first use, and the signatures that it puts under a pack."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from dashboards.evidence.standalone import message
from pipelines.errors import UserError

NAME = "office-ed25519.pem"


def path_of(data: Path) -> Path:
    """Return where the key of a data folder lies."""
    return data / "keys" / NAME


def public_hex(key: Ed25519PrivateKey) -> str:
    """Return the public key as 64 hex digits, as packs and commands show it."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def known_public(data: Path) -> str:
    """Return the public key of this data folder, or an empty string when it has none yet."""
    return public_hex(_read(path_of(data))) if path_of(data).exists() else ""


def office_key(data: Path) -> Ed25519PrivateKey:
    """Return the key in `DATA/keys`, made with mode 0600 on first use; UserError when that cannot be."""
    path = path_of(data)
    if path.exists():
        return _read(path)
    raw = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    beside = path.with_name(f".{NAME}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        try:
            # A link fails when another process was first; then that key stands.
            os.link(beside, path)
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UserError(f"{path}: không tạo được khóa ký ({error.strerror}); kiểm tra quyền ghi và chỗ trống") from error
    return _read(path)


def sign(key: Ed25519PrivateKey, name: str, content: bytes) -> str:
    """Return the signature under one file of a pack, in hex."""
    return key.sign(message(name, content)).hex()


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path}: khóa ký của cơ quan không đọc được; khôi phục từ bản sao lưu") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UserError(f"{path}: không phải khóa Ed25519; khôi phục từ bản sao lưu")
    return key
