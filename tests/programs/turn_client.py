"""A TURN client of one socket, small enough to ask for what no browser would (RFC 8656)."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count

from aioice import stun
from aioice.turn import UDP_TRANSPORT, make_integrity_key

from tests.programs.coturn import TurnServer

# aioice knows the attributes a browser sends; RFC 8656 18.8 has one more, the family of the relayed address.
FAMILY = "REQUESTED-ADDRESS-FAMILY"
stun.ATTRIBUTES_BY_NAME.setdefault(FAMILY, (0x0017, FAMILY, stun.pack_unsigned, stun.unpack_unsigned))
FAMILIES = {4: 0x01000000, 6: 0x02000000}
ANSWER_SECONDS = 10


class TurnClient:
    """One client and its allocation, if it gets one; every request is answered by an error code, 0 for success."""

    def __init__(self, connection: socket.socket, username: str, password: str) -> None:
        self._connection = connection
        self._username = username
        self._password = password
        self._realm = ""
        self._nonce = b""
        self._channels = count(0x4000)
        self.relayed: tuple[str, int] | None = None

    def allocate(self, family: int = 4, transport: int = UDP_TRANSPORT) -> int:
        """Ask for a relayed address of IP version `family`, as a browser does: first without credentials, then with."""
        wanted = {"REQUESTED-TRANSPORT": transport, FAMILY: FAMILIES[family]}
        challenge = self._ask(stun.Message(stun.Method.ALLOCATE, stun.Class.REQUEST, attributes=dict(wanted)))
        assert challenge.error_code == 401, "a server that gives an address to anybody"
        self._realm, self._nonce = challenge.attributes["REALM"], challenge.attributes["NONCE"]
        answer = self._request(stun.Method.ALLOCATE, wanted)
        self.relayed = answer.attributes.get("XOR-RELAYED-ADDRESS")
        return answer.error_code or 0

    def permit(self, peer: str) -> int:
        """Ask for permission to exchange datagrams with `peer`."""
        return self._request(stun.Method.CREATE_PERMISSION, {"XOR-PEER-ADDRESS": (peer, 9)}).error_code or 0

    def bind(self, peer: str) -> int:
        """Ask for a channel to `peer`."""
        wanted = {"CHANNEL-NUMBER": next(self._channels), "XOR-PEER-ADDRESS": (peer, 9)}
        return self._request(stun.Method.CHANNEL_BIND, wanted).error_code or 0

    def receive(self) -> bytes:
        """Return the next datagram a peer sent to the relayed address."""
        return bytes(self._read().attributes["DATA"])

    def release(self) -> None:
        """Give the relayed address back."""
        self._request(stun.Method.REFRESH, {"LIFETIME": 0})

    def _request(self, method: stun.Method, attributes: Mapping[str, object]) -> stun.Message:
        signed = {**attributes, "USERNAME": self._username, "NONCE": self._nonce, "REALM": self._realm}
        request = stun.Message(method, stun.Class.REQUEST, attributes=signed)
        request.add_message_integrity(make_integrity_key(self._username, self._realm, self._password))
        return self._ask(request)

    def _ask(self, request: stun.Message) -> stun.Message:
        self._connection.sendall(bytes(request))
        return self._read()

    def _read(self) -> stun.Message:
        return stun.parse_message(self._connection.recv(4096))


@contextmanager
def client(
    server: TurnServer, credentials: tuple[str, str] | None = None, *, tls: bool = False
) -> Iterator[TurnClient]:
    """Hand out a client of `server` over UDP or TLS, with good credentials unless others are given."""
    with _tls(server) if tls else _udp(server) as connection:
        connection.settimeout(ANSWER_SECONDS)
        seat = TurnClient(connection, *(credentials or server.credentials()))
        yield seat
        if seat.relayed:
            seat.release()


def _udp(server: TurnServer) -> socket.socket:
    connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    connection.connect((server.host, server.port))
    return connection


def _tls(server: TurnServer) -> socket.socket:
    """Return a TLS connection to a server whose certificate nobody signed."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection((server.host, server.tls_port), timeout=ANSWER_SECONDS))
