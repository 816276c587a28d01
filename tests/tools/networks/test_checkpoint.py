"""Tensors out of files from anywhere. SadTalker's tests read its own layouts with it."""

from __future__ import annotations

import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from tools.errors import InputError, MissingError
from tools.networks.checkpoint import read


class Caller:
    """Pickles as a call of a function."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('it ran')",)


def saved(folder: Path, content: object) -> Path:
    torch.save(content, folder / "net.pth")
    return folder / "net.pth"


def test_the_first_entry_there_counts(tmp_path: Path) -> None:
    entries = {"params": {"w": torch.zeros(2)}, "params_ema": OrderedDict(w=torch.ones(2).half())}
    path = saved(tmp_path, entries)
    found = read(path, ("params_ema", "params"))
    assert found["w"].tolist() == [1, 1]
    assert found["w"].dtype == torch.float32
    assert read(path, ("other", "params"))["w"].tolist() == [0, 0]
    with pytest.raises(InputError, match="no entry “a” or “b” with tensors"):
        read(path, ("a", "b"))


def test_prefixes_of_safetensors(tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    save_file({"b.w": torch.ones(2), "c.w": torch.zeros(2)}, path)
    assert read(path, ("a.", "b.", "c."))["w"].tolist() == [1, 1]
    with pytest.raises(InputError, match=r"no tensors under “a\.” or “d\.”"):
        read(path, ("a.", "d."))


def test_programs_are_not_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="could run a program"):
        read(saved(tmp_path, {"params": Caller()}), "params")


def test_what_is_no_tensor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="“w”"):
        read(saved(tmp_path, {"params": {"w": "text"}}), "params")


def test_tensors_larger_than_their_file_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, {"params": {"w": torch.zeros(1).expand(10**12)}})
    with pytest.raises(InputError, match="“w”"):
        read(path, "params")


def test_compressed_files_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, {"params": {"w": torch.zeros(1000)}})
    packed = tmp_path / "packed.pth"
    with (
        zipfile.ZipFile(path) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
    with pytest.raises(InputError, match="does not write"):
        read(packed, "params")


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="There is no file"):
        read(tmp_path / "net.pth", "params")
