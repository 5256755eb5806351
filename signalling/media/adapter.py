"""The one module that touches private names of aiortc and aioice: a transport for RTP and RTCP, and nothing above it.

aiortc's public ICE and DTLS transports connect; from then on each datagram is decrypted as it arrives and handed over
at once, and what is sent goes out at once: no queue, no task and no parsed object a packet. The private names are
listed in `PRIVATE_NAMES`; a contract test holds the installed aiortc to them.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pylibsrtp
from aiortc import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceCandidate,
    RTCIceGatherer,
    RTCIceParameters,
    RTCIceTransport,
)

from signalling.media.rtp import is_rtcp

log = logging.getLogger(__name__)

# What a new aiortc or aioice may change: by class, the names that this module uses and nobody promised.
PRIVATE_NAMES: Final = {
    "aiortc.RTCIceTransport": ("_connection",),
    "aiortc.RTCDtlsTransport": ("_set_role", "_tx_srtp", "_rx_srtp"),
    "aioice.Connection": ("_nominated", "data_received", "ice_controlling", "local_candidates"),
    "aioice.ice.CandidatePair": ("protocol", "remote_addr"),
    "aioice.ice.StunProtocol": ("transport",),
}

CONNECT_SECONDS: Final = 30.0
# A kernel that takes no more loses packets rather than the memory of this process.
UNSENT_BYTES: Final = 256 * 1024
# RFC 7983: the first octet of a datagram tells SRTP from DTLS and STUN
SRTP: Final = range(128, 192)

_certificates: list[RTCCertificate] = []


@dataclass(frozen=True, slots=True)
class Remote:
    """How the far end of a transport is known: ICE user name and password, and its certificate's fingerprints."""

    user: str
    password: str
    fingerprints: tuple[tuple[str, str], ...]
    is_lite: bool = False
    is_active: bool = False  # whether it begins the DTLS handshake by itself


@dataclass(frozen=True, slots=True)
class Address:
    """A host candidate."""

    foundation: str
    priority: int
    host: str
    port: int


class Transport:
    """One client's ICE and DTLS; `hear_rtp` and `hear_rtcp` get decrypted packets, `closed` is called at the end.

    Nothing that a client names is dialled: it comes to this host's own addresses, and is answered where it came from.
    """

    def __init__(
        self, hear_rtp: Callable[[bytes], None], hear_rtcp: Callable[[bytes], None], closed: Callable[[], None]
    ) -> None:
        self._hear_rtp = hear_rtp
        self._hear_rtcp = hear_rtcp
        self._closed = closed
        # No server is named: a service with an address of its own needs none, and aiortc's default is a stranger's.
        self._ice = RTCIceTransport(RTCIceGatherer(iceServers=[]))
        self._dtls = RTCDtlsTransport(self._ice, [_certificate()])
        self._connection: Any = self._ice._connection
        self._pair: Any = None
        self._send_to: tuple[Any, Any] | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_over = False

    @property
    def user(self) -> str:
        """The ICE user name of this end."""
        return str(self._connection.local_username)

    @property
    def password(self) -> str:
        """The ICE password of this end."""
        return str(self._connection.local_password)

    @property
    def fingerprints(self) -> list[tuple[str, str]]:
        """The certificate's fingerprints, by algorithm."""
        return [(print_.algorithm, print_.value) for print_ in self._dtls.getLocalParameters().fingerprints]

    @property
    def addresses(self) -> list[Address]:
        """Where this end can be reached, once gathered."""
        return [Address(found.foundation, found.priority, found.host, found.port) for found in self._candidates()]

    @property
    def is_connected(self) -> bool:
        """Whether packets can be sent."""
        return self._dtls.state == "connected"

    async def gather(self) -> None:
        """Open sockets on this host's addresses."""
        await self._ice.iceGatherer.gather()

    def start(self, remote: Remote) -> None:
        """Wait for the far end to come."""
        self._start(remote, [], is_client=False)

    def dial(self, remote: Remote, addresses: list[Address]) -> None:
        """Go to the far end, as a robot does."""
        self._start(remote, [_candidate(address) for address in addresses], is_client=True)

    def _start(self, remote: Remote, dialled: list[RTCIceCandidate], *, is_client: bool) -> None:
        if self._task is None and not self._is_over:
            self._connection.ice_controlling = is_client
            self._task = asyncio.create_task(
                self._connect(remote, dialled, "client" if is_client and not remote.is_active else "server")
            )

    def send(self, octets: bytes) -> None:
        """Encrypt and send an RTP packet, or drop it while there is no connection."""
        if self._ready():
            self._put(self._dtls._tx_srtp.protect(octets))

    def send_rtcp(self, octets: bytes) -> None:
        """Encrypt and send an RTCP packet, or drop it while there is no connection."""
        if self._ready():
            self._put(self._dtls._tx_srtp.protect_rtcp(octets))

    async def close(self) -> None:
        """End it; `closed` is not called."""
        self._is_over = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._dtls.stop()
        await self._ice.stop()
        self._dtls.remove_all_listeners()

    def _candidates(self) -> list[Any]:
        return list(self._connection.local_candidates)

    async def _connect(self, remote: Remote, dialled: list[RTCIceCandidate], role: str) -> None:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                for candidate in dialled:
                    await self._ice.addRemoteCandidate(candidate)
                await self._ice.start(RTCIceParameters(remote.user, remote.password, remote.is_lite))
                if self._ice.state == "completed":
                    await self._shake_hands(remote, role)
        except (TimeoutError, ConnectionError, ValueError) as fault:
            log.info("a transport did not connect: %r", fault)
        if not self.is_connected:
            self._end()

    async def _shake_hands(self, remote: Remote, role: str) -> None:
        self._dtls._set_role(role)
        prints = [RTCDtlsFingerprint(algorithm, value) for algorithm, value in remote.fingerprints]
        await self._dtls.start(RTCDtlsParameters(prints))
        if self.is_connected:
            self._hear_others = self._connection.data_received
            self._connection.data_received = self._receive
            self._dtls.on("statechange", self._end)

    def _receive(self, octets: bytes, component: int) -> None:
        if not octets or octets[0] not in SRTP:
            self._hear_others(octets, component)
            return
        try:
            if is_rtcp(octets):
                self._hear_rtcp(self._dtls._rx_srtp.unprotect_rtcp(octets))
            else:
                self._hear_rtp(self._dtls._rx_srtp.unprotect(octets))
        except (pylibsrtp.Error, ValueError) as fault:  # replayed, forged, or malformed
            log.debug("a packet was passed over: %r", fault)

    def _ready(self) -> bool:
        if self._is_over or self._dtls._tx_srtp is None:
            return False
        pair = self._connection._nominated.get(1)
        if pair is None:
            return False
        if pair is not self._pair:
            self._pair = pair
            self._send_to = (pair.protocol.transport, pair.remote_addr)
        return True

    def _put(self, octets: bytes) -> None:
        assert self._send_to is not None
        transport, address = self._send_to
        if not transport.is_closing() and transport.get_write_buffer_size() < UNSENT_BYTES:
            transport.sendto(octets, address)

    def _end(self) -> None:
        if not self._is_over and not self.is_connected:
            self._is_over = True
            self._closed()


def _candidate(address: Address) -> RTCIceCandidate:
    return RTCIceCandidate(1, address.foundation, address.host, address.port, address.priority, "udp", "host")


def _certificate() -> RTCCertificate:
    """One for all transports of this process."""
    if not _certificates:
        _certificates.append(RTCCertificate.generateCertificate())
    return _certificates[0]
