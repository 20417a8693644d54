"""The way to the web is guarded: private addresses, redirects, rebinding, size, packing, time, robots.txt, pauses."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import brotli
import pytest

from crawlers.decode import TooLarge, decode
from crawlers.exchange import Exchange
from crawlers.fetch import Fetcher
from crawlers.guard import Refused, check_address
from crawlers.polite import Gate, NotNow, Rules
from pipelines.settings import Settings
from tests.loopback import Answer, Site

OPEN = Rules(delay=0, allow_private=True)
CLOSED = Rules(delay=0)


def fetch(url: str, rules: Rules = OPEN, *, resolver: Callable[..., Any] | None = None, **given: Any) -> Exchange:
    async def run() -> Exchange:
        extra = {"resolver": resolver} if resolver else {}
        async with Fetcher(Settings(**given), **extra) as fetcher:
            return await fetcher.fetch(url, rules)

    return asyncio.run(run())


FORBIDDEN = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "::1", "::",
    "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::", "192.0.2.1", "198.18.0.1", "240.0.0.1", "255.255.255.255", "không phải số",
]  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_private_and_special_addresses_are_refused(address: str) -> None:
    with pytest.raises(Refused):
        check_address(address, allow_private=False)


def test_public_addresses_pass_and_a_source_may_allow_private_ones() -> None:
    for address in ("8.8.8.8", "113.160.1.1", "2405:4800::1"):
        check_address(address, allow_private=False)
    for address in ("127.0.0.1", "10.0.0.1", "::1", "::ffff:127.0.0.1"):
        check_address(address, allow_private=True)
    # The metadata service of a cloud is never a newspaper.
    for address in ("169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0"):
        with pytest.raises(Refused):
            check_address(address, allow_private=True)


def test_names_and_odd_spellings_of_loopback_are_refused(site: Site) -> None:
    port = site.url.rsplit(":", 1)[1]
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1", "0x7f000001", "2130706433", "[::1]"):
        assert fetch(f"http://{host}:{port}/", CLOSED).outcome == "refused by guard", host
    assert site.seen == []


def test_a_redirect_to_a_private_address_is_refused(site: Site) -> None:
    """The public address of the first hop is played by the resolver; the second hop names loopback itself."""

    async def public(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "bao.example" else [host]

    site.routes["/a"] = Answer(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"})
    port = site.url.rsplit(":", 1)[1]
    answer = fetch(f"http://bao.example:{port}/a", OPEN, resolver=public)
    assert answer.outcome == "refused by guard" and "169.254.169.254" in answer.reason


def test_dns_rebinding_finds_no_second_answer(site: Site) -> None:
    """The address that was checked is the address that is connected to; one bad answer among good ones is enough."""
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34", "127.0.0.1"] if len(asked) == 1 else ["127.0.0.1"]

    port = site.url.rsplit(":", 1)[1]
    for _ in range(2):
        assert fetch(f"http://bao.example:{port}/", CLOSED, resolver=rebinding).outcome == "refused by guard"
    assert site.seen == []


@pytest.mark.parametrize("url", ["ftp://bao.vn/", "file:///etc/passwd", "javascript:alert(1)", "http://", "http://u:p@bao.vn/"])
def test_only_http_and_https(url: str) -> None:
    assert fetch(url).outcome == "refused by guard"


def test_redirects_are_followed_recorded_and_counted(site: Site) -> None:
    site.page("/moi", "Mới")
    site.routes["/cu"] = Answer(status=301, headers={"Location": "/moi"})
    site.routes["/tam"] = Answer(status=302, headers={"Location": "/moi"})
    site.routes["/vong"] = Answer(status=302, headers={"Location": "/vong"})
    assert fetch(site.url + "/cu").moved_to == site.url + "/moi"
    assert fetch(site.url + "/tam").moved_to is None
    assert fetch(site.url + "/tam").final_url == site.url + "/moi"
    assert fetch(site.url + "/vong").outcome == "redirect-loop"
    assert site.seen.count("/vong") == 6


def test_a_server_that_sends_clients_without_cookies_in_circles(site: Site) -> None:
    def answer(headers: dict[str, str]) -> Answer:
        if "D1N=abc" in headers.get("cookie", ""):
            return Answer("<p>bài", headers={"Content-Type": "text/html"})
        return Answer(status=302, headers={"Location": "/a", "Set-Cookie": "D1N=abc; path=/"})

    site.routes["/a"] = answer
    assert fetch(site.url + "/a").outcome == "ok"


def test_size_is_limited_while_streaming(site: Site) -> None:
    sent = []

    def endless() -> Iterator[bytes]:
        for number in range(10_000):
            sent.append(number)
            yield b"x" * 10_000

    site.routes["/lon"] = Answer(chunks=endless())
    site.routes["/khai"] = Answer(b"x" * 200_000)
    assert fetch(site.url + "/lon", max_bytes=100_000).outcome == "too-large"
    assert len(sent) < 5_000, "the connection is cut, not read to its end"
    assert fetch(site.url + "/khai", max_bytes=100_000).outcome == "too-large"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_bombs_are_refused_and_honest_packing_is_read(site: Site, encoding: str) -> None:
    pack: Callable[[bytes], bytes] = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[encoding]
    site.routes["/bom"] = Answer(pack(b"a" * 40_000_000), headers={"Content-Encoding": encoding})
    site.routes["/bai"] = Answer(pack("<p>Biển</p>".encode()), headers={"Content-Encoding": encoding})
    assert fetch(site.url + "/bom").outcome == "too-large"
    answer = fetch(site.url + "/bai")
    assert answer.body.decode() == "<p>Biển</p>" and answer.raw != answer.body
    with pytest.raises(TooLarge):
        decode(pack(b"a" * 40_000_000), encoding, 15_000_000)


def test_wrongly_labelled_packing_comes_as_it_is() -> None:
    assert decode(b"<p>plain", "gzip", 1000) == b"<p>plain"
    page = "".join(f"<p>{number}</p>" for number in range(5000)).encode()
    assert page.startswith(decode(gzip.compress(page)[:-2000], "gzip", 100_000)[:1000]), "a cut body is read as far as it goes"


def test_a_slow_server_times_out(site: Site) -> None:
    import time

    def drip() -> Iterator[bytes]:
        for _ in range(200):
            time.sleep(0.1)
            yield b"x"

    site.routes["/cham"] = Answer(chunks=drip())
    answer = fetch(site.url + "/cham", timeout=0.5)
    assert answer.outcome == "timeout" and "0" in answer.reason


def test_a_refused_connection_and_an_unknown_name_are_unreachable() -> None:
    assert fetch("http://127.0.0.1:9/").outcome == "unreachable"

    async def nobody(host: str, port: int) -> list[str]:
        import socket

        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    answer = fetch("http://bao.example/", resolver=nobody)
    assert answer.outcome == "unreachable" and answer.own_network


def test_robots_are_obeyed_also_behind_a_redirect(site: Site) -> None:
    site.routes["/robots.txt"] = Answer("User-agent: CotMoc\nDisallow: /cam\n\nUser-agent: *\nDisallow: /\n")
    site.page("/tin", "Tin")
    site.routes["/vao"] = Answer(status=301, headers={"Location": "/cam/1"})
    assert fetch(site.url + "/tin").outcome == "ok"
    assert fetch(site.url + "/cam/1").outcome == "refused by robots"
    assert fetch(site.url + "/vao").outcome == "refused by robots"
    assert "/cam/1" not in site.seen


def test_a_missing_robots_allows_and_a_broken_one_waits(site: Site) -> None:
    site.page("/tin", "Tin")
    site.routes["/robots.txt"] = Answer(status=404)
    assert fetch(site.url + "/tin").outcome == "ok"
    site.routes["/robots.txt"] = Answer(status=500)
    answer = fetch(site.url + "/tin")
    assert answer.outcome == "http-error" and "robots.txt" in answer.reason


def test_robots_txt_is_read_once_per_run(site: Site) -> None:
    site.page("/tin", "Tin")

    async def run() -> None:
        async with Fetcher(Settings()) as fetcher:
            await asyncio.gather(*(fetcher.fetch(site.url + "/tin", OPEN) for _ in range(5)))

    asyncio.run(run())
    assert site.seen.count("/robots.txt") == 1


def test_our_name_and_contact_are_given(site: Site) -> None:
    fetch(site.url + "/", contact="https://so.example/lien-he")
    assert site.requests[0]["user-agent"] == "CotMoc/0.1 (+https://so.example/lien-he)"


def test_a_short_retry_after_is_waited_for_and_a_long_one_closes_the_host(site: Site) -> None:
    site.page("/tin", "Tin")
    answers = [Answer(status=503, headers={"Retry-After": "0"}), Answer("<p>bài", headers={"Content-Type": "text/html"})]
    site.routes["/ban"] = lambda headers: answers.pop(0)
    site.routes["/dong"] = Answer(status=429, headers={"Retry-After": "3600"})

    async def run() -> list[Exchange]:
        async with Fetcher(Settings()) as fetcher:
            return [await fetcher.fetch(site.url + path, OPEN) for path in ("/ban", "/dong", "/tin")]

    short, long, after = asyncio.run(run())
    assert short.outcome == "ok"
    assert long.outcome == "throttled" and long.retry_after == 3600
    assert after.outcome == "throttled" and "/tin" not in site.seen


def test_one_at_a_time_and_a_pause_per_host() -> None:
    """Measured on the event loop's own clock, which the test moves: no waiting, no guessing."""

    async def run() -> tuple[list[float], int]:
        loop = asyncio.get_running_loop()
        gate, times, together, most = Gate(), [], 0, 0

        async def one(host: str) -> None:
            nonlocal together, most
            async with gate.turn(host, 0.05):
                together += 1
                most = max(most, together)
                times.append(loop.time())
                await asyncio.sleep(0)
                together -= 1

        await asyncio.gather(*(one("bao.vn") for _ in range(4)))
        return times, most

    times, most = asyncio.run(run())
    assert most == 1
    assert all(later - earlier >= 0.049 for earlier, later in zip(times, times[1:], strict=False))


def test_a_crawl_delay_without_end_does_not_stop_us_for_ever() -> None:
    from crawlers.polite import LONGEST_PAUSE

    gate = Gate()
    for odd in (float("inf"), float("nan"), -5.0, 1e12):
        gate.crawl_delay("bao.vn", odd)
        assert 0 <= gate._hosts.get("bao.vn", type("None", (), {"crawl_delay": 0.0})).crawl_delay <= LONGEST_PAUSE


def test_crawl_delay_makes_the_pause_longer_and_a_dead_host_is_left_alone() -> None:
    async def run() -> float:
        loop = asyncio.get_running_loop()
        gate = Gate()
        gate.crawl_delay("bao.vn", 0.05)
        async with gate.turn("bao.vn", 0):
            ended = loop.time()
        async with gate.turn("bao.vn", 0):
            waited = loop.time() - ended
        for _ in range(3):
            gate.answered("chet.vn", False)
        with pytest.raises(NotNow):
            async with gate.turn("chet.vn", 0):
                pass
        return waited

    assert asyncio.run(run()) >= 0.049
