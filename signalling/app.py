"""Puts the service together: journal, registry, sockets, events, and the pages for operators."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from functools import partial

from aiohttp import web

from signalling.bus import LocalBus
from signalling.checks import Checks, EchoProcess
from signalling.config import Settings
from signalling.connection import Sockets
from signalling.events import Courier
from signalling.journal import Journal
from signalling.media.channel import Saying
from signalling.media.meter import Carried
from signalling.media.pool import Forwarders
from signalling.metrics import Metrics
from signalling.registry import Registry
from signalling.turn import FOR_A_CHECK, ice_servers, servers_until
from signalling.wire.events import Event
from signalling.wire.server import IceServer
from signalling.wire.tickets import TicketKeys

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5


class Service:
    """The parts of one running service, and what it answers to operators."""

    def __init__(self, settings: Settings) -> None:
        self.metrics = Metrics()
        self.journal = Journal(settings.data)
        self.bus = LocalBus()
        self.forwarders = Forwarders(
            settings.forwarders, settings.media_address, self._hear_bridge, self._lose_bridge, self._find_bridge
        )
        self.registry = Registry(
            self.journal,
            self.bus,
            self.metrics,
            keys=ticket_keys(settings),
            ice_servers=partial(ice_servers, settings.turn_urls, settings.turn_secret),
            clock=time.time,
            tell_application=self._bring,
            tell_bridge=self.forwarders.send if settings.forwarders else None,
        )
        self.sockets = Sockets(self.registry, self.metrics, settings.origins)
        self.checks = Checks(
            self.registry,
            settings.origins,
            partial(_turn_of_check, settings),
            self.metrics.checks,
            EchoProcess(settings.media_address),
        )
        self.courier = Courier(
            self.journal,
            self.metrics,
            url=settings.app_url,
            key=settings.events_key.encode(),
            dead_letters=settings.data / "events.dead.jsonl",
            obey=self.registry.obey,
            open_sockets=self.sockets.__len__,
        )
        self._show_gauges()

    async def run(self, app: web.Application) -> AsyncIterator[None]:
        """Start with the application and stop after it."""
        self.journal.snapshot = self.registry.snapshot
        self.journal.start()
        tasks = [asyncio.create_task(self._tick()), asyncio.create_task(self.courier.run())]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.forwarders.stop()
        await self.checks.stop()
        await self.journal.close()

    async def close_sockets(self, app: web.Application) -> None:
        """Close every socket with 1012, at once."""
        await self.sockets.close_all()

    async def healthz(self, request: web.Request) -> web.Response:
        """200: the process answers."""
        return web.json_response({"status": "ok"})

    async def readyz(self, request: web.Request) -> web.Response:
        """200 when journal, spool and bus work, else 503 and which does not."""
        # The spool is part of the journal: one sync makes a change and its event durable together.
        healthy = await self.journal.is_writable()
        parts = {"journal": healthy, "spool": healthy, "bus": self.bus.is_ready()}
        return web.json_response(parts, status=200 if all(parts.values()) else 503)

    async def show_metrics(self, request: web.Request) -> web.Response:
        """The figures in the Prometheus text format."""
        return web.Response(body=self.metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4"})

    def _bring(self, event: Event) -> None:
        self.courier.bring(event)

    def _hear_bridge(self, saying: Saying) -> None:
        self.registry.hear_bridge(saying)

    def _lose_bridge(self, rooms: set[str]) -> None:
        self.metrics.forwarder_deaths.inc()
        self.registry.lose_bridge(rooms)

    def _find_bridge(self) -> None:
        self.registry.find_bridge()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                self.registry.pass_time()
            except Exception:
                self.metrics.faults.inc()
                log.exception("what was due failed")

    def _show_gauges(self) -> None:
        self.metrics.gauge("sockets", "Open sockets", self.sockets.__len__)
        self.metrics.gauge("rooms", "Rooms", self.registry.rooms.__len__)
        self.metrics.gauge("boards", "Open boards", self.registry.boards.__len__)
        self.metrics.gauge("checks_open", "Open checks of lines", self.checks.__len__)
        self.metrics.gauge("forwarders", "Forwarder processes that run", lambda: len(self.forwarders.running))
        for name in ("rooms", "publishers", "subscribers"):
            self.metrics.gauge(f"forwarded_{name}", f"Forwarded {name} now", partial(self.forwarders.now, name))
        for name in Carried.__struct_fields__:
            words = f"Of the forwarders, since the service began: {name.replace('_', ' ')}"
            self.metrics.gauge(f"forwarded_{name}_total", words, partial(self.forwarders.carried, name))
        self.metrics.gauge("events_waiting", "Events that await acceptance", self.courier.waiting)


def create_app(settings: Settings) -> web.Application:
    """The service as an aiohttp application."""
    service = Service(settings)
    app = web.Application()
    app.router.add_get("/v1/socket", service.sockets.serve)
    app.add_routes(service.checks.routes)
    app.router.add_get("/healthz", service.healthz)
    app.router.add_get("/readyz", service.readyz)
    app.router.add_get("/metrics", service.show_metrics)
    app.on_response_prepare.append(_harden)
    app.on_response_prepare.append(service.checks.share)
    app.on_shutdown.append(service.close_sockets)
    app.cleanup_ctx.append(service.run)
    return app


def ticket_keys(settings: Settings) -> TicketKeys:
    """What the settings say tickets are checked with."""
    secret = settings.ticket_key.encode() if settings.ticket_key else None
    return TicketKeys(secret, settings.ticket_public_key)


def _turn_of_check(settings: Settings, participant: str) -> list[IceServer]:
    """The servers that a check tries, with credentials that die soon after it."""
    return servers_until(settings.turn_urls, settings.turn_secret, participant, time.time() + FOR_A_CHECK)


async def _harden(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response.headers["Server"] = "cartref"
