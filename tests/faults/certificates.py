"""A certificate authority of our own, for the outlets that speak TLS."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Authority:
    """Makes certificates for hosts and writes them with their key into `folder`."""

    folder: Path

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nơi cấp thử"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Cột Mốc thử")])
        self.root = self.folder / "ca.pem"
        self.root.write_bytes(self._certificate(self._name, self._key, 365, None).public_bytes(serialization.Encoding.PEM))

    def issue(self, host: str, days: int = 30, *, own: bool = False) -> Path:
        """Return the file of a certificate for `host` that ends in `days` days; `own`: signed by nobody else."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([
            x509.NameAttribute(NameOID.COMMON_NAME, host), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tòa soạn thử"),
            x509.NameAttribute(NameOID.EMAIL_ADDRESS, "nguoi@thu.example"), x509.NameAttribute(NameOID.GIVEN_NAME, "Người Nào"),
        ])  # fmt: skip
        made = self._certificate(subject, key, days, host, own)
        path = self.folder / f"{host}-{days}-{own}.pem"
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
        return path

    def _certificate(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int, host: str | None, own: bool = False
    ) -> x509.Certificate:
        ends = datetime.now(UTC) + timedelta(days=days)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if own else self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(ends - timedelta(days=400))
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key((key if own else self._key).public_key()), critical=False)
        )
        if host is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(key if own else self._key, hashes.SHA256())


def server_context(path: Path) -> ssl.SSLContext:
    """Return the context of a server with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def client_context(root: Path) -> ssl.SSLContext:
    """Return the context of a client that trusts `root` alone."""
    return ssl.create_default_context(cafile=str(root))
