"""Checkpoints in the official layout, with random weights."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file

from renderers.sadtalker.checkpoints import Module
from renderers.sadtalker.config import Config
from renderers.sadtalker.tiny import TINY
from tests.renderers.sadtalker.layout import shapes
from tests.renderers.sadtalker.recipe import shaped_state

NETWORKS: tuple[Module, ...] = (
    "kp_extractor",
    "generator",
    "audio2exp",
    "audio2pose",
    "face_3drecon",
)
MAPPINGS = ("mapping_00229", "mapping_00109")


def write_official(folder: Path, config: Config = TINY, size: int = 256) -> Path:
    """What the original's ``checkpoints`` folder has, for networks as wide as ``config`` says."""
    folder.mkdir(parents=True, exist_ok=True)
    networks = {
        f"{module}.{key}": tensor
        for module in NETWORKS
        for key, tensor in shaped_state(shapes(module, config), f"{module}.").items()
    }
    save_file(networks, folder / f"SadTalker_V0.0.2_{size}.safetensors")
    for module in MAPPINGS:
        state = shaped_state(shapes(module, config), f"{module}.")
        # The training run left more than the network.
        moments = {"state": {0: {"exp_avg": torch.zeros(7)}}, "param_groups": [{"lr": 1e-4}]}
        content = {"mapping": state, "optimizer": moments, "epoch": 229}
        torch.save(content, folder / f"{module}-model.pth.tar")
    return folder


def write_legacy(folder: Path, config: Config = TINY) -> Path:
    """What the folder had before: one pickled file for each training run."""
    folder = write_official(folder, config)
    (folder / "SadTalker_V0.0.2_256.safetensors").unlink()
    state = {module: shaped_state(shapes(module, config), f"{module}.") for module in NETWORKS}
    drawing = {"generator": state["generator"], "kp_detector": state["kp_extractor"]}
    for name, content in {
        "facevid2vid_00189-model.pth.tar": drawing | {"he_estimator": {"x": torch.ones(1)}},
        "epoch_20.pth": {"net_recon": state["face_3drecon"]},
        "auido2exp_00300-model.pth": {"model": state["audio2exp"], "iteration": 300},
        "auido2pose_00140-model.pth": {"model": state["audio2pose"]},
    }.items():
        torch.save(content, folder / name)
    return folder
