"""How one gets into a seat: by a ticket, or back into it by a resume token."""

from signalling.room.effects import Deliver, Effect, Effects, EntryRefused, Happened, Keep, Listed
from signalling.room.sight import in_sight, peer_entry, show_joined, show_updated
from signalling.room.state import Presence, Room, Seat, cut, deliver, keep_room, keep_seat, listed
from signalling.room.tokens import Token, write_token
from signalling.wire.names import SEATS, STAFF, Close
from signalling.wire.server import Waiting, Welcome, encode
from signalling.wire.tickets import TicketClaims


def enter(room: Room, claims: TicketClaims, epoch: int | None, link: int, now: float) -> Effects:
    """Seat the holder of a ticket whose `jti` is unused, or raise EntryRefused."""
    until = claims.until or 0.0
    kept = _prolong(room, until)
    seat = room.seats.get(claims.participant)
    _check_open(room, claims.participant, seat, until, now, kept)
    if seat is None:
        was, topics, known = None, frozenset[str](), None
        seat = room.seats[claims.participant] = _new_seat(claims, now)
    else:
        was, topics, known = seat.presence, frozenset(seat.topics), (seat.role, seat.beside, seat.epoch)
        _take_over(seat, claims, epoch)
    effects = cut(seat, Close.REPLACED, "replaced")
    _sit(seat, link, now)
    effects += _fresh_welcome(room, seat, now)
    effects += _arrive(room, seat, was, changed=known != (seat.role, seat.beside, seat.epoch))
    return [keep_seat(room, seat), *kept, *effects, Listed(topics | set(seat.topics))]


def resume(room: Room, token: Token, received: int, link: int, now: float) -> Effects:
    """Seat the bearer of a resume token again and replay what he missed, or raise EntryRefused."""
    seat = room.seats.get(token.participant)
    _check_open(room, token.participant, seat, seat.until if seat else token.until, now)
    if seat is None or not seat.rotation.is_good(token.serial, now):
        raise EntryRefused(Close.REFUSED, "resume-unknown")
    was = seat.presence
    seat.rotation.use(token.serial, now)
    another_page = token.epoch != seat.epoch
    if another_page:
        # Its peers have since made connections to a page that is newer; what this one counted is not known.
        seat.start_epoch()
        seat.numbering.forget()
    replay = None if another_page else _missed(seat, received)
    effects = cut(seat, Close.REPLACED, "replaced")
    _sit(seat, link, now)
    effects += (
        _fresh_welcome(room, seat, now, received) if replay is None else _replay(room, seat, replay, received, now)
    )
    return [keep_seat(room, seat), *effects, *_arrive(room, seat, was, changed=another_page), *listed(seat)]


def _prolong(room: Room, until: float) -> list[Keep]:
    # Removal and the end hold until the greatest `until` of any ticket, one that was refused included.
    if until <= room.until:
        return []
    room.until = until
    return [keep_room(room)]


def _check_open(
    room: Room, participant: str, seat: Seat | None, until: float, now: float, kept: list[Keep] | None = None
) -> None:
    full = (seat is None or seat.is_gone) and len(room.present) >= SEATS
    for refused, code, reason in (
        (participant in room.removed, Close.REMOVED, "removed"),
        (room.ended is not None, Close.ENDED, "ended"),
        (until <= now, Close.ENDED, "until"),
        (full, Close.ROOM_FULL, "room-full"),
    ):
        if refused:
            raise EntryRefused(code, reason, kept or [])


def _new_seat(claims: TicketClaims, now: float) -> Seat:
    return Seat(
        participant=claims.participant,
        role=claims.role,
        until=claims.until or 0.0,
        admitted=claims.is_staff,
        since=now,
        beside=claims.with_,
        topics=claims.topics,
        relay=claims.relay,
    )


def _take_over(seat: Seat, claims: TicketClaims, epoch: int | None) -> None:
    """The ticket's claims hold from now on, the standing stays, and another page is another epoch."""
    if (seat.role in STAFF) != claims.is_staff:
        seat.admitted = claims.is_staff
    seat.role, seat.beside, seat.topics = claims.role, claims.with_, claims.topics
    seat.until, seat.relay = claims.until or 0.0, claims.relay
    if epoch != seat.epoch:
        seat.start_epoch()


def _sit(seat: Seat, link: int, now: float) -> None:
    if seat.presence != "live":
        seat.presence_since = now
    if seat.since == 0.0:  # he had left, and waits anew
        seat.since = now
    seat.presence, seat.link = "live", link


def _missed(seat: Seat, received: int) -> list[bytes] | None:
    if not seat.can_replay(received):
        return None
    return [frame for number, frame in seat.kept if number > received]


def _replay(room: Room, seat: Seat, missed: list[bytes], received: int, now: float) -> list[Effect]:
    assert seat.link is not None
    welcome = _welcome(room, seat, now, seq=received, resumed=True)
    return [Deliver(seat.link, encode(welcome)), *(Deliver(seat.link, frame, replay=True) for frame in missed)]


def _fresh_welcome(room: Room, seat: Seat, now: float, received: int = 0) -> list[Effect]:
    assert seat.link is not None
    welcome = _welcome(room, seat, now, seq=seat.start_afresh(received), resumed=False)
    effects: list[Effect] = [Deliver(seat.link, encode(welcome))]
    if not seat.admitted and seat.participant in room.ahead:
        effects += deliver(seat, Waiting(ahead=room.ahead[seat.participant]))
    return effects


def _welcome(room: Room, seat: Seat, now: float, *, seq: int, resumed: bool) -> Welcome:
    token = Token(room.id, seat.participant, seat.epoch, seat.rotation.issue(), seat.until)
    if not resumed:
        seat.told_forward = seat.admitted and room.topology == "forward"
    return Welcome(
        seq=seq,
        resumed=resumed,
        handled=seat.numbering.welcome(),
        room=room.id,
        participant=seat.participant,
        role=seat.role,
        status=seat.standing,
        epoch=seat.epoch,
        peers=[peer_entry(seat, peer) for peer in in_sight(room, seat)],
        topology=room.topology,
        ice_policy="relay" if seat.relay else "all",
        ice_servers=room.ice_servers(seat.participant, seat.until, now),
        resume=write_token(token, room.secret),
        now=now,
    )


def _arrive(room: Room, seat: Seat, was: Presence | None, *, changed: bool) -> Effects:
    """Tell peers and application that somebody is here, as much as is news to them."""
    facts = {"role": seat.role, "status": seat.standing, "epoch": seat.epoch}
    if was is None:
        first = Happened("participant.admitted" if seat.admitted else "participant.waiting", seat.participant, facts)
        return [first, *show_joined(room, seat)]
    if was == "live":
        return show_updated(room, seat) if changed else []
    shown = show_joined(room, seat) if was == "gone" else show_updated(room, seat)
    return [Happened("participant.returned", seat.participant, {**facts, "after": was}), *shown]
