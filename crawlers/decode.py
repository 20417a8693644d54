"""Content-Encoding undone under limits of size and ratio, so that a small bomb does not fill the memory."""

from __future__ import annotations

import zlib

import brotli

# A page of 15 MB of one repeated letter packs 1000:1; real pages of the press stay below 30:1 (html/meth04, March 2026).
MAX_RATIO = 120
_FREE = 1_000_000
_STEP = 64 * 1024


class TooLarge(Exception):
    """The decoded body passes the limit of bytes, or grows faster than any real page does."""


def decode(raw: bytes, encoding: str, limit: int) -> bytes:
    """Return `raw` without its Content-Encoding (gzip, deflate, br; several by comma); TooLarge beyond the limits.

    A body that is broken, or labelled wrongly, comes back as far as it could be read.
    """
    body = raw
    for name in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
        if name in {"gzip", "x-gzip"}:
            body = _inflate(body, zlib.MAX_WBITS | 16, limit)
        elif name == "deflate":
            body = _inflate(body, zlib.MAX_WBITS if body[:1] == b"\x78" else -zlib.MAX_WBITS, limit)
        elif name == "br":
            body = _unbrotli(body, limit)
    return body


def _check(size: int, read: int, limit: int) -> None:
    if size > limit:
        raise TooLarge(f"nội dung giải nén vượt {limit / 1e6:.0f} MB")
    if size > _FREE and size > MAX_RATIO * max(read, 1):
        raise TooLarge(f"tỉ lệ nén trên {MAX_RATIO}:1, nghi là bom nén")


def _inflate(raw: bytes, window: int, limit: int) -> bytes:
    engine = zlib.decompressobj(window)
    out, size, data = [], 0, raw
    try:
        while data:
            chunk = engine.decompress(data, _STEP)
            size += len(chunk)
            out.append(chunk)
            data = engine.unconsumed_tail
            _check(size, len(raw) - len(data), limit)
            if engine.eof and engine.unused_data.strip(b"\0"):
                data, engine = engine.unused_data, zlib.decompressobj(window)
            elif not chunk and not data:
                break
    except zlib.error:
        return b"".join(out) if out else raw
    return b"".join(out)


def _unbrotli(raw: bytes, limit: int) -> bytes:
    engine = brotli.Decompressor()
    out, size = [], 0
    try:
        for start in range(0, len(raw), 4096):
            chunk = engine.process(raw[start : start + 4096], output_buffer_limit=_STEP)
            while True:
                size += len(chunk)
                out.append(chunk)
                _check(size, start + 4096, limit)
                if engine.can_accept_more_data():
                    break
                chunk = engine.process(b"", output_buffer_limit=_STEP)
    except brotli.error:
        return b"".join(out) if out else raw
    return b"".join(out)
