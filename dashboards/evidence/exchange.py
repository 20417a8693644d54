"""What the WARC tells of the exchange itself: the request that was sent, headers, address of the server, clock offset."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

# Our own request records are a few hundred bytes; what is longer was not written by us.
LOOK_BACK = 65_536
REQUEST = "yêu cầu đã gửi"


def request_record(data: Path, capture: Mapping[str, Any]) -> bytes:
    """Return the gzipped request record that stands right before a response in its WARC, or nothing.

    Rows of `captures` know only where the response lies, so the record is found backwards by its gzip mark.
    """
    offset = int(capture["warc_offset"])
    path = next((p for p in (data / capture["warc_file"], data / "warc" / capture["warc_file"]) if p.exists()), None)
    if path is None or offset <= 0:
        return b""
    start = max(0, offset - LOOK_BACK)
    try:
        with path.open("rb") as stream:
            stream.seek(start)
            before = stream.read(offset - start)
    except OSError:
        return b""
    at = len(before)
    while (at := before.rfind(b"\x1f\x8b\x08", 0, at)) >= 0:
        engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            text = engine.decompress(before[at:], 1_000_000)
        except zlib.error:
            continue
        if engine.eof and not engine.unused_data and text.startswith(b"WARC/"):
            head = _head(before[at:])
            fits = head.get("WARC-Type") == "request" and head.get("WARC-Target-URI") == capture["final_url"]
            return before[at:] if fits else b""
    return b""


def facts(
    capture: Mapping[str, Any], response: bytes, request: bytes, network: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what was recorded of one exchange; what was not is null and named under `not_recorded`.

    `network` is what the collector noted beside the capture (`captures.network_facts`); where there is nothing, the WARC
    record itself may tell (`WARC-IP-Address`, `WARC-Cipher-Suite`). A post of a channel is no exchange with a page's server.
    """
    noted = network or {}
    found: dict[str, Any] = {
        "capture": capture["id"], "url": capture["url"], "final_url": capture["final_url"], "fetched": capture["fetched"],
        "request": None, "status_line": None, "response_headers": None, "warc": _head(response), "server_address": None,
        "resolver_ms": noted.get("resolver_ms"), "tls": None, "server_date": noted.get("server_date"),
        "clock_offset_seconds": None, "clock_offset_by": "tiêu đề Date của máy chủ trừ giờ thu; chính xác tới giây",
    }  # fmt: skip
    record = _first(response)
    http = record.http_headers if record else None
    if http:
        found["status_line"] = f"{http.protocol} {http.statusline}".strip()
        found["response_headers"] = [[name, value] for name, value in http.headers if name.lower() != "set-cookie"]
        found["server_date"] = found["server_date"] or http.get_header("Date")
        offset = noted.get("clock_offset")
        found["clock_offset_seconds"] = offset if offset is not None else _offset(http.get_header("Date"), capture["fetched"])
    asked = _first(request) if request else None
    if asked and asked.http_headers:
        kept = [[name, value] for name, value in asked.http_headers.headers if name.lower() not in ("cookie", "authorization")]
        found["request"] = {"line": f"{asked.http_headers.protocol} {asked.http_headers.statusline}".strip(), "headers": kept}
    found["server_address"] = noted.get("address") or found["warc"].get("WARC-IP-Address")
    found["tls"] = _tls(found["final_url"], noted, found["warc"])
    names = {"request": REQUEST, "server_address": "địa chỉ máy chủ (DNS)", "tls": "TLS và chứng chỉ", "clock_offset_seconds": "lệch đồng hồ"}
    found["not_recorded"] = [label for name, label in names.items() if found[name] is None] if http else []
    return found


def _tls(url: str, noted: Mapping[str, Any], warc: Mapping[str, str]) -> dict[str, Any] | None:
    """Version, cipher and certificate of the connection; for plain HTTP a word that there was none."""
    if not url.lower().startswith("https:"):
        return {"used": False, "note": "http, không mã hóa"}
    if noted.get("tls_version"):
        return {"used": True, "version": noted["tls_version"], "cipher": noted.get("cipher", ""), "certificate": noted.get("certificate")}
    if warc.get("WARC-Cipher-Suite"):
        return {"used": True, "version": warc.get("WARC-Protocol", ""), "cipher": warc["WARC-Cipher-Suite"], "certificate": None}
    return None


def _first(raw: bytes) -> Any:
    try:
        return next(iter(ArchiveIterator(BytesIO(raw))), None)
    except (ArchiveLoadFailed, OSError, EOFError, UnicodeError, zlib.error, ValueError):
        return None


def _head(raw: bytes) -> dict[str, str]:
    record = _first(raw)
    return dict(record.rec_headers.headers) if record else {}


def _offset(shown: str | None, fetched: str | datetime) -> float | None:
    if not shown:
        return None
    taken = datetime.fromisoformat(fetched) if isinstance(fetched, str) else fetched
    try:
        return round((parsedate_to_datetime(shown) - taken).total_seconds(), 1)
    except (ValueError, TypeError):
        return None
