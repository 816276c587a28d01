"""What a file's content credentials say, and how far that can be trusted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from tools import settings
from tools.errors import OptionError, VideoError
from tools.messages import excerpt
from tools.provenance import manifest

Integrity = Literal["intact", "changed", "invalid", "unreadable"]
Trust = Literal["local", "trusted", "unknown"]

MOST_BYTES = 4_000_000  # of a trust list; C2PA's own has a few hundred thousand
MOST_TEXT = 120  # characters of a name that are shown
LEAST_WAIT, SLOWEST = 20.0, 20e6  # seconds for any file, and bytes per second beyond them
EXAMINER = Path(__file__).with_name("examiner.py")
LOCAL_ANCHOR, TRUSTED_ANCHOR = "urn:portrayal:local", "urn:portrayal:trusted"
# Failures that say nothing about the file, and those that mean content or claims were altered.
UNTRUSTED = ("signingCredential.untrusted",)
CHANGED = ("assertion.hashedURI.mismatch", "Hash.mismatch")


@dataclass(frozen=True)
class Credentials:
    """Who says they made a file, with what and when, and whether that still holds.

    integrity     "intact": signed, and unchanged since. "changed": picture, sound or claims are not
                  what was signed. "invalid": the signature itself is worthless, such as one with an
                  expired certificate. "unreadable": damaged, or not in the file.
    reason        why it is not intact, in the library's words.
    tool          what made the file, such as "Portrayal 0.1.0"; "" if that is not said.
    made          when: as a timestamp authority confirms it, otherwise as the signer says.
    cloned        whether a voice in it is said to be cloned, with the consent of whose it is.
    ai_generated  whether the file, or something it was made from, is said to come from generative
                  AI, in part or whole.
    signer        whom the certificate names.
    trust         "local": the certificate of this computer. "trusted": issued by somebody on the
                  settings' trust list. "unknown": anybody.
    """

    integrity: Integrity
    reason: str = ""
    tool: str = ""
    made: datetime | None = None
    cloned: bool = False
    ai_generated: bool = False
    signer: str = ""
    trust: Trust = "unknown"

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**vars(self), "made": None if self.made is None else self.made.isoformat()}


def read(path: Path) -> Credentials | None:
    """The credentials of any media file; None if it has none, or its format cannot have any.

    Nothing is fetched: credentials kept elsewhere are unreadable. Hostile files cost at most a few
    seconds of another process.

    Raises VideoError when there is no such file, OptionError for a trust list that cannot be read.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise VideoError(f"“{path}” cannot be read: {error.strerror}.") from error
    asked = {"path": str(path), "settings": manifest.settings(trust={"anchors": _anchors()})}
    try:
        examined = subprocess.run(
            [sys.executable, "-P", "-X", "utf8", str(EXAMINER)],
            input=json.dumps(asked),
            capture_output=True,
            encoding="utf-8",
            timeout=LEAST_WAIT + size / SLOWEST,
            check=True,
        )
        found = json.loads(examined.stdout)
    except subprocess.TimeoutExpired:
        return Credentials("unreadable", "reading them takes too long")
    except (subprocess.CalledProcessError, ValueError, RecursionError):
        return Credentials("unreadable", "they are damaged")
    if found is None:
        return None
    if "unreadable" in found:
        return Credentials("unreadable", _text(found["unreadable"]))
    return _understood(found)


def described(credentials: Credentials | None) -> str:
    """The credentials in one line for people."""
    if credentials is None:
        return "none: the file does not say how it was made"
    if credentials.integrity == "unreadable":
        return f"unreadable: {credentials.reason}"
    parts = ["AI-generated" if credentials.ai_generated else "not said to be AI-generated"]
    if credentials.tool:
        parts[0] += f" with {credentials.tool}"
    if credentials.made is not None:
        parts[0] += f" on {credentials.made:%Y-%m-%d}"
    if credentials.cloned:
        parts.append("with a voice that was cloned, by consent as its maker says")
    parts.append({
        "intact": "unchanged since",
        "changed": "CHANGED after signing",
        "invalid": f"INVALID signature ({credentials.reason})",
    }[credentials.integrity])  # fmt: skip
    parts.append({
        "local": "signed on this computer, by an unverified certificate",
        "trusted": f"signed by {credentials.signer}, who is trusted",
        "unknown": f"signed by “{credentials.signer}”, whom no trust list vouches for",
    }[credentials.trust])  # fmt: skip
    return "; ".join(parts)


def _understood(found: dict[str, Any]) -> Credentials:
    """The library's report in our terms. Its structure is the library's, the values anybody's."""
    manifests = found.get("manifests") or {}
    active = manifests.get(found.get("active_manifest")) or {}
    signature = active.get("signature_info") or {}
    validated = found.get("validation_results") or {}
    results = validated.get("activeManifest") or {}
    failures = [one for one in results.get("failure", []) if one["code"] not in UNTRUSTED]
    integrity: Integrity = "intact"
    if failures:
        changed = all(one["code"].endswith(CHANGED) for one in failures)
        integrity = "changed" if changed else "invalid"
    elif not results.get("success"):
        integrity = "invalid"
    trust: Trust = "unknown"
    if any(one["code"] == "signingCredential.trusted" for one in results.get("success", [])):
        trust = "local" if validated.get("trustListUri") == LOCAL_ANCHOR else "trusted"
    made = (action["when"] for action in _actions(active) if "when" in action)
    return Credentials(
        integrity=integrity,
        reason=_text(failures[0].get("explanation")) if failures else "",
        tool=_tool(active),
        made=_moment(signature.get("time")) or _moment(next(made, None)),
        cloned=any(
            manifest.CLONED in str(action.get("description")) for action in _actions(active)
        ),
        ai_generated=any(
            _text(action.get("digitalSourceType")).endswith(manifest.GENERATIVE)
            for one in manifests.values()
            for action in _actions(one)
        ),
        signer=_text(signature.get("common_name")) or _text(signature.get("issuer")),
        trust=trust,
    )


def _tool(active: dict[str, Any]) -> str:
    generators = active.get("claim_generator_info")
    if isinstance(generators, list) and generators and isinstance(generators[0], dict):
        name, version = (_text(generators[0].get(key)) for key in ("name", "version"))
        return f"{name} {version}".strip()
    return _text(active.get("claim_generator"))


def _actions(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for assertion in one.get("assertions") or []:
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            said = assertion.get("data")
            actions = said.get("actions") if isinstance(said, dict) else None
            yield from (a for a in actions or [] if isinstance(a, dict))


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(value: object) -> str:
    """Text from a stranger, made fit for one line of a terminal."""
    plain = value if isinstance(value, str) else ""
    return " ".join(excerpt(plain, MOST_TEXT).split())


def _anchors() -> list[dict[str, str]]:
    """Whom to trust: the local certificate's own authority, and the user's list."""
    from tools.provenance import local

    anchors = []
    if (file := local.place()).is_file() and (pem := local.authority(file)):
        anchors.append((LOCAL_ANCHOR, pem))
    if (trusted := settings.current().trust_list) is not None:
        anchors.append((TRUSTED_ANCHOR, _trust_list(trusted)))
    return [
        {"trust_uri": uri, "trust_kind": "manifest", "trust_anchors": pem} for uri, pem in anchors
    ]


def _trust_list(path: Path) -> str:
    """Certificates as PEM, and nothing else. Raises OptionError."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    from tools.provenance.certificate import read_pem

    content = read_pem(path, "trust list", MOST_BYTES)
    try:
        certificates = x509.load_pem_x509_certificates(content)
    except ValueError as error:
        raise OptionError(
            f"The trust list “{path}” cannot be read; give certificates in PEM form."
        ) from error
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in certificates)
