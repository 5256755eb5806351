"""A real TURN server, started as a deployment starts it: `deploy/turnserver.sh` with the shipped `turnserver.conf`."""

import base64
import hashlib
import hmac
import os
import secrets
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.programs.certificate import write_self_signed
from tests.programs.missing import find_program

START_SCRIPT = Path(__file__).parents[2] / "deploy" / "turnserver.sh"
START_SECONDS = 20
HOST = "127.0.0.1"
# On one machine everybody is a neighbour: calls between browsers here need what no deployment may allow.
NEIGHBOURS = ("--allow-loopback-peers", "--allowed-peer-ip=0.0.0.0-255.255.255.255")


@dataclass(frozen=True)
class TurnServer:
    """A running TURN server on `addresses`: UDP and TCP on `port`, TLS (self-signed) on `tls_port`."""

    port: int
    tls_port: int
    realm: str
    secret: str
    addresses: tuple[str, ...]
    host: str = HOST

    @property
    def urls(self) -> list[str]:
        """Return the URLs as CARTREF_TURN_URLS lists them."""
        udp_and_tcp = [f"turn:{self.host}:{self.port}?transport={transport}" for transport in ("udp", "tcp")]
        return [*udp_and_tcp, f"turns:{self.host}:{self.tls_port}?transport=tcp"]

    def credentials(self, user: str = "seat", lifetime: int = 3600) -> tuple[str, str]:
        """Return a user name and password good for `lifetime` seconds (draft-uberti-behave-turn-rest-00)."""
        username = f"{int(time.time()) + lifetime}:{user}"
        password = hmac.new(self.secret.encode(), username.encode(), hashlib.sha1).digest()
        return username, base64.b64encode(password).decode()


@pytest.fixture(scope="session")
def turn_server() -> Iterator[TurnServer]:
    """Run a TURN server for calls on this machine: the shipped one, but it relays to neighbours too."""
    with running(*NEIGHBOURS) as server:
        yield server


@pytest.fixture(scope="session")
def shipped_turn_server() -> Iterator[TurnServer]:
    """Run the TURN server exactly as it is shipped, but for its ports and its being on loopback."""
    with running() as server:
        yield server


@contextmanager
def running(*arguments: str, under: Sequence[str] = (), **environment: str) -> Iterator[TurnServer]:
    """Start `turnserver` as shipped, with further arguments and CARTREF_TURN_* settings; it ends with the block.

    `under` is a command that starts it in its turn, such as one that takes rights away.
    """
    find_program("turnserver")
    addresses = (HOST, "::1") if _has_ipv6_loopback() else (HOST,)
    port, tls_port = _free_ports(2)
    server = TurnServer(port, tls_port, "turn.clinic.example", secrets.token_hex(32), addresses)
    # Not below pytest's own folder, which is closed to nobody, the user that turnserver becomes.
    with TemporaryDirectory(prefix="cartref-turn-") as name:
        folder = Path(name)
        settings = {**_environment(server, folder), **environment}
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                ["sh", START_SCRIPT, *arguments], env=settings, stdout=log, stderr=log, cwd=folder
            )
        try:
            _wait_until_ready(process, server, folder / "log")
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=START_SECONDS)


def _environment(server: TurnServer, folder: Path) -> dict[str, str]:
    certificate, key = write_self_signed(folder, server.realm)
    return {
        "PATH": os.environ["PATH"],
        "CARTREF_TURN_RUN": str(folder),
        "CARTREF_TURN_SECRET": server.secret,
        "CARTREF_TURN_REALM": server.realm,
        "CARTREF_TURN_ADDRESSES": " ".join(server.addresses),
        "CARTREF_TURN_PORT": str(server.port),
        "CARTREF_TURN_TLS_PORT": str(server.tls_port),
        "CARTREF_TURN_CERTIFICATE": str(certificate),
        "CARTREF_TURN_CERTIFICATE_KEY": str(key),
    }


def _has_ipv6_loopback() -> bool:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as candidate:
        try:
            candidate.bind(("::1", 0))
        except OSError:
            return False
    return True


def _free_ports(count: int) -> list[int]:
    """Return ports free for TCP and UDP now; all are held until the last is found, so that no two are the same."""
    with ExitStack() as held:
        return [_hold_port(held) for _ in range(count)]


def _hold_port(held: ExitStack) -> int:
    while True:
        port: int = held.enter_context(socket.create_server((HOST, 0))).getsockname()[1]
        datagrams = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        try:
            datagrams.bind((HOST, port))
        except OSError:
            continue
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], server: TurnServer, log: Path) -> None:
    """Return once both ports of every address answer, and over UDP too; raise RuntimeError with the log otherwise."""
    deadline = time.monotonic() + START_SECONDS
    streams = [(address, port) for address in server.addresses for port in (server.port, server.tls_port)]
    waiting = [partial(_connect, *place) for place in streams]
    waiting += [partial(_bind_by_stun, address, server.port) for address in server.addresses]
    while waiting:
        try:
            waiting[-1]()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text(errors="replace")) from None
            time.sleep(0.05)
        else:
            waiting.pop()


def _connect(address: str, port: int) -> None:
    socket.create_connection((address, port), timeout=1).close()


def _bind_by_stun(address: str, port: int) -> None:
    """Ask by STUN (RFC 8489, a Binding request) over UDP; raise OSError where no answer comes."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.settimeout(1)
        asking.connect((address, port))
        asking.send(struct.pack("!HHI", 0x0001, 0, 0x2112A442) + secrets.token_bytes(12))
        asking.recv(1500)
