"""A small truthful HTTP server for loopback: answers with ETag, Last-Modified, 304, HEAD; keeps a log of requests."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """An answer. `stream` replaces `body` for pages too large to hold; `etag` and `modified` may be lies."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    modified: datetime | None = None
    stream: Callable[[], Iterator[bytes]] | None = None
    always_same: bool = False


@dataclass(frozen=True)
class Seen:
    """One request as the server saw it."""

    host: str
    path: str
    status: int
    agent: str
    conditional: bool


Answer = Callable[[str], Reply]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # a crawler may open many connections at once; the default backlog of 5 loses some
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], answer: Answer, log: Callable[[Seen], None], name: str) -> None:
        self.answer, self.log, self.name = answer, log, name
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle (limit on size reached) is nothing to report."""


def tag_of(body: bytes) -> str:
    """Return a strong ETag of `body`."""
    return '"' + hashlib.sha256(body).hexdigest()[:20] + '"'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # without it every answer on a kept connection waits 40 ms for an acknowledgement
    disable_nagle_algorithm = True
    server_version = "ToaSoanMau/1.0"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the log is `Site.seen`."""

    def do_HEAD(self) -> None:
        self._reply(head=True)

    def do_GET(self) -> None:
        self._reply(head=False)

    def _not_modified(self, reply: Reply, etag: str | None) -> bool:
        wanted = self.headers.get("If-None-Match")
        if wanted is not None:
            return reply.always_same or (etag is not None and etag in [part.strip() for part in wanted.split(",")])
        since = self.headers.get("If-Modified-Since")
        if since is None or (reply.modified is None and not reply.always_same):
            return False
        try:
            moment = parsedate_to_datetime(since)
        except ValueError:
            return False
        return reply.always_same or (reply.modified is not None and reply.modified <= moment)

    def _reply(self, *, head: bool) -> None:
        reply = self.server.answer(self.path)
        etag = reply.etag or (tag_of(reply.body) if reply.status == 200 and not reply.stream else None)
        status = 304 if reply.status == 200 and self._not_modified(reply, etag) else reply.status
        agent = self.headers.get("User-Agent", "")
        conditional = "If-None-Match" in self.headers or "If-Modified-Since" in self.headers
        self.server.log(Seen(self.server.name, self.path, status, agent, conditional))
        self.send_response(status)
        if etag:
            self.send_header("ETag", etag)
        if reply.modified:
            self.send_header("Last-Modified", format_datetime(reply.modified.astimezone(UTC), usegmt=True))
        for key, value in reply.headers.items():
            self.send_header(key, value)
        if status == 304:
            self.end_headers()
            return
        self.send_header("Content-Type", reply.content_type)
        if reply.stream:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            if not head:
                self._chunks(reply.stream())
            return
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if not head:
            self.wfile.write(reply.body)

    def _chunks(self, blocks: Iterator[bytes]) -> None:
        try:
            for block in blocks:
                self.wfile.write(f"{len(block):x}\r\n".encode() + block + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


class Hosts:
    """Several small servers on 127.0.0.1, one a port; `start` returns the base URL, `stop` ends all."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._servers: list[_Server] = []

    def start(self, name: str, answer: Answer, port: int = 0) -> str:
        """Serve `answer` on `port` (0 or taken: any free one) and return `http://127.0.0.1:PORT`."""
        try:
            server = _Server(("127.0.0.1", port), answer, self.seen.append, name)
        except OSError:
            server = _Server(("127.0.0.1", 0), answer, self.seen.append, name)
        self._servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    def stop(self) -> None:
        """Stop all servers and free their ports."""
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._servers.clear()
