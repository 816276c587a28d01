"""Commands of the documentation that do not run within these tests, each with what does run it.

Every entry is the beginning of a command, and has to match one: a test holds the list exact.
"""

from __future__ import annotations

ELSEWHERE = {
    "git clone": "continuous integration begins with it",
    "cd portrayal": "leads into the clone",
    "git pull": "would change what is under test",
    "python -m venv": "the Makefile does it first",
    ". .venv/bin/activate": "changes a shell, not this process",
    "make": "continuous integration runs the targets in a fresh clone; here it is only asked "
    "whether there is such a target",
    "pip install -c constraints.txt": "the Makefile installs from the same files",
    "pip install -c constraints.txt --force-reinstall": "would change what is under test",
    "pip install -c constraints.txt .[": "a package index is out of reach; here it is only asked "
    "whether there is such an extra",
    "pip install ./examples": "tests/docs/test_example.py installs it into a folder of its own",
    "portrayal transcribe": "no test downloads a listener: tests/agent/commands/test_transcribe.py "
    "has one of its own",
    "portrayal demo": "tests/agent/film/test_whole_video.py makes it",
    "portrayal script render examples/": "tests/examples films each of them",
    "cp -r examples/renderer_puppet": "tests/docs/test_example.py copies it likewise",
    ".venv/bin/pytest tests/renderers": "tests/docs/test_example.py runs it in a copy",
    ".venv/bin/": "continuous integration runs the same by `make test`",
}
