"""WARC files of others (CC-NEWS): streamed, filtered to the outlets of the registry, copied into our own WARC.

What is taken is copied, so that the data folder stays whole when the foreign file goes away.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawlers import exchange as ex
from crawlers.collect import MANUAL
from crawlers.decode import TooLarge, decode
from crawlers.exchange import Exchange
from crawlers.registry import Registry
from crawlers.sink import judge
from crawlers.urls import clean_url, host_of
from crawlers.warc import WarcFile, mend
from pipelines.clock import now as clock_now
from pipelines.errors import UserError
from pipelines.records import Capture, StepCount, content_id
from pipelines.settings import Settings
from pipelines.store import Store, captures
from pipelines.store.frontier import Due

BATCH = 64


def responses(path: Path, limit: int) -> Iterator[Exchange]:
    """Yield the HTTP responses of a WARC (gzip, zstd or plain) as exchanges; UserError when the file is none."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    found = 0
    try:
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response, parse_http=True):
                found += 1
                url = record.headers.get("WARC-Target-URI") or ""
                http = record.http_headers
                if http is None:
                    yield Exchange(url, url, "unreadable", "bản ghi không phải HTTP")
                    continue
                headers = tuple((name, value) for name, value in http.items())
                base = Exchange(
                    url, url, ex.OK if 200 <= (http.status_code or 0) < 300 else ex.HTTP_ERROR, status=http.status_code or 0,
                    headers=headers, phrase=http.reason_phrase or "", fetched=record.record_date,
                )  # fmt: skip
                if record.content_length > limit:
                    yield Exchange(url, url, ex.TOO_LARGE, f"bản ghi {record.content_length / 1e6:.0f} MB", fetched=base.fetched)
                    continue
                promised = record.content_length  # what is left of the record once the HTTP head was read
                raw = record.reader.read(limit + 1)
                cut = record.headers.get("WARC-Truncated") or (f"{len(raw)}/{promised} byte" if len(raw) < promised else "")
                if cut:
                    # Half an article must never stand as a whole one: the rest would come later as an "edit" of the outlet.
                    yield Exchange(url, url, "damaged", f"{path.name}: bản ghi bị cắt ({cut}); hãy tải lại tệp", fetched=base.fetched)
                    continue
                yield _with_body(base, raw, limit)
        if not found:
            with path.open("rb") as stream:
                if next(iter(ArchiveIterator(stream)), None) is None:
                    raise ValueError("không có bản ghi nào")
    except (OSError, EOFError, ValueError, RuntimeError) as error:
        if not found:
            raise UserError(f"{path}: không phải tệp WARC đọc được ({error}); hãy kiểm tra lại tệp hoặc tải lại") from error
        raise UserError(f"{path}: không đọc tiếp được tệp WARC ({error}); những bản ghi trước đó đã được giữ") from error


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
) -> StepCount:
    """Take the pages of known outlets (with `everything`, all pages) out of `files`; return the step `warc`.

    `strangers` is given the hosts of the records that were not ours, with their counts.
    """
    moment = now or clock_now()
    mend(settings.data, store)
    outcomes: Counter[str] = Counter()
    failure: UserError | None = None
    with WarcFile(settings.data, moment, settings.user_agent) as warc:
        batch: list[tuple[Exchange, str]] = []
        try:
            for exchange in _all(files, settings.max_bytes):
                outcome, source = _choose(registry, exchange, everything, since)
                if outcome == "not-ours" and strangers is not None:
                    strangers[host_of(exchange.url)] += 1
                if outcome == "damaged":
                    failure = UserError(f"{exchange.reason}; những bản ghi khác đã được giữ")
                if outcome != "new":
                    outcomes[outcome] += 1
                else:
                    batch.append((exchange, source))
                if len(batch) >= BATCH:
                    outcomes += _store(store, warc, batch, moment)
                    batch = []
                if progress:
                    progress(sum(outcomes.values()) + len(batch), None)
        except UserError as error:
            failure = error
        outcomes += _store(store, warc, batch, moment)
    if failure is not None:
        raise failure
    return StepCount(step="warc", entered=sum(outcomes.values()), outcomes=dict(outcomes))


def _all(files: Iterable[Path], limit: int) -> Iterator[Exchange]:
    for path in files:
        yield from responses(path, limit)


def _choose(registry: Registry, exchange: Exchange, everything: bool, since: datetime | None) -> tuple[str, str]:
    url = clean_url(exchange.url)
    if url is None or urlsplit(url).path == "/robots.txt":
        return "not-a-page", ""
    owner = registry.owner_of(url)
    if owner is None and not everything:
        return "not-ours", ""
    if since and exchange.fetched and exchange.fetched < since:
        return "too-old", ""
    if exchange.outcome == "damaged":
        return "damaged", ""
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
