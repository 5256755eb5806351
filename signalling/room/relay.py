"""What passes from one participant to another: descriptions, candidates, and what people write."""

from signalling.room.effects import Effects, Happened, MessageRefused
from signalling.room.privacy import relay_candidate, relay_description
from signalling.room.sight import find_peer
from signalling.room.state import Room, Seat, deliver, keep_seat
from signalling.room.topology import BRIDGE, candidate_to_bridge, to_bridge
from signalling.wire import client, server


def offer(room: Room, sender: Seat, message: client.Offer, now: float) -> Effects:
    """Pass an offer on."""
    if message.to == BRIDGE:
        return to_bridge(room, sender, message, is_answer=False)
    peer = _media_peer(room, sender, message.to)
    return deliver(peer, server.Offer(from_=sender.participant, session=message.session, sdp=_sdp(sender, message)))


def answer(room: Room, sender: Seat, message: client.Answer, now: float) -> Effects:
    """Pass an answer on."""
    if message.to == BRIDGE:
        return to_bridge(room, sender, message, is_answer=True)
    peer = _media_peer(room, sender, message.to)
    return deliver(peer, server.Answer(from_=sender.participant, session=message.session, sdp=_sdp(sender, message)))


def candidate(room: Room, sender: Seat, message: client.Candidate, now: float) -> Effects:
    """Pass a candidate on, unless it would tell the address of somebody who is to stay behind a relay."""
    if message.to == BRIDGE:
        return candidate_to_bridge(room, sender)
    peer = _media_peer(room, sender, message.to)
    passed = message.candidate
    if sender.relay and passed is not None:
        passed = relay_candidate(passed)
        if passed is None:
            return []
    return deliver(peer, server.Candidate(from_=sender.participant, session=message.session, candidate=passed))


def chat(room: Room, sender: Seat, message: client.Chat, now: float) -> Effects:
    """Pass on what somebody wrote, to one or to all who are admitted; nothing of it is kept but that it was sent."""
    if message.as_ == "caption" and not sender.is_staff:
        raise MessageRefused("not-permitted", "captions are for staff to write")
    readers = _readers(room, sender, message)
    effects: Effects = [Happened("chat.sent", sender.participant, {"to": message.to})]
    for reader in readers:
        if sender.is_staff and message.to is not None and sender.participant not in reader.heard_from:
            reader.heard_from.add(sender.participant)
            effects.append(keep_seat(room, reader))
        effects += deliver(reader, server.Chat(from_=sender.participant, text=message.text, at=now, as_=message.as_))
    return effects


def _sdp(sender: Seat, message: client.Offer) -> str:
    return relay_description(message.sdp) if sender.relay else message.sdp


def _media_peer(room: Room, sender: Seat, participant: str) -> Seat:
    """The peer to whom media may be negotiated: either is staff, or both are admitted."""
    peer = find_peer(room, sender, participant)
    if not (sender.is_staff or peer.is_staff or (sender.admitted and peer.admitted)):
        raise MessageRefused("not-permitted", "both must be admitted, or one of the two be staff")
    return peer


def _readers(room: Room, sender: Seat, message: client.Chat) -> list[Seat]:
    if message.to is None:
        if not sender.admitted:
            raise MessageRefused("not-permitted", "who waits writes only to staff who wrote first")
        return [seat for seat in room.present if seat.admitted and seat is not sender]
    reader = find_peer(room, sender, message.to)
    if not _may_write(sender, reader):
        raise MessageRefused("not-permitted", "who waits writes only with staff who wrote first")
    return [reader]


def _may_write(sender: Seat, reader: Seat) -> bool:
    if sender.is_staff:
        return True
    if sender.admitted:
        return reader.admitted
    return reader.participant in sender.heard_from
