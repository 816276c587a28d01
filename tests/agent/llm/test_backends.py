"""Finding and choosing a backend and a model, without running any."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from agent.llm import base, models
from agent.llm.base import Message
from tests.scripted import Line, Scripted
from tests.settings import Choose
from tools import registry, weights
from tools.errors import InputError, MissingError, ModelError, OptionError

SCRIPTED = base.Spec("scripted", "Replies from a list.", 0, lambda model: Scripted(["one"]))


@pytest.fixture
def shelf(tmp_path: Path, choose: Choose) -> Path:
    """An empty place for weights, and Portrayal's own catalogue."""
    choose(weights=tmp_path)
    return tmp_path


def put(shelf: Path, *names: str) -> None:
    """Files of the right size, which take no room on the disk."""
    for entry in weights.resolve(names):
        with (shelf / entry.name).open("wb") as file:
            file.truncate(entry.bytes or 1)


def test_users_are_offered_what_is_for_users() -> None:
    assert list(base.available()) == ["openai", "llama-cpp", "xllamacpp"]
    with pytest.raises(OptionError, match="there are: openai, llama-cpp, xllamacpp"):
        base.load("none")


def test_nothing_here_is_said_with_how_to_get_it(shelf: Path) -> None:
    assert base.ready() is None
    with pytest.raises(MissingError, match="PORTRAYAL_LLM_URL") as caught:
        base.load()
    assert "portrayal weights pull llm " in str(caught.value) or ".[llm]" in str(caught.value)


def test_a_named_server_comes_first(choose: Choose) -> None:
    choose(llm_url="http://localhost:1/v1")
    spec = base.ready()
    assert spec is not None
    assert spec.name == "openai"


def test_the_first_that_was_pulled_is_taken(shelf: Path) -> None:
    put(shelf, "llm-mistral", "llm-llama")
    assert list(models.pulled()) == ["llm-llama", "llm-mistral"]
    assert models.chosen(None).name.startswith("Llama-3.2-3B")
    put(shelf, "llm")
    assert models.chosen(None).name.startswith("Ministral-3-3B")
    assert models.chosen("llm-mistral").name.startswith("Mistral-7B")


def test_a_model_can_be_named(shelf: Path, choose: Choose) -> None:
    own = shelf / "own.gguf"
    own.touch()
    assert models.chosen(str(own)) == own
    choose(llm_model=own)
    assert models.chosen(None) == own
    with pytest.raises(InputError, match="no language model"):
        models.chosen(str(shelf / "none.gguf"))
    with pytest.raises(OptionError, match="llm-ministral"):
        models.chosen("gpt-4")
    with pytest.raises(MissingError, match="pull llm-hermes --accept-licence"):
        models.chosen("llm-hermes")


def test_the_name_of_a_model_tells_its_backend() -> None:
    assert models.takes("some/where.gguf")
    assert models.takes("llm-mistral")
    assert not models.takes("qwen3:4b")


def test_every_set_has_one_model_and_a_licence() -> None:
    for name in (models.DEFAULT, *models.SETS):
        (entry,) = weights.resolve([name])
        assert entry.name.endswith(models.ENDING)
        assert entry.consent == ("Llama" in entry.licence)
    assert weights.resolve(["llm"]) == weights.resolve([models.SETS[0]])


def test_another_distribution_adds_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through an entry point, which names the SPEC."""
    monkeypatch.setattr(
        metadata,
        "entry_points",
        lambda group: [
            metadata.EntryPoint("scripted", "tests.agent.llm.test_backends:SCRIPTED", group)
        ],
    )
    registry._entries.cache_clear()
    try:
        assert list(base.available()) == ["scripted", "openai", "llama-cpp", "xllamacpp"]
        assert base.ready() is SCRIPTED
        for backend in (base.load("scripted", "tea"), base.load(model="tea"), base.load()):
            assert backend.complete([Message("user", "tell me of tea")]).text == "one"
    finally:
        registry._entries.cache_clear()


def test_the_scripted_model_tells_its_replies_in_order() -> None:
    backend = Scripted(["one", Line("two", when="tea", every=True)])
    wish = [Message("user", "tell me of tea")]
    heard: list[str] = []
    told = [backend.complete(wish, on_text=heard.append).text for _ in range(3)]
    assert told == heard == ["one", "two", "two"]
    with pytest.raises(ModelError, match="no reply to its call 4"):
        backend.complete([Message("user", "coffee")])


def test_the_scripted_model_keeps_to_the_limit_of_tokens() -> None:
    reply = Scripted(["12345678"]).complete([], max_tokens=1)
    assert (reply.text, reply.stop, reply.wrote) == ("1234", "length", 1)
