"""A small HTTP site on loopback for the tests of collecting: routes are functions of the request's headers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from crawlers.registry import ListPage, Registry, Source
from pipelines.records import StepCount
from pipelines.settings import Settings
from pipelines.store import Store

# Enough words for an article.
FILLER = "".join(
    f"<p>Đoạn {part}: bộ đội biên phòng cùng dân quân xã tuần tra, phát quang đường lên mốc, sửa lại rãnh thoát nước quanh cột mốc.</p>"
    for part in range(4)
)


@dataclass
class Answer:
    """What a route gives; `chunks` are written one by one, without a Content-Length."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    chunks: Iterator[bytes] | None = None


Route = Answer | Callable[[dict[str, str]], Answer]


@dataclass
class Site:
    """The running site: `routes` by path, `seen` the paths asked for, in order."""

    url: str
    routes: dict[str, Route] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)

    def page(self, path: str, text: str) -> None:
        """Serve an HTML page with a truthful ETag."""
        self.routes[path] = truthful(f"<html><title>{text}</title><h1>{text}</h1>{FILLER}</html>", "text/html; charset=utf-8")

    def feed(self, path: str, links: list[str], **kept: Any) -> None:
        """Serve an RSS feed of `links` with a truthful ETag."""
        self.routes[path] = truthful(rss(self.url, links), "application/rss+xml", **kept)


def rss(base: str, links: list[str]) -> str:
    """Return an RSS feed whose items are called after their links."""
    items = "".join(
        f"<item><title>Tin {link}</title><link>{base}{link}</link><pubDate>Sat, 21 Nov 2026 07:30:00 +0700</pubDate></item>"
        for link in links
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Mẫu</title>{items}</channel></rss>'


def truthful(body: str, kind: str, etag: str | None = None) -> Route:
    """Answer 304 exactly when the client has this body; a given `etag` that never changes makes it a lie."""
    tag = etag or f'"{abs(hash(body)):x}"'

    def answer(headers: dict[str, str]) -> Answer:
        if headers.get("if-none-match") == tag:
            return Answer(status=304, headers={"ETag": tag})
        return Answer(body, headers={"Content-Type": kind, "ETag": tag})

    return answer


@contextmanager
def serve(host: str = "127.0.0.1") -> Iterator[Site]:
    """Serve a site with an open robots.txt until the block ends."""
    site = Site("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body are two writes: the second must not wait for the receipt of the first (40 ms at every request).
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            site.seen.append(self.path)
            headers = {key.lower(): value for key, value in self.headers.items()}
            site.requests.append({"path": self.path, **headers})
            route = site.routes.get(self.path, Answer("không có", 404))
            answer = route(headers) if callable(route) else route
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            for key, value in answer.headers.items():
                self.send_header(key, value)
            if answer.chunks is None:
                if answer.status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                return
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            for chunk in answer.chunks:
                self.wfile.write(chunk)

        def log_message(self, *args: Any) -> None:
            return None

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up (limit reached) is nothing to report."""

    server = Server((host, 0), Handler)
    site.url = f"http://{host}:{server.server_port}"
    site.routes["/robots.txt"] = Answer("User-agent: *\nAllow: /\n", headers={"Content-Type": "text/plain"})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def source(site: Site, feeds: tuple[str, ...] = ("/rss",), lists: tuple[str, ...] = (), name: str = "mau", **given: Any) -> Source:
    """Return a declaration of `site` without a pause between requests."""
    fields: dict[str, Any] = {"owner_class": "portal", "delay": 0, "allow_private": True} | given
    return Source(
        id=name, name="Báo Mẫu", home=site.url + "/", feeds=tuple(site.url + path for path in feeds),
        lists=tuple(ListPage(url=site.url + path) for path in lists), **fields,
    )  # fmt: skip


@dataclass
class Office:
    """A data folder with its store and the sources of a test."""

    settings: Settings
    store: Store
    registry: Registry

    def collect(self, **given: Any) -> dict[str, dict[str, int]]:
        """Run the collecting and return step → outcomes."""
        from crawlers.collect import collect

        return by_step(collect(self.settings, self.store, self.registry, **given))

    def read(self, now: datetime) -> list[str]:
        """Read what was captured; return the outcomes, oldest capture first."""
        from crawlers.warc import read_body
        from pipelines.read import read_capture
        from pipelines.store import captures

        outcomes = []
        with self.store.begin() as conn:
            for capture in captures.unread(conn):
                headers, body = read_body(self.settings, capture)
                found = self.registry.describe(capture.source)
                outcome, reason = read_capture(conn, capture, headers, body, found, captures.hint(conn, capture), now)
                captures.mark_read(conn, capture.id, outcome, reason)
                outcomes.append(outcome)
        return outcomes


def by_step(counts: list[StepCount]) -> dict[str, dict[str, int]]:
    """Return step → outcomes."""
    return {count.step: count.outcomes for count in counts}


def office(data: Path, *sources: Source, **given: Any) -> Office:
    """Open an office in the folder `data`."""
    settings = Settings(data=data, **given)
    return Office(settings, Store.open(settings.store_url), Registry(tuple(sources)))


def urls(desk: Office) -> list[str]:
    """Return the addresses of all captures that nobody has read."""
    from pipelines.store import captures

    with desk.store.read() as conn:
        return sorted(capture.url for capture in captures.unread(conn))


def state(desk: Office, name: str = "mau") -> dict[str, Any]:
    """Return the health row of a source."""
    from pipelines.store import feeds

    with desk.store.read() as conn:
        return feeds.source_state(conn, name) or {}


def publish(site: Site, count: int, path: str = "/rss", etag: str | None = None) -> list[str]:
    """Serve `count` articles and a feed that names them."""
    links = [f"/bai-{number}.html" for number in range(count)]
    for link in links:
        site.page(link, f"Bài {link}")
    site.feed(path, links, etag=etag)
    return links
