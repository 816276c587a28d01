"""Servers that speak OpenAI's protocol, and some that only say so."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from agent.llm.base import Message, load
from agent.llm.openai.backend import OpenAI, address
from agent.llm.retry import ask
from agent.llm.shapes import schema
from tests import talker as server
from tests import tiny_gguf
from tests.agent.llm import plans
from tests.settings import Choose
from tests.talker import GOOD, Act, Talker, answers, endless, events, piece, raw, says, silence
from tools.errors import InputError, MissingError, ModelError, OptionError, PortrayalError
from tools.servers import on_this_machine

WISH = [Message("system", "You name films."), Message("user", "One about tea.")]
SHAPE = schema(plans.Title)
KEY = "sk-very-secret"


@pytest.fixture
def talker() -> Iterator[Talker]:
    with server.running() as running:
        yield running


def test_an_answer_streams_in(talker: Talker) -> None:
    heard: list[str] = []
    reply = OpenAI(talker.url, "m", KEY).complete(
        WISH, max_tokens=9, temperature=0.5, seed=4, on_text=heard.append
    )
    assert reply.text == "".join(heard) == GOOD
    assert len(heard) > 3
    assert (reply.stop, reply.read, reply.wrote) == ("end", 5, 7)
    ((path, headers, body),) = talker.asked
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert body == {
        "model": "m", "max_tokens": 9, "temperature": 0.5, "seed": 4, "stream": True,
        "messages": [
            {"role": "system", "content": "You name films."},
            {"role": "user", "content": "One about tea."},
        ],
    }  # fmt: skip


def test_the_schema_is_told_as_the_server_takes_it(talker: Talker) -> None:
    backend = OpenAI(talker.url, "m")
    assert backend.complete(WISH, schema=SHAPE).text == GOOD
    asked = talker.asked[-1][2]["response_format"]
    assert asked["json_schema"]["schema"] == SHAPE
    talker.script = [answers(400, {"error": {"message": "no json_schema here"}}), says()]
    backend.complete(WISH, schema=SHAPE)
    assert talker.asked[-1][2]["response_format"] == {"type": "json_object", "schema": SHAPE}


def test_in_words_where_it_takes_none_and_so_from_then_on(talker: Talker) -> None:
    talker.script = [answers(500), answers(422), says()]
    backend = OpenAI(talker.url, "m")
    assert ask(backend, WISH, plans.Title).title == "Tea"
    assert len(talker.asked) == 3
    assert ask(backend, WISH, plans.Title).title == "Tea"
    assert len(talker.asked) == 4
    body = talker.asked[-1][2]
    assert "response_format" not in body
    assert "JSON Schema" in body["messages"][-1]["content"]
    assert body["messages"][0]["content"] == "You name films."


@pytest.mark.parametrize(
    ("finish", "stop"), [("stop", "end"), ("length", "length"), ("content_filter", "end")]
)
def test_why_it_ended(talker: Talker, finish: str, stop: str) -> None:
    talker.script = [says(finish=finish, done=False)]
    assert OpenAI(talker.url, "m").complete(WISH).stop == stop


FAILURES: dict[str, tuple[Act, type[PortrayalError], str]] = {
    "wrong key": (answers(401, {"error": {"message": f"no {KEY}"}}), OptionError, "the key in"),
    "no such model": (answers(404, {"error": "model m not found"}), OptionError, "no model “m”"),
    "elsewhere": (answers(302, Location="http://127.0.0.1:9/"), OptionError, "sends its callers"),
    "too long": (answers(400, {"detail": "context of 10 tokens"}), InputError, "of 10 tokens"),
    "broken": (answers(500, {"error": {"message": "out of\nmemory\x1b["}}), ModelError, "500: out"),
    "busy": (answers(503, b"", "text/plain"), ModelError, "503: no reason given"),
    "much to say": (answers(500, b"x" * 100_000), ModelError, "xxx…"),
    "nested": (answers(500, b"[" * 9_999), ModelError, "status 500"),
    "a page": (answers(200, b"<html>", "text/html"), ModelError, "answers with text/html"),
    "no JSON": (events("{broken"), ModelError, "not part of an answer"),
    "another shape": (events('{"choices": "none"}'), ModelError, "not part of an answer"),
    "half a character": (events('{"choices": [{"delta": {"content": "\\ud800"}}]}'),
                         ModelError, "not part of an answer"),
    "fails on the way": (events(piece("{"), {"error": {"message": "lost"}}), ModelError, "lost"),
    "breaks off": (events(piece("{")), ModelError, "broke off"),
    "cut": (raw(b"HTTP/1.1 200 OK\r\nContent-Len"), ModelError, "broke off"),
    "no HTTP": (raw(b"220 mail.example.org\r\n"), ModelError, "broke off"),
    "endless line": (endless(b"x" * 100_000), ModelError, "does not stop sending"),
    "endless comments": (endless(b": still here\n" * 9000), ModelError, "does not stop sending"),
    "bad length": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"), ModelError, "broke off"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FAILURES)
def test_a_failure_is_one_sentence(talker: Talker, kind: str) -> None:
    act, error, said = FAILURES[kind]
    talker.script = [act]
    with pytest.raises(error, match=said) as caught:
        OpenAI(talker.url, "m", KEY).complete(WISH, max_tokens=10, time_limit=20)
    told = str(caught.value)
    assert KEY not in told
    assert told.isprintable()
    assert len(told) < 500


@pytest.mark.parametrize("kind", FAILURES)
def test_a_failure_with_a_schema_is_the_same(talker: Talker, kind: str) -> None:
    act, error, said = FAILURES[kind]
    talker.script = [act]
    with pytest.raises(error, match=said):
        OpenAI(talker.url, "m", KEY).complete(WISH, schema=SHAPE, max_tokens=10, time_limit=20)


def test_nobody_follows_elsewhere(talker: Talker) -> None:
    with server.running() as other:
        talker.script = [answers(307, Location=f"{other.url}/chat/completions")]
        with pytest.raises(OptionError, match="elsewhere"):
            OpenAI(talker.url, "m", KEY).complete(WISH)
        assert other.asked == []


def test_nobody_is_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(MissingError, match=f"No language-model server answers at {url}"):
        OpenAI(url, "m").complete(WISH)


@pytest.mark.parametrize(
    "act",
    [
        silence(),
        silence(b"HTTP/1.1 200 OK\r\n"),
        silence(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: "),
        endless(b": wait\n", pause=0.02),
    ],
)
def test_a_server_that_hangs_is_left_in_time(talker: Talker, act: Act) -> None:
    talker.script = [act]
    reply = OpenAI(talker.url, "m").complete(WISH, time_limit=0.3)
    assert (reply.text, reply.stop) == ("", "time")


def test_what_came_before_the_limit_is_kept(talker: Talker) -> None:
    def act(handler: server.Handler) -> None:
        events(piece("a"), piece("b"))(handler)
        silence()(handler)

    talker.script = [act]
    reply = OpenAI(talker.url, "m").complete(WISH, time_limit=1)
    assert (reply.text, reply.stop) == ("ab", "time")


def test_a_server_that_keeps_to_no_limit_is_cut_off(talker: Talker) -> None:
    talker.script = [endless(b'data: {"choices": [{"delta": {"content": "tea "}}]}\n\n')]
    reply = OpenAI(talker.url, "m").complete(WISH, max_tokens=10, time_limit=30)
    assert reply.stop == "length"
    assert len(reply.text) < 400


def test_a_listener_may_end_it(talker: Talker) -> None:
    def enough(text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        OpenAI(talker.url, "m").complete(WISH, on_text=enough)


def test_within_a_running_event_loop(talker: Talker) -> None:
    async def somebody() -> str:
        return OpenAI(talker.url, "m").complete(WISH).text

    assert asyncio.run(somebody()) == GOOD


def test_the_only_model_of_a_server_is_taken(talker: Talker) -> None:
    talker.script = [answers(200, {"data": [{"id": "one"}]}), says()]
    backend = OpenAI(talker.url)
    assert backend.complete(WISH).text == GOOD
    assert backend.model == "one"
    assert [path for path, _, _ in talker.asked] == ["/v1/models", "/v1/chat/completions"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"data": [{"id": "a"}, {"id": "b\n\x1b"}]}, "one of: a, b"),
        ({"data": []}, "one of: none"),
        ({"models": []}, "does not say which"),
        (b"<html>", "does not say which"),
    ],
)
def test_otherwise_one_has_to_be_named(talker: Talker, body: object, said: str) -> None:
    talker.script = [answers(200, body)]
    with pytest.raises(OptionError, match=said):
        OpenAI(talker.url).complete(WISH)


def test_chosen_by_the_environment(
    talker: Talker, monkeypatch: pytest.MonkeyPatch, choose: Choose
) -> None:
    choose(llm_url=talker.url.removesuffix("/v1"), llm_model="named", llm_key=KEY)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # not for this machine
    backend = load()
    assert backend.complete(WISH).text == GOOD
    assert backend.model == "named"
    assert talker.asked[0][2]["model"] == "named"
    assert KEY not in repr(backend)
    choose(llm_key="two\nlines")
    with pytest.raises(OptionError, match="PORTRAYAL_LLM_KEY"):
        load("openai")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("http://localhost:11434", "http://localhost:11434/v1"),
        (" https://example.org/v1/ ", "https://example.org/v1"),
        ("http://10.0.0.1:8000/api/v3/chat/completions", "http://10.0.0.1:8000/api/v3"),
        ("http://[::1]:80/v1", "http://[::1]:80/v1"),
    ],
)
def test_addresses(given: str, meant: str) -> None:
    assert address(given) == meant


@pytest.mark.parametrize(
    "given",
    ["", "localhost:8080", "file:///etc/passwd", "http://", "http://a b/", "http://a/?q=1",
     "http://a:x/", "http://a/#f", "http://[::1", "http://a\x00/", "http://ä.example"],
)  # fmt: skip
def test_what_is_no_address(given: str) -> None:
    with pytest.raises(OptionError, match="not the address of a server"):
        address(given)


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(OptionError, match="PORTRAYAL_LLM_KEY") as caught:
        address("https://me:hunter2@example.org/v1")
    assert "hunter2" not in str(caught.value)


def test_which_addresses_are_of_this_machine() -> None:
    assert all(on_this_machine(f"http://{h}/v1") for h in ("localhost", "127.0.0.1", "[::1]"))
    assert not any(on_this_machine(f"http://{h}/v1") for h in ("example.org", "10.0.0.1"))


@pytest.mark.parametrize("base", ["http://example.org/v1", "http://10.0.0.1:8000/v1"])
def test_a_key_crosses_a_network_only_encrypted(base: str) -> None:
    with pytest.raises(OptionError, match="https://") as caught:
        OpenAI(base, "m", KEY)
    assert base in str(caught.value)
    assert KEY not in str(caught.value)
    OpenAI(base, "m")
    for allowed in (base.replace("http:", "https:"), "http://localhost:1/v1", "http://[::1]/v1"):
        OpenAI(allowed, "m", KEY)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """llama-cpp-python's own server with a random model."""
    pytest.importorskip("gguf")
    app = pytest.importorskip("llama_cpp.server.app")
    settings = pytest.importorskip("llama_cpp.server.settings")
    uvicorn = pytest.importorskip("uvicorn")
    path = tiny_gguf.make(tmp_path_factory.mktemp("models") / "tiny.gguf")
    model = settings.ModelSettings(
        model=str(path), n_ctx=4096, n_threads=1, n_threads_batch=1, verbose=False
    )
    made = app.create_app(
        server_settings=settings.ServerSettings(api_key=KEY), model_settings=[model]
    )
    with socket.socket() as here:
        here.bind(("127.0.0.1", 0))
        running = uvicorn.Server(uvicorn.Config(made, log_level="critical"))
        thread = threading.Thread(target=running.run, args=([here],), daemon=True)
        thread.start()
        while not running.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{here.getsockname()[1]}"
        running.should_exit = True
        thread.join(10)
        app._llama_proxy.free()


def test_a_real_server_keeps_to_the_schema(real: str) -> None:
    backend = OpenAI(address(real), key=KEY)
    heard: list[str] = []
    title = ask(backend, WISH, plans.Title, max_tokens=400, on_text=heard.append)
    assert plans.Title.model_validate_json("".join(heard)) == title
    levels = ask(backend, WISH, plans.Levels, max_tokens=400, seed=3)
    assert -3 <= levels.tilt <= 3


def test_a_real_server_wants_its_key(real: str) -> None:
    with pytest.raises(OptionError, match="to answer without PORTRAYAL_LLM_KEY"):
        OpenAI(address(real), "m").complete(WISH)


def test_a_real_server_breaks_off_over_what_is_too_long(real: str) -> None:
    with pytest.raises(ModelError, match="broke off"):
        OpenAI(address(real), key=KEY).complete([Message("user", "tea " * 3000)], max_tokens=5)


def test_a_real_server_is_cut_off(real: str) -> None:
    assert OpenAI(address(real), key=KEY).complete(WISH, max_tokens=5).stop == "length"
