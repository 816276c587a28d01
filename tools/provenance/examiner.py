"""Reads the content credentials of one file, in a process of its own; runs as a script.

A file can be made to keep the C2PA library busy for hours, to fill the memory, or to make it crash.
Then only this process is lost. It takes JSON on stdin, ``{"path": …, "settings": …}``, and writes
what the library found to stdout, as JSON: ``null`` for a file without credentials, or
``{"unreadable": why}``.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress

MOST_MEMORY = 4 << 30  # bytes of address space, most of which the library only reserves
MOST_TEXT = 4_000_000  # characters of a manifest store
ELSEWHERE = "they are kept on another computer, and nothing is fetched"


def main() -> None:
    with suppress(ImportError, ValueError, OSError):  # not every system has such limits
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.load(sys.stdin)
    sys.stdout.write(_examined(asked["path"], asked["settings"]))


def _examined(path: str, settings: dict[str, object]) -> str:
    import c2pa

    try:
        with open(path, "rb") as file, c2pa.Context.from_dict(settings) as context:  # noqa: PTH123
            reader = c2pa.Reader.try_create(None, file, context=context)
            found = "null" if reader is None else reader.json()
    except c2pa.C2paError.NotSupported:  # a format that cannot hold C2PA credentials
        return "null"
    except (c2pa.C2paError, MemoryError) as error:
        said = str(error)
        elsewhere = said.startswith("Remote")
        return json.dumps({"unreadable": ELSEWHERE if elsewhere else said[:1000] or "no memory"})
    if len(found) > MOST_TEXT:
        return json.dumps({"unreadable": f"they are larger than {MOST_TEXT:,} characters"})
    return str(found)


if __name__ == "__main__":
    main()
