"""Reading one WARC record by file and offset, without the crawlers: the slice itself and the body inside it."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import brotli
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

MAX_SLICE = 60_000_000
MAX_BODY = 200_000_000

# Row of `captures` → the bytes of its record as they stand in the WARC; OSError or ValueError when they do not.
Reader = Callable[[Mapping[str, Any]], bytes]


@dataclass(frozen=True)
class Found:
    """What a record holds: kind, address, HTTP status line and headers, and the body with its coding undone."""

    kind: str
    uri: str
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def sha256(self) -> str:
        """Digest of the decoded body, as `captures.body_sha256` has it."""
        return hashlib.sha256(self.body).hexdigest()


def reader_of(data: Path) -> Reader:
    """Return a reader of the WARC files under the data folder."""
    root = data.resolve()

    def read(capture: Mapping[str, Any]) -> bytes:
        path = next((p for p in (root / capture["warc_file"], root / "warc" / capture["warc_file"]) if p.exists()), None)
        if path is None:
            raise FileNotFoundError(2, "không còn tệp WARC", capture["warc_file"])
        length = int(capture["warc_length"])
        if not 0 < length <= MAX_SLICE:
            raise ValueError(f"độ dài bản ghi {length} không hợp lệ")
        with path.open("rb") as stream:
            stream.seek(int(capture["warc_offset"]))
            found = stream.read(length)
        if len(found) != length:
            raise ValueError("tệp WARC ngắn hơn vị trí đã ghi")
        return found

    return read


def unpack(raw: bytes, coding: str) -> bytes:
    """Undo a Content-Encoding (gzip, deflate, br; several by comma), stopping just above 200 MB.

    warcio's own reader leaves br and chains of codings as they are (seen with 1.8.1).
    """
    body = raw
    for name in reversed([part.strip().lower() for part in coding.split(",")]):
        if name in ("gzip", "x-gzip"):
            body = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, MAX_BODY + 1)
        elif name == "deflate":
            window = zlib.MAX_WBITS if body[:1] == b"\x78" else -zlib.MAX_WBITS
            body = zlib.decompressobj(window).decompress(body, MAX_BODY + 1)
        elif name == "br":
            engine, parts, size = brotli.Decompressor(), [], 0
            for start in range(0, len(body), 1024):
                parts.append(engine.process(body[start : start + 1024]))
                size += len(parts[-1])
                if size > MAX_BODY:
                    break
            body = b"".join(parts)
    return body


def parse(slice_: bytes) -> Found:
    """Return the one record in `slice_`; ValueError when it is none, damaged, or unpacks to more than 200 MB."""
    try:
        record = next(iter(ArchiveIterator(BytesIO(slice_))), None)
        if record is None:
            raise ValueError("không phải bản ghi WARC")
        if record.rec_type not in ("response", "resource"):
            raise ValueError(f"bản ghi WARC loại {record.rec_type or 'không rõ'} không chứa trang")
        raw = record.raw_stream.read(MAX_BODY + 1)
        coding = record.http_headers.get_header("Content-Encoding") if record.http_headers else ""
        body = unpack(raw, coding or "")
    except (ArchiveLoadFailed, OSError, EOFError, UnicodeError, zlib.error, brotli.error) as error:
        raise ValueError(f"bản ghi WARC hỏng ({type(error).__name__})") from error
    if len(body) > MAX_BODY:
        raise ValueError("thân trang quá lớn")
    http = record.http_headers
    return Found(
        kind=record.rec_type, uri=record.rec_headers.get_header("WARC-Target-URI") or "",
        status=f"{http.protocol} {http.statusline}" if http else "", headers=tuple(http.headers) if http else (), body=body,
    )  # fmt: skip
