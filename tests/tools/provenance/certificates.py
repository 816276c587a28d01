"""Certificates for tests: good ones of every kind, and bad ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Eku
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
AUTHORITY = ec.generate_private_key(ec.SECP256R1())


def issued(
    key: Key,
    *,
    name: str = "Ada Example",
    days: tuple[float, float] = (-1, 30),
    usages: tuple[x509.ObjectIdentifier, ...] = (Eku.EMAIL_PROTECTION,),
    signing: bool = True,
    authority: bool = False,
) -> bytes:
    """A certificate for ``key`` as PEM, issued by AUTHORITY; ``days`` from now it is valid."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_called(name))
        .issuer_name(_called("Example Authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(
            x509.KeyUsage(
                signing, not signing, False, False, False, authority, False, False, False
            ),
            critical=True,
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(AUTHORITY.public_key()), False
        )
    )
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    return builder.sign(AUTHORITY, hashes.SHA256()).public_bytes(form.Encoding.PEM)


def root() -> bytes:
    """The authority's own certificate, as PEM."""
    return issued(AUTHORITY, name="Example Authority", signing=False, authority=True, usages=())


def pem(key: Key, passphrase: bytes | None = None) -> bytes:
    lock: form.KeySerializationEncryption = form.NoEncryption()
    if passphrase is not None:
        lock = form.BestAvailableEncryption(passphrase)
    return key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, lock)


def written(folder: Path, chain: bytes, key: bytes) -> tuple[Path, Path]:
    """Both as files."""
    paths = folder / "chain.pem", folder / "key.pem"
    for path, content in zip(paths, (chain, key), strict=True):
        path.write_bytes(content)
    return paths


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
