"""Everything this process knows: rooms and who is connected to them. Carries out what rooms want done."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from signalling import room as rooms
from signalling.bus import LocalBus
from signalling.journal import Journal, Obeyed, Record, Spent, Spooled
from signalling.media import channel as bridge
from signalling.metrics import Metrics
from signalling.registry.boards import Boards
from signalling.registry.outbox import Outbox
from signalling.registry.restore import restore_room
from signalling.registry.sockets import Socket
from signalling.room import Room, board
from signalling.room.effects import Bridge, Deliver, Effects, EntryRefused, Happened, Keep, Listed, Shut
from signalling.room.records import RoomRecord
from signalling.room.state import IceServersFor, room_record, seat_record
from signalling.room.tokens import read_token
from signalling.wire.client import Hello
from signalling.wire.events import Event, Order
from signalling.wire.names import LEEWAY_SECONDS, ORDER_SECONDS, Close
from signalling.wire.tickets import (
    CheckClaims,
    TicketClaims,
    TicketKeys,
    TicketRefused,
    read_check_ticket,
    read_ticket,
)

log = logging.getLogger(__name__)

# A ticket's mark outlives the ticket by this much, for a clock that is set back.
SPENT_SECONDS: Final = LEEWAY_SECONDS + 300.0
Announcement = list[Deliver | Shut | Listed | Bridge | Event]


class Registry:
    """The rooms, seats, boards and connections of this process."""

    def __init__(
        self,
        journal: Journal,
        bus: LocalBus,
        metrics: Metrics,
        *,
        keys: TicketKeys,
        ice_servers: IceServersFor,
        clock: Callable[[], float],
        tell_application: Callable[[Event], None],
        tell_bridge: Callable[[bridge.Order], None] | None = None,
    ) -> None:
        self.rooms: dict[str, Room] = {}
        self.sockets: dict[int, Socket] = {}
        self._seated: dict[int, tuple[Room, str]] = {}
        self._journal = journal
        self._bus = bus
        self._metrics = metrics
        self._keys = keys
        self._ice_servers = ice_servers
        self._clock = clock
        self._tell_application = tell_application
        self._tell_bridge = tell_bridge
        self._has_bridge = tell_bridge is not None
        self._spent = dict(journal.memory.spent)
        self._obeyed = dict(journal.memory.obeyed)
        self._outbox: Outbox[Announcement] = Outbox(self._announce)
        self.boards = Boards(self.rooms, self._carry_out_now, self._outbox.is_holding)
        bus.subscribe(self.boards.change)
        self._restore()

    def hello(self, link: int, socket: Socket, hello: Hello) -> None:
        """Seat a connection or open its board, or raise EntryRefused."""
        now = self._clock()
        self.sockets[link] = socket
        try:
            if hello.resume is not None:
                self._resume(link, hello.resume, hello.received or 0, now)
            else:
                self._enter(link, hello.ticket or "", hello.epoch, now)
        except EntryRefused:
            del self.sockets[link]
            raise

    def receive(self, link: int, text: str) -> None:
        """Act on a text frame of a connection."""
        self._metrics.received.inc()
        now = self._clock()
        seated = self._seated.get(link)
        if seated is not None:
            room, participant = seated
            self._commit(room, rooms.receive(room, participant, link, text, now))
            return
        opened = self.boards.get(link)
        if opened is not None:
            concerned, effects = board.receive(opened, self.rooms, text, now)
            self._commit_or_send(concerned, effects)

    def break_off(self, link: int, code: Close, reason: str) -> None:
        """Close a connection for what came over it, or did not."""
        seated = self._seated.get(link)
        if seated is None:
            self._carry_out_now([Shut(link, code, reason)])
            return
        room, participant = seated
        seat = room.seats.get(participant)
        if seat is not None and seat.link == link:
            self._commit(room, rooms.drop(room, seat, code, reason, self._clock()))

    def lose(self, link: int) -> None:
        """A connection is gone."""
        self.sockets.pop(link, None)
        self.boards.close(link)
        seated = self._seated.pop(link, None)
        if seated is not None:
            room, participant = seated
            self._commit(room, rooms.lose(room, participant, link, self._clock()))

    async def obey(self, order: Order) -> None:
        """Carry an order out, once, and return when that is on the disk; raises OrderNotUnderstood."""
        now = self._clock()
        if order.id not in self._obeyed:
            self._obey(order, now)
        await self._journal.write([Obeyed(order.id, self._obeyed[order.id])])

    def _obey(self, order: Order, now: float) -> None:
        room = self.rooms.get(order.room) or self._new_room(order.room)
        effects = rooms.obey(room, order, now)
        self.rooms[room.id] = room
        self._obeyed[order.id] = now + ORDER_SECONDS
        self._metrics.orders.labels(order.type).inc()
        self._commit(room, effects)

    def hear_bridge(self, saying: bridge.Saying) -> None:
        """Deliver what a forwarder says to the seat that it is for."""
        room = None if isinstance(saying, bridge.Figures) else self.rooms.get(saying.room)
        if room is not None:
            self._commit(room, rooms.from_bridge(room, saying))

    def lose_bridge(self, lost: set[str]) -> None:
        """A forwarder died: its rooms go back to mesh at once."""
        for room in [self.rooms[name] for name in lost if name in self.rooms]:
            room.has_bridge = False
            self._commit(room, rooms.settle(room, self._clock()))

    def find_bridge(self) -> None:
        """A forwarder is there again."""
        for room in list(self.rooms.values()):
            room.has_bridge = self._has_bridge
            self._commit(room, rooms.settle(room, self._clock()))

    def pass_time(self) -> None:
        """Do what is due."""
        now = self._clock()
        for room in list(self.rooms.values()):
            self._commit(room, rooms.pass_time(room, now))
            if room.is_over(now):
                self._close_room(room)
        self.boards.pass_time(now)
        for memory in (self._spent, self._obeyed):
            for key in [key for key, until in memory.items() if until <= now]:
                del memory[key]

    def snapshot(self) -> Iterator[Record]:
        """All that is to be remembered, for the journal to start afresh with."""
        yield from (Spent(jti, until) for jti, until in self._spent.items())
        yield from (Obeyed(order, until) for order, until in self._obeyed.items())
        for room in self.rooms.values():
            yield room_record(room)
            yield from (seat_record(room, seat) for seat in room.seats.values())

    async def admit_check(self, ticket: str) -> CheckClaims:
        """The claims of a ticket for a check, which is spent and on the disk by then; raises TicketRefused."""
        claims = read_check_ticket(ticket, self._keys, self._clock())
        if claims.jti in self._spent:
            raise TicketRefused("used")
        # Shielded: one client that goes away must not take the others' wait for the disk with it.
        await asyncio.shield(self._journal.write([self._spend(claims)]))
        return claims

    def _enter(self, link: int, ticket: str, epoch: int | None, now: float) -> None:
        try:
            claims = read_ticket(ticket, self._keys, now)
        except TicketRefused as refused:
            raise EntryRefused(Close.REFUSED, "ticket-refused") from refused
        if claims.jti in self._spent:
            raise EntryRefused(Close.REFUSED, "ticket-used")
        if claims.is_board:
            self._open_board(claims, link, now)
        else:
            self._take_seat(claims, epoch, link, now)

    def _open_board(self, claims: TicketClaims, link: int, now: float) -> None:
        if claims.until is not None and claims.until <= now:
            raise EntryRefused(Close.ENDED, "until")
        synced = self._journal.write([self._spend(claims)])
        synced.add_done_callback(lambda _: self._show_board(claims, link))

    def _show_board(self, claims: TicketClaims, link: int) -> None:
        if link in self.sockets:
            self._metrics.welcomes.labels("board").inc()
            self.boards.open(claims, link, self._clock())

    def _take_seat(self, claims: TicketClaims, epoch: int | None, link: int, now: float) -> None:
        assert claims.room is not None
        room = self.rooms.get(claims.room) or self._new_room(claims.room)
        try:
            effects = rooms.enter(room, claims, epoch, link, now)
        except EntryRefused as refused:
            if room.id in self.rooms:
                self._commit(room, refused.effects)
            raise
        self.rooms[room.id] = room
        self._seated[link] = (room, claims.participant)
        self._metrics.welcomes.labels("ticket").inc()
        self._commit(room, effects, [self._spend(claims)])

    def _resume(self, link: int, text: str, received: int, now: float) -> None:
        token = read_token(text, self._journal.secret)
        if token is None:
            raise EntryRefused(Close.REFUSED, "resume-unknown")
        room = self.rooms.get(token.room) or self._new_room(token.room)
        effects = rooms.resume(room, token, received, link, now)
        self._seated[link] = (room, token.participant)
        self._metrics.welcomes.labels("resume").inc()
        self._commit(room, effects)

    def _spend(self, claims: TicketClaims | CheckClaims) -> Spent:
        until = claims.exp + SPENT_SECONDS
        self._spent[claims.jti] = until
        return Spent(claims.jti, until)

    def _new_room(self, room_id: str) -> Room:
        return Room(room_id, self._journal.secret, self._ice_servers, has_bridge=self._has_bridge)

    def _close_room(self, room: Room) -> None:
        del self.rooms[room.id]
        self._commit(room, [Keep(RoomRecord(room=room.id, closed=True)), Listed(room.topics)])

    def _restore(self) -> None:
        memory = self._journal.memory
        now = self._clock()
        for room_id in memory.rooms:
            room = self.rooms[room_id] = self._new_room(room_id)
            restore_room(room, memory.rooms[room_id], memory.seats.get(room_id, {}), now)

    def _commit_or_send(self, room: Room | None, effects: Effects) -> None:
        if room is None:
            self._carry_out_now(effects)
        else:
            self._commit(room, effects)

    def _commit(self, room: Room, effects: Effects, also: Iterable[Record] = ()) -> None:
        """Announce a room's effects in order, after what they rest on is in the journal."""
        if not effects:
            return
        records, announcement = self._sort(room, effects)
        records = [*also, *records]  # a ticket is spent before the seat that it opened is known
        self._outbox.put(room.id, announcement, self._journal.write(records) if records else None)

    def _sort(self, room: Room, effects: Effects) -> tuple[list[Record], Announcement]:
        records: list[Record] = []
        announcement: Announcement = []
        for effect in effects:
            if isinstance(effect, Keep):
                records.append(effect.record)
            elif isinstance(effect, Happened):
                event = self._event(room, effect)
                records.append(Spooled(event))
                announcement.append(event)
            else:
                announcement.append(effect)
        return records, announcement

    def _event(self, room: Room, happened: Happened) -> Event:
        return Event(
            id=str(uuid.uuid4()),
            type=happened.type,
            room=room.id,
            participant=happened.participant,
            at=self._clock(),
            data=happened.data,
        )

    def _carry_out_now(self, effects: Effects) -> None:
        self._announce("", [effect for effect in effects if isinstance(effect, Deliver | Shut)])

    def _announce(self, room_id: str, announcement: Announcement) -> None:
        for effect in announcement:
            if isinstance(effect, Deliver):
                self._send(effect)
            elif isinstance(effect, Shut):
                self._shut(effect)
            elif isinstance(effect, Listed):
                self._bus.publish(room_id, effect.topics)
            elif isinstance(effect, Bridge):
                if self._tell_bridge is not None:
                    self._tell_bridge(effect.order)
            else:
                self._tell_application(effect)

    def _send(self, effect: Deliver) -> None:
        socket = self.sockets.get(effect.link)
        if socket is not None:
            self._metrics.sent.inc()
            socket.send(effect.frame, replay=effect.replay)

    def _shut(self, effect: Shut) -> None:
        self._metrics.closes.labels(str(int(effect.code))).inc()
        self._seated.pop(effect.link, None)
        self.boards.close(effect.link)
        socket = self.sockets.pop(effect.link, None)
        if socket is not None:
            socket.shut(effect.code, effect.reason)
