"""What signalling costs: messages a second, processor time a message and a join, beside a plain relay on aiohttp."""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import web

from signalling.config import DEVELOPMENT_KEYS
from signalling.wire import mint_ticket
from signalling.wire.events import EVENTS_PATH

ROOMS: Final = 50
MESSAGES: Final = 150  # of each seat; the service allows 300 at once
IN_FLIGHT: Final = 4
ROUNDS: Final = 3
LONGEST: Final = 38.0
PADDING: Final = "generation 0 ufrag aBcD network-id 1 network-cost 10 " * 3
KEY: Final = DEVELOPMENT_KEYS["CARTREF_TICKET_KEY"].encode()

Row = dict[str, Any]


@dataclass(frozen=True)
class Figures:
    """One server in one round."""

    messages_a_second: float
    microseconds_a_message: float
    milliseconds_a_join: float


def run() -> str:
    """The table, as text."""
    rows = asyncio.run(main())
    lines = [f"{'signalling on loopback':<34}{'service':>12}{'plain relay':>14}{'ratio':>8}"]
    lines += [
        f"{row['what']:<34}{row['service']:>12.1f}{row['plain relay']:>14.1f}{row['ratio']:>8.2f}" for row in rows
    ]
    return "\n".join(lines)


async def main() -> list[Row]:
    """One row a figure: the medians of some rounds, service and plain relay by turns, and their ratio."""
    rounds: dict[str, list[Figures]] = defaultdict(list)
    started = time.monotonic()
    async with _application() as app_url:
        for _ in range(ROUNDS):
            rounds["service"].append(await _measure(["-m", "signalling"], app_url, _hello))
            rounds["plain relay"].append(await _measure(_RELAY, app_url, _plain_hello))
            if time.monotonic() - started > LONGEST / 2:
                break
    return [
        _row("messages relayed a second", rounds, lambda figures: figures.messages_a_second),
        _row("processor µs a message", rounds, lambda figures: figures.microseconds_a_message),
        _row("processor ms a join", rounds, lambda figures: figures.milliseconds_a_join),
    ]


def _row(what: str, rounds: dict[str, list[Figures]], read: Callable[[Figures], float]) -> Row:
    service, plain = (statistics.median(map(read, rounds[name])) for name in ("service", "plain relay"))
    return {"what": what, "service": service, "plain relay": plain, "ratio": service / plain}


@asynccontextmanager
async def _application() -> AsyncIterator[str]:
    """Takes every event, so that a join is measured with the post that tells of it."""

    async def accept(request: web.Request) -> web.Response:
        post = await request.json()
        return web.json_response({"accepted": [event["id"] for event in post["events"]], "rejected": [], "orders": []})

    app = web.Application()
    app.router.add_post(EVENTS_PATH, accept)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _measure(arguments: list[str], app_url: str, hello: Callable[[str, str], Row]) -> Figures:
    async with _server(arguments, app_url) as (url, pid), aiohttp.ClientSession() as session:
        await _pair(session, url, "room-number-warming", hello)
        before = _processor_seconds(pid)
        pairs = [await _pair(session, url, f"room-number-{number:06d}", hello) for number in range(ROOMS)]
        joined = _processor_seconds(pid)
        began = time.perf_counter()
        await asyncio.gather(*(_exchange(pair) for pair in pairs))
        took = time.perf_counter() - began
        spent = _processor_seconds(pid) - joined
        for pair in pairs:
            for _, ws in pair:
                await ws.close()
    messages, joins = ROOMS * 2 * MESSAGES, ROOMS * 2
    return Figures(messages / took, spent / messages * 1e6, (joined - before) / joins * 1e3)


Seat = tuple[str, aiohttp.ClientWebSocketResponse]


async def _pair(session: aiohttp.ClientSession, url: str, room: str, hello: Callable[[str, str], Row]) -> list[Seat]:
    seats = []
    for role in ("clinician", "patient"):
        ws = await session.ws_connect(url, protocols=("cartref.v1",))
        await ws.send_json(hello(room, role))
        await ws.receive()
        seats.append((f"{role}-{room}", ws))
    return seats


def _hello(room: str, role: str) -> Row:
    now = time.time()
    participant = f"{role}-{room}"
    ticket = mint_ticket(KEY, now, participant=participant, role=role, room=room, until=now + 600)  # type: ignore[arg-type]  # two known roles
    return {"type": "hello", "ticket": ticket}


def _plain_hello(room: str, role: str) -> Row:
    return {"room": room}


async def _exchange(pair: list[Seat]) -> None:
    (first, one), (second, other) = pair
    await asyncio.gather(_talk(one, second), _talk(other, first))


async def _talk(ws: aiohttp.ClientWebSocketResponse, peer: str) -> None:
    """Send a candidate for each that arrives, some ahead."""
    candidate = {"candidate": f"candidate:1 1 udp 2122260223 192.0.2.7 54321 typ host {PADDING}", "sdpMid": "0"}
    text = json.dumps({"type": "candidate", "to": peer, "session": "s", "candidate": candidate})
    sent = received = 0
    while received < MESSAGES:
        while sent < MESSAGES and sent - received < IN_FLIGHT:
            await ws.send_str(text)
            sent += 1
        message = await ws.receive(timeout=20)
        received += '"candidate"' in message.data


@asynccontextmanager
async def _server(arguments: list[str], app_url: str) -> AsyncIterator[tuple[str, int]]:
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            env={
                **os.environ,
                "CARTREF_SIGNALLING_DATA": str(Path(folder) / "signalling"),
                "CARTREF_SIGNALLING_PORT": "0",
                "CARTREF_APP_URL": app_url,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert process.stdout is not None
        try:
            yield (await process.stdout.readline()).decode().split()[-1], process.pid
        finally:
            process.kill()
            await process.wait()


def _processor_seconds(pid: int) -> float:
    """User and system time of a process (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


_RELAY: Final = ["-m", "tests.bench.bench_signalling", "relay"]


async def _relay() -> None:
    """The yardstick: pairs of sockets, every text passed on unread."""
    rooms: dict[str, list[web.WebSocketResponse]] = defaultdict(list)

    async def serve(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(protocols=("cartref.v1",), compress=False)
        await ws.prepare(request)
        room = rooms[(await ws.receive_json())["room"]]
        room.append(ws)
        await ws.send_str("{}")
        async for message in ws:
            for other in room:
                if other is not ws:
                    await other.send_str(message.data)
        return ws

    app = web.Application()
    app.router.add_get("/v1/socket", serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(f"ws://127.0.0.1:{runner.addresses[0][1]}/v1/socket", flush=True)  # read by who started it
    await asyncio.Event().wait()


if __name__ == "__main__":
    if sys.argv[1:] == ["relay"]:
        import uvloop

        uvloop.run(_relay())
    else:
        run()
