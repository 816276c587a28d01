import os
import warnings

import pytest

from tools.quiet import STDERR, silenced


def test_native_output_is_dropped_and_stderr_comes_back(capfd: pytest.CaptureFixture[str]) -> None:
    with silenced():
        os.write(STDERR, b"noise\n")
        with silenced():
            warnings.warn("noise", stacklevel=1)
        os.write(STDERR, b"noise\n")
    os.write(STDERR, b"heard\n")
    assert capfd.readouterr().err == "heard\n"


def test_stderr_comes_back_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), silenced():
        _ = 1 / 0
    os.write(STDERR, b"heard\n")
    assert capfd.readouterr().err == "heard\n"
