"""The guard against server-side request forgery: it checks the address that is really connected to.

A name is resolved once, here, and the connection goes to the checked address itself, so that a second answer
of the resolver (DNS rebinding) is never used. Redirects pass through the same door.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpcore

from crawlers.network import Network, NotedStream

Resolver = Callable[[str, int], Awaitable[list[str]]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(Exception):
    """The guard does not let this address pass."""


def plain_address(text: str) -> Address:
    """Return the address of `text`; an IPv4 address wrapped in IPv6 (mapped, 6to4, Teredo, NAT64) is unwrapped."""
    address = ipaddress.ip_address(text.split("%", 1)[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address


def check_address(text: str, allow_private: bool) -> None:
    """Raise Refused unless `text` is a public unicast address, or a private or loopback one that is allowed.

    Link-local addresses (cloud metadata), multicast and the unspecified address are refused always.
    """
    try:
        address = plain_address(text)
    except ValueError as error:
        raise Refused(f"địa chỉ {text} không đọc được") from error
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        raise Refused(f"địa chỉ {text} không bao giờ được phép (liên kết cục bộ, multicast)")
    if allow_private and (address.is_loopback or address.is_private):
        return
    if not address.is_global or address.is_loopback or address.is_reserved:
        raise Refused(f"địa chỉ {text} thuộc mạng nội bộ; chỉ được phép khi tệp nguồn ghi allow_private: true")


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of `host`; OSError (socket.gaierror) when the name has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """A network backend of httpcore that connects only to addresses that have passed `check_address`."""

    def __init__(self, allow_private: bool, resolver: Resolver = resolve) -> None:
        self._allow_private = allow_private
        self._resolver = resolver
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check every answer, and connect to the first that accepts. Refused if any answer is forbidden."""
        asked = time.perf_counter()
        try:
            addresses = await asyncio.wait_for(self._resolver(host, port), timeout)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("name resolution") from error
        took = round((time.perf_counter() - asked) * 1000, 2)
        # One bad answer among good ones is how rebinding begins: refuse the name, not only the answer.
        for address in addresses:
            check_address(address, self._allow_private)
        failure: Exception = httpcore.ConnectError(f"{host}: no address")
        for address in addresses[:4]:
            try:
                stream = await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
                return NotedStream(stream, Network(address, took))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refused: no source lives behind a Unix socket."""
        raise Refused(f"socket {path} không được phép")

    async def sleep(self, seconds: float) -> None:
        """Sleep; httpcore asks for it between its own retries."""
        await asyncio.sleep(seconds)
