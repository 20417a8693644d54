"""A real RFC 3161 authority for tests: own CA, certificates and answers by `openssl ts`, behind HTTP on loopback."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def openssl(*words: str, given: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *words], input=given, capture_output=True, check=True, timeout=60).stdout


def make_authority(folder: Path) -> Path:
    """Make CA and time stamping certificate in `folder`; return the CA's PEM."""
    folder.mkdir(parents=True)
    config = folder / "tsa.cnf"
    config.write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    for name in ("ca", "leaf"):
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", f"{folder}/{name}.key")
    own = ["-config", str(config), "-sha256"]
    openssl("req", "-x509", "-new", "-key", f"{folder}/ca.key", "-subj", "/CN=CA mau", "-days", "30", "-extensions", "ca", "-out", f"{folder}/ca.pem", *own)
    openssl("req", "-new", "-key", f"{folder}/leaf.key", "-subj", "/CN=TSA mau", "-out", f"{folder}/leaf.csr", *own)
    openssl(
        "x509", "-req", "-in", f"{folder}/leaf.csr", "-CA", f"{folder}/ca.pem", "-CAkey", f"{folder}/ca.key", "-set_serial", "2",
        "-days", "30", "-extfile", str(config), "-extensions", "leaf", "-out", f"{folder}/leaf.pem",
    )  # fmt: skip
    return folder / "ca.pem"


def answer(folder: Path, query: bytes) -> bytes:
    """Return the authority's response to a request."""
    (folder / "query.tsq").write_bytes(query)
    openssl(
        "ts", "-reply", "-config", f"{folder}/tsa.cnf", "-section", "own", "-queryfile", f"{folder}/query.tsq",
        "-signer", f"{folder}/leaf.pem", "-inkey", f"{folder}/leaf.key", "-out", f"{folder}/reply.tsr",
    )  # fmt: skip
    return (folder / "reply.tsr").read_bytes()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the authority on loopback; the address ends with the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = answer(folder, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsr"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
