"""The application's side of the events, on a real socket: checks signatures, remembers, and answers as it is told."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from signalling.wire import SignatureRefused, verify_signature
from signalling.wire.events import EVENTS_PATH, SIGNATURE_HEADER
from tests.signalling.clients import EVENTS_KEY

Events = list[dict[str, Any]]


class Receiver:
    """Accepts every event unless `decide` says otherwise; `orders` are given until they are done."""

    def __init__(self) -> None:
        self.url = ""
        self.posts: list[dict[str, Any]] = []
        self.accepted: Events = []
        self.done: list[str] = []
        self.orders: list[dict[str, Any]] = []
        self.refused = 0
        self.decide: Callable[[dict[str, Any]], str] = lambda _event: "accept"
        self.status = 200
        self.hang: Callable[[Events], bool] = lambda _events: False
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def start(self) -> "Receiver":
        """Listen, on the same port as before if there was one."""
        app = web.Application()
        app.router.add_post(EVENTS_PATH, self._receive)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"
        return self

    async def stop(self) -> None:
        """Be down."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def until(self, condition: Callable[[], bool], seconds: float = 15.0) -> None:
        """Return once a post made the condition true."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(condition)

    def types(self, room: str | None = None) -> list[str]:
        """The types of the accepted events, in the order of their acceptance."""
        return [event["type"] for event in self.accepted if room in (None, event["room"])]

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            verify_signature(request.headers.get(SIGNATURE_HEADER, ""), body, EVENTS_KEY, time.time())
        except SignatureRefused:
            self.refused += 1
            raise web.HTTPUnauthorized from None
        post = await request.json()
        if self.hang(post["events"]):
            await asyncio.sleep(60)
        answer = self._answer(post)
        async with self._changed:
            self.posts.append(post)
            self._changed.notify_all()
        return web.json_response(answer, status=self.status)

    def _answer(self, post: dict[str, Any]) -> dict[str, Any]:
        if self.status != 200:
            return {}
        self.done += [order for order in post["done"] if order not in self.done]
        accepted, rejected = [], []
        for event in post["events"]:
            verdict = self.decide(event)
            if verdict == "accept":
                accepted.append(event["id"])
                if event not in self.accepted:
                    self.accepted.append(event)
            elif verdict != "wait":
                rejected.append({"id": event["id"], "code": verdict})
        orders = [order for order in self.orders if order["id"] not in self.done]
        return {"accepted": accepted, "rejected": rejected, "orders": orders}
