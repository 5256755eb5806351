"""A forwarder in this process, and clients without codecs that meet in one of its rooms."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from signalling.media import channel
from signalling.media.channel import Saying
from signalling.media.forwarder import Forwarder
from signalling.robot.packets import PacketListener, PacketSender

ROOM = "room-1c9d4e7fa2b3"


class Meeting:
    """People of a room by name, each with what it sends and what it hears."""

    def __init__(self) -> None:
        self.forwarder = Forwarder(self._hear)
        self.senders: dict[str, PacketSender] = {}
        self.listeners: dict[str, PacketListener] = {}
        self.people: dict[str, int] = {}
        self.thinned: list[tuple[str, str, bool]] = []
        self.refused: list[str] = []
        self._beat = asyncio.create_task(self.forwarder.keep_beating())
        self._answering: set[asyncio.Task[None]] = set()

    async def bring(
        self, name: str, sender: PacketSender | None = None, listener: PacketListener | None = None
    ) -> None:
        """Admit somebody, who listens, and sends if there is something to send."""
        self.listeners[name] = listener or PacketListener()
        self.people[name] = self.people.get(name, 0) + 1
        self.admit()
        if sender is not None:
            await self.publish(name, sender)

    async def publish(self, name: str, sender: PacketSender) -> None:
        """Send something in place of what was sent before."""
        self.senders[name] = sender
        self.forwarder.obey(channel.Offer(ROOM, name, sender.session, await sender.offer()))

    def admit(self) -> None:
        """Tell the forwarder who is admitted."""
        self.forwarder.obey(channel.People(ROOM, tuple(self.people.items())))

    def put_out(self, name: str) -> None:
        """Hold or remove somebody."""
        del self.people[name]
        self.admit()

    def _hear(self, saying: Saying) -> None:
        if isinstance(saying, channel.Answer):
            self.senders[saying.participant].take_answer(saying.sdp)
        elif isinstance(saying, channel.Offer):
            task = asyncio.create_task(self._answer(saying))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        elif isinstance(saying, channel.Thinned):
            self.thinned.append((saying.participant, saying.about, saying.video))
        elif isinstance(saying, channel.Refused):
            self.refused.append(saying.session)

    async def _answer(self, offer: channel.Offer) -> None:
        sdp = await self.listeners[offer.participant].answer(offer.session, offer.sdp)
        self.forwarder.obey(channel.Answer(ROOM, offer.participant, offer.session, sdp))

    async def until(self, condition: Callable[[], object], seconds: float = 20) -> None:
        """Return once the condition holds."""
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.02)

    def packets(self, listener: str, about: str, kind: str) -> int:
        """How many packets of somebody's sound or picture a listener has had."""
        heard = self.listeners[listener].heard.get((about, kind))
        return heard.packets if heard is not None else 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._beat.cancel()
        for client in [*self.senders.values(), *self.listeners.values()]:
            await client.close()
        await self.forwarder.close()
