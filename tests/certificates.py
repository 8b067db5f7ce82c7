"""Self-signed certificates, and an own authority with the certificates it signs, valid and invalid ones."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

HERE: tuple[x509.GeneralName, ...] = (
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    x509.IPAddress(ipaddress.ip_address("::1")),
)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
ELSEWHERE: tuple[x509.GeneralName, ...] = (x509.DNSName("pay.example.com"),)


@dataclass(frozen=True)
class Authority:
    """`file` is its certificate, for SSL_CERT_FILE."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "authority.pem"

    def serve(
        self, *, names: tuple[x509.GeneralName, ...] = HERE, starts_in_days: int = -1, ends_in_days: int = 1
    ) -> ssl.SSLContext:
        """Return a server's context with a certificate for these names and days, signed by this authority."""
        key = ec.generate_private_key(ec.SECP256R1())
        start, end = starts_in_days, ends_in_days
        builder = _builder("operator", self.certificate.subject, key, start, end)
        signed = builder.add_extension(x509.SubjectAlternativeName(names), critical=False).sign(
            self.key, hashes.SHA256()
        )
        file = self.folder / f"server{signed.serial_number}.pem"
        file.write_bytes(key_pem(key) + signed.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        file.unlink()  # no private key stays on the disk
        return context


def make_authority(folder: Path) -> Authority:
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Test authority {folder.name}")])
    builder = _builder(f"Test authority {folder.name}", name, key, -400, 400)
    certificate = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(
        key, hashes.SHA256()
    )
    made = Authority(key, certificate, folder)
    made.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return made


def key_pem(key: Key, password: bytes | None = None) -> bytes:
    """Return a private key as PKCS#8 PEM."""
    scheme = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, scheme)


def self_signed(name: str, key: Key, *, start_days: int = -1, end_days: int = 1, serial: int | None = None) -> bytes:
    """Return the PEM of a certificate for a host name, valid from `start_days` until `end_days` from now."""
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName([x509.DNSName(name)])
    builder = _builder(name, issuer, key, start_days, end_days, serial).add_extension(names, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _builder(
    subject: str, issuer: x509.Name, key: Key, start_days: int, end_days: int, serial: int | None = None
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(now + timedelta(days=start_days))
        .not_valid_after(now + timedelta(days=end_days))
    )
