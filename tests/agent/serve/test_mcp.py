"""The toolbox over MCP: the official client, the real command, a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pictures

from agent.serve.toolbox import toolbox
from tests.agent.conftest import Run, said
from tools.media import Image

anyio = pytest.importorskip("anyio")
pytest.importorskip("mcp")

from anyio.from_thread import BlockingPortal, start_blocking_portal  # noqa: E402
from mcp import StdioServerParameters, types  # noqa: E402
from mcp.client.client import Client  # noqa: E402
from mcp.shared.exceptions import MCPError  # noqa: E402

ROOT = Path(__file__).parents[3]
LIMIT = 120  # seconds for a whole conversation
SMALL: dict[str, Any] = {"size": 144, "fps": 10}
NAMES = ["speak", "render", "upscale", "compose", "inspect", "list_voices", "list_renderers"]

# A server whose tools print, in Python and in C, with and without flushing.
NOISY = """
import ctypes, os, sys
from pathlib import Path
from agent.serve import mcp
from agent.serve.toolbox import work
from agent.terminal.session import Session
speak = work.speak
def noisy(folders, wanted):
    print("flushed noise", flush=True)
    os.write(1, b"noise of a file descriptor\\n")
    made = speak(folders, wanted)
    ctypes.CDLL(None).printf(b"noise of C, held back")
    sys.stdout.write("noise of Python, held back")
    return made
work.speak = noisy
with Session():
    mcp.serve([Path(sys.argv[1])])
"""


@dataclass
class Server:
    """A running one, confined to ``folder``, with one caller; ``ask`` runs what the caller does."""

    folder: Path
    client: Client
    portal: BlockingPortal

    def ask(self, conversation: Callable[[Client], Awaitable[None]]) -> None:
        async def bounded() -> None:
            with anyio.fail_after(LIMIT):
                await conversation(self.client)

        self.portal.call(bounded)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, face: Image) -> Iterator[Server]:
    """One server for all tests; it takes seconds to start."""
    folder = tmp_path_factory.mktemp("served") / "inside"
    folder.mkdir()
    Pictures.fromarray(face).save(folder.parent / "private.png")
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(connected(folder)) as client,
    ):
        yield Server(folder, client, portal)


@pytest.fixture
def server(running: Server) -> Server:
    """The server, its folder as new: a portrait and nothing else."""
    for left in running.folder.iterdir():
        left.unlink()
    shutil.copy(running.folder.parent / "private.png", running.folder / "face.png")
    return running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """For a server of a test's own."""
    inside = tmp_path / "inside"
    inside.mkdir()
    return inside


def environment() -> dict[str, str]:
    """That of the tests: their own cache, weights and credentials."""
    ours = {k: v for k, v in os.environ.items() if k.startswith("PORTRAYAL_")}
    # Output is held back as it is for a user, however the tests are run.
    return ours | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""}


@asynccontextmanager
async def connected(folder: Path) -> AsyncIterator[Client]:
    command = ["-m", "agent", "mcp", "--folder", str(folder)]
    server = StdioServerParameters(
        command=sys.executable, args=command, env=environment(), cwd=folder.parent
    )
    async with Client(server) as client:
        yield client


def sentence(result: Any) -> str:
    """What a failed call says."""
    assert isinstance(result, types.CallToolResult)
    assert result.is_error
    (content,) = result.content
    assert isinstance(content, types.TextContent)
    assert "Traceback" not in content.text
    return content.text


def test_the_same_tools_are_offered_with_the_same_schemas(server: Server) -> None:
    async def conversation(client: Client) -> None:
        offered = (await client.list_tools()).tools
        assert [tool.name for tool in offered] == NAMES
        for tool, ours in zip(offered, toolbox([server.folder]), strict=True):
            assert tool.description == ours.description
            assert tool.input_schema == ours.get_input_jsonschema()
            assert tool.input_schema["additionalProperties"] is False

    server.ask(conversation)


def test_a_caller_speaks_composes_renders_and_inspects(server: Server) -> None:
    async def conversation(client: Client) -> None:
        said = await client.call_tool("speak", {"text": "Hello world.", "output": "a.wav"})
        assert not said.is_error
        assert said.structured_content["path"] == "a.wav"
        assert json.loads(said.content[0].text) == said.structured_content  # type: ignore[union-attr]
        still = await client.call_tool(
            "compose", {"portrait": "face.png", "output": "a.png", "size": 144}
        )
        assert still.structured_content["size"] == [256, 144]
        film = {"portrait": "face.png", "output": "a.mp4", "audio": "a.wav", **SMALL}
        made = await client.call_tool("render", film)
        assert made.structured_content["size"] == [256, 144]
        report = await client.call_tool("inspect", {"video": "a.mp4"})
        assert report.structured_content["credentials"]["ai_generated"] is True

    server.ask(conversation)
    assert sorted(p.name for p in server.folder.iterdir()) == [
        "a.mp4",
        "a.png",
        "a.wav",
        "face.png",
    ]


def test_failures_are_one_sentence_flagged_as_error_and_change_nothing(server: Server) -> None:
    outside = str(server.folder.parent / "private.png")
    hostile: list[tuple[str, dict[str, Any], str]] = [
        ("speak", {"text": "Hi.", "output": "../a.wav"}, "leads upwards"),
        ("speak", {"text": "Hi.", "output": "/a.wav"}, "outside the folder"),
        ("speak", {"text": "Hi.", "output": "a.wav\0"}, "not a path"),
        ("speak", {"text": "Hi.", "output": "face.png", "overwrite": True}, "ends in .wav"),
        ("speak", {"text": 7, "output": "a.wav"}, "has to be text"),
        ("speak", {"text": "Hi.", "output": "a.wav", "voice": "x.onnx"}, "is a file"),
        ("speak", {"output": "a.wav"}, "argument text is missing"),
        ("compose", {"portrait": outside, "output": "a.png"}, "outside the folder"),
        ("compose", {"portrait": "face.png", "output": "a.png", "size": 10**30}, "2160"),
        ("compose", {"portrait": "face.png", "output": "face.png"}, "it is a source"),
        ("inspect", {"video": "face.mp4", "shell": "rm"}, "no argument “shell”"),
    ]

    async def conversation(client: Client) -> None:
        for name, arguments, problem in hostile:
            assert problem in sentence(await client.call_tool(name, arguments))
        with pytest.raises(MCPError, match="no tool “shell”"):
            await client.call_tool("shell", {"command": "ls"})
        assert not (await client.call_tool("list_renderers", {})).is_error

    server.ask(conversation)
    assert [p.name for p in server.folder.iterdir()] == ["face.png"]
    assert sorted(p.name for p in server.folder.parent.iterdir()) == ["inside", "private.png"]


def test_a_long_call_says_how_far_it_is_and_withdrawn_leaves_nothing(server: Server) -> None:
    told: list[tuple[float, str | None]] = []

    async def watch(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message))

    async def conversation(client: Client) -> None:
        long = "This narration goes on and on, and on and on. " * 150
        film = {"portrait": "face.png", "output": "a.mp4", "text": long, **SMALL, "fps": 60}
        with anyio.move_on_after(4) as waited:
            await client.call_tool("render", film, progress_callback=watch)
        assert waited.cancelled_caught
        said = await client.call_tool("speak", {"text": "Free again.", "output": "a.wav"})
        assert not said.is_error

    server.ask(conversation)
    assert sorted(p.name for p in server.folder.iterdir()) == ["a.wav", "face.png"]
    times = [done for done, _ in told]
    assert len(times) >= 2
    assert times == sorted(set(times))
    assert all(message for _, message in told)


def ask(number: int, method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def test_nothing_that_a_tool_prints_reaches_standard_output(folder: Path) -> None:
    hello = ask(
        1,
        "initialize",
        protocolVersion="2025-06-18",
        capabilities={},
        clientInfo={"name": "test", "version": "1"},
    )
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    said = ask(2, "tools/call", name="speak", arguments={"text": "Hi.", "output": "a.wav"})
    server = subprocess.Popen(
        [sys.executable, "-c", NOISY, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | environment(),
        cwd=ROOT,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    with server:
        for message in (hello, ready, said):
            server.stdin.write(json.dumps(message).encode() + b"\n")
            server.stdin.flush()
        answers = [json.loads(server.stdout.readline()) for _ in range(2)]
        rest, noise = server.communicate(timeout=LIMIT)
    assert [answer["id"] for answer in answers] == [1, 2]
    assert answers[1]["result"]["isError"] is False
    assert (rest, noise) == (b"", b"")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no termination signals")
def test_a_termination_signal_ends_a_server_whose_input_is_open(folder: Path) -> None:
    command = [sys.executable, "-m", "agent", "mcp", "--folder", str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    server = subprocess.Popen(command, **pipes, env=os.environ | environment(), cwd=ROOT)  # type: ignore[call-overload]
    with server:
        server.stdin.write(json.dumps(ask(1, "ping")).encode() + b"\n")
        server.stdin.flush()
        server.stdout.readline()  # it is serving
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=LIMIT) == 130
        assert b"Traceback" not in server.stderr.read()


def test_a_folder_that_is_none_is_one_sentence(run: Run, tmp_path: Path) -> None:
    ended = run("mcp", "--folder", tmp_path / "none")
    assert (ended.exit_code, ended.stdout) == (3, "")
    assert "is not a folder" in said(ended)
