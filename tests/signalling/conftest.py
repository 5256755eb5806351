"""The real service on a real socket, in this process or in one of its own, and the application it reports to."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from signalling.app import create_app
from signalling.config import read_settings
from tests.signalling.clients import Client
from tests.signalling.processes import Process
from tests.signalling.receiver import Receiver

Enter = Callable[..., Awaitable[Client]]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """The application's end of the events."""
    started = await Receiver().start()
    yield started
    await started.stop()


@pytest.fixture
async def serve(tmp_path: Path, receiver: Receiver) -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """Start the service in this process with some settings; gives the URL of its sockets."""
    async with AsyncExitStack() as stack:

        async def start(**environ: str) -> str:
            settings = read_settings(
                {"CARTREF_SIGNALLING_DATA": str(tmp_path / "signalling"), "CARTREF_APP_URL": receiver.url, **environ}
            )
            runner = web.AppRunner(create_app(settings), access_log=None, shutdown_timeout=1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            return f"ws://127.0.0.1:{runner.addresses[0][1]}/v1/socket"

        yield start


@pytest.fixture
async def url(serve: Callable[..., Awaitable[str]]) -> str:
    """The service in this process, with the settings it has by itself."""
    return await serve()


@pytest.fixture
async def enter() -> AsyncIterator[Enter]:
    """Open clients that are closed at the end."""
    async with AsyncExitStack() as stack:

        async def open_client(url: str, participant: str, role: str, **claims: Any) -> Client:
            client = await Client.enter(url, participant, role, **claims)
            stack.push_async_callback(client.close)
            return client

        yield open_client


@pytest.fixture
async def process(tmp_path: Path, receiver: Receiver) -> AsyncIterator[Process]:
    """The service in a process of its own."""
    started = await Process(tmp_path / "signalling", receiver.url).start()
    yield started
    await started.kill()
