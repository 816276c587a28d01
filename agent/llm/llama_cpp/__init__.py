"""Language models in this process, from GGUF files, by way of llama-cpp-python: an extra."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from agent import settings
from agent.llm.base import Backend, Spec
from tools import extras, weights
from tools.errors import InputError, MissingError, OptionError

SETS = ("llm-ministral", "llm-llama", "llm-hermes", "llm-mistral")
"""Sets of the weights registry, the default first; the first installed one is used."""
DEFAULT = "llm"  # the set that is recommended
ENDING = ".gguf"


def missing() -> str | None:
    """One sentence saying what is not installed and how to get it, or None."""
    if find_spec("llama_cpp") is None:
        return (
            f"Running a language model here needs llama-cpp-python: {extras.command('llm')}. "
            "It is compiled at installation, which takes about ten minutes."
        )
    try:
        chosen(None)
    except (MissingError, OptionError, InputError) as error:
        return str(error)
    return None


def pulled() -> dict[str, Path]:
    """Installed models of the registry by the name of their set, the preferred first."""
    files = {name: weights.find(_file(name)) for name in SETS if name in weights.sets()}
    return {name: path for name, path in files.items() if path is not None}


def chosen(model: str | None) -> Path:
    """The GGUF file of ``model``: a path, or the name of a set or file of the registry.

    None is what the settings name, or else the first that has been pulled.

    Raises MissingError for one that is not installed, InputError for a path without a file,
    OptionError for anything else.
    """
    model = model or settings.current().llm_model
    if model is None:
        found = next(iter(pulled().values()), None)
        if found is None:
            raise MissingError(weights.missing([DEFAULT]) or f"“{DEFAULT}” names no model.")
        return found
    if model == DEFAULT or model in SETS:
        return weights.path(_file(model))
    if not model.endswith(ENDING):
        raise OptionError(
            f"“{model}” is not a language model that runs here; give one of {', '.join(SETS)}, or "
            f"the path of a {ENDING} file."
        )
    if model in weights.catalogue():
        return weights.path(model)
    path = Path(model).expanduser()
    if not path.is_file():
        raise InputError(f"There is no language model “{path}”; give the path of a {ENDING} file.")
    return path


def takes(model: str) -> bool:
    """Whether ``model`` names a file, or a set of the registry."""
    return model.endswith(ENDING) or model == DEFAULT or model in SETS


def _file(name: str) -> str:
    """The file of a set."""
    return weights.resolve([name])[0].name


def _load(model: str | None) -> Backend:
    if find_spec("llama_cpp") is None:
        raise MissingError(missing() or "")
    path = chosen(model)
    from agent.llm.llama_cpp.backend import LlamaCpp

    return LlamaCpp(path)


SPEC = Spec(
    name="llama-cpp",
    summary="A language model on this machine, from a GGUF file.",
    rank=20,
    load=_load,
    missing=missing,
    takes=takes,
)
