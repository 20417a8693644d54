"""Does a WARC file of others end where its last record ends? A download that broke off looks like a shorter file."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
# Small, because each may unpack to many thousand times its size.
_PIECE = 4096
_HEAD = 1 << 16


def missing_end(path: Path, last: int) -> str:
    """Return what is wrong with the end of `path`, whose last record begins at byte `last`; an empty string when it is whole.

    A reader of WARC takes the end of the file for the end of its records: silently, in 12 of 40 cuts (2026-11-21).
    """
    with path.open("rb") as stream:
        magic = stream.read(4)
        begin = _ZSTD if magic == _ZSTD else _GZIP
        if not magic.startswith(begin):
            return _plain(stream, last)
        stream.seek(last)
        # Where all records are packed as one, the position is none of a packed part: then the whole file is unpacked.
        stream.seek(last if stream.read(4).startswith(begin) else 0)
        if begin == _ZSTD:
            return _packed(stream, *_zstd())
        return _packed(stream, partial(zlib.decompressobj, 31), zlib.error)


def _zstd() -> tuple[Callable[[], Any], type[Exception]]:
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdDecompressor, ZstdError
    else:
        from backports.zstd import ZstdDecompressor, ZstdError
    return ZstdDecompressor, ZstdError


def _packed(stream: BinaryIO, new: Callable[[], Any], hurt: type[Exception]) -> str:
    """Unpack part after part; every one must end."""
    part, begun = new(), False
    while piece := stream.read(_PIECE):
        while piece:
            if not begun and not piece.strip(b"\0"):
                break
            try:
                part.decompress(piece)
            except hurt as error:
                return f"phần cuối hỏng: {error}"
            begun = not part.eof
            piece = part.unused_data if part.eof else b""
            part = new() if part.eof else part
    return "phần nén cuối cùng chưa hết" if begun else ""


def _plain(stream: BinaryIO, last: int) -> str:
    stream.seek(last)
    head, end, _ = stream.read(_HEAD).partition(b"\r\n\r\n")
    stated = next((line[15:].strip() for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"), b"")
    if not end or not stated.isdigit():
        return "đầu bản ghi cuối cùng chưa hết"
    there = stream.seek(0, 2) - last - len(head) - len(end)
    return "" if there >= int(stated) else f"bản ghi cuối cùng chỉ có {max(there, 0)}/{int(stated)} byte"
