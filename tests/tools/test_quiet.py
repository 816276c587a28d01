import os
import threading
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


def test_threads_that_overlap_give_back_stderr_and_warnings(
    capfd: pytest.CaptureFixture[str],
) -> None:
    before, inside, first_is_out = list(warnings.filters), threading.Event(), threading.Event()

    def second() -> None:
        with silenced():
            inside.set()
            first_is_out.wait(20)

    thread = threading.Thread(target=second)
    with silenced():
        thread.start()
        inside.wait(20)
    os.write(STDERR, b"noise while the second is at work\n")
    first_is_out.set()
    thread.join()
    os.write(STDERR, b"heard\n")
    assert capfd.readouterr().err == "heard\n"
    assert warnings.filters == before
