"""Who signs: the certificate that the user names, or one made on this computer.

Requirements on certificates: C2PA specification 2.2, "X.509 Certificates".
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID

from tools import settings
from tools.errors import OptionError
from tools.provenance import local

MOST_BYTES = 100_000  # of a file with a chain of certificates or a key
# Purposes of a certificate, of which C2PA requires at least one.
USAGES = {
    "1.3.6.1.4.1.62558.2.1": "C2PA claim signing",
    "1.3.6.1.5.5.7.3.36": "document signing",
    "1.3.6.1.5.5.7.3.4": "e-mail protection",
}
CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
LEAST_RSA = 2048  # bits


@dataclass(frozen=True)
class Signer:
    """A certificate and its private key, checked to be able to sign.

    name       whom the certificate names.
    chain      PEM, the signing certificate first.
    key        PEM (PKCS#8), without a passphrase.
    algorithm  C2PA's name for it, such as "es256".
    local      whether it was made on this computer, so that nobody vouches for it.
    """

    name: str
    chain: str = field(repr=False)
    key: str = field(repr=False)
    algorithm: str
    local: bool = False


def signer() -> Signer:
    """The settings' certificate with its key; without them the local one, which is made if there is
    none.

    Raises OptionError when they cannot sign, OutputError when the local one cannot be written.
    """
    chain, key = settings.current().certificate, settings.current().private_key
    if chain is None and key is None:
        path = local.prepared()
        try:
            content = read_pem(path, "certificate")
            return replace(_fit(content, path, content, path), local=True)
        except OptionError as error:
            raise OptionError(
                f"The certificate made on this computer, “{path}”, cannot be used any more; "
                "remove it, and a new one will be made."
            ) from error
    if chain is None or key is None:
        lacks = "private_key" if key is None else "certificate"
        raise OptionError(
            f"To sign, the settings “certificate” and “private_key” go together, and “{lacks}” is "
            "not set; set both, or neither."
        )
    return _fit(read_pem(chain, "certificate"), chain, read_pem(key, "private key"), key)


def read_pem(path: Path, what: str, most: int = MOST_BYTES) -> bytes:
    """The content of a file of at most ``most`` bytes. Raises OptionError, calling it ``what``."""
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise OptionError(f"The {what} “{path}” cannot be read: {error.strerror}.") from error
    if len(content) > most:
        raise OptionError(f"The {what} “{path}” is larger than {most:,} bytes; give a PEM.")
    return content


def _fit(chain_pem: bytes, chain_path: Path, key_pem: bytes, key_path: Path) -> Signer:
    """The signer made of two files' contents. Raises OptionError for anything wrong with them."""
    try:
        chain = x509.load_pem_x509_certificates(chain_pem)
    except ValueError as error:
        raise OptionError(
            f"“{chain_path}” holds no certificate that can be read; give a chain in PEM form."
        ) from error
    key, leaf = _key(key_pem, key_path), chain[0]
    algorithm = _algorithm(key, key_path)
    fitting = False
    with suppress(ValueError, UnsupportedAlgorithm):  # the certificate's key is of an unknown kind
        fitting = leaf.public_key() == key.public_key()
    if not fitting:
        raise OptionError(
            f"The private key “{key_path}” does not belong to the certificate “{chain_path}”, "
            "whose first entry must be the one to sign with."
        )
    _check_dates(leaf, chain_path)
    _check_purpose(leaf, chain_path)
    # Whom it names: the common name, or else its whole subject.
    common = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Signer(
        name=str(common[0].value) if common else leaf.subject.rfc4514_string(),
        chain="".join(one.public_bytes(form.Encoding.PEM).decode() for one in chain),
        key=key.private_bytes(
            form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
        ).decode(),
        algorithm=algorithm,
    )


def _key(pem: bytes, path: Path) -> PrivateKeyTypes:
    try:
        return form.load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise OptionError(
            f"The private key “{path}” is locked with a passphrase; give one without."
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise OptionError(
            f"“{path}” holds no private key that can be read; give one in PEM form."
        ) from error


def _algorithm(key: PrivateKeyTypes, path: Path) -> str:
    """C2PA's name of the algorithm that a key signs with."""
    match key:
        case ec.EllipticCurvePrivateKey() if key.curve.name in CURVES:
            return CURVES[key.curve.name]
        case ed25519.Ed25519PrivateKey():
            return "ed25519"
        case rsa.RSAPrivateKey() if key.key_size >= LEAST_RSA:
            return "ps256"
    raise OptionError(
        f"The private key “{path}” is of a kind that C2PA does not sign with; it takes elliptic "
        f"curves P-256, P-384 and P-521, Ed25519, and RSA from {LEAST_RSA} bits."
    )


def _check_dates(leaf: x509.Certificate, path: Path) -> None:
    now = datetime.now(UTC)
    if now > leaf.not_valid_after_utc:
        raise OptionError(
            f"The certificate “{path}” expired on {leaf.not_valid_after_utc:%Y-%m-%d}; "
            "use one that is valid today."
        )
    if now < leaf.not_valid_before_utc:
        raise OptionError(
            f"The certificate “{path}” is valid only from {leaf.not_valid_before_utc:%Y-%m-%d}; "
            "use one that is valid today, or set this computer's clock."
        )


def _check_purpose(leaf: x509.Certificate, path: Path) -> None:
    """Raises OptionError for a certificate that may not sign content."""
    lacks = None
    try:
        usages = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        if not {usage.dotted_string for usage in usages} & USAGES.keys():
            lacks = f"an extended key usage of {', '.join(USAGES.values())}"
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
        if not usage.digital_signature:
            lacks = "the key usage of digital signature"
    except x509.ExtensionNotFound as error:
        lacks = "its key usage" if error.oid == x509.KeyUsage.oid else "an extended key usage"
    except (ValueError, x509.DuplicateExtension) as error:
        raise OptionError(f"The certificate “{path}” is damaged; give another.") from error
    if lacks is not None:
        raise OptionError(
            f"The certificate “{path}” is not made for signing content: it lacks {lacks}."
        )
