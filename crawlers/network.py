"""What a connection tells of the other side: address, resolver's time, TLS, certificate; no more than host and organisation."""

from __future__ import annotations

import hashlib
import re
import select
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpcore

from pipelines.store.rows import stamp

if TYPE_CHECKING:
    from crawlers.exchange import Exchange

# A subject that is no host (a certificate made out to a person) is not kept.
_HOST = re.compile(r"(?i)(\*\.)?([a-z0-9_-]+\.)*[a-z0-9_-]+(:\d+)?|[0-9a-f:.]+")
HIDDEN = "[…]"
INFO = "cotmoc"


@dataclass(frozen=True, slots=True)
class Network:
    """Facts of one connection; TLS fields are empty for plain HTTP, `certificate` is DER."""

    address: str = ""
    resolver_ms: float | None = None
    tls_version: str = ""
    cipher: str = ""
    certificate: bytes = b""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate as hex, or an empty string."""
        return hashlib.sha256(self.certificate).hexdigest() if self.certificate else ""


class NotedStream(httpcore.AsyncNetworkStream):
    """A stream that carries the facts of its connection under the extra info `cotmoc`."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, network: Network) -> None:
        self._inner = inner
        self._network = network
        self._sock: Any = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read from the connection."""
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write to the connection."""
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Begin TLS and note version, cipher and certificate."""
        inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        shown = inner.get_extra_info("ssl_object")
        if shown is None:
            return NotedStream(inner, self._network)
        cipher = shown.cipher()
        network = replace(
            self._network, tls_version=shown.version() or "", cipher=cipher[0] if cipher else "",
            certificate=shown.getpeercert(binary_form=True) or b"",
        )  # fmt: skip
        return NotedStream(inner, network)

    def get_extra_info(self, info: str) -> Any:
        """Return the facts for `cotmoc`, anything else as the connection gives it."""
        if info == "is_readable":
            # Asked of every idle connection at every request; anyio would look up all names of the socket each time.
            return _readable(self._socket())
        return self._network if info == INFO else self._inner.get_extra_info(info)

    def _socket(self) -> Any:
        if self._sock is None:
            self._sock = self._inner.get_extra_info("socket")
        return self._sock


def _readable(sock: Any) -> bool:
    """Tell whether the other side has sent something or hung up; a closed socket counts as that."""
    if sock is None or sock.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def facts_row(answer: Exchange) -> dict[str, Any] | None:
    """Return the columns of `network_facts` for an exchange, or None when nothing is known of its connection."""
    network = answer.network
    if network is None:
        return None
    stated = answer.stated
    skew = answer.skew
    return {
        "address": network.address, "resolver_ms": network.resolver_ms, "tls_version": network.tls_version,
        "cipher": network.cipher, "certificate": network.fingerprint or None,
        "server_date": stamp(stated), "clock_offset": None if skew is None else round(skew, 1),
    }  # fmt: skip


def certificate_row(network: Network | None) -> dict[str, Any] | None:
    """Return the columns of `certificates`, or None without a readable certificate; names of persons are left out."""
    if network is None or not network.certificate:
        return None
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        read = x509.load_der_x509_certificate(network.certificate)
        subject, issuer = read.subject, read.issuer
        common = _first(subject.get_attributes_for_oid(NameOID.COMMON_NAME)) or _alternative(read)
        maker = ", ".join(
            part for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME) if (part := _first(issuer.get_attributes_for_oid(oid)))
        )
        is_host = bool(_HOST.fullmatch(common))
        return {
            "sha256": network.fingerprint, "subject": common if is_host else HIDDEN,
            # The organisation of a certificate whose subject is no host may be a person as well.
            "organisation": _first(subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)) if is_host else "",
            "issuer": HIDDEN if "@" in maker else maker,
            "valid_from": stamp(read.not_valid_before_utc), "valid_to": stamp(read.not_valid_after_utc),
        }  # fmt: skip
    except ValueError:
        return {"sha256": network.fingerprint, "subject": "", "organisation": "", "issuer": "", "valid_from": None, "valid_to": None}


def _first(attributes: Iterable[Any]) -> str:
    text = next((str(each.value) for each in attributes), "")
    return text[:200]


def _alternative(read: Any) -> str:
    from cryptography import x509

    try:
        names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ""
    return next(iter(names.get_values_for_type(x509.DNSName)), "")
