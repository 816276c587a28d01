"""The weights registry: which files there are, under which licence, where they lie, how they come.

    weights.missing(["sadtalker"])      one sentence that says what to pull, or None
    weights.path("codeformer.pth")       where a file lies; MissingError with that sentence if not
    weights.pull(["sadtalker"])         brings what is not there, checked; nothing else downloads

Read in this order: ``catalogue`` (what there is), ``places`` (where it lies), ``shelf`` (what is
here), ``fetch``, ``ledger`` (what came, under which licence). ``download`` is the HTTP.
"""

from tools.weights.catalogue import Weights, catalogue, sets, summaries
from tools.weights.fetch import check_licences, pull
from tools.weights.ledger import Entry, pulled
from tools.weights.places import folder
from tools.weights.shelf import (
    Verdict,
    absent,
    chosen,
    find,
    here,
    missing,
    path,
    readable,
    remove,
    size,
    verify,
    waiting,
    wanting,
)

__all__ = [
    "Entry",
    "Verdict",
    "Weights",
    "absent",
    "catalogue",
    "check_licences",
    "chosen",
    "find",
    "folder",
    "here",
    "missing",
    "path",
    "pull",
    "pulled",
    "readable",
    "remove",
    "sets",
    "size",
    "summaries",
    "verify",
    "waiting",
    "wanting",
]
