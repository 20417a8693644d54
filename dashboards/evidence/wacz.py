"""A WACZ 1.1.1 (specs.webrecorder.net/wacz/1.1.1) of the captured pages, for ReplayWeb.page; equal input, equal bytes."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import parse_qsl, urlencode, urlsplit

from warcio.archiveiterator import ArchiveIterator


@dataclass(frozen=True)
class Page:
    """One capture: address, title, moment, the gzipped response record, and the request record where there is one."""

    url: str
    title: str
    at: datetime
    response: bytes
    request: bytes = b""


def surt(url: str) -> str:
    """Return the sort key of an address as pywb and ReplayWeb.page make it: `vn,example,tin)/bai?a=1`."""
    parts = urlsplit(url.lower())
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port and (parts.scheme, parts.port) not in (("http", 80), ("https", 443)) else ""
    query = f"?{urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))}" if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}{port}){parts.path or '/'}{query}"


def make_wacz(pages: Sequence[Page], title: str, description: str, moment: datetime, software: str) -> bytes:
    """Return the WACZ; `moment` stands as its creation."""
    archive, lines = b"", []
    pages = [_dated(page) for page in pages]
    for page in pages:
        archive += page.request
        lines.append(_cdxj(page, len(archive)))
        archive += page.response
    index = "".join(f"{line}\n" for line in sorted(lines)).encode()
    files = {"archive/data.warc.gz": archive, "indexes/index.cdx": index, "pages/pages.jsonl": _pages(pages)}
    package = {
        "profile": "data-package", "wacz_version": "1.1.1", "title": title, "description": description,
        "created": _time(moment), "software": software, "mainPageUrl": pages[0].url, "mainPageDate": _time(pages[0].at),
        "resources": [
            {"name": name.rsplit("/", 1)[1], "path": name, "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}", "bytes": len(raw)}
            for name, raw in files.items()
        ],
    }  # fmt: skip
    raw = (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}"}
    files |= {"datapackage.json": raw, "datapackage-digest.json": (json.dumps(digest) + "\n").encode()}
    out = BytesIO()
    # Everything is stored, not packed: readers fetch single records by their place in the file.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            target.writestr(info, content)
    return out.getvalue()


def _dated(page: Page) -> Page:
    """Return the page at the moment its own record states: ReplayWeb.page 2.4 finds nothing when index and record differ."""
    said = next(iter(ArchiveIterator(BytesIO(page.response)))).rec_headers.get_header("WARC-Date") or ""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return page
    return replace(page, at=at if at.tzinfo else at.replace(tzinfo=UTC))


def _cdxj(page: Page, offset: int) -> str:
    record = next(iter(ArchiveIterator(BytesIO(page.response))))
    http, head = record.http_headers, record.rec_headers
    mime = (http.get_header("Content-Type") if http else head.get_header("Content-Type")) or "unk"
    fields = {
        "url": head.get_header("WARC-Target-URI") or page.url, "mime": mime.split(";")[0].strip(),
        "status": http.get_statuscode() if http else "200",
        "digest": head.get_header("WARC-Payload-Digest") or f"sha256:{hashlib.sha256(page.response).hexdigest()}",
        "length": str(len(page.response)), "offset": str(offset), "filename": "data.warc.gz",
    }  # fmt: skip
    return f"{surt(fields['url'])} {page.at.astimezone(UTC):%Y%m%d%H%M%S} {json.dumps(fields, ensure_ascii=False)}"


def _pages(pages: Sequence[Page]) -> bytes:
    lines: list[dict[str, str]] = [{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}]
    lines += [
        {"id": hashlib.sha256(page.url.encode()).hexdigest()[:12], "url": page.url, "ts": _time(page.at), "title": page.title}
        for page in pages
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
