"""Voices of servers: what is asked, what is heard, and every way in which a server can fail."""

from __future__ import annotations

import base64
import json
import os
import signal
import struct
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from agent.film import casting
from tests import announcer, talker
from tests.settings import Choose
from tests.talker import Act, Handler, Talker
from tools import stop
from tools.errors import (
    CancelledError,
    InputError,
    MissingError,
    ModelError,
    OptionError,
    PortrayalError,
)
from tools.media import Speech
from tools.speech import base
from tools.speech.cloud import client
from tools.speech.cloud.client import Server

KEY = "sk-very-secret"
SAY = "All is well."
SERVICES = ("elevenlabs", "openai")
PCM = (0.3 * np.sin(np.arange(24_000) / 20) * 32767).astype("<i2").tobytes()


@pytest.fixture
def server(choose: Choose, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talker]:
    """One that both engines take for their service; nothing is kept from before."""
    with announcer.running() as server:
        choose(
            cache=tmp_path_factory.mktemp("cache"),
            elevenlabs_key=KEY,
            elevenlabs_url=server.url.removesuffix("/v1"),
            speech_key=KEY,
            speech_url=server.url,
        )
        yield server


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def speak(service: str, text: str = SAY, voice: str | None = None, speed: float = 1.0) -> Speech:
    [speech] = base.load(service).speak(text, voice, speed)
    return speech


def refusal(service: str, kind: type[PortrayalError]) -> str:
    """The one sentence of a failure, without the key."""
    with pytest.raises(kind) as failed:
        speak(service)
    said = str(failed.value)
    assert type(failed.value) is kind
    assert KEY not in said
    assert said.endswith(".")
    assert "\n" not in said
    return said


# --- What is asked, and heard -----------------------------------------------------------------


def test_elevenlabs_is_asked_as_its_reference_says(server: Talker) -> None:
    said = speak("elevenlabs", voice="nova", speed=1.1)
    [(path, headers, body)] = server.asked
    assert path == "/v1/text-to-speech/nova/with-timestamps?output_format=pcm_24000"
    assert headers["xi-api-key"] == KEY
    assert body == {
        "text": SAY, "model_id": "eleven_multilingual_v2", "seed": 1,
        "voice_settings": {"speed": 1.1},
    }  # fmt: skip
    assert said.timing == "aligned"
    assert [word.text for word in said.words] == ["All", "is", "well"]


def test_openai_is_asked_as_its_reference_says(server: Talker, choose: Choose) -> None:
    choose(speech_model="kokoro")
    said = speak("openai", voice="nova", speed=1.5)
    [(path, headers, body)] = server.asked
    assert path == "/v1/audio/speech"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert body == {
        "model": "kokoro", "input": SAY, "voice": "nova", "speed": 1.5, "response_format": "wav",
    }  # fmt: skip
    assert said.timing == "aligned"


def test_times_of_characters_become_those_of_words(server: Talker) -> None:
    text = "Mother found seven big pots."
    known, said = announcer.spoken(text, 1.0), speak("elevenlabs", text)
    first = known.words[0].start - said.words[0].start
    for word, heard in zip(known.words, said.words, strict=True):
        assert heard.start == pytest.approx(word.start - first, abs=0.001)
        assert heard.end == pytest.approx(word.end - first, abs=0.001)
    for word, sound in zip(said.words, "mfsbp", strict=True):
        assert next(p for p in said.phonemes if p.end > word.start + 0.005).symbol[0] == sound


@pytest.mark.parametrize(
    "alignment",
    [
        None,
        {},
        {"characters": list("Something else.")},
        {"characters": 7, "character_start_times_seconds": 7, "character_end_times_seconds": 7},
        {
            "characters": list(SAY),
            "character_start_times_seconds": [float("nan")] * len(SAY),
            "character_end_times_seconds": [0.5] * len(SAY),
        },
        {
            "characters": list(SAY),
            "character_start_times_seconds": [float(-i) for i in range(len(SAY))],
            "character_end_times_seconds": [0.5] * len(SAY),
        },
        {
            "characters": list(SAY),
            "character_start_times_seconds": [0.1],
            "character_end_times_seconds": ["a"] * len(SAY),
        },
    ],
)
def test_times_that_cannot_be_believed_are_found_in_the_sound(
    server: Talker, alignment: object
) -> None:
    answer = announcer.told(SAY, announcer.spoken(SAY, 1.0)) | {"alignment": alignment}
    server.script = [talker.answers(200, answer)]
    said = speak("elevenlabs")
    assert said.timing == "aligned"
    assert [word.text for word in said.words] == ["All", "is", "well"]
    assert said.words[0].start < 0.2 < said.words[2].start


def test_what_is_not_speech_gets_estimated_times(server: Talker) -> None:
    answer = {"audio_base64": base64.b64encode(PCM).decode()}
    server.script = [talker.answers(200, answer)]
    said = speak("elevenlabs")
    assert said.timing == "estimated"
    assert said.notes
    assert said.phonemes[-1].end <= said.duration


def test_a_pace_beyond_the_services_is_made_here(server: Talker) -> None:
    natural, fast = (speak("elevenlabs", speed=speed).words[-1].end for speed in (1.0, 2.0))
    assert server.asked[1][2]["voice_settings"] == {"speed": 1.2}
    assert fast == pytest.approx(natural / 2, rel=0.15)


def test_sound_of_unknown_length_is_read(server: Talker) -> None:
    """As OpenAI streams it: the header does not know how long it will be."""
    wav = bytearray(announcer.wav(announcer.spoken(SAY, 1.0)))
    wav[4:8] = wav[40:44] = struct.pack("<I", 0xFFFFFFFF)
    server.script = [talker.answers(200, bytes(wav), "audio/wav")]
    assert speak("openai").timing == "aligned"


# --- What is kept -----------------------------------------------------------------------------


def test_the_same_is_asked_once(server: Talker, service: str) -> None:
    first = speak(service)
    again = speak(service)
    assert len(server.asked) == 1
    assert np.array_equal(first.waveform, again.waveform)
    speak(service, voice="nova")
    speak(service, "All is very well.")
    assert len(server.asked) == 3


def test_another_model_is_asked_anew(server: Talker, service: str, choose: Choose) -> None:
    before = base.identity(base.named(service), None)
    speak(service)
    choose(elevenlabs_model="other", speech_model="other")
    speak(service)
    assert len(server.asked) == 2
    assert base.identity(base.named(service), None) != before


def test_a_failure_is_not_kept(server: Talker, service: str) -> None:
    server.script = [talker.answers(503), announcer.speaks]
    refusal(service, ModelError)
    assert speak(service).timing == "aligned"


# --- Who may be asked -------------------------------------------------------------------------


def test_nobody_is_asked_who_is_not_named(server: Talker) -> None:
    assert not {spec.name for spec in base.ready()} & set(SERVICES)
    for voice in (None, "en", "de", "en-us"):
        assert casting.chosen(None, voice)[0].name not in SERVICES
    with pytest.raises(OptionError, match="alloy"):
        casting.chosen(None, "alloy")
    assert casting.companion("en").voice != "alloy"


@pytest.mark.parametrize("asked", [None, "en", "es-mx"])
def test_a_language_is_spoken_by_the_usual_voice(server: Talker, asked: str | None) -> None:
    spec, _, voice = casting.chosen("openai", asked)
    assert spec.name == "openai"
    assert voice in (None, "alloy")
    assert casting.chosen("openai", "ash")[2] == "ash"


def test_the_language_of_the_words_is_theirs() -> None:
    text = "La casa es muy bonita y está cerca de la playa."
    assert casting.suited("All is well.", "espeak").language == "en-us"
    assert casting.suited(text, "openai").language == "es"


@pytest.fixture(autouse=True)
def _named(choose: Choose) -> None:
    choose(speech_url="http://127.0.0.1:9/v1", elevenlabs_key=KEY)


def test_without_settings_they_say_what_to_set(choose: Choose, service: str) -> None:
    choose(elevenlabs_key=None, speech_url=None)
    variable = {"elevenlabs": "ELEVENLABS_API_KEY", "openai": "PORTRAYAL_SPEECH_URL"}[service]
    assert variable in refusal(service, MissingError)


@pytest.mark.parametrize(
    ("url", "key", "said"),
    [
        ("http://example.org/v1", KEY, "unencrypted"),
        ("http://localhost.example.org/v1", KEY, "unencrypted"),
        ("https://example.org/v1", "a b", "characters"),
        ("https://example.org/v1", "a\x00b", "characters"),
        ("https://me:secret@example.org/v1", KEY, "password"),
        ("file:///etc/passwd", KEY, "not the address"),
        ("example.org", KEY, "not the address"),
        ("http://[", KEY, "not the address"),
    ],
)
def test_a_key_goes_only_where_it_may(
    choose: Choose, service: str, url: str, key: str, said: str
) -> None:
    choose(elevenlabs_url=url, elevenlabs_key=key, speech_url=url, speech_key=key)
    message = refusal(service, OptionError)
    assert said in message
    assert key not in message
    assert "secret" not in message


def test_settings_and_servers_do_not_print_keys(server: Talker) -> None:
    from agent import settings

    here = settings.current()
    assert KEY not in repr(here)
    assert KEY not in str(settings.shown(here))
    assert KEY not in repr(Server("", server.url, KEY, {"xi-api-key": KEY}, "", ()))


def test_it_is_told_that_words_leave_this_machine(server: Talker, service: str) -> None:
    assert speak(service).notes == ()
    away = Server("Somebody", "https://voices.example.org/v1", None, {}, "", ())
    [note] = away.notes
    assert "voices.example.org" in note


@pytest.mark.parametrize("voice", ["../models", "a b", "a?b", "x" * 101, "é\n"])
def test_a_voice_is_no_path(server: Talker, service: str, voice: str) -> None:
    with pytest.raises(OptionError, match="has no voice"):
        speak(service, voice=voice)
    assert not server.asked


# --- What can go wrong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (400, InputError, "cannot speak this"),
        (401, OptionError, "refuses the key in"),
        (402, OptionError, "paid"),
        (403, OptionError, "refuses the key in"),
        (404, OptionError, "no such voice"),
        (422, InputError, "cannot speak this"),
        (429, ModelError, "try again in 30 s"),
        (500, ModelError, "status 500"),
        (503, ModelError, "status 503"),
    ],
)
def test_statuses_are_explained(
    server: Talker, service: str, status: int, kind: type[PortrayalError], said: str
) -> None:
    body = {"detail": {"status": "x", "message": f"your key {KEY}\nis bad\x1b[31m."}}
    server.script = [talker.answers(status, body, **{"Retry-After": "30"})]
    message = refusal(service, kind)
    assert said in message
    assert "your key … is bad" in message
    assert "\x1b" not in message


@pytest.mark.parametrize("after", ["", "Wed, 21 Oct 2026 07:28:00 GMT", "-3", "9" * 40])
def test_a_strange_time_to_wait_is_later(server: Talker, service: str, after: str) -> None:
    server.script = [talker.answers(429, b"[" * 100_000, **{"Retry-After": after})]
    assert "try again later" in refusal(service, ModelError)


def test_a_redirect_is_not_followed(server: Talker, service: str) -> None:
    server.script = [talker.answers(307, Location="http://127.0.0.1:9/")]
    assert "elsewhere" in refusal(service, OptionError)
    assert len(server.asked) == 1


def test_nobody_there_is_said(choose: Choose, service: str) -> None:
    choose(elevenlabs_url="http://127.0.0.1:9", speech_url="http://127.0.0.1:9/v1")
    assert "Nothing answers at http://127.0.0.1:9" in refusal(service, MissingError)


def _audio(content: bytes) -> Act:
    return talker.answers(200, content, "audio/wav")


def _cut(kind: str) -> Act:
    """An answer that ends before its announced end."""

    def act(handler: Handler) -> None:
        handler.begin(200, kind, **{"Content-Length": "100000"})
        handler.wfile.write(b"RIFF")

    return act


JUNK: list[tuple[str, Act]] = [
    ("openai", _audio(b"")),
    ("openai", _audio(b"RIFF" + os.urandom(2000))),
    ("openai", _audio(b"<html>")),
    ("openai", _audio(announcer.wav(Speech(np.zeros(24_000, np.float32), 24_000)))),
    ("openai", _audio(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")),
    ("elevenlabs", talker.answers(200, b"")),
    ("elevenlabs", talker.answers(200, b"[" * 100_000)),
    ("elevenlabs", talker.answers(200, [])),
    ("elevenlabs", talker.answers(200, {"audio_base64": 7})),
    ("elevenlabs", talker.answers(200, {"audio_base64": "no base64!"})),
    ("elevenlabs", talker.answers(200, {"audio_base64": ""})),
    ("elevenlabs", talker.answers(200, {"audio_base64": "AAA="})),
    ("elevenlabs", talker.answers(200, {"audio_base64": "QUJD"})),
]


@pytest.mark.parametrize(("service", "act"), JUNK)
def test_junk_is_refused(server: Talker, service: str, act: Act) -> None:
    server.script = [act]
    assert " sent " in refusal(service, ModelError)


def test_another_kind_of_answer_is_refused(server: Talker, service: str) -> None:
    server.script = [talker.answers(200, b"<html>", "text/html")]
    assert "text/html instead of sound" in refusal(service, ModelError)


def test_an_answer_that_is_cut_short_is_refused(server: Talker, service: str) -> None:
    kind = {"elevenlabs": "application/json", "openai": "audio/wav"}[service]
    server.script = [_cut(kind)]
    assert "broke off" in refusal(service, ModelError)


def test_an_endless_answer_is_cut_off(
    server: Talker, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LARGEST", 1_000_000)

    def act(handler: Handler) -> None:
        handler.begin(200, {"elevenlabs": "application/json", "openai": "audio/wav"}[service])
        while not handler.talker.closing.is_set():
            handler.wfile.write(bytes(100_000))

    server.script = [act]
    assert "more than 1 MB" in refusal(service, ModelError)


def _stalls(handler: Handler) -> None:
    talker.silence()(handler)


def _drips(handler: Handler) -> None:
    handler.begin(200, "audio/wav")
    while not handler.talker.closing.is_set():
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.02)


@pytest.mark.parametrize("act", [_stalls, _drips])
def test_a_slow_answer_has_a_limit(
    server: Talker, monkeypatch: pytest.MonkeyPatch, act: Act
) -> None:
    monkeypatch.setattr(client, "LIMIT", 0.4)
    server.script = [act]
    start = time.monotonic()
    assert "within 0.4 s" in refusal("openai", ModelError)
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("act", [_stalls, _drips])
def test_work_that_is_to_end_does_not_wait(server: Talker, act: Act) -> None:
    server.script = [act]
    ended = threading.Event()

    def check() -> None:
        if ended.is_set():
            raise CancelledError("Stopped.")

    threading.Timer(0.3, ended.set).start()
    start = time.monotonic()
    with stop.heeding(check), pytest.raises(CancelledError):
        speak("openai")
    assert time.monotonic() - start < 2


def test_control_c_does_not_wait(server: Talker) -> None:
    server.script = [_stalls]
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        speak("openai")
    assert time.monotonic() - start < 2


def test_an_answer_is_never_longer_than_it_says(server: Talker) -> None:
    """Numbers that are too large for their kind are no times."""
    answer = announcer.told(SAY, announcer.spoken(SAY, 1.0))
    alignment: dict[str, object] = dict(answer["alignment"])  # type: ignore[call-overload]
    for name in ("character_start_times_seconds", "character_end_times_seconds"):
        alignment[name] = [10**400] * len(SAY)
    content = json.dumps(answer | {"alignment": alignment}).encode()
    server.script = [talker.answers(200, content)]
    assert speak("elevenlabs").timing == "aligned"
