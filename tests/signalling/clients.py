"""A client of the real service, on a real socket."""

import time
from types import TracebackType
from typing import Any, Self

import aiohttp

from signalling.config import DEVELOPMENT_KEYS
from signalling.wire import mint_ticket

TICKET_KEY = DEVELOPMENT_KEYS["CARTREF_TICKET_KEY"].encode()
EVENTS_KEY = DEVELOPMENT_KEYS["CARTREF_EVENTS_KEY"].encode()
ROOM = "room-1c9d4e7fa2b3"
CLINICIAN = "clinician-4b7e9a6612"
PRESENTER = "presenter-77c0de1234"
PATIENT = "patient-8f3a5c1d20aa"
BOARD = "board-90ab12cd34ef56"
TOPIC = "session-0123456789ab"
TIMEOUT = 10.0


def ticket(participant: str, role: str, *, room: str | None = ROOM, until: float | None = None, **claims: Any) -> str:
    """A fresh ticket with the development key."""
    now = time.time()
    return mint_ticket(
        TICKET_KEY,
        now,
        participant=participant,
        role=role,  # type: ignore[arg-type]  # tests name roles freely
        room=None if role == "board" else room,
        until=now + 3600 if until is None else until,
        **claims,
    )


class Client:
    """One WebSocket; messages are read in order and kept."""

    def __init__(self, session: aiohttp.ClientSession, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._session = session
        self.ws = ws
        self.seen: list[dict[str, Any]] = []
        self.welcome: dict[str, Any] = {}

    @classmethod
    async def open(cls, url: str, **options: Any) -> "Client":
        """A socket that has said nothing yet."""
        session = aiohttp.ClientSession()
        try:
            ws = await session.ws_connect(url, **{"protocols": ("cartref.v1",), "max_msg_size": 1 << 20, **options})
        except BaseException:
            await session.close()
            raise
        return cls(session, ws)

    @classmethod
    async def enter(cls, url: str, participant: str, role: str, **claims: Any) -> "Client":
        """A socket that has been welcomed by a fresh ticket."""
        return await cls.hello(url, ticket=ticket(participant, role, **claims))

    @classmethod
    async def hello(cls, url: str, **fields: Any) -> "Client":
        """A socket that has been welcomed."""
        client = await cls.open(url)
        await client.send("hello", **fields)
        client.welcome = await client.next("welcome")
        return client

    async def send(self, kind: str, **fields: Any) -> None:
        """Send a message."""
        await self.ws.send_json({"type": kind, **fields})

    async def next(self, kind: str) -> dict[str, Any]:
        """The next message of a kind; those before it are kept in `seen`."""
        while True:
            message = await self.ws.receive(timeout=TIMEOUT)
            assert message.type is aiohttp.WSMsgType.TEXT, f"waiting for {kind}: {message!r}"
            frame: dict[str, Any] = message.json()
            self.seen.append(frame)
            if frame["type"] == kind:
                return frame

    async def after_ping(self, mark: str = "mark") -> list[dict[str, Any]]:
        """Everything that came before the answer to a ping."""
        start = len(self.seen)
        await self.send("ping", t=mark)
        await self.next("pong")
        return self.seen[start:-1]

    async def closed(self) -> tuple[int, str]:
        """The code and reason with which the server closes."""
        while True:
            message = await self.ws.receive(timeout=TIMEOUT * 2)
            if message.type is aiohttp.WSMsgType.CLOSE:
                return int(message.data), str(message.extra or "")
            if message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
                return int(self.ws.close_code or 1006), ""
            self.seen.append(message.json())

    async def close(self) -> None:
        """Close cleanly, without `leave`."""
        await self.ws.close()
        await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
