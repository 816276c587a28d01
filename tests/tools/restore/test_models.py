"""Restorers by name: their networks filled from files, and what is said when that cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.tools.restore.conftest import FILES, Save
from tools import device
from tools.errors import InputError, MissingError, OptionError
from tools.restore import base, spandrel
from tools.restore.gpen import network as gpen_network
from tools.restore.gpen.network import GPEN
from tools.restore.network import Forward, NetworkRestorer

ROOT = Path(__file__).parents[3]
GFPGAN_FILE, RESTOREFORMER_FILE, CODEFORMER_FILE, GPEN_FILE = FILES


@pytest.fixture(autouse=True)
def on_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "has_gpu", lambda: False)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """GPEN with few channels."""
    monkeypatch.setattr(gpen_network, "width", lambda side: 4)


def faces(count: int = 1) -> Tensor:
    return torch.rand(count, 3, 512, 512, generator=torch.Generator().manual_seed(5))


def narrow_codeformer() -> nn.Module:
    """CodeFormer with the fewest channels it can have; it fuses features of one size."""
    package: Any = spandrel.architectures("spandrel_extra_arches.architectures.CodeFormer")
    architecture = sys.modules[package.CodeFormer.__module__]
    begin, channels = architecture.VQAutoEncoder.__init__, 32

    def begin_narrow(self: nn.Module, side: int, width: int, factors: Any, *others: Any) -> None:
        begin(self, side, channels, [1] * len(factors), *others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(architecture.VQAutoEncoder, "__init__", begin_narrow)
        network: Any = package.CodeFormer(n_layers=1, connect_list=[])
    network.connect_list = ["32"]
    network.fuse_convs_dict["32"] = architecture.Fuse_sft_block(channels, channels)
    made: nn.Module = network
    return made


def livened(network: nn.Module) -> nn.Module:
    """Random where a fresh network is zero, so that every tensor plays a part."""
    torch.manual_seed(2)
    for parameter in network.parameters():
        if not parameter.count_nonzero():
            nn.init.normal_(parameter, std=0.1)
    return network.eval()


class TestFinding:
    def test_the_restorers_in_the_folders(self) -> None:
        assert list(base.available()) == ["codeformer", "gfpgan", "gpen", "restoreformer"]

    def test_listing_imports_nothing_heavy(self) -> None:
        script = (
            "import sys; from tools.restore import base; "
            "[spec.missing() for spec in base.available().values()]; print(*sys.modules)"
        )
        result = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert not {"torch", "cv2", "spandrel", "scipy"} & set(result.stdout.split())

    def test_an_unknown_name(self) -> None:
        with pytest.raises(OptionError, match="no restorer “gan”; there are: codeformer, gfpgan"):
            base.load("gan")

    def test_a_missing_file_says_what_to_pull(self) -> None:
        with pytest.raises(MissingError, match="portrayal weights pull gpen --accept-licence"):
            base.load("gpen")

    def test_a_missing_package_says_what_to_install(self) -> None:
        packages = {"no_such_module": "restore", "torch": "other"}
        sentence = spandrel.missing("This", packages, GFPGAN_FILE)
        assert sentence == (
            "This needs no_such_module, not installed here; get it with: "
            "pip install -c constraints.txt '.[restore]' (in Portrayal's folder)."
        )
        absent = spandrel.missing("This", {"torch": "other"}, GFPGAN_FILE)
        assert "portrayal weights pull gfpgan" in str(absent)

    def test_a_package_that_does_not_import(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(name: str) -> object:
            raise RuntimeError("operator torchvision::nms does not exist")

        monkeypatch.setattr("tools.restore.spandrel.import_module", broken)
        with pytest.raises(MissingError, match=r"spandrel cannot be used .*built for PyTorch"):
            spandrel.gfpgan()


class TestFidelity:
    def test_for_a_model_without_the_choice(self) -> None:
        with pytest.raises(OptionError, match="gpen offers no choice of fidelity"):
            base.load("gpen", fidelity=0.5)

    @pytest.mark.parametrize("value", [-0.1, 1.01, float("nan")])
    def test_out_of_range(self, value: float) -> None:
        with pytest.raises(OptionError, match="from 0 to 1"):
            base.load("codeformer", fidelity=value)


@pytest.mark.usefixtures("narrow")
class TestGPEN:
    def test_loaded_it_is_the_network_that_was_saved(self, save: Save) -> None:
        network = livened(GPEN())
        save(GPEN_FILE, network.state_dict())
        restored = base.load("gpen").restore(faces(2))
        with torch.inference_mode():
            expected = ((network(faces(2) * 2 - 1) + 1) / 2).clamp(0, 1)
        assert torch.equal(restored, expected)
        assert restored.std() > 0.01

    def test_another_network(self, save: Save) -> None:
        save(GPEN_FILE, GPEN(256).state_dict())
        with pytest.raises(MissingError, match="are not those of GPEN"):
            base.load("gpen")

    def test_what_runs_a_program(self, save: Save, tmp_path: Path) -> None:
        save(GPEN_FILE, {"generator": Program(tmp_path / "ran")})
        with pytest.raises(MissingError, match="cannot be read"):
            base.load("gpen")
        assert not (tmp_path / "ran").exists()


class TestTheOfficialGPEN:
    def test_it_has_as_many_numbers_as_the_file(self) -> None:
        with torch.device("meta"):
            state = GPEN().state_dict()
        tensors = sum(tensor.nbytes for tensor in state.values())
        assert 0 < 284_085_738 - tensors < 500 * len(state)  # names and offsets

    def test_blur_and_doubling_keep_a_level(self) -> None:
        level = torch.full((1, 2, 16, 16), 0.7)
        doubled = gpen_network.Doubled()(level)
        assert doubled.shape[-1] == 32
        torch.testing.assert_close(doubled[..., 2:-2, 2:-2], torch.full((1, 2, 28, 28), 0.7))

    def test_a_modulated_convolution_is_one_with_modulated_weights(self) -> None:
        torch.manual_seed(1)
        layer, features, style = (
            gpen_network.Modulated(3, 5, 3),
            torch.randn(1, 3, 8, 8),
            torch.randn(1, gpen_network.LATENT),
        )
        weight = layer.weight[0] * layer.scale * layer.modulation(style)[0][:, None, None]
        weight = weight / (weight.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()
        expected = nn.functional.conv2d(features, weight, padding=1)
        torch.testing.assert_close(layer(features, style), expected, atol=1e-4, rtol=1e-4)


class Program:
    """Pickles as an order to write a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.path,)


@pytest.mark.usefixtures("spandrel")
class TestSpandrels:
    def test_gfpgan(self, save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
        make = partial(
            spandrel.architectures("spandrel.architectures.GFPGAN").GFPGAN, narrow=1 / 16
        )
        monkeypatch.setattr(spandrel, "gfpgan", make)
        network = livened(make())
        save(GFPGAN_FILE, {"params_ema": network.state_dict()})
        restorer = base.load("gfpgan")
        given = faces()
        restored = restorer.restore(given)
        with torch.inference_mode():
            expected = network(given * 2 - 1, randomize_noise=False)[0]
        assert torch.equal(restored, ((expected + 1) / 2).clamp(0, 1))
        assert torch.equal(restored, restorer.restore(given))  # no noise of its own

    def test_gfpgan_from_a_file_for_another(self, save: Save) -> None:
        save(GFPGAN_FILE, {"params_ema": {"weight": torch.zeros(2)}})
        with pytest.raises(MissingError, match="are not those of GFPGAN"):
            base.load("gfpgan")

    def test_gfpgan_from_a_file_without_its_entry(self, save: Save) -> None:
        save(GFPGAN_FILE, {"weights": {"weight": torch.zeros(2)}})
        with pytest.raises(InputError, match="no entry “params_ema” or “params”"):
            base.load("gfpgan")

    @pytest.mark.slow
    def test_restoreformer_from_a_training(
        self, save: Save, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make = partial(spandrel.restoreformer, channels=32)
        monkeypatch.setattr(spandrel, "restoreformer", make)
        network = livened(make())
        state = {f"vqvae.{name}": tensor for name, tensor in network.state_dict().items()}
        save(RESTOREFORMER_FILE, {"epoch": 3, "state_dict": state | {"loss.w": torch.zeros(1)}})
        restorer = base.load("restoreformer")
        assert isinstance(restorer, NetworkRestorer)
        assert restorer.restore(faces()).shape == (1, 3, 512, 512)
        found = restorer.network.state_dict()
        for name, tensor in network.state_dict().items():
            assert torch.equal(found[name], tensor)

    def test_a_trainers_classes_are_passed_over(
        self, save: Save, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As checkpoints of PyTorch Lightning have them: the state of a callback by its class."""
        place = "pytorch_lightning.callbacks.model_checkpoint"
        trainer = ModuleType(place)
        callback = type("ModelCheckpoint", (), {"__module__": place})
        trainer.ModelCheckpoint = callback  # type: ignore[attr-defined]
        with monkeypatch.context() as patch:
            for name in ("pytorch_lightning", "pytorch_lightning.callbacks"):
                patch.setitem(sys.modules, name, ModuleType(name))
            patch.setitem(sys.modules, place, trainer)
            state = {"vqvae.weight": torch.zeros(1)}
            save(RESTOREFORMER_FILE, {"callbacks": {callback: {"best": 1}}, "state_dict": state})
        with pytest.raises(MissingError, match="are not those of RestoreFormer"):
            base.load("restoreformer")

    def test_restoreformer_attends_at_two_sizes(self) -> None:
        with torch.device("meta"):
            network: Any = spandrel.restoreformer()
        assert [len(level.attn) for level in network.decoder.up] == [0, 0, 0, 0, 3, 3]
        assert [len(level.attn) for level in network.encoder.down] == [0, 0, 0, 0, 0, 2]
        assert network.decoder.up[4].attn[0].head_size == 4

    @pytest.mark.slow
    def test_codeformer(self, save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(spandrel, "codeformer", narrow_codeformer)
        network: Any = livened(narrow_codeformer())
        save(CODEFORMER_FILE, {"params_ema": network.state_dict()})
        given = faces()
        restored = base.load("codeformer", 0.3).restore(given)
        with torch.inference_mode():
            expected = network(given * 2 - 1, weight=0.3)[0]
        assert torch.equal(restored, ((expected + 1) / 2).clamp(0, 1))

    def test_codeformers_fidelity_arrives(
        self, save: Save, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        arrived = []

        def network(given: Tensor, weight: float) -> tuple[Tensor]:
            arrived.append(weight)
            return (given,)

        def restorer(make: object, file: str, forward: Forward) -> None:
            forward(network, faces())

        monkeypatch.setattr(spandrel, "_trained_by_basicsr", restorer)
        save(CODEFORMER_FILE, {})
        base.load("codeformer")
        base.load("codeformer", fidelity=0.25)
        assert arrived == [spandrel.CODEFORMER_FIDELITY, 0.25]

    def test_nothing_is_missing(self, save: Save) -> None:
        save(GFPGAN_FILE, {})
        assert spandrel.GFPGAN.missing() is None


class TestNetworks:
    def test_another_shape(self) -> None:
        restorer = NetworkRestorer(nn.Identity(), lambda network, given: given)
        with pytest.raises(ValueError, match=r"\(N, 3, 512, 512\)"):
            restorer.restore(torch.zeros(1, 3, 256, 256))

    def test_more_than_go_at_once(self) -> None:
        restorer = NetworkRestorer(nn.Identity(), lambda network, given: network(given))
        torch.testing.assert_close(restorer.restore(faces(6)), faces(6), atol=1e-6, rtol=0)
