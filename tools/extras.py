"""How to install Portrayal's own parts: all it needs, or an extra of pyproject.toml."""

from __future__ import annotations


def command(extra: str = "") -> str:
    """What to type, and where.

    It names the folder and not the project, since a package index may have something else under
    that name; and the constraints, without which an extra can bring another torch.
    """
    what = f"'.[{extra}]'" if extra else "."
    return f"pip install -c constraints.txt {what} (in Portrayal's folder)"
