"""The rooms of one forwarder process: who sends, who is sent to, and the beat to which everything due is done."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

from signalling.media import channel
from signalling.media.channel import Saying
from signalling.media.describing import NotUnderstood
from signalling.media.meter import Carried
from signalling.media.publisher import Publisher
from signalling.media.subscriber import Subscriber

log = logging.getLogger(__name__)

BEAT_SECONDS: Final = 0.05
Say = Callable[[Saying], None]


class Room:
    """The admitted people of one room, and their connections."""

    def __init__(self, forwarder: "Forwarder", room_id: str) -> None:
        self.id = room_id
        self.publishers: dict[str, Publisher] = {}
        self.subscribers: dict[str, Subscriber] = {}
        self._forwarder = forwarder
        self._epochs: dict[str, int] = {}

    def admit(self, people: tuple[tuple[str, int], ...]) -> None:
        """Exactly these are admitted: whoever else was there is cut off at once, and so is a page that was left."""
        epochs = dict(people)
        for participant, epoch in self._epochs.items():
            if epochs.get(participant) != epoch:
                self._cut(participant)
        self._epochs = epochs
        for participant in epochs:
            if participant not in self.subscribers:
                self._subscribe(participant)
        self.fit()

    def take_offer(self, offer: channel.Offer) -> None:
        """Answer a participant's connection up, which replaces the one before once it carries."""
        if offer.participant in self._epochs:
            self._forwarder.run(self._publish(offer))

    def take_answer(self, answer: channel.Answer) -> None:
        """Take the answer to a connection down."""
        subscriber = self.subscribers.get(answer.participant)
        if subscriber is None or subscriber.session != answer.session:
            return
        try:
            subscriber.take_answer(answer.sdp)
        except NotUnderstood:
            self._forwarder.say(channel.Refused(self.id, answer.participant, answer.session))
        self._offer(answer.participant, subscriber)

    def renew(self, participant: str) -> None:
        """Offer a new connection down in place of one that is lost."""
        if participant in self._epochs:
            self._unsubscribe(participant)
            self._subscribe(participant)
            self.fit()

    def fit(self) -> None:
        """Let everybody's lines be those that are sent now."""
        for participant, subscriber in self.subscribers.items():
            subscriber.fit(self._others(participant))
            self._offer(participant, subscriber)

    def beat(self, now: float, epoch: float) -> None:
        """Do what is due."""
        for participant, publisher in self.publishers.items():
            publisher.tend(now)
            self._let_go(participant, publisher)
        for participant, subscriber in self.subscribers.items():
            subscriber.serve(self._others(participant), now)
            subscriber.tend(now, epoch)

    def close(self) -> None:
        """End it for all."""
        self.admit(())

    def _others(self, participant: str) -> dict[str, Publisher]:
        """Who sends beside a participant, in the order in which people matter."""
        names = [name for name in self._epochs if name != participant and name in self.publishers]
        return {name: self.publishers[name] for name in names}

    async def _publish(self, offer: channel.Offer) -> None:
        publisher = Publisher(offer.session, self._forwarder.carried, lambda lost: self._lose(offer.participant, lost))
        try:
            answer = await publisher.answer(offer.sdp, self._forwarder.public_address)
        except (NotUnderstood, OSError) as fault:
            log.info("an offer was not understood: %s", fault)
            await publisher.close()
            self._forwarder.say(channel.Refused(self.id, offer.participant, offer.session))
            return
        if offer.participant not in self._epochs:  # sent to wait meanwhile
            await publisher.close()
            return
        before = self.publishers.get(offer.participant)
        if before is not None and not before.is_connected:
            self._forwarder.run(before.close())
            before = before.before
        publisher.before = before
        self.publishers[offer.participant] = publisher
        self._forwarder.say(channel.Answer(self.id, offer.participant, offer.session, answer))
        self.fit()

    def _let_go(self, participant: str, publisher: Publisher) -> None:
        """The connection that was replaced has no more to do once the new one is heard."""
        if publisher.before is not None and any(source.rate.bits for source in publisher.sources):
            before, publisher.before = publisher.before, None
            self._forwarder.run(before.close())

    def _lose(self, participant: str, lost: Publisher) -> None:
        """A connection up ended; the one that it was to replace goes on, if it is still there."""
        self._forwarder.run(lost.close())
        current = self.publishers.get(participant)
        if current is lost:
            if lost.before is not None and lost.before.is_connected:
                self.publishers[participant] = lost.before
            else:
                del self.publishers[participant]
            self.fit()
        elif current is not None and current.before is lost:
            current.before = None

    def _subscribe(self, participant: str) -> None:
        subscriber = Subscriber(
            self._forwarder.carried,
            lambda about, video: self._forwarder.say(channel.Thinned(self.id, participant, about, video)),
            lambda lost: self._unsubscribe(participant, lost),
        )
        self.subscribers[participant] = subscriber
        self._forwarder.run(self._prepare(participant, subscriber))

    async def _prepare(self, participant: str, subscriber: Subscriber) -> None:
        await subscriber.gather()
        subscriber.is_ready = True
        if self.subscribers.get(participant) is subscriber:
            self._offer(participant, subscriber)

    def _offer(self, participant: str, subscriber: Subscriber) -> None:
        sdp = subscriber.offer(self._forwarder.public_address) if subscriber.is_ready else None
        if sdp is not None:
            self._forwarder.say(channel.Offer(self.id, participant, subscriber.session, sdp))

    def _unsubscribe(self, participant: str, lost: Subscriber | None = None) -> None:
        current = self.subscribers.get(participant)
        if current is not None and lost in (None, current):
            del self.subscribers[participant]
            self._forwarder.run(current.close())

    def _cut(self, participant: str) -> None:
        publisher = self.publishers.pop(participant, None)
        if publisher is not None:
            self._forwarder.run(publisher.close())
            if publisher.before is not None:
                self._forwarder.run(publisher.before.close())
        self._unsubscribe(participant)


class Forwarder:
    """Acts on orders of the signalling service, and says what it has to tell."""

    def __init__(self, say: Say, public_address: str | None = None) -> None:
        self.say = say
        self.public_address = public_address
        self.carried = Carried()
        self._rooms: dict[str, Room] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def obey(self, order: channel.Order) -> None:
        """Act on an order; one for a room that is not there is passed over."""
        if isinstance(order, channel.People):
            self._admit(order)
            return
        room = self._rooms.get(order.room)
        if room is None:
            return
        if isinstance(order, channel.Offer):
            room.take_offer(order)
        elif isinstance(order, channel.Answer):
            room.take_answer(order)
        else:
            room.renew(order.participant)

    def beat(self) -> None:
        """Do what is due in every room; a fault in one is no other's."""
        now, epoch = time.monotonic(), time.time()
        for room in list(self._rooms.values()):
            try:
                room.beat(now, epoch)
            except Exception:
                log.exception("a room's beat failed")

    async def keep_beating(self) -> None:
        """Beat until cancelled."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self.beat()

    def figures(self) -> channel.Figures:
        """How much is carried."""
        rooms = self._rooms.values()
        publishers = sum(len(room.publishers) for room in rooms)
        return channel.Figures(len(rooms), publishers, sum(len(room.subscribers) for room in rooms), self.carried)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that takes a while, beside everything else."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finish)

    async def close(self) -> None:
        """End every room."""
        for room in list(self._rooms.values()):
            room.close()
        self._rooms.clear()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _admit(self, order: channel.People) -> None:
        room = self._rooms.get(order.room)
        if room is None and order.people:
            room = self._rooms[order.room] = Room(self, order.room)
        if room is not None:
            room.admit(order.people)
            if not order.people:
                del self._rooms[order.room]

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a connection failed", exc_info=task.exception())
