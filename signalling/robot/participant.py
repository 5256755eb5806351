"""The robot as a whole: joins, negotiates, sends while both are admitted, and measures what arrives."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiortc import MediaStreamTrack, RTCConfiguration
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

from signalling.robot import picture
from signalling.robot.bridge import BRIDGE, BridgeConnections
from signalling.robot.connection import MediaConnection, configure
from signalling.robot.line import Frame, Line
from signalling.robot.tone import Ear
from signalling.robot.tracks import NumberedPictures, SteadyTone

log = logging.getLogger(__name__)

PITCH: Final = 440
FRAMES_PER_SECOND: Final = 15
# Half of each side is the smallest size at which a number can still be read after a codec that saves bits.
SMALL: Final = (picture.WIDTH // 2, picture.HEIGHT // 2)


class Robot:
    """A participant that can be asked what it saw and heard.

    `frames` holds the numbers read from pictures and `unread` counts pictures without one; `early` counts pictures
    and sounds that arrived while either side was not admitted, which must stay 0; `welcomes` counts the times it came.
    `seen` holds the numbers by whose picture they were on, `bridged` counts what came of each by the bridge, and
    `thinned` says of whom the bridge sends no picture.
    """

    def __init__(
        self, url: str, ticket: str, *, pitch: int = PITCH, frames_per_second: int = FRAMES_PER_SECOND
    ) -> None:
        self.participant = ""
        self.status = ""
        self.peers: dict[str, Frame] = {}
        self.frames: list[int] = []
        self.seen: dict[str, list[int]] = {}
        self.bridged: Counter[str] = Counter()
        self.thinned: set[str] = set()
        self.topology = "mesh"
        self.unread = self.early = self.welcomes = 0
        self._ears: dict[str, Ear] = {}
        self._make_tracks: Callable[[], list[MediaStreamTrack]] = lambda: [
            SteadyTone(pitch),
            NumberedPictures(frames_per_second),
        ]
        self._make_small_picture: Callable[[], MediaStreamTrack] = lambda: NumberedPictures(
            frames_per_second, width=SMALL[0], height=SMALL[1]
        )
        self._bridge: BridgeConnections | None = None
        self._connections: dict[str, MediaConnection] = {}
        self._configuration = RTCConfiguration(iceServers=[])
        self._relay_without_turn = False
        self._line = Line(url, ticket, self._hear)
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self._handlers: dict[str, Callable[[Frame], Awaitable[None]]] = {
            "welcome": self._on_welcome,
            "peer-joined": self._on_peer,
            "peer-updated": self._on_peer,
            "peer-left": self._on_peer_left,
            "admitted": self._on_admitted,
            "held": self._on_held,
            "offer": self._on_offer,
            "answer": self._on_answer,
            "candidate": self._on_candidate,
            "topology": self._on_topology,
            "thinned": self._on_thinned,
        }

    async def join(self) -> None:
        """Connect, and return once the robot waits or is let in."""
        self._task = asyncio.create_task(self._line.run())
        await self.until(lambda: bool(self.status))

    async def admit(self, participant: str) -> None:
        """Let somebody in."""
        await self._line.send("admit", participant=participant)

    async def hold(self, participant: str) -> None:
        """Send somebody back to wait."""
        await self._line.send("hold", participant=participant)

    async def end(self, reason: str) -> None:
        """End the visit for all."""
        await self._line.send("end", reason=reason)

    async def connected(self, participant: str) -> None:
        """Return once the transport to a peer is ready, with or without media on it."""
        await self.until(lambda: self._state(participant) == "connected")

    async def frames_seen(self, count: int) -> list[int]:
        """Return the numbers of the first pictures seen once there are so many."""
        await self.until(lambda: len(self.frames) >= count)
        return self.frames[:count]

    def tone_heard(self, participant: str | None = None) -> float | None:
        """The pitch in hertz that is heard now, of one peer or of the only one; None for silence."""
        ears = [ear for peer, ear in self._ears.items() if participant in (None, peer)]
        return ears[0].pitch() if ears else None

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return once the condition holds; it is looked at whenever something arrives."""
        async with self._changed:
            while not condition():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), 0.2)

    def lose_line(self) -> None:
        """Lose the socket, as a network does; the robot comes back by itself and its media goes on."""
        self._line.cut()

    @property
    def close_code(self) -> int | None:
        """The code with which the server last closed the socket."""
        return self._line.close_code

    async def leave(self) -> None:
        """Say goodbye and stop."""
        await self._line.send("leave")
        await self.close()

    async def close(self) -> None:
        """Stop without a word."""
        await self._leave_bridge()
        for connection in self._connections.values():
            await connection.close()
        self._connections.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _hear(self, frame: Frame) -> None:
        handler = self._handlers.get(frame["type"])
        if handler is not None:
            try:
                await handler(frame)
            except Exception as fault:  # what a peer sent must not end the robot that measures it
                log.warning("%s could not be used: %r", frame["type"], fault)
        await self._notify()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _on_welcome(self, frame: Frame) -> None:
        self.participant, self.status = frame["participant"], frame["status"]
        self.welcomes += 1
        self._configuration = configure(frame["iceServers"], frame["icePolicy"])
        self._relay_without_turn = frame["icePolicy"] == "relay" and not frame["iceServers"]
        for peer in frame["peers"]:
            await self._meet(peer)
        if not frame["resumed"] or frame["topology"] != self.topology:
            await self._on_topology(frame)

    async def _on_peer(self, frame: Frame) -> None:
        await self._meet(frame["peer"])

    async def _on_peer_left(self, frame: Frame) -> None:
        # A connection that carries media is never closed for what a socket tells; without the peer nothing is sent.
        self.peers.pop(frame["participant"], None)
        self._carry(frame["participant"])

    async def _on_admitted(self, frame: Frame) -> None:
        await self._stand("admitted")

    async def _on_held(self, frame: Frame) -> None:
        await self._stand("waiting")
        await self._leave_bridge()

    async def _on_topology(self, frame: Frame) -> None:
        """From the third person on send to the bridge; what flows between two goes on until the bridge has it."""
        self.topology = frame["topology"]
        if self.topology == "mesh":
            await self._leave_bridge()
        elif self.status == "admitted":
            await self._to_bridge().start([*self._make_tracks(), self._make_small_picture()])

    async def _on_thinned(self, frame: Frame) -> None:
        if frame["video"]:
            self.thinned.discard(frame["participant"])
        else:
            self.thinned.add(frame["participant"])

    def _to_bridge(self) -> BridgeConnections:
        if self._bridge is None:
            self._bridge = BridgeConnections(self._configuration, self._line.send, self._receive_bridged)
        return self._bridge

    async def _leave_bridge(self) -> None:
        bridge, self._bridge = self._bridge, None
        self.bridged.clear()
        for peer in self.peers:
            self._carry(peer)
        if bridge is not None:
            await bridge.stop()

    async def _on_offer(self, frame: Frame) -> None:
        if frame["from"] == BRIDGE:
            await self._to_bridge().take_offer(frame["session"], frame["sdp"])
            return
        connection = await self._connection(frame["from"])
        polite = self.peers[frame["from"]]["polite"]
        await connection.take_offer(frame["session"], frame["sdp"], polite=polite)

    async def _on_answer(self, frame: Frame) -> None:
        if frame["from"] == BRIDGE:
            if self._bridge is not None:
                await self._bridge.take_answer(frame["session"], frame["sdp"])
            return
        connection = await self._connection(frame["from"])
        await connection.take_answer(frame["session"], frame["sdp"])

    async def _on_candidate(self, frame: Frame) -> None:
        connection = await self._connection(frame["from"])
        await connection.take_candidate(frame["session"], frame["candidate"])

    async def _stand(self, status: str) -> None:
        self.status = status
        for peer in self.peers:
            self._carry(peer)

    async def _meet(self, peer: Frame) -> None:
        """Know a peer as he is now; on a new epoch the old connection is dropped and the impolite side offers."""
        participant = peer["participant"]
        self.peers[participant] = peer
        connection = self._connections.get(participant)
        if connection is not None and connection.epoch != peer["epoch"]:
            await self._connections.pop(participant).close()
            connection = None
        if connection is None and not peer["polite"] and self._may_connect(participant):
            await (await self._connection(participant)).offer()
        self._carry(participant)

    async def _connection(self, participant: str) -> MediaConnection:
        connection = self._connections.get(participant)
        if connection is None:
            connection = self._connections[participant] = MediaConnection(
                participant,
                self.peers[participant]["epoch"],
                self._configuration,
                self._line.send,
                lambda track: self._receive(participant, track),
            )
            self._carry(participant)
        return connection

    def _may_connect(self, participant: str) -> bool:
        return not self._relay_without_turn or self._talks_with(participant)

    def _talks_with(self, participant: str) -> bool:
        """Whether media flows: both are admitted, a peer whose line was lost included."""
        peer = self.peers.get(participant)
        return self.status == "admitted" and peer is not None and bool(peer["admitted"])

    def _carry(self, participant: str) -> None:
        connection = self._connections.get(participant)
        talks = self._talks_with(participant) and not self._is_bridged(participant)
        if connection is not None and talks != connection.is_carrying:
            connection.carry(self._make_tracks() if talks else [])

    def _is_bridged(self, participant: str) -> bool:
        """Whether both ways lead over the bridge."""
        return self._bridge is not None and self._bridge.is_up and bool(self.bridged[participant])

    async def _receive_bridged(self, participant: str, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                self._measure(participant, frame)
                if isinstance(frame, AudioFrame):
                    self.bridged[participant] += 1
                    self._carry(participant)
                await self._notify()

    def _state(self, participant: str) -> str:
        connection = self._connections.get(participant)
        return connection.state if connection is not None else ""

    async def _receive(self, participant: str, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                self._measure(participant, await track.recv())
                await self._notify()

    def _measure(self, participant: str, frame: Any) -> None:
        if not self._talks_with(participant):
            self.early += 1
        elif isinstance(frame, VideoFrame):
            self._see(participant, frame)
        elif isinstance(frame, AudioFrame):
            self._ears.setdefault(participant, Ear()).hear(frame)

    def _see(self, participant: str, frame: VideoFrame) -> None:
        number = picture.read(frame)
        if number is None:
            self.unread += 1
        else:
            self.frames.append(number)
            self.seen.setdefault(participant, []).append(number)
