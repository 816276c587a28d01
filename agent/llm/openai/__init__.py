"""Language models behind an OpenAI-compatible server: llama-server, Ollama, vLLM, LM Studio …"""

from __future__ import annotations

import os

from agent.llm.base import MODEL, Backend, Spec
from tools.errors import MissingError

URL = "PORTRAYAL_LLM_URL"
KEY = "PORTRAYAL_LLM_KEY"


def missing() -> str | None:
    """One sentence saying what is not here and how to get it, or None. Nobody is called."""
    if os.environ.get(URL):
        return None
    return (
        f"No language-model server is named: set {URL} to the address of one that speaks OpenAI's "
        "protocol, such as http://localhost:11434/v1 for Ollama."
    )


def _load(model: str | None) -> Backend:
    if sentence := missing():
        raise MissingError(sentence)
    from agent.llm.openai.address import address
    from agent.llm.openai.backend import OpenAI

    name = model or os.environ.get(MODEL) or None
    return OpenAI(address(os.environ[URL]), name, os.environ.get(KEY) or None)


SPEC = Spec(
    name="openai",
    summary="A language model behind a server that speaks OpenAI's protocol.",
    rank=10,  # whoever names a server wants it
    load=_load,
    missing=missing,
)
