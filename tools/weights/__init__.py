"""The weights registry: which files there are, their licences, where they lie, how to get them.

    weights.missing(["sadtalker"])      one sentence that says what to pull, or None
    weights.path("codeformer.pth")       where a file lies; MissingError with that sentence if not
    weights.pull(["sadtalker"])         downloads what is missing, checked; nothing else downloads

Read in this order: ``catalogue`` (what exists), ``store`` (where it lies, and what was pulled under
which licence), ``shelf`` (what is on this machine), ``fetch``. ``download`` does the HTTP,
``packages`` asks pip.
"""

from tools.weights.catalogue import Weights, catalogue, sets, summaries
from tools.weights.fetch import Source, check_licences, pull
from tools.weights.shelf import (
    Verdict,
    absent,
    find,
    format_size,
    missing,
    partial_size,
    path,
    present,
    remove,
    resolve,
    shortfall,
    total_size,
    verify,
)
from tools.weights.store import folder, pulled

__all__ = [
    "Source",
    "Verdict",
    "Weights",
    "absent",
    "catalogue",
    "check_licences",
    "find",
    "folder",
    "format_size",
    "missing",
    "partial_size",
    "path",
    "present",
    "pull",
    "pulled",
    "remove",
    "resolve",
    "sets",
    "shortfall",
    "summaries",
    "total_size",
    "verify",
]
