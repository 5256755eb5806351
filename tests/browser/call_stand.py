"""A bare stand for the call library: the real signalling service, a page server, and seats in one Chromium."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import cast
from urllib.parse import parse_qs, urlencode, urlsplit

from signalling.config import DEVELOPMENT_KEYS
from signalling.wire import mint_check_ticket, mint_ticket
from signalling.wire.names import Role

HERE = Path(__file__).parent
FOLDERS = {"js": HERE.parents[1] / "cartref" / "static" / "js", "page": HERE / "call_page"}
READY_SECONDS = 15
SEAT_SECONDS = 600


class PageServer(SimpleHTTPRequestHandler):
    """Serve the library and the test's pages, and a ticket for whichever seat is asked for."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}  # noqa: RUF012  # as its base

    def translate_path(self, path: str) -> str:
        """Return the file of an address below one of the two folders."""
        top, _, rest = urlsplit(path).path.strip("/").partition("/")
        return str(FOLDERS.get(top, HERE / "nothing") / rest)

    def do_POST(self) -> None:
        """Answer with a ticket for the seat that the query names, or for a check of that person's line."""
        seat = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if urlsplit(self.path).path == "/check-ticket":
            ticket = check_ticket_for(seat["participant"]).encode()
        else:
            ticket = ticket_for(seat["room"], seat["participant"], cast(Role, seat["role"])).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(ticket)))
        self.end_headers()
        self.wfile.write(ticket)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is its base's
        """Say nothing: a test's output is its failures."""


def ticket_for(room: str, participant: str, role: Role) -> str:
    """Return a ticket for one seat, good for ten minutes of visit."""
    now = time.time()
    key = DEVELOPMENT_KEYS["CARTREF_TICKET_KEY"].encode()
    return mint_ticket(key, now, participant=participant, role=role, room=room, until=now + SEAT_SECONDS)


def check_ticket_for(participant: str) -> str:
    """Return a ticket for a check of one person's line."""
    return mint_check_ticket(DEVELOPMENT_KEYS["CARTREF_TICKET_KEY"].encode(), time.time(), participant)


class Stand:
    """The running parts, and the addresses of seats."""

    def __init__(self, data: Path, page_port: int, settings: dict[str, str]) -> None:
        self._settings = settings
        self.pages = f"http://127.0.0.1:{page_port}"
        self._port = _free_port()
        self._data = data
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def check(self) -> str:
        """Return where lines are checked."""
        return f"http://127.0.0.1:{self._port}/v1/check"

    def start(self) -> None:
        """Start the signalling service and wait until it is ready."""
        environ = {
            **os.environ,
            "CARTREF_SIGNALLING_PORT": str(self._port),
            "CARTREF_SIGNALLING_DATA": str(self._data),
            "CARTREF_ORIGINS": self.pages,
            "CARTREF_APP_URL": f"http://127.0.0.1:{_free_port()}",  # nobody listens: events wait in the spool
            **self._settings,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "signalling"], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait_until_ready()

    def kill(self) -> None:
        """End the signalling service as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def address(self, page: str, room: str, participant: str, role: str, **more: str) -> str:
        """Return the address of one seat's page."""
        seat = {"signalling": f"ws://127.0.0.1:{self._port}/v1/socket", "room": room} | more
        return f"{self.pages}/page/{page}?{urlencode({**seat, 'participant': participant, 'role': role})}"

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/readyz", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise TimeoutError("signalling did not become ready")


@contextmanager
def call_stand(data: Path, **settings: str) -> Iterator[Stand]:
    """Run a stand with the service's journal in `data`, and further CARTREF_* settings of the service."""
    pages = ThreadingHTTPServer(("127.0.0.1", 0), partial(PageServer, directory=str(HERE)))
    Thread(target=pages.serve_forever, daemon=True).start()
    stand = Stand(data, pages.server_address[1], settings)
    try:
        stand.start()
        yield stand
    finally:
        stand.kill()
        pages.shutdown()
        pages.server_close()


def new_id(word: str) -> str:
    """Return an opaque id that nobody has used."""
    return f"{word}-{secrets.token_hex(8)}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
