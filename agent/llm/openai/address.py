"""The address of a language-model server, as the user wrote it, checked."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from tools.errors import OptionError

DEFAULT_PATH = "/v1"
_CALL = "/chat/completions"


def address(given: str) -> str:
    """The address that paths of the protocol are put behind: "http://localhost:8080/v1".

    "/v1" is added where there is no path. Raises OptionError for anything else; an address with a
    password is not repeated.
    """
    example = "write it as http://localhost:11434/v1"
    try:
        parts = urlsplit(given.strip())
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise OptionError(f"“{given:.200}” is not the address of a server; {example}.") from error
    if parts.username is not None or parts.password is not None:
        raise OptionError(
            "The address of the language-model server holds a name or password; leave it out, and "
            "set PORTRAYAL_LLM_KEY if a key is wanted."
        )
    host = parts.hostname
    clean = given.strip().isascii() and given.strip().isprintable() and " " not in given.strip()
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        clean = False
    if not clean:
        raise OptionError(f"“{given:.200}” is not the address of a server; {example}.")
    path = parts.path.rstrip("/").removesuffix(_CALL).rstrip("/") or DEFAULT_PATH
    name = f"[{host}]" if host and ":" in host else host
    return f"{parts.scheme}://{name}{port}{path}"


def on_this_machine(base: str) -> bool:
    """Whether an address is of this machine, which no proxy can reach."""
    host = urlsplit(base).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
