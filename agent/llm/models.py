"""Which GGUF file holds the language model: one that was pulled, or one that the user names."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from agent import settings
from tools import weights
from tools.errors import InputError, MissingError, OptionError

SETS = ("llm-ministral", "llm-llama", "llm-hermes", "llm-mistral", "llm-qwen")
"""Sets of the weights registry, the default first; the first installed one is used."""
DEFAULT = "llm"  # the set that is recommended
ENDING = ".gguf"


def run_here() -> bool:
    """Whether anything is installed that runs a model on this machine."""
    return any(find_spec(package) for package in ("xllamacpp", "llama_cpp"))


def missing() -> str | None:
    """One sentence saying that no model is here and how to get one, or None."""
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
