"""Servers that a user names."""

from __future__ import annotations

import pytest

from tools import servers
from tools.errors import OptionError


def address(given: str) -> str:
    return servers.address(given, "http://localhost:1/v1", "THE_KEY", "/audio/speech")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("http://localhost:8880", "http://localhost:8880/v1"),
        (" https://example.org/v1/ ", "https://example.org/v1"),
        ("https://example.org/v1/audio/speech", "https://example.org/v1"),
        ("http://[::1]:1/own", "http://[::1]:1/own"),
    ],
)
def test_an_address_is_where_paths_begin(given: str, meant: str) -> None:
    assert address(given) == meant


def test_a_path_is_only_added_where_one_is_usual() -> None:
    assert servers.address("https://a.example/", "", "", path="") == "https://a.example"


@pytest.mark.parametrize(
    "given", ["", "a.example", "ftp://a.example", "http://a b/", "http://[::1"]
)
def test_what_is_no_address_is_refused_with_one(given: str) -> None:
    with pytest.raises(OptionError, match="http://localhost:1/v1"):
        address(given)


def test_a_key_is_named_where_a_password_stands() -> None:
    with pytest.raises(OptionError, match="THE_KEY") as failed:
        address("https://me:hunter2@a.example")
    assert "hunter2" not in str(failed.value)


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]"])
def test_this_machine(host: str) -> None:
    assert servers.on_this_machine(f"http://{host}:1/v1")
    servers.check_key("key", f"http://{host}:1/v1", "THE_KEY", "THE_URL")


@pytest.mark.parametrize("host", ["a.example", "localhost.a.example", "10.0.0.1", "0.0.0.0"])
def test_another_machine(host: str) -> None:
    assert not servers.on_this_machine(f"http://{host}/v1")
    servers.check_key("key", f"https://{host}/v1", "THE_KEY", "THE_URL")
    servers.check_key(None, f"http://{host}/v1", "THE_KEY", "THE_URL")
    with pytest.raises(OptionError, match=r"THE_KEY would go .* unencrypted; set THE_URL"):
        servers.check_key("key", f"http://{host}/v1", "THE_KEY", "THE_URL")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b'{"error": {"message": "no such\\nmodel."}}', "no such model"),
        (b'{"detail": "key sk-1 is bad"}', "key … is bad"),
        (b"\xff<html>", "\ufffd<html>"),
        (b"", "no reason given"),
        (b"[" * 100_000, "[" * servers.SHOWN + "…"),
        ({"error": {"status": 7}}, "{'status': 7}"),
    ],
)
def test_what_a_server_says_is_one_harmless_line(said: object, reason: str) -> None:
    assert servers.reason(said, "sk-1") == reason
