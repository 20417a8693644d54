"""A small world of outlets behind one loopback server: they publish by a simulated clock and break on command."""

from __future__ import annotations

import gzip
import hashlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any

from crawlers.registry import ListPage, Source
from tests.loopback import FILLER

HANOI = timedelta(hours=7)
IN_FEED = 40
RESET, HANG, DRIP = "reset", "hang", "drip"


@dataclass
class Reply:
    """What goes over the wire; `how` names a way to misbehave below HTTP."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    how: str = ""

    @property
    def raw(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


Play = Callable[["Outlet", str, dict[str, str]], Reply | None]


@dataclass(frozen=True)
class Story:
    """One article of an outlet."""

    number: int
    at: datetime

    @property
    def path(self) -> str:
        return f"/tin/bo-doi-bien-phong-tuan-tra-cot-moc-dot-{self.number}.html"

    @property
    def title(self) -> str:
        return f"Bộ đội biên phòng tuần tra cột mốc, đợt {self.number}"


@dataclass
class Outlet:
    """A newspaper: publishes every `every` hours, or at the moments given; `play` is the fault while it lasts.

    `dead`: its fault is that it lets one wait for ever.
    """

    name: str
    world: World
    every: float = 4.0
    kind: str = "feed"
    scheme: str = "http"
    port: int = 0
    dead: bool = False
    moments: list[datetime] | None = None
    silent: tuple[datetime, datetime] | None = None
    extra: list[datetime] = field(default_factory=list)
    play: Play | None = None
    _known: dict[datetime, list[Story]] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"{self.name}.example"

    @property
    def base(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port or self.world.port}"

    def stories(self, until: datetime | None = None) -> list[Story]:
        """Return what was published up to now, newest last."""
        now = until or self.world.now
        if now not in self._known:
            self._known = {now: self._stories(now)}
        return self._known[now]

    def _stories(self, now: datetime) -> list[Story]:
        if self.moments is None:
            step = timedelta(hours=self.every)
            count = int((now - self.world.born) / step) + 1
            moments = [self.world.born + n * step for n in range(count)]
        else:
            moments = [moment for moment in self.moments if moment <= now]
        quiet = self.silent
        kept = [(n, at) for n, at in enumerate(moments) if not (quiet and quiet[0] < at <= quiet[1])]
        kept += [(100_000 + n, at) for n, at in enumerate(self.extra) if at <= now]
        return [Story(n, at) for n, at in sorted(kept, key=lambda pair: pair[1])]

    def source(self) -> Source:
        """Return the declaration of this outlet."""
        where: dict[str, Any] = {"feeds": (self.base + "/rss",)}
        if self.kind == "sitemap":
            where = {"sitemaps": (self.base + "/news.xml.gz",)}
        elif self.kind == "index":
            where = {"sitemaps": (self.base + "/index.xml",)}
        elif self.kind == "list":
            where = {"lists": (ListPage(url=self.base + "/moi", link="h3.tin a"),)}
        elif self.kind == "spare list":
            where |= {"lists": (ListPage(url=self.base + "/danh-muc", link="h3.tin a", when="backup"),)}
        elif self.kind == "two feeds":
            where = {"feeds": (self.base + "/rss", self.base + "/rss2")}
        return Source(
            id=self.name, name=self.name, home=self.base + "/", owner_class="portal", delay=0, allow_private=True, **where
        )

    def feed(self, **changed: Any) -> str:
        """Return the RSS of now; `when`, `link` and `title` change an item, `stories` the choice."""
        when = changed.get("when", lambda story: story.at)
        link = changed.get("link", lambda story: self.base + story.path)
        title = changed.get("title", lambda story: story.title)
        chosen = changed.get("stories", self.stories())
        items = "".join(
            f"<item><title>{title(story)}</title><link>{link(story)}</link><guid>{changed.get('guid', story.number)}</guid>"
            f"<pubDate>{(when(story) + HANOI):%a, %d %b %Y %H:%M:%S} +0700</pubDate></item>"
            for story in reversed(chosen[-IN_FEED:])
        )
        return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{self.name}</title>{items}</channel></rss>'

    def sitemap(self, stories: list[Story] | None = None) -> bytes:
        """Return the news sitemap of now (or of `stories`), packed."""
        rows = "".join(
            f"<url><loc>{self.base}{story.path}</loc><lastmod>{story.at.isoformat()}</lastmod></url>"
            for story in reversed((self.stories() if stories is None else stories)[-IN_FEED:])
        )
        return gzip.compress(f"<urlset>{rows}</urlset>".encode(), mtime=0)

    def page(self, path: str) -> str | None:
        """Return the page of a story that is published."""
        story = next((story for story in reversed(self.stories()) if story.path == path), None)
        if story is None:
            return None
        return f"<!doctype html><html lang=vi><title>{story.title}</title><h1>{story.title}</h1>{FILLER}<p>Số {story.number}.</p></html>"

    def answer(self, path: str, headers: dict[str, str]) -> Reply:
        """Answer as the fault wants it, else as a healthy outlet does."""
        played = self.play(self, path, headers) if self.play else None
        return played if played is not None else self.healthy(path, headers)

    def healthy(self, path: str, headers: dict[str, str]) -> Reply:
        """Answer truthfully, 304 included."""
        plain = path.partition("?")[0]
        if path == "/robots.txt":
            return Reply("User-agent: *\nAllow: /\n", headers={"Content-Type": "text/plain"})
        body: str | bytes | None
        kind = "text/html; charset=utf-8"
        if plain in {"/rss", "/rss2", "/rss-moi"}:
            body, kind = self.feed(), "application/rss+xml"
        elif plain in {"/news.xml.gz", "/news-2.xml.gz"}:
            body, kind = self.sitemap(), "application/gzip"
        elif plain == "/index.xml":
            maps = "".join(f"<sitemap><loc>{self.base}/{name}.xml.gz</loc></sitemap>" for name in ("news", "news-2"))
            body, kind = f"<sitemapindex>{maps}</sitemapindex>", "application/xml"
        elif plain in {"/moi", "/danh-muc"}:
            body = "".join(f'<h3 class=tin><a href="{s.path}">{s.title}</a></h3>' for s in reversed(self.stories()[-IN_FEED:]))
        elif plain == "/":
            body = f"<!doctype html><html><title>{self.name}</title><p>Trang chủ</p></html>"
        else:
            body = self.page(plain)
        if body is None:
            return Reply("không có", 404)
        raw = body.encode() if isinstance(body, str) else body
        tag = f'"{hashlib.md5(raw).hexdigest()}"'
        if headers.get("if-none-match") == tag:
            return Reply(status=304, headers={"ETag": tag})
        return Reply(raw, headers={"Content-Type": kind, "ETag": tag})


@dataclass
class World:
    """The clock, the outlets by host, and the server's port."""

    now: datetime
    born: datetime
    port: int = 0
    outlets: dict[str, Outlet] = field(default_factory=dict)
    dead_names: set[str] = field(default_factory=set)
    offline: bool = False

    def add(self, name: str, **given: Any) -> Outlet:
        """Found an outlet."""
        outlet = Outlet(name, self, **given)
        self.outlets[outlet.host] = outlet
        return outlet

    async def resolver(self, host: str, port: int) -> list[str]:
        """Answer as a name server does: all outlets live on loopback."""
        if self.offline:
            raise socket.gaierror(socket.EAI_AGAIN, "try again")
        if host in self.dead_names:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return ["127.0.0.1"]


@contextmanager
def serve(world: World, tls: SSLContext | None = None) -> Iterator[int]:
    """Serve the outlets by their Host header until the block ends; gives the port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body are two writes: the second must not wait for the receipt of the first (40 ms each).
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            headers = {key.lower(): value for key, value in self.headers.items()}
            outlet = world.outlets[headers["host"].partition(":")[0]]
            reply = outlet.answer(self.path, headers)
            if reply.how == RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                return self.connection.close()
            if reply.how == HANG:
                time.sleep(5)
                self.close_connection = True
                return None
            self.send_response_only(reply.status)
            self.send_header("Date", reply.headers.pop("Date", self.date_time_string()))
            for key, value in reply.headers.items():
                self.send_header(key, value)
            if reply.status != 304:
                self.send_header("Content-Length", str(len(reply.raw)))
            self.end_headers()
            if reply.how == DRIP:
                for byte in reply.raw[:50]:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.1)
                self.close_connection = True
                return None
            self.wfile.write(reply.raw)
            return None

        def log_message(self, *args: Any) -> None:
            return None

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is nothing to report."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def start() -> World:
    """Return a world that begins four weeks before its present."""
    now = datetime(2026, 11, 21, 0, tzinfo=UTC)
    return World(now, now - timedelta(days=29))
