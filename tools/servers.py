"""Servers that a user names: their addresses, their keys, and what they say when they refuse."""

from __future__ import annotations

import json
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from tools.errors import OptionError
from tools.messages import excerpt

SHOWN = 200  # characters of what a server says


def address(given: str, example: str, key: str, endpoint: str = "", path: str = "/v1") -> str:
    """The address that paths of a protocol are put behind: "http://localhost:8080/v1".

    ``path`` is added where there is none, and ``endpoint`` taken off. ``example`` and the setting
    that holds the ``key`` are for messages. Raises OptionError for anything else; an address with a
    password is not repeated.
    """
    given = given.strip()
    refusal = OptionError(f"“{given:.200}” is not the address of a server; write it as {example}.")
    try:
        parts = urlsplit(given)
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise refusal from error
    if parts.username is not None or parts.password is not None:
        raise OptionError(
            f"The address of a server holds a name or password; leave it out, and set {key} if a "
            "key is wanted."
        )
    host = parts.hostname
    if not given.isascii() or not given.isprintable() or " " in given or not host:
        raise refusal
    if parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
        raise refusal
    own = parts.path.rstrip("/").removesuffix(endpoint).rstrip("/") or path
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}{own}"


def on_this_machine(base: str) -> bool:
    """Whether an address is of this machine, which no proxy can reach."""
    host = urlsplit(base).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def check_key(key: str | None, base: str, variable: str, place: str) -> None:
    """Raises OptionError for a key that cannot be sent, and for one that others could read on its
    way: over http it goes to this machine only.

    ``variable`` and ``place`` are the settings of key and address.
    """
    if key is None:
        return
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise OptionError(f"{variable} holds characters that no key has; set it again.")
    if base.startswith("http:") and not on_this_machine(base):
        raise OptionError(
            f"{variable} would go to {base} unencrypted; set {place} to an address that begins "
            "with https://, or unset the key."
        )


def reason(said: Any, key: str | None) -> str:
    """What a server says of an error, in a line."""
    if isinstance(said, bytes):
        try:
            said = json.loads(said)
        except (ValueError, RecursionError):
            said = said.decode(errors="replace")
    for _ in range(2):  # {"error": {"message": …}}, {"detail": …}
        if isinstance(said, dict):
            said = next((said[k] for k in ("error", "message", "detail") if k in said), said)
    return harmless(str(said), key) or "no reason given"


def harmless(text: str, key: str | None) -> str:
    """A stranger's text in a line of its own, short, and without the key."""
    text = text.replace(key, "…") if key else text
    return excerpt(" ".join(text.split()), SHOWN).rstrip(".")
