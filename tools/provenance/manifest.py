"""What a film says about itself, to players and to those who check content credentials.

Terms: C2PA specification 2.2, "Actions"; IPTC NewsCodes, "Digital Source Type".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from typing import Any, NamedTuple

TOOL = "Portrayal"
MIME = "video/mp4"
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
# The IPTC term for existing media that generative AI has altered or added to: the portrait is a
# picture that somebody gave, its movements and its voice are not. It is used for all films, however
# they were drawn, for none of them was filmed.
SOURCE_TYPE = SOURCE_TYPES + "compositeWithTrainedAlgorithmicMedia"
# Endings of the source types of media that come from generative AI, in part or whole.
GENERATIVE = (
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "trainedAlgorithmicData",
)
STATEMENT = "A still portrait set in motion by software; the person was not filmed saying this."
CLONED = (
    "A voice in it is synthetic: that of a real person, cloned from a recording; whoever made the "
    "film declares that this person has agreed."
)


def version() -> str | None:
    """Portrayal's own; None where it runs without being installed."""
    try:
        return metadata.version("portrayal")
    except metadata.PackageNotFoundError:
        return None


def named() -> str:
    """The tool with its version, such as "Portrayal 0.1.0"."""
    return f"{TOOL} {version() or ''}".strip()


def definition(made: datetime, cloned: bool = False) -> dict[str, Any]:
    """A manifest for the C2PA library: created, when, with what, that it is synthetic, and whether
    a voice in it is cloned.
    """
    tool = {"name": TOOL} | ({"version": number} if (number := version()) else {})
    created = {
        "action": "c2pa.created",
        "when": made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "softwareAgent": tool,
        "digitalSourceType": SOURCE_TYPE,
        "description": f"{STATEMENT} {CLONED}" if cloned else STATEMENT,
    }
    actions = {"label": "c2pa.actions.v2", "data": {"actions": [created]}, "created": True}
    return {"claim_generator_info": [tool], "assertions": [actions]}


class Tags(NamedTuple):
    """A film's title, a hash of what it was made from, and whether a voice in it is cloned."""

    title: str = ""
    made_from: str = ""
    cloned: bool = False

    def metadata(self) -> dict[str, str]:
        """The plain metadata of the film's file, which players show and anybody can alter."""
        comment = f"AI-generated with {named()}. {STATEMENT}"
        if self.cloned:
            comment += f" {CLONED}"
        if self.made_from:
            comment += f" Made from {self.made_from}."
        return {"comment": comment} | ({"title": self.title} if self.title else {})


NO_TAGS = Tags()


def is_made_from(metadata: Mapping[str, str], made_from: str) -> bool:
    """Whether a file's plain metadata, in any spelling, say that."""
    comments = (value for key, value in metadata.items() if key.lower() == "comment")
    return any(comment.endswith(f" Made from {made_from}.") for comment in comments)


def settings(**more: Any) -> dict[str, Any]:
    """Settings under which the C2PA library uses no network and keeps no film in memory.

    ``more`` are further sections.
    """
    return {
        "version": 1,
        "core": {
            "allowed_network_hosts": [],
            # Hashes over pieces of a film, 32 bytes each, let the library read it piece by piece.
            # Without them it would hold up to half a gigabyte.
            "merkle_tree_chunk_size_in_kb": 1024,
            "backing_store_memory_threshold_in_mb": 64,
        },
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
        "builder": {"thumbnail": {"enabled": False}},
        **more,
    }
