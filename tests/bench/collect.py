"""`make bench`: pages per second from loopback into WARC with and without extraction, memory, bytes saved by conditional GET.

Pages a second stand by the wall clock and by the processor time of this process: on a busy machine only the latter means much.
`--memory` (`make bench-memory`) collects 50,000 pages in one run and shows the memory at each tenth of the way, nothing else.

Baseline, same server and same run: httpx and warcio alone, equally many connections: no guard, no robots.txt, no limits,
no fsync, no store. The server is a process of its own; every page is another text of the same size.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import psutil

HOSTS = 8
WORDS = [*["biên", "giới", "biển", "đảo", "cột", "mốc", "tuần", "tra", "ngư", "dân", "cửa", "khẩu", "đồn", "biên", "phòng", "tỉnh", "xã", "phường", "hội", "nghị", "ký", "kết", "hợp", "tác"]]


class Pace(NamedTuple):
    """Pages a second, by the wall clock and by this process's time on the processor."""

    wall: float
    cpu: float


class Watch:
    """Measures the pace of `pages` pages from here to `stop`."""

    def __init__(self, pages: int) -> None:
        self._pages = pages
        self._started = time.perf_counter(), time.process_time()

    def stop(self) -> Pace:
        """Return the pace since the beginning."""
        wall, cpu = time.perf_counter() - self._started[0], time.process_time() - self._started[1]
        return Pace(round(self._pages / max(wall, 1e-9), 1), round(self._pages / max(cpu, 1e-9), 1))


def _page(number: int) -> bytes:
    words = " ".join(WORDS[(number * 7 + place * (number % 13 + 1)) % len(WORDS)] for place in range(700))
    menu = "<a href=/muc>mục</a> " * 800
    return f"<!doctype html><html lang=vi><title>Bài {number}</title><nav>{menu}</nav><p>{words}</p><p>số {number}</p>".encode()


def _feed(port: int, version: int) -> bytes:
    items = "".join(
        f"<item><title>Tin {version - n}</title><link>http://127.0.0.1:{port}/p/{version - n}</link><description>{'tóm tắt ' * 30}"
        "</description><pubDate>Sat, 21 Nov 2026 07:30:00 +0700</pubDate></item>"
        for n in range(min(60, version))
    )
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


async def _serve(ready: Any) -> None:
    state = {"sent": 0, "version": 60}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = writer.get_extra_info("sockname")[1]
        while True:
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
            except (asyncio.IncompleteReadError, ConnectionError):
                return writer.close()
            path, status, extra = head.split(" ", 2)[1], "200 OK", ""
            if path.startswith("/p/"):
                body = _page(int(path[3:]))
            elif path == "/rss":
                tag = f'"v{state["version"]}"'
                extra = f"ETag: {tag}\r\n"
                same = f"if-none-match: {tag}" in head.lower()
                status, body = ("304 Not Modified", b"") if same else (status, _feed(port, state["version"]))
            elif path == "/publish":
                state["version"] += 1
                body = b"ok"
            elif path == "/sent":
                body = str(state["sent"]).encode()
            else:
                body = b"User-agent: *\nAllow: /\n"
            reply = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n{extra}Content-Length: {len(body)}\r\n\r\n"
            if path == "/rss":
                state["sent"] += len(reply) + len(body)
            writer.write(reply.encode() + body)
            await writer.drain()

    servers = [await asyncio.start_server(answer, "127.0.0.1", 0) for _ in range(HOSTS)]
    ready.send([server.sockets[0].getsockname()[1] for server in servers])
    await asyncio.Event().wait()


def _server(ready: Any) -> None:
    asyncio.run(_serve(ready))


def _ask(port: int, path: str) -> str:
    import httpx

    return httpx.get(f"http://127.0.0.1:{port}{path}").text


def baseline(ports: list[int], pages: int, folder: Path) -> Pace:
    """Fetch and write the pages with httpx and warcio alone."""
    import httpx
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    async def host(client: httpx.AsyncClient, writer: WARCWriter, port: int, part: range) -> None:
        for number in part:
            got = await client.get(f"http://127.0.0.1:{port}/p/{number}")
            headers = StatusAndHeaders("200 OK", list(got.headers.items()), protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(str(got.url), "response", payload=BytesIO(got.content), http_headers=headers)
            )

    async def run() -> None:
        with (folder / "baseline.warc.gz").open("wb") as out:
            writer = WARCWriter(out, gzip=True)
            async with httpx.AsyncClient() as client:
                parts = [range(place, pages, HOSTS) for place in range(HOSTS)]
                await asyncio.gather(*(host(client, writer, port, part) for port, part in zip(ports, parts, strict=True)))

    watch = Watch(pages)
    asyncio.run(run())
    return watch.stop()


def ours(ports: list[int], pages: int, extracted: bool, folder: Path) -> dict[str, Any]:
    """Collect the same pages, then read them; return the paces, megabytes at tenths of the way, and bytes of the WARC."""
    from crawlers.collect import collect
    from crawlers.registry import ListPage, Registry, Source
    from flows import chain
    from pipelines.clock import now
    from pipelines.settings import Settings
    from pipelines.store import Store, frontier
    from pipelines.store.frontier import Found

    def declared(port: int) -> Source:
        home = f"http://127.0.0.1:{port}/"
        return Source(
            id=f"bench-{port}", name="Bench", home=home, owner_class="portal", lists=(ListPage(url=home),), delay=0, allow_private=True
        )

    settings = Settings(data=folder)
    store = Store.open(settings.store_url)
    hosts = [f"127.0.0.1:{port}" for port in ports]
    with store.begin() as conn:
        found = (Found(f"http://{hosts[n % HOSTS]}/p/{n}", f"bench-{ports[n % HOSTS]}", hosts[n % HOSTS]) for n in range(pages))
        frontier.add(conn, found, now())
    memory: dict[int, float] = {}
    process = psutil.Process()

    def progress(done: int, total: int | None) -> None:
        # The list pages come first, and are no part of the way.
        tenth = 10 * (done - HOSTS) // pages if total == pages + HOSTS else -1
        if tenth >= 0 and tenth not in memory:
            memory[tenth] = process.memory_info().rss / 1e6

    registry = Registry(tuple(declared(port) for port in ports))
    watch = Watch(pages)
    counts = collect(settings, store, registry, progress=progress)
    fetched = watch.stop()
    assert counts[-1].outcomes == {"new": pages}, counts
    watch = Watch(pages)
    if extracted:
        count = chain.read(chain.Chain(settings, store, registry))
        assert count.entered == pages, count
    read = watch.stop()
    size = sum(path.stat().st_size for path in folder.rglob("*.warc.gz"))
    return {"fetched": fetched, "read": read, "memory_mb": [round(memory[key]) for key in sorted(memory)], "warc_mb": size / 1e6}


def conditional(ports: list[int], polls: int, folder: Path) -> dict[str, int]:
    """Poll one feed that changes at every tenth poll, with conditional GET and without; return bytes sent by the server."""
    from crawlers.collect import collect
    from crawlers.registry import Registry, Source
    from pipelines.settings import Settings
    from pipelines.store import Store, feeds

    port, sent = ports[0], {}
    home = f"http://127.0.0.1:{port}/"
    registry = Registry(
        (Source(id="bench", name="Bench", home=home, owner_class="portal", feeds=(home + "rss",), delay=0, allow_private=True, pages=False),)
    )
    for name in ("with", "without"):
        settings = Settings(data=folder / name)
        store = Store.open(settings.store_url)
        before = int(_ask(port, "/sent"))
        for number in range(polls):
            if number % 10 == 9:
                _ask(port, "/publish")
            if name == "without":
                with store.begin() as conn:
                    feeds.save(conn, home + "rss", "bench", etag=None, last_modified=None)
            collect(settings, store, registry)
        sent[name] = int(_ask(port, "/sent")) - before
    return sent


def _long_run(pages: int, mine: dict[str, Any]) -> dict[str, Any]:
    curve = mine["memory_mb"]
    half = len(curve) // 2
    return {
        "pages": pages, "page_kb": round(len(_page(1)) / 1e3, 1), "pages_per_s": mine["fetched"].wall, "pages_per_cpu_s": mine["fetched"].cpu,
        "memory_mb_by_tenth": curve, "first_half_mb": max(curve[:half]), "second_half_mb": max(curve[half:]), "warc_mb": round(mine["warc_mb"], 1),
    }  # fmt: skip


def _leave(output: Path, result: dict[str, Any]) -> None:
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for name, value in result.items():
        print(f"{name:28} {value}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, help="2000; with --memory 50000")
    parser.add_argument("--memory", action="store_true", help="one long run into the WARC, for the memory alone")
    parser.add_argument("--no-extraction", action="store_true", help="collect only (a long run for the memory)")
    parser.add_argument("--polls", type=int, default=50)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    given.pages = given.pages or (50_000 if given.memory else 2000)
    given.output = given.output or Path("build/bench") / ("memory.json" if given.memory else "collect.json")
    extract = not given.no_extraction and not given.memory
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_server, args=(there,), daemon=True)
    server.start()
    ports = here.recv()

    def within(work: Callable[..., Any], *args: Any) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            return work(ports, *args, Path(folder))

    try:
        mine = within(ours, given.pages, extract)
        if given.memory:
            return _leave(given.output, _long_run(given.pages, mine))
        base = within(baseline, given.pages)
        saved = within(conditional, given.polls)
    finally:
        server.terminate()
        server.join()
    result = {
        "pages": given.pages,
        "page_kb": round(len(_page(1)) / 1e3, 1),
        "pages_per_s": mine["fetched"].wall,
        "pages_per_cpu_s": mine["fetched"].cpu,
        "extracted_pages_per_s": round(1 / (1 / mine["fetched"].wall + 1 / mine["read"].wall), 1) if extract else None,
        "extracted_pages_per_cpu_s": round(1 / (1 / mine["fetched"].cpu + 1 / mine["read"].cpu), 1) if extract else None,
        "baseline_pages_per_s": base.wall,
        "baseline_pages_per_cpu_s": base.cpu,
        "memory_mb_by_tenth": mine["memory_mb"],
        "warc_mb": round(mine["warc_mb"], 1),
        "feed_polls": given.polls,
        "feed_bytes_conditional": saved["with"],
        "feed_bytes_full": saved["without"],
        "feed_bytes_saved": round(1 - saved["with"] / saved["without"], 3),
    }
    _leave(given.output, result)


if __name__ == "__main__":
    main()
