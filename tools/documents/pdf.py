"""Started by ``read``: prints the text of one PDF file as JSON."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import suppress


def _bound(memory: int, seconds: int) -> None:
    with suppress(ImportError, ValueError, OSError):  # no such limits on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _read(path: str, pages: int, characters: int) -> dict[str, str | None]:
    import pypdf
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    found: list[str] = []
    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            return {"text": "", "problem": "it is locked with a password"}
        for page in reader.pages[:pages]:
            found.append(page.extract_text())
            if sum(map(len, found)) > characters:
                break
    except MemoryError:
        return {"text": "", "problem": "it needs too much memory"}
    except RecursionError:
        return {"text": "", "problem": "it is nested too deeply"}
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError) as e:
        # A damaged file makes the reader fail in any of these ways.
        return {"text": "", "problem": f"it is damaged ({type(e).__name__})"}
    return {"text": "\n\n".join(found)[:characters], "problem": None}


if __name__ == "__main__":
    file, *limits = sys.argv[1:]
    most_pages, most_characters, memory, seconds = map(int, limits)
    _bound(memory, seconds)
    json.dump(_read(file, most_pages, most_characters), sys.stdout)
