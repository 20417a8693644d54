"""WARC files of others (CC-NEWS): streamed, filtered to the outlets of the registry, copied into our own WARC.

What is taken is copied, so that the data folder stays whole when the foreign file goes away.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawlers import exchange as ex
from crawlers.collect import MANUAL
from crawlers.decode import TooLarge, decode
from crawlers.exchange import Exchange
from crawlers.registry import Registry
from crawlers.sink import judge
from crawlers.urls import clean_url, host_of
from crawlers.warc import WarcFile, mend
from crawlers.whole import missing_end
from pipelines.clock import now as clock_now
from pipelines.errors import UserError
from pipelines.records import Capture, StepCount, content_id
from pipelines.settings import Settings
from pipelines.store import Store, captures
from pipelines.store.frontier import Due

BATCH = 64
DAMAGED = "damaged"


def responses(path: Path, limit: int) -> Iterator[Exchange]:
    """Yield the HTTP responses of a WARC (gzip, zstd or plain) as exchanges; UserError when the file is none.

    A file that breaks off, or is broken in the middle, ends with an exchange `damaged`.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    last, held, why = -1, None, ""
    try:
        with path.open("rb") as stream:
            # All kinds of records: a file may break off in any of them.
            for record in ArchiveIterator(stream, parse_http=True):
                # That a packed record came whole is known when the next one begins.
                if held is not None:
                    yield held
                last, held = record.stream_pos, None
                if record.record_type == WarcRecordType.response:
                    held = _response(record, path, limit)
        if last < 0:
            raise ValueError("không có bản ghi nào")
        why = missing_end(path, last)
    except (OSError, EOFError, ValueError, RuntimeError) as error:
        if last < 0:
            raise UserError(f"{path}: không phải tệp WARC đọc được ({error}); hãy kiểm tra lại tệp hoặc tải lại") from error
        why = str(error)
    if held is not None and (not why or held.outcome == DAMAGED):
        yield held
    if why and (held is None or held.outcome != DAMAGED):
        yield _damaged(path, why)


def _damaged(path: Path, why: str, url: str = "", fetched: datetime | None = None) -> Exchange:
    return Exchange(url, url, DAMAGED, f"{path.name}: bản ghi bị cắt hoặc hỏng ({why}); hãy tải lại tệp", fetched=fetched)


def _response(record: Any, path: Path, limit: int) -> Exchange:
    url = record.headers.get("WARC-Target-URI") or ""
    http = record.http_headers
    if http is None:
        return Exchange(url, url, "unreadable", "bản ghi không phải HTTP")
    headers = tuple((name, value) for name, value in http.items())
    base = Exchange(
        url, url, ex.OK if 200 <= (http.status_code or 0) < 300 else ex.HTTP_ERROR, status=http.status_code or 0,
        headers=headers, phrase=http.reason_phrase or "", fetched=record.record_date,
    )  # fmt: skip
    if record.content_length > limit:
        return Exchange(url, url, ex.TOO_LARGE, f"bản ghi {record.content_length / 1e6:.0f} MB", fetched=base.fetched)
    promised = record.content_length  # what is left of the record once the HTTP head was read
    raw = record.reader.read(limit + 1)
    cut = record.headers.get("WARC-Truncated") or (f"{len(raw)}/{promised} byte" if len(raw) < promised else "")
    # Half an article must never stand as a whole one: the rest would come later as an "edit" of the outlet.
    return _damaged(path, cut, url, base.fetched) if cut else _with_body(base, raw, limit)


def _with_body(base: Exchange, raw: bytes, limit: int) -> Exchange:
    # CC-NEWS keeps bodies decoded and the header under another name; some archives keep both as they came.
    encoding = base.header("content-encoding") if raw[:2] == b"\x1f\x8b" or base.header("content-encoding") == "br" else ""
    try:
        body = decode(raw, encoding, limit)
    except TooLarge as error:
        return Exchange(base.url, base.url, ex.TOO_LARGE, str(error), fetched=base.fetched)
    headers = base.headers
    if not encoding:
        headers = tuple(("X-Crawler-" + key if key.lower() == "content-encoding" else key, value) for key, value in headers)
    return Exchange(
        base.url, base.final_url, base.outcome, status=base.status, headers=headers, phrase=base.phrase, body=body,
        raw=raw, fetched=base.fetched,
    )  # fmt: skip


def collect_warc(
    settings: Settings,
    store: Store,
    registry: Registry,
    files: Sequence[Path],
    *,
    everything: bool = False,
    since: datetime | None = None,
    progress: Callable[[int, int | None], None] | None = None,
    now: datetime | None = None,
    strangers: Counter[str] | None = None,
    problems: list[str] | None = None,
) -> StepCount:
    """Take the pages of known outlets (with `everything`, all pages) out of `files`; return the step `warc`.

    `strangers` is given the hosts of the records that were not ours, with their counts; `problems` one line per file
    that is no WARC or is damaged, so that the rest is counted and read (without it: UserError at the end).
    """
    moment = now or clock_now()
    mend(settings.data, store)
    outcomes: Counter[str] = Counter()
    failed: dict[str, str] = {}
    with WarcFile(settings.data, moment, settings.user_agent) as warc:
        batch: list[tuple[Exchange, str]] = []
        for name, exchange in _all(files, settings.max_bytes, failed):
            outcome, source = _choose(registry, exchange, everything, since)
            if outcome == "not-ours" and strangers is not None:
                strangers[host_of(exchange.url)] += 1
            if outcome == DAMAGED:
                failed[name] = f"{exchange.reason}; những bản ghi khác đã được giữ"
            if outcome != "new":
                outcomes[outcome] += 1
            else:
                batch.append((exchange, source))
            if len(batch) >= BATCH:
                outcomes += _store(store, warc, batch, moment)
                batch = []
            if progress:
                progress(sum(outcomes.values()) + len(batch), None)
        outcomes += _store(store, warc, batch, moment)
    if problems is not None:
        problems += failed.values()
    elif failed:
        raise UserError("; ".join(failed.values()))
    return StepCount(step="warc", entered=sum(outcomes.values()), outcomes=dict(outcomes))


def _all(files: Iterable[Path], limit: int, failed: dict[str, str]) -> Iterator[tuple[str, Exchange]]:
    """Yield the records of all files with the file's name; a file that is none is noted and passed over."""
    for path in files:
        try:
            yield from ((str(path), exchange) for exchange in responses(path, limit))
        except UserError as error:
            failed[str(path)] = str(error)


def _choose(registry: Registry, exchange: Exchange, everything: bool, since: datetime | None) -> tuple[str, str]:
    if exchange.outcome == DAMAGED and not exchange.url:
        return DAMAGED, ""
    url = clean_url(exchange.url)
    if url is None or urlsplit(url).path == "/robots.txt":
        return "not-a-page", ""
    owner = registry.owner_of(url)
    if owner is None and not everything:
        return "not-ours", ""
    if since and exchange.fetched and exchange.fetched < since:
        return "too-old", ""
    if exchange.outcome == DAMAGED:
        return DAMAGED, ""
    place = Due(url, "", "", "", "", None, exchange.fetched or datetime.now(UTC), 0, False, None, None)
    outcome, _ = judge(place, exchange)
    return outcome, owner.id if owner else MANUAL


def _store(store: Store, warc: WarcFile, batch: Sequence[tuple[Exchange, str]], now: datetime) -> Counter[str]:
    keys = [content_id(clean_url(exchange.url) or exchange.url, exchange.body) for exchange, _ in batch]
    with store.read() as conn:
        known = captures.known(conn, keys) if keys else set()
    found: list[Capture] = []
    outcomes: Counter[str] = Counter()
    for key, (exchange, source) in zip(keys, batch, strict=True):
        if key in known:
            outcomes["same"] += 1
            continue
        known.add(key)
        outcomes["new"] += 1
        name, offset, length = warc.write(exchange)
        url = clean_url(exchange.url) or exchange.url
        found.append(
            Capture(
                id=key, url=url, final_url=url, source=source, fetched=exchange.fetched or now, status=exchange.status,
                content_type=exchange.header("content-type"), body_sha256=hashlib.sha256(exchange.body).hexdigest(),
                size=len(exchange.body), warc_file=name, warc_offset=offset, warc_length=length,
                etag=exchange.header("etag") or None, last_modified=exchange.header("last-modified") or None,
            )  # fmt: skip
        )
    warc.commit()
    with store.begin() as conn:
        captures.add(conn, found)
    return outcomes
