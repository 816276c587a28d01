"""The toolbox over the Model Context Protocol: ``portrayal mcp``, on standard input and output.

Standard output carries the protocol and nothing else: while tools run, the transport points the
process's own at stderr, and it is closed to everybody before the process ends. Each call runs in a
thread, tells how far it is, and ends early when its caller withdraws it or goes away.

Specification: modelcontextprotocol.io, "Tools" and "Progress".
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool
from langsmith import tracing_context

from agent import settings
from agent.events import Advanced, Began, Event, Work
from agent.serve.toolbox import toolbox, work
from tools import extras
from tools.errors import CancelledError, MissingError
from tools.provenance import manifest

try:
    import anyio
    import anyio.to_thread
    from mcp import types
    from mcp.server.lowlevel import Server
    from mcp.server.stdio import stdio_server
    from mcp.shared.exceptions import MCPError
except ImportError as error:
    raise MissingError(
        f"The package mcp, which speaks the protocol, is not installed: {extras.command('mcp')}."
    ) from error

MOST_CALLS = 8  # in threads at once; those beyond wait
INTERVAL = 1.0  # seconds between two words on how far a call is
FAREWELL = 5.0  # seconds given to what is at work when the caller has gone
READING = ("inspect", "list_voices", "list_renderers")  # tools that write nothing
INSTRUCTIONS = (
    "Portrayal makes a still portrait speak, on this computer. Paths are relative to its folder, "
    "and nothing outside it can be read or written. Speak first to hear a narration, compose to "
    "see the frame, render for the film, inspect to judge it. Render only people who agreed to it."
)


def serve(folders: Sequence[Path]) -> None:
    """Answer one caller until it closes standard input; a termination signal ends the process.

    Raises OptionError for what is no folder.
    """
    tools = {tool.name: tool for tool in toolbox(folders, settings.current())}

    async def answer() -> None:
        server = _server(tools)
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())

    try:
        anyio.run(answer)
    except KeyboardInterrupt:
        work.settle(FAREWELL)
        # Python would wait for the thread that reads standard input, which nothing can wake.
        os._exit(CancelledError.exit_code)
    finally:
        _close_stdout()
    work.settle(FAREWELL)


def _server(tools: dict[str, BaseTool]) -> Server[Any]:
    limiter = anyio.CapacityLimiter(MOST_CALLS)

    async def list_tools(context: Any, asked: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(tool) for tool in tools.values()])

    async def call_tool(context: Any, asked: types.CallToolRequestParams) -> types.CallToolResult:
        tool = tools.get(asked.name)
        if tool is None:
            named = f"There is no tool “{asked.name[:80]}”; there are: {', '.join(tools)}."
            raise MCPError(types.INVALID_PARAMS, named)
        return _result(await _called(tool, asked.arguments or {}, context.session, limiter))

    return Server(
        "portrayal",
        version=manifest.version() or "",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _described(tool: BaseTool) -> types.Tool:
    reads = tool.name in READING  # the others can replace what they wrote before, if told to
    hints = types.ToolAnnotations(
        read_only_hint=reads, destructive_hint=not reads, open_world_hint=False
    )
    return types.Tool(
        name=tool.name,
        description=tool.description,
        input_schema=tool.get_input_jsonschema(),
        annotations=hints,
    )


async def _called(
    tool: BaseTool, arguments: dict[str, Any], session: Any, limiter: anyio.CapacityLimiter
) -> ToolMessage:
    """The tool's own message; the call is told to end when the caller no longer waits for it.

    Now and then the caller is told in which stage its call is, and how far in that; the protocol
    wants a number that grows.
    """
    call = {"type": "tool_call", "id": "call", "name": tool.name, "args": arguments}
    where = "waiting"

    def watch(event: Event) -> None:
        nonlocal where
        match event:
            case Advanced(name=name, total=int(total), done=done):
                where = f"{name}: {done} of {total}"
            case Began(name=name):
                where = name

    async def report() -> None:
        start = time.monotonic()
        while True:
            await anyio.sleep(INTERVAL)
            await session.report_progress(time.monotonic() - start, None, where)

    working = Work(watch)
    work.working.set(working)  # in this request's context, which the thread inherits
    async with anyio.create_task_group() as group:
        group.start_soon(report)
        try:
            with tracing_context(enabled=False):  # LangChain would tell a server if it could
                message: ToolMessage = await anyio.to_thread.run_sync(
                    tool.invoke, call, abandon_on_cancel=True, limiter=limiter
                )
        finally:
            working.cancel()
            group.cancel_scope.cancel()
    return message


def _result(message: ToolMessage) -> types.CallToolResult:
    said = str(message.content)
    failed = message.status == "error"
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=said)],
        structured_content=None if failed else json.loads(said),
        is_error=failed,
    )


def _close_stdout() -> None:
    """Send what libraries still hold back for standard output nowhere: the caller may read on."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
