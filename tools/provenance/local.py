"""The certificate of this computer, for users without a certificate of their own.

It proves that a film has not been changed since it was made, and that films come from the same
computer; it does not prove whose computer that is. The certificate is issued by an authority that
exists for a moment: its key is discarded once it has signed, so that it can never issue another.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tools import settings
from tools.output import explained, replacing

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.x509 import CertificateBuilder, KeyUsage, Name

FILE = "local.pem"  # private key, certificate, authority: one file, so that they always match
# No timestamp authority is asked, so films count as unsigned once the certificate has expired.
LIFETIME = timedelta(days=30 * 365)
CLOCK_ERROR = timedelta(days=1)  # of other computers, which may be behind
PATIENCE = 30.0  # seconds, for another process that is making it at this moment
NOBODY = "Unverified local signer"


def place() -> Path:
    """The file of the local certificate and its key, by the settings. May not exist."""
    return settings.current().credentials / FILE


def prepared() -> Path:
    """The file, made if need be, by one process at a time.

    Raises OutputError when it cannot be written.
    """
    from filelock import FileLock

    file = place()
    if file.is_file():
        return file
    with explained(file):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(file.parent / f".{FILE}.lock", timeout=PATIENCE):
            if not file.is_file():
                _write(file, _made())
    return file


def authority(file: Path) -> str:
    """The PEM of the authority in our own file, its last certificate; "" if it is damaged."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        certificates = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        return ""
    return certificates[-1].public_bytes(Encoding.PEM).decode()


def _write(file: Path, content: bytes) -> None:
    """Write the file so that nobody but the user can read it, at any moment."""
    with replacing(file, private=True) as partial:
        partial.write_bytes(content)


def _made() -> bytes:
    """A new key, its certificate and the authority's, as PEM. ES256, as C2PA recommends."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

    authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    by = authority.public_key()
    root = _begun("Portrayal local authority", by, by)
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    root = root.add_extension(_usage(issuing=True), critical=True)
    leaf = _begun("Portrayal local signer", key.public_key(), by)
    leaf = leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    leaf = leaf.add_extension(_usage(issuing=False), critical=True)
    purposes = x509.ExtendedKeyUsage(
        # C2PA claim signing; and e-mail protection, which older validators know.
        [x509.ObjectIdentifier("1.3.6.1.4.1.62558.2.1"), ExtendedKeyUsageOID.EMAIL_PROTECTION]
    )
    leaf = leaf.add_extension(purposes, critical=False)
    certificates = [one.sign(authority, hashes.SHA256()) for one in (leaf, root)]
    return b"".join((
        key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()),
        *(one.public_bytes(form.Encoding.PEM) for one in certificates),
    ))  # fmt: skip


def _begun(
    name: str, public: EllipticCurvePublicKey, by: EllipticCurvePublicKey
) -> CertificateBuilder:
    """What both certificates have in common. They name neither the user nor the computer."""
    from cryptography import x509

    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_called(name))
        .issuer_name(_called("Portrayal local authority"))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_ERROR)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by), critical=False)
    )


def _called(name: str) -> Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    who = ((NameOID.ORGANIZATION_NAME, NOBODY), (NameOID.COMMON_NAME, name))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in who])


def _usage(*, issuing: bool) -> KeyUsage:
    """The usage of a key that issues certificates, or of one that only signs content."""
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not issuing,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issuing,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
