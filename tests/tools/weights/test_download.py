"""Downloading, from a real server that does everything wrong that servers do."""

from __future__ import annotations

import threading
import time
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from tests import planted
from tests import site as web
from tests.site import CHUNK, Site
from tools.errors import OutputError
from tools.weights import download as module
from tools.weights.download import Expected, Patience, StoppedError, UndeliveredError, download

BODY = np.random.default_rng(1).bytes(10 * CHUNK + 7)
OTHER = np.random.default_rng(2).bytes(len(BODY))
KNOWN = Expected(len(BODY), sha256(BODY).hexdigest(), len(BODY))
SIZELESS = Expected(None, KNOWN.sha256, 10 * len(BODY))
HASTE = Patience(stall=0.4, tries=3, pause=0.01)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def site(site: Site) -> Site:
    site.files["/f"] = BODY
    return site


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "f"


def bring(site: Site, part: Path, expected: Expected = KNOWN, *paths: str) -> str:
    return download([site.url + p for p in paths or ("/f",)], part, expected, patience=HASTE)


def refused(site: Site, part: Path, expected: Expected = KNOWN, *paths: str) -> str:
    """The message when nothing arrives."""
    with pytest.raises(UndeliveredError) as caught:
        bring(site, part, expected, *paths)
    return str(caught.value)


@pytest.mark.parametrize("expected", [KNOWN, SIZELESS])
def test_a_file_comes_whole(site: Site, part: Path, expected: Expected) -> None:
    arrived: list[int] = []
    url = f"{site.url}/f"
    assert download([url], part, expected, report=arrived.append) == KNOWN.sha256
    assert part.read_bytes() == BODY
    assert list(part.parent.iterdir()) == [part]
    assert arrived == sorted(arrived)
    assert (arrived[0], arrived[-1]) == (0, len(BODY))


def test_what_breaks_off_or_stalls_is_continued(site: Site, part: Path) -> None:
    site.mischief["/f"] = [web.cut(2 * CHUNK), web.stall(3 * CHUNK), web.cut(CHUNK)]
    assert bring(site, part) == KNOWN.sha256
    assert site.starts("/f") == [0, 2 * CHUNK, 5 * CHUNK, 6 * CHUNK]
    etags = {asked.headers.get("If-Range") for asked in site.asked[1:]}
    assert len(etags) == 1
    assert None not in etags


def test_progress_is_what_patience_counts(site: Site, part: Path) -> None:
    """Ten cuts in a row are borne, since each brings something; three that bring nothing end it."""
    site.mischief["/f"] = [web.cut(CHUNK)] * 9
    assert bring(site, part) == KNOWN.sha256
    part.unlink()
    site.mischief["/f"] = [web.cut(CHUNK), *[web.stall(0)] * 9]
    assert "nothing arrived for 0.4 s, 3 times in a row" in refused(site, part)
    assert part.stat().st_size == CHUNK  # kept for the next time


def test_a_later_run_asks_only_for_the_rest(site: Site, part: Path) -> None:
    site.mischief["/f"] = [web.cut(4 * CHUNK), web.status(404)]
    assert "404 Not Found" in refused(site, part)
    assert bring(site, part) == KNOWN.sha256
    assert site.starts("/f")[-1] == 4 * CHUNK
    assert part.read_bytes() == BODY


def test_a_server_that_ignores_ranges_starts_over(site: Site, part: Path) -> None:
    part.write_bytes(BODY[:100])
    site.mischief["/f"] = [web.whole()]
    assert bring(site, part) == KNOWN.sha256
    assert part.read_bytes() == BODY


def test_a_file_that_changed_on_the_server_starts_over(site: Site, part: Path) -> None:
    site.files["/f"] = OTHER
    site.mischief["/f"] = [web.cut(2 * CHUNK), web.status(404)]
    refused(site, part)
    site.files["/f"] = BODY
    assert bring(site, part) == KNOWN.sha256
    assert len(site.asked) == 3  # If-Range spared a second round


def test_a_bad_part_is_found_out_by_its_hash_and_brought_again(site: Site, part: Path) -> None:
    part.write_bytes(OTHER[: 5 * CHUNK])
    assert bring(site, part) == KNOWN.sha256
    assert site.starts("/f") == [5 * CHUNK, 0]
    part.write_bytes(OTHER)  # complete, and wrong
    assert bring(site, part) == KNOWN.sha256


def test_a_file_that_changed_unnoticed_is_brought_again(site: Site, part: Path) -> None:
    def half_of_another(handler: web.Handler) -> None:
        handler.begin(200, len(OTHER))  # no ETag, so If-Range cannot be asked for
        handler.wfile.write(OTHER[: 5 * CHUNK])
        handler.close_connection = True

    site.mischief["/f"] = [half_of_another]
    assert bring(site, part) == KNOWN.sha256
    assert site.starts("/f") == [0, 5 * CHUNK, 0]


def test_a_complete_part_needs_no_request(site: Site, part: Path) -> None:
    part.write_bytes(BODY)
    assert bring(site, part) == KNOWN.sha256
    assert site.asked == []


def test_a_range_that_cannot_be_satisfied(site: Site, part: Path) -> None:
    part.write_bytes(BODY)
    assert bring(site, part, SIZELESS) == KNOWN.sha256  # 416: it was complete
    assert site.starts("/f") == [len(BODY)]
    part.write_bytes(BODY + b"more")
    assert bring(site, part, SIZELESS) == KNOWN.sha256  # 416: it was too long
    assert site.starts("/f")[1:] == [len(BODY) + 4, 0]
    part.write_bytes(BODY + b"more")
    assert bring(site, part) == KNOWN.sha256  # nobody needs to ask: it is longer than the file
    part.write_bytes(BODY[:9])
    site.mischief["/f"] = [web.status(416)]  # without saying how long the file is
    assert bring(site, part) == KNOWN.sha256


def test_another_range_than_asked_for_is_not_taken(site: Site, part: Path) -> None:
    part.write_bytes(BODY[:CHUNK])
    size = len(BODY)
    site.mischief["/f"] = [
        lambda handler: handler.answer(206, BODY, Content_Range=f"bytes 0-{size - 1}/{size}")
    ]
    assert bring(site, part) == KNOWN.sha256
    assert site.starts("/f") == [CHUNK, 0]


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_busy_server_is_asked_again(site: Site, part: Path, code: int) -> None:
    site.mischief["/f"] = [web.status(code), web.status(code, Retry_After="0")]
    assert bring(site, part) == KNOWN.sha256
    site.mischief["/f"] = [web.status(code)] * 5
    part.unlink()
    assert str(code) in refused(site, part)
    assert len(site.asked) == 3 + 3


@pytest.mark.parametrize("code", [401, 403, 404, 410])
def test_a_server_without_the_file_is_asked_once(site: Site, part: Path, code: int) -> None:
    site.mischief["/f"] = [web.status(code)]
    assert refused(site, part).startswith(f"127.0.0.1: {code} ")
    assert len(site.asked) == 1


def test_the_next_source_is_taken_and_continues_the_part(site: Site, part: Path) -> None:
    site.files["/mirror"] = BODY
    site.mischief["/mirror"] = [web.cut(3 * CHUNK), web.status(404)]
    assert bring(site, part, KNOWN, "/gone", "/mirror", "/f") == KNOWN.sha256
    assert site.starts("/f") == [3 * CHUNK]
    assert "If-Range" not in site.asked[-1].headers  # its ETag is not the mirror's


def test_every_source_is_named_when_all_fail(site: Site, part: Path) -> None:
    site.mischief["/a"], site.mischief["/b"] = [web.status(404)], [web.status(403)]
    said = refused(site, part, KNOWN, "/a", "/b")
    assert "404 Not Found; 127.0.0.1: 403 Forbidden" in said


def test_nobody_listens(part: Path) -> None:
    with web.running() as site:
        gone = site.url
    with pytest.raises(UndeliveredError, match="no connection"):
        download([f"{gone}/f"], part, KNOWN, patience=HASTE)


def test_wrong_bytes_are_refused_and_not_kept(site: Site, part: Path) -> None:
    site.files["/f"] = OTHER
    assert "different SHA-256" in refused(site, part)
    assert part.read_bytes() == b""
    site.files["/good"] = BODY
    assert bring(site, part, KNOWN, "/f", "/good") == KNOWN.sha256


def test_a_server_that_never_sends_the_right_bytes_is_left(site: Site, part: Path) -> None:
    site.files["/f"] = OTHER
    site.mischief["/f"] = [web.cut(CHUNK), web.cut(CHUNK)] * 20
    assert "127.0.0.1" in refused(site, part)
    assert len(site.asked) < 30


def test_another_size_than_declared_is_refused_before_it_comes(site: Site, part: Path) -> None:
    site.files["/f"] = BODY * 2
    assert f"has {2 * len(BODY)} bytes instead of {len(BODY)}" in refused(site, part)
    assert part.read_bytes() == b""


def test_more_than_declared_is_cut_off(site: Site, part: Path) -> None:
    def endless(handler: web.Handler) -> None:
        handler.begin(200, 0, Content_Length=None, Connection="close")
        while not handler.site.open.is_set():
            handler.wfile.write(BODY)

    site.mischief["/f"] = [endless]
    assert f"more than {len(BODY)} bytes" in refused(site, part)
    assert part.read_bytes() == b""
    site.mischief["/f"] = [endless]
    assert f"more than {SIZELESS.most} bytes" in refused(site, part, SIZELESS)


def test_less_than_declared_without_a_length_is_continued(site: Site, part: Path) -> None:
    def short(handler: web.Handler) -> None:
        handler.begin(200, 0, Content_Length=None, Connection="close")
        handler.wfile.write(BODY[:CHUNK])

    site.mischief["/f"] = [short]
    assert bring(site, part) == KNOWN.sha256
    assert site.starts("/f") == [0, CHUNK]


def test_coded_answers_are_refused(site: Site, part: Path) -> None:
    site.mischief["/f"] = [web.whole(Content_Encoding="gzip")]
    assert "encoded form" in refused(site, part)
    assert site.asked[0].headers["Accept-Encoding"] == "identity"


def test_a_web_page_instead_of_the_file_costs_nothing(site: Site, part: Path) -> None:
    part.write_bytes(BODY[:CHUNK])
    page = web.whole(b"<html>Please log in.</html>", Content_Type="text/html; charset=utf-8")
    site.mischief["/f"] = [page]
    assert "web page" in refused(site, part, SIZELESS)
    assert part.stat().st_size == CHUNK


def test_redirects_are_followed_with_the_range(site: Site, part: Path) -> None:
    part.write_bytes(BODY[:CHUNK])
    site.mischief["/old"] = [web.redirect("/older")]
    site.mischief["/older"] = [web.redirect(f"{site.url}/f")]
    assert bring(site, part, KNOWN, "/old") == KNOWN.sha256
    assert site.starts("/f") == [CHUNK]


@pytest.mark.parametrize("to", ["ftp://127.0.0.1/f", "file:///etc/hostname"])
def test_redirects_lead_only_to_the_web(site: Site, part: Path, to: str) -> None:
    site.mischief["/f"] = [web.redirect(to)]
    assert f"redirects to {to[:3]}" in refused(site, part)


def test_redirects_end(site: Site, part: Path) -> None:
    site.mischief["/f"] = [web.redirect("/f")] * 50
    assert "redirects more than" in refused(site, part)
    assert len(site.asked) <= module.REDIRECTS + 1


@pytest.mark.parametrize(
    ("start", "hop", "followed"),
    [("https", "https", True), ("https", "http", False), ("http", "http", True),
     ("http", "https", True), ("http", "ftp", False)],
)  # fmt: skip
def test_a_secure_address_never_leads_to_an_open_one(start: str, hop: str, followed: bool) -> None:
    assert module._allowed(start, hop) is followed


def test_a_description_comes_as_it_is_and_is_never_pieced_together(site: Site, part: Path) -> None:
    loose = Expected(None, None, len(BODY))
    part.write_bytes(OTHER[:CHUNK])
    site.mischief["/f"] = [web.cut(2 * CHUNK)]
    assert bring(site, part, loose) == KNOWN.sha256
    assert site.starts("/f") == [0, 0]
    assert part.read_bytes() == BODY
    part.write_bytes(OTHER)
    assert bring(site, part, Expected(len(BODY), None, len(BODY))) == KNOWN.sha256


@pytest.mark.parametrize("note", [b"{", b"[]", b'{"url": 1, "validator": "x"}', b"\xff"])
def test_a_damaged_note_beside_a_part_does_no_harm(site: Site, part: Path, note: bytes) -> None:
    part.write_bytes(BODY[:CHUNK])
    module.traces(part)[1].write_bytes(note)
    assert bring(site, part) == KNOWN.sha256
    assert site.starts("/f") == [CHUNK]


def test_it_stops_when_told_to_and_keeps_the_part(site: Site, part: Path) -> None:
    stop = threading.Event()
    site.mischief["/f"] = [lambda handler: web.serve(handler, pause=0.05)]

    def told(arrived: int) -> None:
        if arrived >= 2 * CHUNK:
            stop.set()

    with pytest.raises(StoppedError):
        download([f"{site.url}/f"], part, KNOWN, report=told, stop=stop)
    assert 2 * CHUNK <= part.stat().st_size < len(BODY)
    assert bring(site, part) == KNOWN.sha256


def test_it_stops_while_it_waits_for_another_attempt(site: Site, part: Path) -> None:
    stop = threading.Event()
    site.mischief["/f"] = [web.status(503)] * 9
    threading.Timer(0.2, stop.set).start()
    started = time.monotonic()
    with pytest.raises(StoppedError):
        download([f"{site.url}/f"], part, KNOWN, stop=stop, patience=Patience(pause=60, longest=60))
    assert time.monotonic() - started < 30


def test_a_full_disk_is_found_before_anything_comes(
    site: Site, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SPARE", 10**18)
    with pytest.raises(OutputError, match="make room"):
        bring(site, part, SIZELESS)


def test_a_part_that_cannot_be_written(site: Site, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist"):
        bring(site, tmp_path / "nowhere" / "f")


@planted.everything
def test_nothing_is_written_through_what_is_planted_for_a_part_or_its_note(
    site: Site, tmp_path: Path, kind: str
) -> None:
    part = tmp_path / "parts" / "f"
    for place in module.traces(part):
        trap = planted.Trap(kind, place, tmp_path / "outside")
        site.mischief["/f"] = [web.cut(3 * CHUNK)]
        assert bring(site, part) == KNOWN.sha256
        trap.check()
        assert part.read_bytes() == BODY
        part.unlink()
