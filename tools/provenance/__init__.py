"""Content credentials: every finished film says who made it and that it is synthetic.

They are C2PA manifests, written and read by the official library, without any network. Read in this
order: ``manifest`` (what is said), ``certificate`` and ``local`` (who signs), ``signature``, and
``credentials`` (with ``examiner``), which reads any file, whoever signed it.
"""

from __future__ import annotations

from tools.provenance.credentials import Credentials, described, read
from tools.provenance.manifest import NO_TAGS, Tags, is_made_from
from tools.provenance.signature import check, sign

__all__ = ["NO_TAGS", "Credentials", "Tags", "check", "described", "is_made_from", "read", "sign"]
