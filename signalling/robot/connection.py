"""The robot's media connection to one peer: the impolite side offers, the polite side answers."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.sdp import candidate_from_sdp

Send = Callable[..., Awaitable[None]]


def configure(ice_servers: list[dict[str, Any]], policy: str) -> RTCConfiguration:
    """The configuration of a welcome; without servers none is named, not even aiortc's own."""
    return RTCConfiguration(
        iceServers=[RTCIceServer(**server) for server in ice_servers],
        iceTransportPolicy=RTCIceTransportPolicy(policy),
        bundlePolicy=RTCBundlePolicy.MAX_BUNDLE,
    )


class MediaConnection:
    """A transport made ready without media; tracks are put on it and taken off it as people are let in and held."""

    def __init__(
        self,
        peer: str,
        epoch: int,
        configuration: RTCConfiguration,
        send: Send,
        receive: Callable[[MediaStreamTrack], Awaitable[None]],
    ) -> None:
        self.peer = peer
        self.epoch = epoch
        self._configuration = configuration
        self._send = send
        self._receive = receive
        self._tracks: list[MediaStreamTrack] = []
        self._readers: list[asyncio.Task[None]] = []
        self._far_session: str | None = None
        self._start()

    def _start(self) -> None:
        self.session = uuid.uuid4().hex
        self._far_session = None
        self._rtc = RTCPeerConnection(self._configuration)
        self._rtc.on("track", self._read)

    @property
    def is_carrying(self) -> bool:
        """Whether media is sent."""
        return bool(self._tracks)

    @property
    def state(self) -> str:
        """The connection's state, as W3C webrtc-pc names it."""
        return str(self._rtc.connectionState)

    async def offer(self) -> None:
        """Offer sound and picture in both directions, with nothing on them yet."""
        for kind in ("audio", "video"):
            self._rtc.addTransceiver(kind, direction="sendrecv")
        self._attach()
        await self._rtc.setLocalDescription(await self._rtc.createOffer())
        await self._describe("offer")

    async def take_offer(self, session: str, sdp: str, *, polite: bool) -> None:
        """Answer an offer; the impolite side passes over one that collides with its own."""
        if self._rtc.signalingState != "stable" and not polite:
            return
        if self._rtc.signalingState != "stable" or self._far_session not in (None, session):
            await self.restart()  # aiortc neither rolls back nor restarts ICE
        self._far_session = session
        await self._rtc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        for transceiver in self._rtc.getTransceivers():
            transceiver.direction = "sendrecv"
        self._attach()
        await self._rtc.setLocalDescription(await self._rtc.createAnswer())
        await self._describe("answer")

    async def take_answer(self, session: str, sdp: str) -> None:
        """Accept the answer to the offer that is open."""
        if self._rtc.signalingState == "have-local-offer":
            self._far_session = session
            await self._rtc.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def take_candidate(self, session: str, candidate: dict[str, Any] | None) -> None:
        """Try an address of the peer's; one of an earlier connection is passed over."""
        text = (candidate or {}).get("candidate", "")
        if candidate is None or not text or session != self._far_session:
            return
        parsed = candidate_from_sdp(text.partition(":")[2])
        parsed.sdpMid, parsed.sdpMLineIndex = candidate.get("sdpMid"), candidate.get("sdpMLineIndex")
        await self._rtc.addIceCandidate(parsed)

    def carry(self, tracks: list[MediaStreamTrack]) -> None:
        """Send these from now on; an empty list sends nothing and keeps the transport."""
        self._tracks = tracks
        self._attach()

    async def restart(self) -> None:
        """Begin anew with a session of its own."""
        await self.close()
        self._start()

    async def close(self) -> None:
        """Take the tracks off, which others may carry, and end."""
        self._put_on({})
        for reader in self._readers:
            reader.cancel()
        self._readers.clear()
        await self._rtc.close()

    def _attach(self) -> None:
        self._put_on({track.kind: track for track in self._tracks})

    def _put_on(self, tracks: dict[str, MediaStreamTrack]) -> None:
        for sender in self._rtc.getSenders():
            sender.replaceTrack(tracks.get(sender.kind))

    def _read(self, track: MediaStreamTrack) -> None:
        self._readers.append(asyncio.ensure_future(self._receive(track)))

    async def _describe(self, kind: str) -> None:
        # Every candidate is in the description: aiortc gathers before it describes.
        await self._send(kind, to=self.peer, session=self.session, sdp=self._rtc.localDescription.sdp)
