"""`python -m signalling` starts the service; `python -m signalling ticket …` prints a ticket for tools and tests."""

import argparse
import asyncio
import logging
import os
import signal
import sys
import time
from typing import get_args

from aiohttp import web

from signalling.app import create_app
from signalling.config import Settings, SettingsError, read_settings
from signalling.journal import FolderTaken
from signalling.wire import TicketRefused, mint_ticket
from signalling.wire.names import Role

# Connections that arrive together after a restart must not be refused by a short queue of the kernel's.
BACKLOG = 1024
# Within five seconds of SIGTERM the process is gone: sockets get this long to say goodbye.
SHUTDOWN_SECONDS = 2.0


def main() -> int:
    """Run the command line; the exit code is 2 for settings or arguments that can't be used."""
    arguments = _parser().parse_args()
    try:
        settings = read_settings(os.environ)
        if arguments.command == "ticket":
            print(_ticket(settings, arguments))
        else:
            _start(settings)
    except (SettingsError, TicketRefused, FolderTaken) as fault:
        print(fault, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m signalling", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    ticket = commands.add_parser("ticket", help="print a ticket made with the configured key")
    ticket.add_argument("--room", help="the room's id, 16 to 64 of A-Za-z0-9_-; none for a board")
    ticket.add_argument("--participant", required=True)
    ticket.add_argument("--role", required=True, choices=get_args(Role))
    ticket.add_argument("--topic", action="append", default=[], help="a board on which the seat appears")
    ticket.add_argument("--with", dest="beside", action="append", default=[], help="somebody who shares the device")
    ticket.add_argument("--hours", type=float, default=2.0, help="how long the seat lasts")
    ticket.add_argument("--relay", action="store_true", help="hide this person's address from peers")
    return parser


def _ticket(settings: Settings, arguments: argparse.Namespace) -> str:
    if not settings.ticket_key:
        raise SettingsError(["CARTREF_TICKET_KEY is missing: a public key signs nothing"])
    now = time.time()
    return mint_ticket(
        settings.ticket_key.encode(),
        now,
        participant=arguments.participant,
        role=arguments.role,
        room=arguments.room,
        until=now + arguments.hours * 3600,
        topics=tuple(arguments.topic),
        beside=tuple(arguments.beside),
        relay=arguments.relay,
    )


def _start(settings: Settings) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serve(settings))


def _loop_factory() -> "type[asyncio.AbstractEventLoop] | None":
    try:
        import uvloop  # noqa: PLC0415  # it does not exist on every system
    except ImportError:
        return None
    return uvloop.Loop


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(create_app(settings), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port, backlog=BACKLOG).start()
        print(f"signalling listens on {_address(runner)}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


def _address(runner: web.AppRunner) -> str:
    host, port = runner.addresses[0][:2]
    return f"ws://{host}:{port}/v1/socket"


if __name__ == "__main__":
    sys.exit(main())
