"""What is sealed after the manifest: the entry of the audit log, time stamps; each signed, and the ZIP made anew."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dashboards.evidence.keys import key_of, public_hex, sign
from dashboards.evidence.manifest import SIGNATURES, readable
from dashboards.office.files import write_whole


def signatures(key: Ed25519PrivateKey, files: Mapping[str, bytes], earlier: Mapping[str, str] | None = None) -> bytes:
    """Return `chu-ky.json` over `files`, beside the signatures that were there."""
    signed = {**(earlier or {}), **{name: sign(key, name, content) for name, content in files.items()}}
    return readable({"algorithm": "Ed25519", "public_key": public_hex(key), "signatures": signed})


def add_sealed(folder: Path, data: Path, files: Mapping[str, bytes]) -> None:
    """Add files, signed by the key that signed the pack, to a pack that lies in `folder`, and renew its ZIP.

    The added files come first and the signatures last, so that a kill in between is mended by doing it again.
    """
    raw = json.loads((folder / SIGNATURES).read_bytes())
    key = key_of(data, str(raw.get("public_key")))
    earlier = dict(raw["signatures"])
    if all(earlier.get(name) == sign(key, name, body) and (folder / name).exists() for name, body in files.items()):
        files = {}
    content = {folder / name: body for name, body in files.items()}
    if files:
        write_whole({**content, folder / SIGNATURES: signatures(key, files, earlier)})
    write_whole({zip_of(folder): zipped(folder)})


def zip_of(folder: Path) -> Path:
    """Return where the ZIP of a pack lies."""
    return folder.with_name(f"{folder.name}.zip")


def zipped(folder: Path) -> bytes:
    """Return a ZIP with the folder's name on top; no clock time, so that equal packs are equal."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".tmp"):
            info = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            target.writestr(info, path.read_bytes())
    return out.getvalue()
