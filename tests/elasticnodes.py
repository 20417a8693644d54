"""Elasticsearch nodes of a test's own, certificates made for the day, and a proxy that knows API keys."""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from elasticsearch import ApiError, Elasticsearch, TransportError

SCRIPT = Path(__file__).parent.parent / ".ci" / "servers.sh"
SERVERS = Path(os.environ.get("COTMOC_SERVERS", "/var/tmp/cotmoc-servers"))


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on just now."""
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]


def kill(launcher: subprocess.Popen[bytes]) -> None:
    """End a node as a power cut does: its server first, then the launcher."""
    process = psutil.Process(launcher.pid)
    for one in (*process.children(recursive=True), process):
        one.kill()
    launcher.wait(30)


@dataclass(frozen=True)
class Authority:
    """A certificate authority of a test: `ca` is its PEM file."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(cls, folder: Path, name: str) -> Authority:
        """Make a new one that writes into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = _certificate(subject, subject, key.public_key(), timedelta(days=30)).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        certificate = made.add_extension(_KEY_USAGE, critical=True).add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
        ).sign(key, hashes.SHA256())  # fmt: skip
        (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return cls(folder, key, certificate)

    @property
    def ca(self) -> str:
        """Path of the certificate that a client trusts."""
        return str(self.folder / "ca.pem")

    def issue(self, name: str, *, expired: bool = False) -> tuple[Path, Path]:
        """Return certificate and key for 127.0.0.1, valid for a month or ended yesterday."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = _certificate(subject, self.certificate.subject, key.public_key(), timedelta(days=-1 if expired else 30))
        made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        signed = made.sign(self.key, hashes.SHA256())
        pem, secret = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        secret.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        return pem, secret


_KEY_USAGE = x509.KeyUsage(
    digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
    data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
)  # fmt: skip


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, last: timedelta) -> x509.CertificateBuilder:
    today = datetime.now(UTC)
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key).serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=10)).not_valid_after(today + last)
    )  # fmt: skip


@contextmanager
def secured_node(authority: Authority, user: str, password: str, more: str = "") -> Iterator[str]:
    """Start a node with TLS, a password and `more` lines of configuration; gives its address, ends and removes it."""
    folder = SERVERS / f"secured-{uuid.uuid4().hex[:8]}"
    secret = folder / "one.secured"
    secret.mkdir(parents=True)
    for source, name in zip(authority.issue("node"), ("http.pem", "http.key"), strict=True):
        shutil.copy(source, secret / name)
    (secret / "more.yml").write_text(more, encoding="utf-8")
    # As Elasticsearch's own elasticsearch-users would write it, which is a Java of its own and takes as long as the node.
    (secret / "users").write_text(f"{user}:{_hashed(password)}\n", encoding="utf-8")
    (secret / "users_roles").write_text(f"superuser:{user}\n", encoding="utf-8")
    http_port, transport = free_ports(2)
    with (folder / "one.out").open("wb") as said:
        launcher = subprocess.Popen(
            [str(SCRIPT), "node", str(folder), "one", str(http_port), str(transport), f"127.0.0.1:{transport}"],
            stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
    url = f"https://127.0.0.1:{http_port}"
    try:
        header = {"authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}
        with Elasticsearch(url, ca_certs=authority.ca, headers=header, request_timeout=5, max_retries=0) as client:
            _ready(client, launcher, folder / "one.out")
        yield url
    finally:
        if launcher.poll() is None:
            kill(launcher)
        shutil.rmtree(folder)


def _hashed(password: str) -> str:
    """Return a password as the file realm keeps it: PBKDF2 with SHA-512, 256 bits (Elasticsearch's Hasher.java)."""
    salt = os.urandom(32)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 1000, 32)
    return f"{{PBKDF2}}1000${b64encode(salt).decode()}${b64encode(key).decode()}"


def _ready(client: Elasticsearch, launcher: subprocess.Popen[bytes], said: Path) -> None:
    until = time.monotonic() + 150
    while time.monotonic() < until:
        assert launcher.poll() is None, said.read_text(errors="replace")[-3000:]
        try:
            client.cluster.health(wait_for_status="yellow", timeout="3s")
            return
        except (ApiError, TransportError):
            time.sleep(0.5)
    raise AssertionError(said.read_text(errors="replace")[-3000:])


@contextmanager
def proxy(upstream: str, files: tuple[Path, Path], allow: Callable[[str], int]) -> Iterator[str]:
    """Speak TLS in front of `upstream` (host:port) as an office's gateway does; gives the proxy's address.

    `allow` gets the Authorization header and returns 200, or the status that the gateway answers itself.
    """

    class Gateway(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status = allow(self.headers.get("Authorization", ""))
            if status != 200:
                said = b'{"error": {"type": "security_exception", "reason": "gateway"}, "status": %d}' % status
                self._answer(status, {"Content-Type": "application/json", "X-Elastic-Product": "Elasticsearch"}, said)
                return
            connection = http.client.HTTPConnection(upstream, timeout=30)
            kept = {name: value for name, value in self.headers.items() if name.lower() not in ("authorization", "host", "connection")}
            connection.request(self.command, self.path, body or None, kept)
            answer = connection.getresponse()
            self._answer(answer.status, dict(answer.getheaders()), answer.read())
            connection.close()

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _pass

        def log_message(self, format: str, *args: object) -> None:
            return None

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that refuses our certificate hangs up: not worth a word."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    server = Server(("127.0.0.1", 0), Gateway)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
