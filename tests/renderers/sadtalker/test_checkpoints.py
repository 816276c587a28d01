"""Official files in, tensors out; anything else refused without running it."""

import dataclasses
import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from renderers.sadtalker.checkpoints import Checkpoint, Module, convert, load
from renderers.sadtalker.faces import Face3dRecon
from renderers.sadtalker.hearing import Audio2Exp, Audio2Pose
from renderers.sadtalker.mapping import MappingNet
from renderers.sadtalker.tiny import TINY
from tests.renderers.sadtalker.checkpoints import NETWORKS, write_legacy, write_official
from tests.renderers.sadtalker.layout import shapes
from tests.renderers.sadtalker.recipe import make_tensor
from tools.errors import InputError, MissingError

NAME = "SadTalker_V0.0.2_256.safetensors"
MAPPING = "mapping_00229-model.pth.tar"


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_official(tmp_path_factory.mktemp("official"))


@pytest.fixture
def mapping_alone(official: Path, tmp_path: Path) -> Path:
    """A folder of its own, with networks that nothing is read of."""
    (tmp_path / NAME).touch()
    (tmp_path / MAPPING).write_bytes((official / MAPPING).read_bytes())
    return tmp_path


def used(module: str) -> set[str]:
    """The keys of a network that inference needs."""
    unused = ("netG.encoder.", "netD_motion.")
    return {key for key in shapes(module, TINY) if not key.startswith(unused)}


@pytest.mark.parametrize("module", NETWORKS)
def test_each_network_has_its_own_tensors(official: Path, module: Module) -> None:
    state = Checkpoint.open_folder(official, 256).state(module)
    assert state.keys() == used(module)
    for key in sorted(state)[:3]:
        expected = make_tensor(f"{module}.{key}", state[key].shape)
        np.testing.assert_array_equal(state[key], expected)


@pytest.mark.parametrize(("number", "inputs"), [("00229", 70), ("00109", 73)])
def test_the_mapping_network_follows_the_framing(official: Path, number: Any, inputs: int) -> None:
    state = Checkpoint.open_folder(official, 256, number).state("mapping")
    assert state.keys() == used("mapping_00229")
    assert state["first.0.weight"].shape[1] == inputs


def test_training_needs_what_is_left_out(official: Path) -> None:
    stored = load_file(official / NAME)
    assert any(key.startswith("audio2pose.netD_motion.") for key in stored)
    state = Checkpoint.open_folder(official, 256).state("audio2pose")
    assert not any(key.startswith(("netD_motion.", "netG.encoder.")) for key in state)


def test_only_the_wanted_network_is_read(official: Path, tmp_path: Path) -> None:
    """The file's other networks could be missing altogether."""
    some = {k: t for k, t in load_file(official / NAME).items() if k.startswith("audio2exp.")}
    save_file(some, tmp_path / NAME)
    (tmp_path / MAPPING).touch()
    checkpoint = Checkpoint.open_folder(tmp_path, 256)
    assert checkpoint.state("audio2exp").keys() == used("audio2exp")
    with pytest.raises(InputError, match=r"holds no tensors under “generator\.”"):
        checkpoint.state("generator")


def test_the_older_layout_holds_the_same(official: Path, tmp_path: Path) -> None:
    old = Checkpoint.open_folder(write_legacy(tmp_path), 256)
    new = Checkpoint.open_folder(official, 256)
    modules: tuple[Module, ...] = (*NETWORKS, "mapping")
    for module in modules:
        theirs, ours = old.state(module), new.state(module)
        assert theirs.keys() == ours.keys()
        assert all(torch.equal(theirs[key], ours[key]) for key in ours)


@pytest.mark.parametrize("gone", [NAME, MAPPING])
def test_what_is_missing_is_named(official: Path, tmp_path: Path, gone: str) -> None:
    for name in {NAME, MAPPING} - {gone}:
        (tmp_path / name).symlink_to(official / name)
    with pytest.raises(MissingError, match=gone):
        Checkpoint.open_folder(tmp_path, 256)


def test_the_older_layout_does_not_stand_in_for_512(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"SadTalker_V0\.0\.2_512"):
        Checkpoint.open_folder(write_legacy(tmp_path), 512)


# --- Filling a network ------------------------------------------------------------------------


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv1d(2, 3, 1), nn.BatchNorm1d(3)


def test_a_network_is_filled_and_ready() -> None:
    state = {key: torch.full_like(t, 2) for key, t in Small().state_dict().items()}
    network = load(Small(), state, "file")
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
    assert all(torch.equal(t, state[key]) for key, t in network.state_dict().items())


MAKERS: dict[Module, Callable[[], nn.Module]] = {
    "audio2exp": Audio2Exp,
    "audio2pose": Audio2Pose,
    "face_3drecon": lambda: Face3dRecon(TINY.backbone_width),
    "mapping": lambda: MappingNet(TINY),
}


@pytest.mark.parametrize("module", MAKERS)
def test_a_checkpoint_fills_its_networks(official: Path, module: Module) -> None:
    checkpoint = Checkpoint.open_folder(official, 256)
    network = checkpoint.load(module, MAKERS[module])
    state = checkpoint.state(module)
    assert all(torch.equal(t, state[key]) for key, t in network.state_dict().items())


def test_a_network_that_does_not_fit_names_the_file(official: Path) -> None:
    wide = dataclasses.replace(TINY.mapping, descriptor_nc=32)
    config = dataclasses.replace(TINY, mapping=wide)
    with pytest.raises(InputError, match=rf"“first\.0\.weight” in “.*{MAPPING}” has the shape"):
        Checkpoint.open_folder(official, 256).load("mapping", lambda: MappingNet(config))


def test_counters_of_batch_norms_may_be_missing() -> None:
    state = Small().state_dict()
    del state["norm.num_batches_tracked"]
    assert load(Small(), state, "file").norm.num_batches_tracked == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda s: s.pop("conv.bias"), "“file” lacks “conv.bias”, which Small needs"),
        (lambda s: s.update(x=torch.ones(1), y=torch.ones(1)), "“file” has “x” and 1 more, which"),
        (
            lambda s: s.update({"conv.weight": torch.ones(3, 2, 2)}),
            r"“conv.weight” in “file” has the shape \(3, 2, 2\); Small needs \(3, 2, 1\)",
        ),
        (
            lambda s: s.update({"conv.bias": torch.ones(3, dtype=torch.int64)}),
            r"“conv.bias” in “file” has the shape \(3,\) of whole numbers; Small needs \(3,\)",
        ),
    ],
)
def test_any_other_table_is_refused(change: Callable[[Any], Any], sentence: str) -> None:
    network = Small()
    before = {key: tensor.clone() for key, tensor in network.state_dict().items()}
    state = Small().state_dict()
    change(state)
    with pytest.raises(InputError, match=sentence):
        load(network, state, "file")
    assert all(torch.equal(t, before[key]) for key, t in network.state_dict().items())


# --- Converting -------------------------------------------------------------------------------


def test_the_small_form_is_the_same_and_preferred(mapping_alone: Path) -> None:
    before = Checkpoint.open_folder(mapping_alone, 256).state("mapping")
    small = convert(mapping_alone / MAPPING)
    assert small == mapping_alone / "mapping_00229-model.safetensors"
    checkpoint = Checkpoint.open_folder(mapping_alone, 256)
    assert checkpoint.places["mapping"].path == small
    after = checkpoint.state("mapping")
    assert after.keys() == before.keys()
    assert all(torch.equal(after[key], before[key]) for key in before)
    (mapping_alone / MAPPING).unlink()  # it may go
    assert Checkpoint.open_folder(mapping_alone, 256).places["mapping"].path == small
    assert sorted(p.name for p in mapping_alone.iterdir()) == [NAME, small.name]


def test_a_newer_original_is_not_hidden_by_an_old_small_form(mapping_alone: Path) -> None:
    small = convert(mapping_alone / MAPPING)
    os.utime(small, (1, 1))
    checkpoint = Checkpoint.open_folder(mapping_alone, 256)
    assert checkpoint.places["mapping"].path == mapping_alone / MAPPING


# --- Files from anywhere ----------------------------------------------------------------------


class Bomb:
    """Unpickling it would leave a mark."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.mark),)


def zipped(pickled: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in {"data.pkl": pickled, "version": b"3\n", "byteorder": b"little"}.items():
            archive.writestr(f"archive/{name}", part)
    return content.getvalue()


@pytest.mark.parametrize("form", [bytes, zipped])
def test_a_pickle_is_never_run(mapping_alone: Path, form: Callable[[bytes], bytes]) -> None:
    mark = mapping_alone / "mark"
    pickled = pickle.dumps({"mapping": Bomb(mark)}, protocol=2)
    (mapping_alone / MAPPING).write_bytes(form(pickled))
    with pytest.raises(InputError, match=r"run a program|not a complete PyTorch checkpoint"):
        Checkpoint.open_folder(mapping_alone, 256).state("mapping")
    assert not mark.exists()
    pickle.loads(pickled)  # the bomb is no dud
    assert mark.exists()


def test_a_program_hidden_in_a_real_checkpoint_is_not_run(mapping_alone: Path) -> None:
    mark = mapping_alone / "mark"
    torch.save({"mapping": {"x": torch.ones(2)}, "note": Bomb(mark)}, mapping_alone / MAPPING)
    with pytest.raises(InputError, match="could run a program"):
        Checkpoint.open_folder(mapping_alone, 256).state("mapping")
    assert not mark.exists()


def test_numbers_that_trainers_leave_are_no_hindrance(mapping_alone: Path) -> None:
    content = {"mapping": {"x": torch.ones(2)}, "lr": np.float64(1e-4), "epoch": np.int64(3)}
    torch.save(content, mapping_alone / MAPPING)
    assert Checkpoint.open_folder(mapping_alone, 256).state("mapping")["x"].tolist() == [1, 1]


def test_half_precision_is_read_as_single(mapping_alone: Path) -> None:
    torch.save({"mapping": {"x": torch.ones(2, dtype=torch.float16)}}, mapping_alone / MAPPING)
    assert Checkpoint.open_folder(mapping_alone, 256).state("mapping")["x"].dtype == torch.float32


@pytest.mark.parametrize(
    "content",
    [
        [1, 2],
        {"model": {"x": torch.ones(1)}},
        {"mapping": torch.ones(1)},
        {"mapping": {"x": "words"}},
        {"mapping": {"x": torch.ones(1).expand(2**40)}},  # four bytes that would fill the memory
        {"mapping": {"x": torch.ones(1, dtype=torch.complex64)}},
        {"mapping": {"x": torch.ones(2, 2).to_sparse()}},
        {"mapping": {}},
    ],
)
def test_what_is_no_table_of_tensors_is_refused(mapping_alone: Path, content: Any) -> None:
    torch.save(content, mapping_alone / MAPPING)
    with pytest.raises(InputError, match=MAPPING):
        Checkpoint.open_folder(mapping_alone, 256).state("mapping")
    with pytest.raises(InputError):
        convert(mapping_alone / MAPPING)
    assert not list(mapping_alone.glob("*.safetensors*partial*"))


def test_a_compressed_checkpoint_is_refused(mapping_alone: Path) -> None:
    with zipfile.ZipFile(mapping_alone / MAPPING, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(2**20))
    with pytest.raises(InputError, match=r"a part “archive/data\.pkl”"):
        Checkpoint.open_folder(mapping_alone, 256).state("mapping")


@pytest.mark.parametrize("size", [0, 1, 4, 100, 5_000, 60_000])
def test_a_cut_pickle_is_refused(mapping_alone: Path, size: int) -> None:
    file = mapping_alone / MAPPING
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(InputError, match=MAPPING):
        Checkpoint.open_folder(mapping_alone, 256).state("mapping")


def header(**tensors: Any) -> bytes:
    text = json.dumps(tensors).encode()
    return struct.pack("<Q", len(text)) + text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>404</html>",
        struct.pack("<Q", 2**62) + b"{}",
        header(**{"audio2exp.x": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 8]}}),
        header(**{"audio2exp.x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}),  # cut
        header(**{"audio2exp.x": {"dtype": "F32", "shape": [2**62, 4], "data_offsets": [0, 0]}}),
    ],
)
def test_a_damaged_safetensors_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    (tmp_path / MAPPING).touch()
    checkpoint = Checkpoint.open_folder(tmp_path, 256)
    with pytest.raises(InputError, match="not a complete safetensors file"):
        checkpoint.state("audio2exp")
