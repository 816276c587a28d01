"""The conversations of the writers, whole, as LLaMA 3, Mistral and Qwen get to read them.

The templates in tests/data/prompts spell the formats of these families; the texts beside them are
what the templates make of our prompts. After a change of a prompt, remove the texts and run this
test: it writes them anew, for you to read, and fails.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment

from agent.llm.base import Message
from agent.screenplay.model import Screenplay
from agent.writing.facts import Facts
from agent.writing.small import SmallWriter
from agent.writing.writer import Writer
from tests.agent.writing.model import brief_of, film
from tests.scripted import Scripted

DATA = Path(__file__).parents[2] / "data" / "prompts"
FAMILIES = {"llama-3": ("<|begin_of_text|>", ""), "mistral": ("<s>", "</s>"), "qwen": ("", "")}
FACTS = Facts("- The oolong comes from Anxi.\n- We open at 9:30.")
SHORT = "Hello, and welcome to our tea shop. The oolong comes from Anxi. We open at 9:30."
MORE = "Sit down at the window, and take your time with a pot of it."


def conversations(folder: Path) -> list[tuple[Message, ...]]:
    """All that a film of two scenes takes of a large model, and what a small one is asked."""
    large, small = Scripted(film()), Scripted([SHORT, "The oldest pot we have", MORE, *[""] * 9])
    Writer(large, FACTS).write(brief_of(folder, audience="Neighbours", tone="warm"))
    draft = SmallWriter(small, FACTS).write(brief_of(folder, seconds=20))
    assert isinstance(draft, Screenplay)
    return [asked.messages for asked in (*large.asked, *small.asked)]


def rendered(family: str, messages: tuple[Message, ...]) -> str:
    def refuse(what: str) -> None:
        raise AssertionError(what)

    sandbox = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    template = sandbox.from_string((DATA / f"{family}.jinja").read_text(encoding="utf-8"))
    bos, eos = FAMILIES[family]
    turns = [{"role": message.role, "content": message.content} for message in messages]
    return template.render(
        messages=turns, bos_token=bos, eos_token=eos, raise_exception=refuse
    )  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_what_a_model_reads(family: str, tmp_path: Path) -> None:
    texts = [rendered(family, messages) for messages in conversations(tmp_path)]
    whole = "\n\n=====\n\n".join(texts) + "\n"
    kept = DATA / f"{family}.txt"
    if not kept.exists():
        kept.write_text(whole, encoding="utf-8")
        pytest.fail(f"{kept.name} was not there and is written anew; read it.")
    assert whole == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_word_of_ours_is_read_once(family: str, tmp_path: Path) -> None:
    for messages in conversations(tmp_path):
        text = rendered(family, messages)
        for message in messages:
            assert text.count(message.content.strip()) == 1
