"""Language models behind an OpenAI-compatible server: llama-server, Ollama, vLLM, LM Studio …"""

from __future__ import annotations

from agent import settings
from agent.llm.base import Backend, Spec
from tools.errors import MissingError


def missing() -> str | None:
    """One sentence saying what is not configured and how, or None; no server is called."""
    if settings.current().llm_url is not None:
        return None
    return (
        "No language-model server is named: set PORTRAYAL_LLM_URL to the address of one that "
        "speaks OpenAI's protocol, such as http://localhost:11434/v1 for Ollama."
    )


def _load(model: str | None) -> Backend:
    here = settings.current()
    if here.llm_url is None:
        raise MissingError(missing() or "")
    from agent.llm.openai.backend import OpenAI, address

    return OpenAI(address(here.llm_url), model or here.llm_model, here.llm_key)


SPEC = Spec(
    name="openai",
    summary="A language model behind a server that speaks OpenAI's protocol.",
    rank=10,  # a server that is named is preferred
    load=_load,
    missing=missing,
)
