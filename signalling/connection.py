"""One WebSocket: the handshake, the first message, frames in, frames out, silence, and the close."""

import asyncio
import itertools
import logging
from collections import deque
from typing import Final
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from signalling.metrics import Metrics
from signalling.registry import Registry
from signalling.room.effects import EntryRefused
from signalling.wire.client import Hello, NotAFrame, parse
from signalling.wire.names import FRAME_BYTES, HELLO_SECONDS, REPLAY, SILENCE_SECONDS, SUBPROTOCOL, Close

log = logging.getLogger(__name__)

# How long a client has to take what was sent and to answer the close; then the connection is cut.
LINGER_SECONDS: Final = 10.0
# A sender yields to the others after this many frames, however many more have arrived.
FRAMES_A_TURN: Final = 32
# asyncio's high-water mark: with more than this unsent the transport takes nothing from a coroutine that waits for it.
REFUSING_BYTES: Final = 64 * 1024

_links = itertools.count(1)


class Connection:
    """One client's socket, as the registry's Socket; reads on in `run` until either side closes."""

    def __init__(self, ws: web.WebSocketResponse, transport: asyncio.Transport, registry: Registry) -> None:
        self.link = next(_links)
        self._ws = ws
        self._transport = transport
        self._registry = registry
        self._loop = asyncio.get_running_loop()
        self._queue: deque[bytes] = deque()
        self._replayed = 0
        self._filled = asyncio.Event()
        self._writer = asyncio.create_task(self._write())
        self._closer: asyncio.Task[None] | None = None
        self._heard_at = self._loop.time()
        self._silence = self._loop.call_later(SILENCE_SECONDS, self._listen)

    def send(self, frame: bytes, *, replay: bool = False) -> None:
        """Queue a text frame; a reader that refuses 256 of them is closed as slow."""
        if self._closer is not None:
            return
        self._queue.append(frame)
        self._replayed += replay
        self._filled.set()
        if len(self._queue) > REPLAY + self._replayed and self._is_refusing():
            self._registry.break_off(self.link, Close.TOO_MUCH, "slow")

    def shut(self, code: Close, reason: str) -> None:
        """Close after what was queued before, or at once where the client takes nothing."""
        if self._closer is None:
            self._closer = asyncio.create_task(self._close(code, reason))
            self._filled.set()

    async def run(self) -> None:
        """Serve the client until the socket is closed."""
        try:
            if await self._greet():
                await self._read()
        finally:
            self._silence.cancel()
            self._registry.lose(self.link)
            if self._closer is not None:
                await self._closer
            self._writer.cancel()

    async def _greet(self) -> bool:
        """Whether the first message opened a seat or a board."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                message = await self._ws.receive()
        except TimeoutError:
            self.shut(Close.BAD_FRAME, "no-hello")
            return False
        if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
            return False
        hello = _hello(message.data) if message.type is WSMsgType.TEXT else None
        if hello is None:
            self.shut(Close.BAD_FRAME, "bad-frame")
            return False
        return self._enter(hello)

    def _enter(self, hello: Hello) -> bool:
        self._heard_at = self._loop.time()
        try:
            self._registry.hello(self.link, self, hello)
        except EntryRefused as refused:
            self.shut(refused.code, refused.reason)
            return False
        return True

    async def _read(self) -> None:
        for turn in itertools.count(1):
            message = await self._ws.receive()
            self._heard_at = self._loop.time()
            if message.type is WSMsgType.TEXT:
                self._registry.receive(self.link, message.data)
            elif message.type is WSMsgType.BINARY:
                self._registry.break_off(self.link, Close.BAD_FRAME, "bad-frame")
            else:
                return
            if turn % FRAMES_A_TURN == 0:
                await asyncio.sleep(0)

    async def _write(self) -> None:
        while True:
            while self._queue:
                await self._ws.send_frame(self._queue.popleft(), WSMsgType.TEXT)
            self._replayed = 0
            if self._closer is not None:
                return
            self._filled.clear()
            await self._filled.wait()

    async def _close(self, code: Close, reason: str) -> None:
        if self._is_refusing():
            self._queue.clear()
        else:
            await asyncio.wait([self._writer], timeout=LINGER_SECONDS)
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                await self._ws.close(code=code, message=reason.encode())
        except (TimeoutError, ConnectionError):
            log.debug("connection %d did not take its close", self.link)
        finally:
            self._transport.abort()

    def _is_refusing(self) -> bool:
        return self._transport.get_write_buffer_size() > REFUSING_BYTES

    def _listen(self) -> None:
        """Close a connection on which nothing has been heard for 25 seconds, or look again when that could be."""
        rest = self._heard_at + SILENCE_SECONDS - self._loop.time()
        if rest > 0:
            self._silence = self._loop.call_later(rest, self._listen)
        else:
            self._registry.break_off(self.link, Close.SILENT, "silent")


def _hello(text: str) -> Hello | None:
    try:
        message = parse(text).message
    except NotAFrame:
        return None
    return message if isinstance(message, Hello) else None


class Sockets:
    """The door for WebSockets: checks the handshake, and knows the open connections so that all can be closed."""

    def __init__(self, registry: Registry, metrics: Metrics, origins: frozenset[str]) -> None:
        self._registry = registry
        self._metrics = metrics
        self._origins = origins
        self._open: set[Connection] = set()

    def __len__(self) -> int:
        return len(self._open)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer `GET /v1/socket`: 403 for a foreign origin, 400 without the subprotocol, else a connection."""
        if not is_origin_allowed(request.headers.get("Origin"), request.host, self._origins):
            raise web.HTTPForbidden(text="origin")
        offered = request.headers.get("Sec-WebSocket-Protocol", "")
        if SUBPROTOCOL not in [word.strip() for word in offered.split(",")]:
            raise web.HTTPBadRequest(text=f"offer the subprotocol {SUBPROTOCOL}")
        # aiohttp closes with 1009 from the size on that it is given
        ws = web.WebSocketResponse(protocols=(SUBPROTOCOL,), max_msg_size=FRAME_BYTES + 1, compress=False)
        await ws.prepare(request)
        await self._run(ws, request)
        return ws

    async def _run(self, ws: web.WebSocketResponse, request: web.Request) -> None:
        transport = request.transport
        if transport is None:
            return
        connection = Connection(ws, transport, self._registry)
        self._open.add(connection)
        try:
            await connection.run()
        except Exception:
            self._metrics.faults.inc()
            log.exception("connection %d failed", connection.link)
        finally:
            self._open.discard(connection)

    async def close_all(self) -> None:
        """Tell every client to come back to whoever is here next."""
        for connection in self._open:
            connection.shut(Close.RESTARTING, "restarting")


def is_origin_allowed(origin: str | None, host: str, allowed: frozenset[str]) -> bool:
    """Whether a handshake may come from there: no browser, a listed origin, or with none listed the same host."""
    if origin is None:
        return True
    if allowed:
        return origin.lower() in allowed
    parts = urlsplit(origin)
    return parts.scheme in _PORTS and _with_port(parts.netloc, parts.scheme) == _with_port(host, parts.scheme)


_PORTS: Final = {"http": "80", "https": "443"}


def _with_port(netloc: str, scheme: str) -> str:
    netloc = netloc.lower()
    has_port = netloc.rpartition(":")[2].isdigit() and not netloc.endswith("]")
    return netloc if has_port else f"{netloc}:{_PORTS[scheme]}"
