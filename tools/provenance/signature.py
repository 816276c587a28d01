"""Put content credentials into a film, leaving its picture and sound as they are."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from tools.errors import OptionError, OutputError
from tools.provenance import manifest

if TYPE_CHECKING:
    from tools.provenance.certificate import Signer

TRIAL = b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'  # the smallest thing that can be signed
TRIAL_TYPE = "image/svg+xml"
BUFFER = 1 << 20  # bytes; the library writes a few at a time
UNTRUSTED = "signingCredential.untrusted"  # C2PA's code for a signer on no given trust list


class _RefusedError(Exception):
    """The C2PA library refuses to sign; says why."""


def check() -> Signer:
    """Find out in milliseconds whether films can be signed, by signing a tiny picture.

    Returns the signer. Raises OptionError or OutputError, as ``certificate.signer`` does.
    """
    from tools.provenance.certificate import signer

    who = signer()
    picture = io.BytesIO()
    try:
        _sign(TRIAL_TYPE, io.BytesIO(TRIAL), picture, who)
        problem = _objection(picture)
    except _RefusedError as error:
        problem = str(error)
    if problem is not None:
        raise OptionError(
            f"The certificate of “{who.name}” cannot sign content credentials: {problem}; the "
            "settings “certificate” and “private_key” name another."
        )
    return who


def sign(
    film: Path, signed: Path, who: Signer, mime: str = manifest.MIME, cloned: bool = False
) -> None:
    """Copy ``film``, of type ``mime``, to ``signed`` with credentials of ``who``, and verify them.
    They say whether a voice in it is ``cloned``.

    Takes about a second for ten minutes, and memory that does not grow with the film. The coded
    frames and sound are the same bytes.

    Raises OSError when ``signed`` cannot be written, OutputError when signing fails otherwise.
    """
    # In a thread, since a Ctrl-C that arrives in one of the library's callbacks would be lost.
    with (
        film.open("rb") as source,
        _Noting(io.FileIO(signed, "w+"), BUFFER) as target,
        ThreadPoolExecutor(1, "signing") as thread,
    ):
        try:
            thread.submit(_sign, mime, source, target, who, cloned).result()
        except _RefusedError as error:
            if target.trouble is not None:
                raise target.trouble from error
            raise OutputError(f"The video cannot be signed: {error}.") from error


class _Noting(io.BufferedRandom):
    """A file that remembers why it could not be written, since the library does not report it."""

    trouble: OSError | None = None

    def write(self, content: Any) -> int:
        try:
            return super().write(content)
        except OSError as error:
            self.trouble = error
            raise

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self.trouble = error
            raise


def _sign(
    mime: str,
    source: BinaryIO | io.BytesIO,
    target: io.BufferedRandom | io.BytesIO,
    who: Signer,
    cloned: bool = False,
) -> None:
    import c2pa

    said = manifest.definition(datetime.now(UTC), cloned)
    key = c2pa.C2paSignerInfo(who.algorithm, who.chain.encode(), who.key.encode(), None)
    try:
        with (
            c2pa.Context.from_dict(manifest.settings()) as context,
            c2pa.Builder.from_json(said, context=context) as builder,
            c2pa.Signer.from_info(key) as signing,
        ):
            builder.sign(signing, mime, source, target)
    except c2pa.C2paError as error:
        raise _RefusedError(" ".join(str(error).split()).rstrip(".")) from error


def _objection(picture: io.BytesIO) -> str | None:
    """What a validator objects to in a picture's signature, apart from an unknown signer."""
    import c2pa

    picture.seek(0)
    with (
        c2pa.Context.from_dict(manifest.settings()) as context,
        c2pa.Reader(TRIAL_TYPE, picture, context=context) as reader,
    ):
        results = reader.get_validation_results() or {}
    failures = results.get("activeManifest", {}).get("failure", [])
    return next((one["explanation"] for one in failures if one["code"] != UNTRUSTED), None)
