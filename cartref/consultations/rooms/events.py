"""What signalling reports, taken once per event and in order: seats, encounter, audit trail, places in the queue.

What each type of event does is a table; an event of somebody whom the room no longer knows is kept and changes nothing.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor, system
from cartref.appointments.models import Mode
from cartref.audit.service import record
from cartref.consultations import queries
from cartref.consultations.board import places
from cartref.consultations.codes import Presence
from cartref.consultations.encounters import ladder, opening
from cartref.consultations.insertion import insert_once
from cartref.consultations.models import Encounter, EncounterStatus, Order, RoomEvent, Seat, SeatRole
from cartref.consultations.rooms import orders, posts
from signalling.wire import Event

Apply = Callable[[Seat, Event, datetime], None]
AUDITED = {
    "participant.waiting": "seat.waiting",
    "participant.admitted": "seat.admitted",
    "participant.held": "seat.held",
    "participant.left": "seat.left",
    "participant.returned": "seat.returned",
    "participant.removed": "seat.removed",
    "media.connected": "media.connected",
    "media.lost": "media.lost",
    "media.restored": "media.restored",
    "rung.changed": "rung.changed",
    "room.ended": "room.ended",
}
MOVES = frozenset(
    {
        "participant.waiting", "participant.admitted", "participant.held", "participant.left", "participant.returned",
        "participant.removed", "room.ended",
    }
)  # fmt: skip


def apply_events(session: Session, body: bytes) -> dict[str, Any]:
    """Return the answer to a signed post: ids accepted (known ones too) and rejected, and the orders not yet done."""
    post = posts.read(body)
    accepted: list[str] = []
    rejected = list(post.malformed)
    moved: set[str] = set()
    for event in post.events:
        encounter = _encounter(session, event.room)
        if encounter is None:
            rejected.append({"id": event.id, "code": "unknown-room"})
            continue
        accepted.append(event.id)
        if _keep(session, event) and _apply(session, encounter, event):
            moved.add(encounter.appointment.session_id)
    orders.acknowledge(session, post.done)
    orders.reconcile(session)
    for session_id in sorted(moved):
        places.renew(session, session_id)
    session.flush()
    return {"accepted": accepted, "rejected": rejected, "orders": [_told(order) for order in orders.pending(session)]}


def _encounter(session: Session, room: str) -> Encounter | None:
    found = session.scalar(select(Encounter.id).where(Encounter.room == room))
    return queries.locked(session, found) if found else None


def _keep(session: Session, event: Event) -> bool:
    """Keep the event; tell whether it is new."""
    return insert_once(
        session, RoomEvent, id=event.id, type=event.type, room=event.room, participant=event.participant,
        at=_at(event), data=event.data, received_at=clock.now(),
    )  # fmt: skip


def _apply(session: Session, encounter: Encounter, event: Event) -> bool:
    """Do what the event says; tell whether somebody's place in the queue may have changed."""
    seat = next((seat for seat in encounter.seats if seat.participant == event.participant), None)
    if event.type == "room.ended":
        _end(encounter, _at(event))
    elif seat is None:
        return False
    elif change := CHANGES.get(event.type):
        change(seat, event, _at(event))
        ladder.follow(session, encounter, seat, event, _at(event))
    _audit(session, encounter, event, seat)
    if event.type in MOVES:
        _follow(session, encounter, seat, _at(event))
    return event.type in MOVES


def _follow(session: Session, encounter: Encounter, seat: Seat | None, at: datetime) -> None:
    """Let appointment and encounter follow from where people stand: arrived once she waits, begun once she is seen."""
    if encounter.status is not EncounterStatus.PLANNED or encounter.appointment.status not in opening.OPEN:
        return
    actor = system(encounter.service_id)
    session.flush()
    if seat is not None and seat.role == SeatRole.PATIENT and seat.presence == Presence.WAITING:
        opening.mark_arrived(session, actor, encounter.appointment)
    if _is_seen(encounter):
        opening.start(session, actor, encounter.id, at=at)


def _is_seen(encounter: Encounter) -> bool:
    """Tell whether the patient is with the clinician: let in, or beside a presenter who is in the room with her."""
    present = {seat.role for seat in encounter.seats if seat.presence == Presence.ADMITTED}
    if encounter.appointment.mode is Mode.VIDEO_SITE and SeatRole.PRESENTER in present:
        return SeatRole.CLINICIAN in present and encounter.appointment.arrived_at is not None
    return SeatRole.PATIENT in present


def _waits(seat: Seat, _event: Event, at: datetime) -> None:
    if seat.presence != Presence.WAITING:
        seat.waiting_since = at
    seat.presence = Presence.WAITING


def _is_let_in(seat: Seat, _event: Event, at: datetime) -> None:
    seat.presence, seat.admitted_at = Presence.ADMITTED, at


def _leaves(seat: Seat, _event: Event, _at: datetime) -> None:
    seat.presence = Presence.GONE


def _is_removed(seat: Seat, _event: Event, _at: datetime) -> None:
    seat.presence = Presence.REMOVED


def _returns(seat: Seat, event: Event, at: datetime) -> None:
    """Give back the status she had: signalling names it, and else it is the later of waiting and being let in."""
    told = event.data.get("status")
    standing = told if told in (Presence.WAITING, Presence.ADMITTED) else _standing(seat)
    if standing == Presence.WAITING:
        seat.waiting_since = seat.waiting_since or at  # a line that comes and goes must not start her wait afresh
    seat.presence = Presence(standing)


def _standing(seat: Seat) -> Presence:
    if seat.admitted_at is None or (seat.waiting_since is not None and seat.waiting_since > seat.admitted_at):
        return Presence.WAITING
    return Presence.ADMITTED


def _connects(seat: Seat, _event: Event, at: datetime) -> None:
    seat.connected_at = seat.connected_at or at
    seat.line = {**seat.line, "lost": False}


def _loses(seat: Seat, _event: Event, _at: datetime) -> None:
    seat.line = {**seat.line, "lost": True}


def _measures(seat: Seat, event: Event, at: datetime) -> None:
    """Keep the few figures of a line that the board shows: `ready` of the waiting page, or the `level` of the call."""
    told = {name: event.data[name] for name in LINE_FIGURES if name in event.data}
    seat.line = {**seat.line, **told, "at": at.timestamp()}


LINE_FIGURES = ("camera", "microphone", "rtt", "relay", "level", "rung", "reason")
CHANGES: dict[str, Apply] = {
    "participant.waiting": _waits,
    "participant.admitted": _is_let_in,
    "participant.held": _waits,
    "participant.left": _leaves,
    "participant.returned": _returns,
    "participant.removed": _is_removed,
    "participant.ready": _measures,
    "media.connected": _connects,
    "media.lost": _loses,
    "media.restored": _connects,
    "rung.changed": _measures,
    "quality.changed": _measures,
}


def _end(encounter: Encounter, at: datetime) -> None:
    encounter.ended_at = encounter.ended_at or at
    for seat in encounter.seats:
        seat.presence = Presence.GONE if seat.presence in orders.PRESENT else seat.presence


def _audit(session: Session, encounter: Encounter, event: Event, seat: Seat | None) -> None:
    action = AUDITED.get(event.type)
    if action is None:
        return
    actor: Actor = system(encounter.service_id)
    told = {"role": seat.role, "person": seat.ref_id} if seat else {}
    record(
        session, actor, action, "encounter", encounter.id, patient_id=encounter.appointment.patient_id,
        event=event.id, **told,
    )  # fmt: skip


def _at(event: Event) -> datetime:
    return datetime.fromtimestamp(event.at, UTC)


def _told(order: Order) -> dict[str, Any]:
    told = {
        "id": order.id, "type": order.type.value, "room": order.room, "participant": order.participant, "n": order.n,
        "reason": order.reason,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}
