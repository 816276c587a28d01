"""The certificate of this computer, for users without a certificate of their own.

It proves that a film has not been changed since it was made, and that films come from the same
computer; it does not prove whose computer that is. The certificate is issued by an authority that
exists for a moment: its key is discarded once it has signed, so that it can never issue another.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from filelock import FileLock

from tools import settings
from tools.output import explained, replacing

FILE = "local.pem"  # private key, certificate, authority: one file, so that they always match
# No timestamp authority is asked, so films count as unsigned once the certificate has expired.
LIFETIME = timedelta(days=30 * 365)
CLOCK_ERROR = timedelta(days=1)  # of other computers, which may be behind
PATIENCE = 30.0  # seconds, for another process that is making it at this moment
NOBODY = "Unverified local signer"
AUTHORITY = "Portrayal local authority"


def place() -> Path:
    """The file of the local certificate and its key, by the settings. May not exist."""
    return settings.current().credentials / FILE


def prepared() -> Path:
    """The file, made if need be, by one process at a time.

    Raises OutputError when it cannot be written.
    """
    file = place()
    if file.is_file():
        return file
    with explained(file):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(file.parent / f".{FILE}.lock", timeout=PATIENCE):
            if not file.is_file():
                with replacing(file, private=True) as partial:
                    partial.write_bytes(_made())
    return file


def authority(file: Path) -> str:
    """The PEM of the authority in our own file, its last certificate; "" if it is damaged."""
    try:
        certificates = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        return ""
    return certificates[-1].public_bytes(form.Encoding.PEM).decode()


def _made() -> bytes:
    """A new key, its certificate and the authority's, as PEM. ES256, as C2PA recommends."""
    authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate(AUTHORITY, authority.public_key(), authority, issuing=True)
    leaf = _certificate("Portrayal local signer", key.public_key(), authority, issuing=False)
    return b"".join((
        key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()),
        *(one.public_bytes(form.Encoding.PEM) for one in (leaf, root)),
    ))  # fmt: skip


def _certificate(
    name: str, public: ec.EllipticCurvePublicKey, by: ec.EllipticCurvePrivateKey, *, issuing: bool
) -> x509.Certificate:
    """For a key that issues certificates, or only signs content. Names neither user nor computer.

    It is signed ``by`` the authority's key.
    """
    now = datetime.now(UTC)
    usages = dict.fromkeys(
        (
            *("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
            *("crl_sign", "encipher_only", "decipher_only"),
        ),
        False,
    )
    issuer = by.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_called(name))
        .issuer_name(_called(AUTHORITY))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_ERROR)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)
        .add_extension(x509.BasicConstraints(issuing, 0 if issuing else None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=not issuing, key_cert_sign=issuing, **usages),
            critical=True,
        )
    )
    if not issuing:
        # C2PA claim signing; and e-mail protection, which older validators know.
        claims = x509.ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
        purposes = x509.ExtendedKeyUsage([claims, ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purposes, critical=False)
    return builder.sign(by, hashes.SHA256())


def _called(name: str) -> x509.Name:
    who = ((NameOID.ORGANIZATION_NAME, NOBODY), (NameOID.COMMON_NAME, name))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in who])
