"""The robot's two connections to the bridge: up what it sends, down what everybody else does."""

import asyncio
from collections.abc import Awaitable, Callable
from secrets import token_hex
from typing import Any, Final

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import SessionDescription

Send = Callable[..., Awaitable[None]]
Receive = Callable[[str, MediaStreamTrack], Awaitable[None]]
BRIDGE: Final = "bridge"


class BridgeConnections:
    """Both ways to the bridge, made anew with `start` and ended with `stop`."""

    def __init__(self, configuration: RTCConfiguration, send: Send, receive: Receive) -> None:
        self._configuration = configuration
        self._send = send
        self._receive = receive
        self._up: RTCPeerConnection | None = None
        self._down: RTCPeerConnection | None = None
        self._readers: list[asyncio.Task[None]] = []
        self._offered = ""
        self.up_session = self.down_session = ""

    @property
    def is_up(self) -> bool:
        """Whether what is sent reaches the bridge."""
        return self._up is not None and self._up.connectionState == "connected"

    async def start(self, tracks: list[MediaStreamTrack]) -> None:
        """Offer sound, the picture, and the small picture, in place of what was sent before."""
        before, self._up = self._up, RTCPeerConnection(self._configuration)
        self.up_session = f"up.{token_hex(6)}"
        for track in tracks:
            self._up.addTransceiver(track, direction="sendonly")
        await self._up.setLocalDescription(await self._up.createOffer())
        await self._send("offer", to=BRIDGE, session=self.up_session, sdp=self._up.localDescription.sdp)
        if before is not None:
            await before.close()

    async def take_answer(self, session: str, sdp: str) -> None:
        """Accept the answer to the connection up that is open."""
        if self._up is not None and session == self.up_session and self._up.signalingState == "have-local-offer":
            await self._up.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def take_offer(self, session: str, sdp: str) -> None:
        """Answer the bridge's offer; one under another name replaces the connection down."""
        if self._down is None or session != self.down_session:
            await self._end_down()
            self._down, self.down_session = RTCPeerConnection(self._configuration), session
            self._down.on("track", self._read)
        self._offered = sdp
        await self._down.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        await self._down.setLocalDescription(await self._down.createAnswer())
        await self._send("answer", to=BRIDGE, session=session, sdp=self._down.localDescription.sdp)

    async def renew_down(self) -> None:
        """Ask for another connection down."""
        await self._send("offer-wanted")

    async def stop(self) -> None:
        """End both."""
        await self._end_down()
        if self._up is not None:
            await self._up.close()
            self._up = None

    async def _end_down(self) -> None:
        for reader in self._readers:
            reader.cancel()
        self._readers.clear()
        if self._down is not None:
            await self._down.close()
            self._down = None

    def _read(self, track: MediaStreamTrack) -> None:
        self._readers.append(asyncio.ensure_future(self._receive(self._whose(track), track)))

    def _whose(self, track: MediaStreamTrack) -> str:
        """The participant that a track's line names as its stream."""
        assert self._down is not None
        receiver = next(one for one in self._down.getTransceivers() if one.receiver.track is track)
        described: Any = SessionDescription.parse(self._offered)
        line = next(media for media in described.media if media.rtp.muxId == receiver.mid)
        return str(line.msid).split(" ", 1)[0] if line.msid else ""
