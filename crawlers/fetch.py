"""One polite, guarded way to the web: robots.txt, pauses, limits of size, time, redirects and packing.

Feeds, sitemaps, list pages and articles all pass through `Fetcher.fetch`, the latter two called by Scrapy.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Self
from urllib.parse import urlsplit
from zlib import crc32

import httpcore

from crawlers import exchange as ex
from crawlers.decode import TooLarge, decode
from crawlers.exchange import Exchange, Headers
from crawlers.flight import LARGE, Flight
from crawlers.guard import GuardedBackend, Refused, Resolver, resolve
from crawlers.line import DOWN, Line
from crawlers.network import INFO
from crawlers.polite import Gate, NotNow, Rules
from crawlers.robots import Robots
from crawlers.robots_kept import Book
from crawlers.urls import clean_url, host_of
from pipelines.clock import now
from pipelines.settings import Settings

MAX_REDIRECTS = 5
# A Retry-After this short is waited for at once; a longer one ends the host's turn in this run.
SHORT_WAIT = 10.0
MAX_RETRY_AFTER = 86400.0
HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"
FEED = "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5"
# httpcore asks every idle connection of a pool at every request whether it still lives: hosts are spread over several.
POOLS = 16
_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_OWN_NETWORK = {errno.ENETUNREACH, errno.ENETDOWN}


class Fetcher:
    """Makes requests under the house's rules; never raises for what a server does. Use as `async with`."""

    def __init__(
        self, settings: Settings, *, budget: float | None = None, resolver: Resolver = resolve, book: Book | None = None
    ) -> None:
        self._settings = settings
        self._resolver = resolver
        self._gate = Gate(budget)
        self._robots = Robots(settings.user_agent, self._gate, book)
        self._flight = Flight()
        self.line = Line()
        self._pools: dict[tuple[bool, int], httpcore.AsyncConnectionPool] = {}
        self._cookies: dict[str, dict[str, str]] = {}
        self._stack = AsyncExitStack()
        self.bytes_in = 0

    async def __aenter__(self) -> Self:
        await self._stack.__aenter__()
        context = httpcore.default_ssl_context()
        for private in (False, True):
            backend = GuardedBackend(private, self._resolver)
            for part in range(POOLS):
                pool = httpcore.AsyncConnectionPool(
                    ssl_context=context,
                    max_connections=32,
                    max_keepalive_connections=16,
                    keepalive_expiry=30.0,
                    network_backend=backend,
                )
                self._pools[private, part] = await self._stack.enter_async_context(pool)
        return self

    async def __aexit__(self, *details: object) -> None:
        await self._stack.aclose()

    @property
    def gate(self) -> Gate:
        """The turns of the hosts."""
        return self._gate

    async def knock(self, url: str, rules: Rules) -> bool | None:
        """Tell whether the host of `url` answers anything at all, by its robots.txt; None for a host at rest, which is not asked."""
        answer = await self._once(clean_url("/robots.txt", url) or url, rules, cut=1)
        answer.release()
        if answer.outcome in {ex.UNREACHABLE, ex.TIMEOUT}:
            return False
        return True if answer.status else None

    def robots_note(self, url: str) -> str:
        """Return why the host of `url` is asked by an old robots.txt, or an empty string."""
        return self._robots.notes.get(host_of(url), "")

    async def fetch(
        self,
        url: str,
        rules: Rules,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = HTML,
    ) -> Exchange:
        """Return the exchange for `url`; conditional when `etag` or `last_modified` is given."""
        condition = [("If-None-Match", etag)] if etag else []
        condition += [("If-Modified-Since", last_modified)] if last_modified else []
        first = await self._follow(url, rules, tuple(condition), accept)
        if first.outcome == ex.THROTTLED and first.retry_after is not None and first.retry_after <= SHORT_WAIT:
            first.release()
            self._gate.pause(host_of(first.final_url), first.retry_after)
            first = await self._follow(url, rules, tuple(condition), accept)
        if first.outcome == ex.UNCHANGED and not condition:
            # Taken at its word, such a server would make us believe that we have what we never saw.
            first = replace(first, outcome=ex.HTTP_ERROR, reason="máy chủ trả 304 cho yêu cầu không có điều kiện")
        if first.outcome == ex.THROTTLED:
            self._gate.block(host_of(first.final_url), first.reason, first.retry_after or 600.0)
        return first

    async def _follow(self, url: str, rules: Rules, condition: Headers, accept: str) -> Exchange:
        at, moved, permanent = url if url.isascii() else clean_url(url) or url, None, True
        for hop in range(MAX_REDIRECTS + 1):
            if clean_url(at) is None:
                return Exchange(url, at, ex.GUARD, "chỉ nhận địa chỉ http và https", fetched=now())
            verdict = await self._robots.check(at, rules, self._once)
            if verdict.failure is not None:
                return replace(verdict.failure, url=url)
            if not verdict.allowed:
                return Exchange(url, at, ex.ROBOTS, verdict.reason, fetched=now())
            answer = await self._once(at, rules, condition if hop == 0 or moved else (), accept)
            answer = replace(answer, url=url, moved_to=moved if permanent else None)
            location = answer.header("location")
            if answer.status not in _REDIRECTS or not location:
                return answer
            target = clean_url(location, at)
            if target is None:
                return replace(answer, outcome=ex.GUARD, reason=f"chuyển hướng đến địa chỉ không nhận: {location[:200]}")
            permanent = permanent and answer.status in _PERMANENT
            at = moved = target
        return replace(answer, outcome=ex.LOOP, reason=f"chuyển hướng quá {MAX_REDIRECTS} lần")

    async def _once(self, url: str, rules: Rules, condition: Headers = (), accept: str = HTML, cut: int = 0) -> Exchange:
        """Make one request without following; every way to fail becomes an outcome. `cut`: read so many bytes and no more."""
        host = host_of(url)
        started = now()
        if not self.line.open():
            return Exchange(url, url, ex.DEFERRED, DOWN, fetched=started, own_network=True)
        try:
            async with self._gate.turn(host, rules.delay):
                started = now()
                async with asyncio.timeout(self._settings.timeout):
                    answer = await self._request(url, rules, condition, accept, cut)
        except NotNow as error:
            return Exchange(url, url, error.outcome, str(error), fetched=started, retry_after=error.seconds or None)
        except Refused as error:
            return Exchange(url, url, ex.GUARD, str(error), fetched=started)
        except TooLarge as error:
            self._heard(host, started)
            return Exchange(url, url, ex.TOO_LARGE, str(error), fetched=started)
        except (TimeoutError, httpcore.TimeoutException):
            return self._missed(host, Exchange(url, url, ex.TIMEOUT, f"không xong trong {self._settings.timeout:.0f} giây", fetched=started))
        except (OSError, httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, UnicodeError) as error:
            own, outcome, reason = _why(error)
            return self._missed(host, Exchange(url, url, outcome, reason, fetched=started, own_network=own))
        self._heard(host, started)
        return replace(answer, fetched=started, seconds=(now() - started).total_seconds())

    def _heard(self, host: str, at: datetime) -> None:
        self._gate.answered(host, True)
        self.line.heard(host, at)

    def _missed(self, host: str, answer: Exchange) -> Exchange:
        if answer.outcome in {ex.UNREACHABLE, ex.TIMEOUT} and answer.fetched is not None:
            self.line.missed(host, answer.fetched, answer.own_network)
        excused = self.line.excuse(answer)
        # A host is not to blame for our line.
        self._gate.answered(host, excused.outcome == ex.DEFERRED)
        return excused

    async def _request(self, url: str, rules: Rules, condition: Headers, accept: str, cut: int) -> Exchange:
        parts = urlsplit(url)
        headers = [
            ("Host", parts.netloc),
            ("User-Agent", self._settings.user_agent),
            ("Accept", accept),
            ("Accept-Encoding", "gzip, deflate, br"),
            ("Accept-Language", "vi,en;q=0.7,zh;q=0.5,lo;q=0.5"),
            *condition,
        ]
        jar = self._cookies.get(parts.netloc)
        if jar:
            headers.append(("Cookie", "; ".join(f"{key}={value}" for key, value in jar.items())))
        wire = [(key.encode(), value.encode("latin-1", "ignore")) for key, value in headers]
        seconds = self._settings.timeout
        limits = {"connect": min(20.0, seconds), "read": seconds, "write": seconds, "pool": seconds}
        pool = self._pools[rules.allow_private, crc32(headers[0][1].encode()) % POOLS]
        async with pool.stream("GET", url, headers=wire, extensions={"timeout": limits}) as response:
            kept = tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in response.headers)
            answer = Exchange(
                url, url, "", status=response.status, headers=kept, request=tuple(headers),
                phrase=response.extensions.get("reason_phrase", b"").decode("latin-1"),
                network=response.extensions["network_stream"].get_extra_info(INFO),
            )  # fmt: skip
            self._keep_cookies(parts.netloc, kept)
            if response.status in _REDIRECTS or response.status == 304:
                return _judged(answer)
            limit = self._settings.max_bytes
            stated = answer.header("content-length")[:15]
            if stated.isdecimal() and int(stated) > limit and not cut:
                raise TooLarge(f"máy chủ báo {int(stated) / 1e6:.0f} MB, trên {limit / 1e6:.0f} MB")
            raw, hold = bytearray(), None
            async for chunk in response.aiter_stream():
                raw += chunk
                if cut and len(raw) >= cut:
                    break
                if len(raw) > limit:
                    raise TooLarge(f"nội dung vượt {limit / 1e6:.0f} MB")
                if hold is None and len(raw) > LARGE:
                    hold = await self._flight.take()
        wire_body = bytes(raw)
        del raw
        self.bytes_in += len(wire_body)
        encoding = answer.header("content-encoding")
        try:
            body = decode(wire_body, encoding, limit if hold else min(limit, LARGE))
        except TooLarge:
            # Small on the wire and large in memory: the same bound holds.
            hold = hold or await self._flight.take()
            body = decode(wire_body, encoding, limit)
        return _judged(replace(answer, raw=wire_body, body=body, hold=hold))

    def _keep_cookies(self, host: str, headers: Headers) -> None:
        # qdnd.vn sends clients without its cookie around in circles (302 for ever, reported 2026).
        jar = self._cookies.setdefault(host, {})
        for key, value in headers:
            name, _, rest = value.partition("=")
            if key.lower() == "set-cookie" and rest and len(jar) < 20:
                jar[name.strip()] = rest.split(";", 1)[0][:1000]


def _judged(answer: Exchange) -> Exchange:
    """Give the outcome of an answer by its status."""
    status = answer.status
    if status == 304:
        return replace(answer, outcome=ex.UNCHANGED)
    if 200 <= status < 300 or status in _REDIRECTS:
        return replace(answer, outcome=ex.OK)
    if status in {404, 410}:
        return replace(answer, outcome=ex.GONE, reason=f"máy chủ trả {status}: địa chỉ không còn")
    if status in {429, 503}:
        wait = _retry_after(answer.header("retry-after"))
        reason = f"máy chủ trả {status}" + (f", xin nghỉ {wait:.0f} giây" if wait is not None else "")
        return replace(answer, outcome=ex.THROTTLED, reason=reason, retry_after=wait)
    return replace(answer, outcome=ex.HTTP_ERROR, reason=f"máy chủ trả {status}")


def _retry_after(text: str) -> float | None:
    """Read Retry-After: seconds or an HTTP date, at most one day."""
    if text.strip().isdecimal():
        return min(float(text), MAX_RETRY_AFTER)
    try:
        until: datetime = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if until.tzinfo is None:
        return None
    return min(max((until - now()).total_seconds(), 0.0), MAX_RETRY_AFTER)


# OpenSSL's codes of verification (X509_V_ERR_…) as an office understands them.
_CERTIFICATE = {
    9: "chứng chỉ chưa có hiệu lực", 10: "chứng chỉ đã hết hạn", 18: "chứng chỉ tự ký", 19: "chuỗi chứng chỉ tự ký",
    20: "không rõ nơi cấp chứng chỉ (máy chủ gửi thiếu chuỗi, hoặc nơi cấp tự lập)", 62: "chứng chỉ của tên miền khác",
    64: "chứng chỉ của địa chỉ khác",
}  # fmt: skip


def _why(error: BaseException) -> tuple[bool, str, str]:
    """Return whether the fault looks like our own network, the outcome, and the reason in Vietnamese."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return False, ex.CERTIFICATE, _CERTIFICATE.get(seen.verify_code, "chứng chỉ TLS không hợp lệ")
        if isinstance(seen, ssl.SSLError):
            return False, ex.UNREACHABLE, "bắt tay TLS không được"
        if isinstance(seen, socket.gaierror):
            own = seen.errno in {socket.EAI_AGAIN, socket.EAI_FAIL}
            return own, ex.UNREACHABLE, "không phân giải được tên miền" + (" (máy chủ tên miền không đáp)" if own else "")
        if isinstance(seen, ConnectionRefusedError):
            return False, ex.UNREACHABLE, "máy chủ từ chối kết nối"
        if isinstance(seen, OSError) and seen.errno in _OWN_NETWORK:
            return True, ex.UNREACHABLE, "mạng của máy này không ra được ngoài"
        seen = seen.__cause__ or seen.__context__
    cut = isinstance(error, httpcore.ProtocolError | httpcore.ReadError)
    return False, ex.UNREACHABLE, "mất kết nối giữa chừng" if cut else "không kết nối được"
