"""The installed aiortc and aioice still have the private names that the forwarder's one adapter uses."""

import asyncio
import contextlib
import importlib
import inspect
import re
from functools import partial
from pathlib import Path

import aiortc
import pytest
from aioice import ice
from aiortc.mediastreams import MediaStreamError
from aiortc.rtcdtlstransport import RTCDtlsTransport
from pylibsrtp import Session

from signalling import media
from signalling.media import adapter, channel
from signalling.media.forwarder import Forwarder
from signalling.robot.bridge import BridgeConnections
from signalling.robot.connection import configure
from signalling.robot.tone import Ear
from signalling.robot.tracks import NumberedPictures, SteadyTone

ROOM = "room-1c9d4e7fa2b3"
ADVICE = "aiortc or aioice changed a private name: see signalling/media/adapter.py, and what it does with"
names = [(owner, name) for owner, group in adapter.PRIVATE_NAMES.items() for name in group]


def find(path: str) -> type:
    """The class of a dotted name."""
    module, _, name = path.rpartition(".")
    found: type = getattr(importlib.import_module(module), name)
    return found


@pytest.mark.parametrize(("owner", "name"), names)
def test_a_private_name_is_still_there(owner: str, name: str) -> None:
    kind = find(owner)

    is_set = re.search(rf"\bself\.{name}\b|^    {name}\b", inspect.getsource(kind), re.MULTILINE)
    assert hasattr(kind, name) or is_set, f"{ADVICE} {owner}.{name}"


def test_the_versions_are_the_ones_that_the_adapter_was_written_for() -> None:
    assert aiortc.__version__.startswith("1.16."), f"{ADVICE} everything"


def test_datagrams_still_arrive_by_the_callback_that_the_adapter_replaces() -> None:
    source = inspect.getsource(ice.StunProtocol.datagram_received)

    assert "self.receiver.data_received(data, self.local_candidate.component)" in source, f"{ADVICE} data_received"
    assert list(inspect.signature(ice.Connection.data_received).parameters) == ["self", "data", "component"]


def test_the_nominated_pair_is_still_kept_by_component() -> None:
    assert "self._nominated[pair.component] = pair" in inspect.getsource(ice.Connection.check_complete), ADVICE


def test_encryption_is_still_two_sessions_that_are_made_by_the_handshake() -> None:
    source = inspect.getsource(RTCDtlsTransport._setup_srtp)

    assert "self._rx_srtp = Session(" in source and "self._tx_srtp = Session(" in source, ADVICE
    for name in ("protect", "protect_rtcp", "unprotect", "unprotect_rtcp"):
        assert list(inspect.signature(getattr(Session, name)).parameters) == ["self", "packet"], ADVICE


def test_no_other_module_of_the_forwarder_touches_private_names_of_aiortc() -> None:
    folder = Path(media.__file__).parent
    for path in folder.glob("*.py"):
        text = path.read_text()
        if path.name != "adapter.py" and re.search(r"^(from|import) aio(rtc|ice)", text, re.MULTILINE):
            pytest.fail(f"{path.name} imports what only the adapter may")


async def test_two_real_peers_of_aiortc_see_and_hear_through_the_forwarder() -> None:
    ear, seen, tasks = Ear(), [], set()

    async def receive(participant: str, track: aiortc.MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                if track.kind == "audio":
                    ear.hear(frame)
                else:
                    seen.append(participant)

    async def send(participant: str, kind: str, **fields: str) -> None:
        order = channel.Offer if kind == "offer" else channel.Answer
        forwarder.obey(order(ROOM, participant, fields["session"], fields["sdp"]))

    def hear(saying: channel.Saying) -> None:
        if isinstance(saying, channel.Offer | channel.Answer):
            peer = peers[saying.participant]
            take = peer.take_offer if isinstance(saying, channel.Offer) else peer.take_answer
            tasks.add(asyncio.create_task(take(saying.session, saying.sdp)))

    peers = {name: BridgeConnections(configure([], "all"), partial(send, name), receive) for name in ("anna", "bryn")}
    forwarder = Forwarder(hear)
    beat = asyncio.create_task(forwarder.keep_beating())
    forwarder.obey(channel.People(ROOM, (("anna", 1), ("bryn", 1))))
    try:
        await peers["anna"].start([SteadyTone(440), NumberedPictures(10)])
        async with asyncio.timeout(40):
            while len(seen) < 6 or ear.pitch() is None:
                await asyncio.sleep(0.05)
    finally:
        beat.cancel()
        await forwarder.close()
        for peer in peers.values():
            await peer.stop()

    pitch = ear.pitch()
    assert set(seen) == {"anna"}
    assert pitch is not None and abs(pitch - 440) < 5
