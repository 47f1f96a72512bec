"""Certificates made at run time, good and bad, for a receiver on loopback."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Name


class Authority(NamedTuple):
    """One that signs certificates.

    Attributes:
        folder: Where files are written.
        name: Its own.
        key: Its own.
    """

    folder: Path
    name: Name
    key: EllipticCurvePrivateKey

    @property
    def certificate(self) -> Path:
        """File of its own certificate."""
        return self.folder / "authority.pem"

    def context(self, host: str) -> ssl.SSLContext:
        """A server that shows a certificate for a host."""
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        key = ec.generate_private_key(ec.SECP256R1())
        path = self.folder / f"{host}.pem"
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(secret + _signed(_name(host), key, self.name, self.key, host))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def authority(folder: Path) -> Authority:
    """A new authority, which signs itself.

    Args:
        folder: Where its files go; made here.
    """
    from cryptography.hazmat.primitives.asymmetric import ec

    folder.mkdir()
    key, name = ec.generate_private_key(ec.SECP256R1()), _name("authority of a test")
    made = Authority(folder, name, key)
    made.certificate.write_bytes(_signed(name, key, name, key, None))
    return made


def _name(text: str) -> Name:
    from cryptography.x509 import Name, NameAttribute
    from cryptography.x509.oid import NameOID

    return Name([NameAttribute(NameOID.COMMON_NAME, text)])


def _signed(
    subject: Name,
    key: EllipticCurvePrivateKey,
    issuer: Name,
    issuer_key: EllipticCurvePrivateKey,
    host: str | None,
) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
    )
    if host is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(Encoding.PEM)
