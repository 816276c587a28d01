from pathlib import Path

import numpy as np
import pytest

from tools.upscale.realesrgan import ncnn

PARAM = """7767517
3 3
Input        data   0 1 in
Convolution  conv   1 1 in mid 0=2 1=3 4=1 5=1 6=54
PReLU        slope  1 1 mid out 0=2
"""
WEIGHT = np.arange(54, dtype=np.float32) / 8
BIAS = np.array([1.5, -2], np.float32)
SLOPE = np.array([0.25, 0.5], np.float32)


def _write(folder: Path, param: str, content: bytes) -> tuple[Path, Path]:
    paths = folder / "net.param", folder / "net.bin"
    paths[0].write_text(param)
    paths[1].write_bytes(content)
    return paths


def _content(kind: str = "<f4", tag: int = ncnn.FLOAT32) -> bytes:
    weight = WEIGHT.astype(kind).tobytes()
    return tag.to_bytes(4, "little") + weight + BIAS.tobytes() + SLOPE.tobytes()


@pytest.mark.parametrize(("kind", "tag"), [("<f4", ncnn.FLOAT32), ("<f2", ncnn.FLOAT16)])
def test_layers_in_order(tmp_path: Path, kind: str, tag: int) -> None:
    conv, slope = ncnn.read(*_write(tmp_path, PARAM, _content(kind, tag)))
    assert conv.name == "conv"
    np.testing.assert_array_equal(conv.weight, WEIGHT.reshape(2, 3, 3, 3))
    assert conv.bias is not None
    np.testing.assert_array_equal(conv.bias, BIAS)
    np.testing.assert_array_equal(slope.weight, SLOPE)
    assert slope.bias is None


def test_half_floats_are_padded_to_four_bytes(tmp_path: Path) -> None:
    param = "7767517\n1 1\nConvolution c 1 1 a b 0=1 1=1 5=1 6=3\n"
    weight = np.array([1, 2, 3], "<f2").tobytes() + b"\0\0"
    content = ncnn.FLOAT16.to_bytes(4, "little") + weight + np.float32(7).tobytes()
    (layer,) = ncnn.read(*_write(tmp_path, param, content))
    assert layer.weight.ravel().tolist() == [1, 2, 3]
    assert layer.bias is not None
    assert layer.bias.tolist() == [7]


@pytest.mark.parametrize(
    ("param", "content", "words"),
    [
        ("1234\n3 3\n", b"", "magic"),
        (PARAM, _content()[:-4], "too early"),
        (PARAM, _content() + b"\0\0\0\0", "more than"),
        (PARAM, _content(tag=0x0BADF00D), "unknown way"),
        (PARAM.replace("6=54", "6=53"), _content(), "do not fill"),
        (PARAM.replace("0=2 1=3", "0=-2 1=3"), _content(), "out of range"),
        (PARAM.replace("6=54", "6=999999999999"), _content(), "out of range"),
        (PARAM.replace("slope  1 1", "slope"), _content(), "not a layer"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, param: str, content: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ncnn.read(*_write(tmp_path, param, content))


def test_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ncnn, "MAX_BIN_BYTES", 100)
    with pytest.raises(ValueError, match="longer than 100"):
        ncnn.read(*_write(tmp_path, PARAM, _content()))
