"""The robot's side of the socket: hello, pings, numbers, and coming back by the resume token."""

import asyncio
import contextlib
import json
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Final

import aiohttp

from signalling.wire.names import FRAME_BYTES, SUBPROTOCOL, Close

log = logging.getLogger(__name__)

FINAL: Final = frozenset({Close.LEFT, Close.REFUSED, Close.REMOVED, Close.REPLACED, Close.ENDED, Close.ROOM_FULL})
LONGEST_PAUSE: Final = 2.0
FIRST_PAUSE: Final = 0.1

Frame = dict[str, Any]


class Line:
    """A socket that comes back by itself until it is closed for good; each frame goes to `hear`, in order."""

    def __init__(self, url: str, ticket: str, hear: Callable[[Frame], Awaitable[None]]) -> None:
        self._url = url
        self._ticket = ticket
        self._hear = hear
        self._session: aiohttp.ClientSession | None = None
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._resume: str | None = None
        self._received = 0
        self._pings: asyncio.Task[None] | None = None
        self._heartbeat = 10.0
        self.close_code: int | None = None

    async def run(self) -> None:
        """Stay connected until the server closes for good or the task is cancelled."""
        pause = FIRST_PAUSE
        async with aiohttp.ClientSession() as self._session:
            while self.close_code not in FINAL:
                welcomed = self._received
                with contextlib.suppress(aiohttp.ClientError, OSError):
                    await self._connect()
                pause = FIRST_PAUSE if self._received > welcomed else min(pause * 2, LONGEST_PAUSE)
                await asyncio.sleep(pause)

    async def send(self, kind: str, **fields: Any) -> None:
        """Send a message, or drop it where there is no socket just now."""
        if self._ws is not None and not self._ws.closed:
            text = json.dumps({"type": kind, **fields}, ensure_ascii=False)
            with contextlib.suppress(ConnectionError):
                await self._ws.send_str(text)

    def cut(self) -> None:
        """Lose the socket as a network does, without a goodbye."""
        if self._ws is not None and not self._ws.closed:
            self._ws.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    async def _connect(self) -> None:
        assert self._session is not None
        async with self._session.ws_connect(self._url, protocols=(SUBPROTOCOL,), max_msg_size=FRAME_BYTES * 2) as ws:
            self._ws = ws
            self._pings = asyncio.create_task(self._ping())
            try:
                await self._greet()
                await self._listen(ws)
            finally:
                self._pings.cancel()

    async def _greet(self) -> None:
        if self._resume is None:
            await self.send("hello", ticket=self._ticket)
        else:
            await self.send("hello", resume=self._resume, received=self._received)

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            frame: Frame = json.loads(message.data)
            self._received = frame.get("seq", self._received)
            if frame["type"] == "welcome":
                self._resume, self._heartbeat = frame["resume"], frame["heartbeat"]
            await self._hear(frame)
        self.close_code = ws.close_code
        log.info("the line was closed with %s", ws.close_code)

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat)
            await self.send("ping")
