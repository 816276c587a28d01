"""The toolbox: what Portrayal can do, as tools that another agent calls.

They are LangChain tools; ``agent.serve.mcp`` offers the same over the Model Context Protocol.
Whoever calls them may be misled by what it has read, so that no argument is trusted: paths stay
below the folders that the user named, sizes and lengths are bounded, and nothing is overwritten
unasked.

Read in this order: ``arguments`` (what a caller may say), ``folders`` (where files may be),
``work`` (what is done). Here is how it is offered, and how failures are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_type_hints

from langchain_core.tools import BaseTool, StructuredTool, ToolException
from pydantic import ValidationError

from agent import faults, settings
from agent.serve.toolbox import work
from agent.serve.toolbox.arguments import Called
from agent.serve.toolbox.folders import Folders
from agent.settings import Settings
from agent.terminal.session import explained

MOST_FAULTS = 3  # told of one call


def toolbox(folders: Sequence[Path], using: Settings | None = None) -> list[BaseTool]:
    """The tools, confined to these folders; relative paths start at the first.

    using   the settings that all calls have; None reads the user's own, now.

    ``tool.invoke(arguments)`` returns a JSON object, or one sentence where it failed. Invoked with
    a tool call it returns a message, whose status then is "error".

    Raises OptionError for what is not a folder, and for settings that cannot be read.
    """
    within, chosen = Folders(folders), using or settings.read()
    return [_tool(within, chosen, do) for do in work.TOOLS]


def _tool(folders: Folders, chosen: Settings, do: work.Do) -> StructuredTool:
    """A piece of work as a tool: its docstring tells a language model what it does."""
    schema = get_type_hints(do)["wanted"]

    def call(*only: str, **values: Any) -> dict[str, Any]:
        # LangChain passes a string instead of arguments as it is; it means the first of them.
        wanted = schema(**dict(zip(schema.model_fields, only, strict=False)), **values)
        try:
            with settings.using(chosen):
                return do(folders, wanted)
        except Exception as error:  # the boundary: whatever it is, a caller gets one sentence
            raise ToolException(folders.shortened(str(explained(error)))) from error

    def refused(error: Exception) -> str:
        assert isinstance(error, ValidationError)  # of the schema's generation of pydantic
        return faults.told(error, Called(schema), MOST_FAULTS)

    return StructuredTool(
        name=do.__name__,
        description=" ".join((do.__doc__ or "").split()),
        args_schema=schema,
        func=call,
        handle_tool_error=True,
        handle_validation_error=refused,
    )
