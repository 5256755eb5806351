"""The routes of a check (protocol, section 9): opened by a ticket, closed by the browser or after a minute."""

import asyncio
import json
import os
import secrets
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final

import msgspec
from aiohttp import web
from prometheus_client import Counter

from signalling.checks.check import AT_ONCE, BYTES_AT_ONCE, SECONDS, Check, UsedUp
from signalling.checks.echo import EchoProcess, NoEcho, NotUnderstood
from signalling.connection import is_origin_allowed
from signalling.registry import Registry
from signalling.wire.names import HELLO_SECONDS, SDP_BYTES
from signalling.wire.server import IceServer
from signalling.wire.tickets import TicketRefused

PATH: Final = "/v1/check"
# A ticket, or an SDP whose every character a JSON string may escape.
TICKET_BYTES: Final = 4 * 1024
OFFER_BYTES: Final = 2 * SDP_BYTES
LONGEST_COUNT: Final = len(str(BYTES_AT_ONCE))

Answer = Awaitable[web.StreamResponse]
Turn = Callable[[str], list[IceServer]]
Step = Callable[["Checks", Check, web.Request], Answer]


class Refused(Exception):
    """An answer that is no: an HTTP status and one of the codes of section 9."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


def _refusing(handler: Callable[..., Answer]) -> Callable[..., Answer]:
    @wraps(handler)
    async def handle(self: "Checks", request: web.Request) -> web.StreamResponse:
        try:
            return await handler(self, request)
        except Refused as refused:
            self.count("refused")
            return web.json_response({"error": refused.code}, status=refused.status)

    return handle


def _of_open_check(step: Step) -> Callable[["Checks", web.Request], Answer]:
    """A handler for the check that the address names, while it is open: 404 else, 429 when it has had enough."""

    async def handle(self: "Checks", request: web.Request) -> web.StreamResponse:
        check = self.find(request.match_info["check"])
        try:
            async with asyncio.timeout(SECONDS):  # a body that trickles in outlives no check
                return await step(self, check, request)
        except UsedUp as fault:
            raise Refused(429, "used-up") from fault
        except TimeoutError as fault:
            raise Refused(408, "late") from fault

    return _refusing(wraps(step)(handle))


class Checks:
    """The checks that are open, and their routes; everything of a check is gone a minute after it was opened."""

    def __init__(
        self, registry: Registry, origins: frozenset[str], turn: Turn, counter: Counter, echo: EchoProcess
    ) -> None:
        self._registry = registry
        self._origins = origins
        self._turn = turn
        self._counter = counter
        self._echo = echo
        self._open: dict[str, Check] = {}

    def __len__(self) -> int:
        return len(self._open)

    @property
    def routes(self) -> list[web.RouteDef]:
        """The routes, for an application to add."""
        return [
            web.post(PATH, self.begin),
            web.post(PATH + "/{check}/offer", self.offer),
            web.post(PATH + "/{check}/ice-servers", self.renew),
            web.get(PATH + "/{check}/bytes", self.send_bytes),
            web.post(PATH + "/{check}/bytes", self.take_bytes),
            web.post(PATH + "/{check}/done", self.done),
        ]

    async def share(self, request: web.Request, response: web.StreamResponse) -> None:
        """Let pages of the allowed origins read the answers (CORS), and no others; for every response's preparation."""
        origin = request.headers.get("Origin")
        if request.path.startswith(PATH) and origin and is_origin_allowed(origin, request.host, self._origins):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Vary"] = "Origin"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"

    def count(self, outcome: str) -> None:
        """Note what became of a request or a check."""
        self._counter.labels(outcome).inc()

    def find(self, name: str) -> Check:
        """The open check of that id; raises Refused."""
        check = self._open.get(name)
        if check is None:
            raise Refused(404, "no-such-check")
        return check

    @_refusing
    async def begin(self, request: web.Request) -> web.StreamResponse:
        """Spend a ticket and open a check; one of the same participant before is closed."""
        if not is_origin_allowed(request.headers.get("Origin"), request.host, self._origins):
            raise Refused(403, "origin")
        ticket = await _ticket(request)
        if len(self._open) >= AT_ONCE:  # before the ticket is spent: it is good for another try
            raise Refused(503, "busy")
        try:
            claims = await self._registry.admit_check(ticket)
        except TicketRefused as refused:
            raise Refused(401, "ticket-used" if str(refused) == "used" else "ticket-refused") from refused
        check = self._add(claims.participant)
        await self._echo.start()
        return _json({"check": check.id, "seconds": SECONDS, "iceServers": self._turn(check.participant)})

    @_of_open_check
    async def offer(self, check: Check, request: web.Request) -> web.StreamResponse:
        """Answer an offer of sound and picture; a second takes the first one's place."""
        sdp = await _field(request, "sdp", OFFER_BYTES)
        check.use("offers")
        try:
            return _json({"sdp": await self._echo.answer(check.id, sdp)})
        except NotUnderstood as fault:
            raise Refused(422, "invalid") from fault
        except NoEcho as fault:
            raise Refused(503, "no-echo") from fault

    @_of_open_check
    async def renew(self, check: Check, request: web.Request) -> web.StreamResponse:
        """Give credentials anew, for a client whose own were refused as stale."""
        check.use("renewals")
        return _json({"iceServers": self._turn(check.participant)})

    @_of_open_check
    async def send_bytes(self, check: Check, request: web.Request) -> web.StreamResponse:
        """Send as many bytes as `count` says, which nothing on the way can make fewer."""
        asked = request.query.get("count", "")
        count = int(asked) if asked.isdecimal() and len(asked) <= LONGEST_COUNT else 0
        if not 1 <= count <= BYTES_AT_ONCE:
            raise Refused(422, "invalid")
        check.use("down", count)
        return web.Response(body=os.urandom(count), content_type="application/octet-stream")

    @_of_open_check
    async def take_bytes(self, check: Check, request: web.Request) -> web.StreamResponse:
        """Count the bytes of the body and forget them."""
        count = 0
        async for part in request.content.iter_any():
            check.use("up", len(part))
            count += len(part)
            if count > BYTES_AT_ONCE:
                raise Refused(413, "too-long")
        return _json({"count": count})

    @_of_open_check
    async def done(self, check: Check, request: web.Request) -> web.StreamResponse:
        """Close the check before its time."""
        self._close(check)
        return web.Response(status=204)

    async def stop(self) -> None:
        """Close every check and end what echoes."""
        for check in list(self._open.values()):
            self._close(check)
        await self._echo.stop()

    def _add(self, participant: str) -> Check:
        for other in [other for other in self._open.values() if other.participant == participant]:
            self._close(other)
        check = Check(secrets.token_urlsafe(16), participant)
        self._open[check.id] = check
        asyncio.get_running_loop().call_later(SECONDS, self._close, check)
        self.count("opened")
        return check

    def _close(self, check: Check) -> None:
        if self._open.pop(check.id, None) is not None:
            self._echo.close(check.id)


async def _ticket(request: web.Request) -> str:
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            return await _field(request, "ticket", TICKET_BYTES)
    except TimeoutError as fault:
        raise Refused(408, "late") from fault


async def _field(request: web.Request, name: str, limit: int) -> str:
    """The one text field of a JSON body; raises Refused for anything else, and for a longer body."""
    body = bytearray()
    async for part in request.content.iter_any():
        body += part
        if len(body) > limit:
            raise Refused(413, "too-long")
    try:
        value = json.loads(bytes(body))[name]
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise Refused(422, "invalid") from fault
    if not isinstance(value, str):
        raise Refused(422, "invalid")
    return value


def _json(answer: dict[str, Any]) -> web.Response:
    return web.Response(body=msgspec.json.encode(answer), content_type="application/json")
