"""The toolbox: what Portrayal can do, as tools that another agent calls.

They are LangChain tools; ``agent.serve.mcp`` offers the same over the Model Context Protocol.
Whoever calls them may be misled by what it has read, so that no argument is trusted: paths stay
below the folders that the user named, sizes and lengths are bounded, and nothing is overwritten
unasked.

Read in this order: ``arguments`` (what a caller may say), ``folders`` (where files may be),
``work`` (what is done), ``tools`` (how it is offered, and how failures are told).
"""

from __future__ import annotations

from agent.serve.toolbox.tools import toolbox

__all__ = ["toolbox"]
