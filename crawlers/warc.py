"""WARC files of our own: gzip per record, synced to disk before anybody refers to them, mended after a kill."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit
from uuid import uuid4

from crawlers.decode import decode
from crawlers.exchange import Exchange, Headers
from crawlers.network import certificate_row, facts_row
from pipelines.errors import UserError
from pipelines.records import Capture, content_id
from pipelines.settings import Settings

if TYPE_CHECKING:
    from warcio.warcwriter import WARCWriter

    from pipelines.store import Store

ROLL_OVER = 1_000_000_000
# Bodies are stored as they came, so the limit on reading is on what they unpack to.
READ_LIMIT = 200_000_000
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# httpcore has undone the transfer coding; Heritrix and Common Crawl keep its name in this way.
_RENAMED = {"transfer-encoding": "X-Crawler-Transfer-Encoding"}


class WarcFile:
    """The WARC of one run, made at the first record. `commit()` makes records last; use as a context manager."""

    def __init__(self, data: Path, now: datetime, user_agent: str, begins: str = "cotmoc-") -> None:
        self._data = data
        self._begins = begins
        self._now = now
        self._agent = user_agent
        self._out: BinaryIO | None = None
        self._sign: int | None = None
        self._part = 0
        self._committed = 0
        self.name = ""

    def __enter__(self) -> WarcFile:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def write(self, exchange: Exchange) -> tuple[str, int, int]:
        """Append request and response; return file (relative to the data folder), offset and length of the response."""
        self._ensure()
        uri = exchange.final_url
        response_id = f"<urn:uuid:{uuid4()}>"
        status = f"{exchange.protocol} {exchange.status} {exchange.phrase}".strip()
        response = _record("response", uri, exchange, status, extra={"WARC-Record-ID": response_id})
        target = urlsplit(uri)
        line = f"GET {target.path or '/'}{'?' + target.query if target.query else ''} {exchange.protocol}"
        asked = _record("request", uri, exchange, line, exchange.request, {"WARC-Concurrent-To": response_id})
        # The response stands last: whatever a kill leaves behind it is cut off, and the request right before it.
        return self._append(_metadata(uri, exchange, response_id) + asked, response)

    def write_resource(self, url: str, content_type: str, body: bytes, at: datetime) -> tuple[str, int, int]:
        """Append a document of our own making (a channel's post without its people) as a resource record."""
        self._ensure()
        buffer = BytesIO()
        writer = _writer(buffer)
        headers = {"WARC-Date": _date(at)}
        record = writer.create_warc_record(
            url, "resource", payload=BytesIO(body), length=len(body), warc_content_type=content_type,
            warc_headers_dict=headers,
        )  # fmt: skip
        writer.write_record(record)
        return self._append(b"", buffer.getvalue())

    def commit(self) -> None:
        """Force what was written onto the disk; only then may a row refer to it."""
        if self._out is None:
            return
        try:
            self._out.flush()
            os.fsync(self._out.fileno())
        except OSError as error:
            raise self._failed(error) from error
        self._committed = self._out.tell()

    def rollback(self) -> None:
        """Take back what was not committed."""
        if self._out is not None:
            os.ftruncate(self._out.fileno(), self._committed)
            self._out.seek(self._committed)

    def close(self) -> None:
        """Close the file and take down its sign; an empty file is removed."""
        if self._out is None or self._sign is None:
            return
        path = Path(self._out.name)
        try:
            self.rollback()
            self._out.close()
        finally:
            sign = _sign_of(path)
            if self._committed == 0:
                path.unlink(missing_ok=True)
            sign.unlink(missing_ok=True)
            os.close(self._sign)
            self._out = self._sign = None

    def _append(self, before: bytes, record: bytes) -> tuple[str, int, int]:
        assert self._out is not None
        try:
            self._out.write(before)
            offset = self._out.tell()
            self._out.write(record)
        except OSError as error:
            raise self._failed(error) from error
        return self.name, offset, len(record)

    def _failed(self, error: OSError) -> UserError:
        # The disk is in trouble: where this fails too, `mend` cuts the tail at the next start.
        with contextlib.suppress(OSError):
            self.rollback()
        if error.errno in _FULL:
            return UserError(f"{self._data}: hết chỗ trên đĩa khi ghi WARC; hãy giải phóng đĩa rồi chạy lại, không mất gì")
        return UserError(f"{self._data}: không ghi được WARC ({error.strerror}); hãy kiểm tra đĩa rồi chạy lại, không mất gì")

    def _ensure(self) -> None:
        if self._out is not None and self._out.tell() > ROLL_OVER:
            self.commit()
            self.close()
        if self._out is not None:
            return
        folder = self._data / "warc" / f"{self._now:%Y}" / f"{self._now:%m}"
        self._part += 1
        path = folder / f"{self._begins}{self._now:%Y%m%dT%H%M%S%f}-{os.getpid()}-{self._part:03}.warc.gz"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._sign = os.open(_sign_of(path), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o644)
            fcntl.flock(self._sign, fcntl.LOCK_EX)
            self._out = path.open("xb")
            info = BytesIO()
            writer = _writer(info)
            facts = {"software": self._agent, "format": "WARC File Format 1.1", "robots": "obey"}
            writer.write_record(writer.create_warcinfo_record(path.name, facts))
            self._out.write(info.getvalue())
            self._out.flush()
            _sync_folder(folder)
        except OSError as error:
            raise self._failed(error) from error
        self._committed = 0
        self.name = path.relative_to(self._data).as_posix()


def mend(data: Path, store: Store) -> list[str]:
    """Cut the tails that a kill left behind: every file whose writer is gone ends at its last committed record.

    Returns the names of the files that were mended or removed.
    """
    from pipelines.store import captures

    mended = []
    for sign in sorted((data / "warc").glob("*/*/*.open")):
        handle = os.open(sign, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            continue
        path = sign.with_suffix("")
        name = path.relative_to(data).as_posix()
        with store.read() as conn:
            end = captures.end_of(conn, name)
        if path.exists():
            if end == 0:
                path.unlink()
            elif path.stat().st_size > end:
                os.truncate(path, end)
            mended.append(name)
        sign.unlink(missing_ok=True)
        os.close(handle)
    return mended


def read_body(settings: Settings, capture: Capture) -> tuple[dict[str, str], bytes]:
    """Return the headers (names in lower case) and the decoded body of a capture.

    OSError when the file is away, ValueError when the record is not what the capture says.
    """
    from warcio.archiveiterator import ArchiveIterator

    with (settings.data / capture.warc_file).open("rb") as stream:
        stream.seek(capture.warc_offset)
        record = next(iter(ArchiveIterator(BytesIO(stream.read(capture.warc_length)))), None)
        if record is None:
            raise ValueError("bản ghi WARC không còn ở vị trí đã ghi")
        raw = record.raw_stream.read()
    if record.rec_type == "resource":
        headers = {"content-type": record.rec_headers.get_header("Content-Type") or ""}
    else:
        headers = {name.lower(): value for name, value in record.http_headers.headers}
    body = decode(raw, headers.get("content-encoding", ""), READ_LIMIT)
    if hashlib.sha256(body).hexdigest() != capture.body_sha256:
        raise ValueError("nội dung trong WARC không khớp mã băm của lần thu")
    return headers, body


def _sign_of(path: Path) -> Path:
    return path.with_name(path.name + ".open")


def _writer(out: BinaryIO) -> WARCWriter:
    from warcio.warcwriter import WARCWriter

    return WARCWriter(out, gzip=True, warc_version="1.1")


def _metadata(uri: str, exchange: Exchange, response_id: str) -> bytes:
    """Return the metadata record with what the network told of an exchange; nothing when nothing is known."""
    facts, shown = facts_row(exchange), certificate_row(exchange.network)
    if facts is None:
        return b""
    named = {
        "resolved-address": facts["address"], "resolver-ms": facts["resolver_ms"], "tls-version": facts["tls_version"],
        "tls-cipher": facts["cipher"], "server-date": facts["server_date"], "clock-offset-seconds": facts["clock_offset"],
    } | {f"certificate-{name.replace('_', '-')}": value for name, value in (shown or {}).items()}  # fmt: skip
    lines = [f"{name}: {' '.join(str(value).split())}\r\n" for name, value in named.items() if value not in (None, "")]
    body = "".join(lines).encode()
    out = BytesIO()
    writer = _writer(out)
    headers = {"WARC-Concurrent-To": response_id} | ({"WARC-Date": _date(exchange.fetched)} if exchange.fetched else {})
    record = writer.create_warc_record(
        uri, "metadata", payload=BytesIO(body), length=len(body), warc_content_type="application/warc-fields",
        warc_headers_dict=headers,
    )  # fmt: skip
    writer.write_record(record)
    return out.getvalue()


def _record(
    kind: str, uri: str, exchange: Exchange, line: str, headers: Headers | None = None, extra: dict[str, str] | None = None
) -> bytes:
    from warcio.statusandheaders import StatusAndHeaders

    out = BytesIO()
    writer = _writer(out)
    wire = [(_RENAMED.get(key.lower(), key), value) for key, value in (exchange.headers if headers is None else headers)]
    body = exchange.raw if kind == "response" else b""
    extra = {**(extra or {}), **({"WARC-Date": _date(exchange.fetched)} if exchange.fetched else {})}
    if exchange.network is not None and exchange.network.address:
        extra["WARC-IP-Address"] = exchange.network.address
    record = writer.create_warc_record(
        uri, kind, payload=BytesIO(body), length=len(body), warc_headers_dict=extra,
        http_headers=StatusAndHeaders(line if kind == "request" else line.split(" ", 1)[1], wire,
                                      protocol="" if kind == "request" else exchange.protocol,
                                      is_http_request=kind == "request"),
    )  # fmt: skip
    writer.write_record(record)
    return out.getvalue()


def _date(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def capture_of(answer: Exchange, source: str, place: tuple[str, int, int], now: datetime) -> Capture:
    """Return the row of an answer that `WarcFile.write` has put at `place` (file, offset, length)."""
    name, offset, length = place
    return Capture(
        id=content_id(answer.url, answer.body), url=answer.url, final_url=answer.final_url, source=source, fetched=answer.fetched or now,
        status=answer.status, content_type=answer.header("content-type"), body_sha256=hashlib.sha256(answer.body).hexdigest(),
        size=len(answer.body), warc_file=name, warc_offset=offset, warc_length=length,
        etag=answer.header("etag") or None, last_modified=answer.header("last-modified") or None,
    )  # fmt: skip
