"""Orders to signalling: placed here, handed out with every answer to its events until it says that they are done."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import system
from cartref.accounts.models import Membership, Staff
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.audit.service import record
from cartref.consultations.codes import Presence
from cartref.consultations.models import Encounter, EncounterStatus, Order, OrderKind, Seat, SeatRole
from cartref.db import new_id
from cartref.links.models import Link

MOST_AT_ONCE = 200
PRESENT = (Presence.WAITING, Presence.ADMITTED)
HELD_BY_LINK = (SeatRole.PATIENT, SeatRole.CARER)
STAFF = (SeatRole.CLINICIAN, SeatRole.PRESENTER)


def place(
    session: Session,
    kind: OrderKind,
    room: str,
    *,
    participant: str | None = None,
    n: int | None = None,
    reason: str | None = None,
) -> Order:
    """Return the order, to be handed out with the next answer; of places in the queue only the newest stands."""
    now = clock.now()
    if kind is OrderKind.AHEAD:
        _supersede(session, room, participant)
    order = Order(
        id=str(uuid.uuid4()), type=kind, room=room, participant=participant, n=n, reason=reason, created_at=now
    )
    session.add(order)
    session.flush()
    return order


def end_room(session: Session, encounter: Encounter, reason: str) -> None:
    """Order the end of the encounter's room, unless that was ordered or nobody ever had a ticket into it."""
    ordered = select(Order.id).where(Order.room == encounter.room, Order.type == OrderKind.END)
    if encounter.seats and session.scalar(ordered.limit(1)) is None:
        place(session, OrderKind.END, encounter.room, reason=reason)


def pending(session: Session) -> Sequence[Order]:
    """Return what signalling has not yet said to be done, oldest first."""
    query = select(Order).where(Order.done_at.is_(None)).order_by(Order.created_at, Order.id)
    return session.scalars(query.limit(MOST_AT_ONCE)).all()


def acknowledge(session: Session, ids: Iterable[str]) -> None:
    """Keep that these orders are done; ids that are not orders change nothing."""
    session.execute(update(Order).where(Order.id.in_(list(ids)), Order.done_at.is_(None)).values(done_at=clock.now()))


def reconcile(session: Session) -> None:
    """Order out of their rooms all who may no longer be there.

    Nobody has to tell this part that a visit was cancelled, a link revoked or given out anew, or that a member of staff
    has left: it reads what is so, whenever signalling reports, which is every five seconds.
    """
    for encounter in _cancelled(session):
        end_room(session, encounter, "cancelled")
    for seat in (*_shut_out(session), *_left(session)):
        put_out(session, seat)
    session.flush()


def put_out(session: Session, seat: Seat) -> None:
    """Order the seat's participant out for good; who takes the seat next is somebody else to signalling."""
    encounter = seat.encounter
    place(session, OrderKind.REMOVE, encounter.room, participant=seat.participant)
    record(
        session, system(encounter.service_id), "seat.revoked", "encounter", encounter.id,
        patient_id=encounter.appointment.patient_id, seat=seat.participant, role=seat.role,
    )  # fmt: skip
    seat.participant, seat.presence, seat.link_generation = new_id(), "", None


def _cancelled(session: Session) -> Sequence[Encounter]:
    ended = select(Order.room).where(Order.type == OrderKind.END)
    return session.scalars(
        select(Encounter)
        .join(Appointment, Appointment.id == Encounter.appointment_id)
        .where(
            Appointment.status == AppointmentStatus.CANCELLED,
            Encounter.status != EncounterStatus.FINISHED,
            Encounter.seats.any(Seat.ticketed_at.is_not(None)),
            Encounter.room.not_in(ended),
        )
    ).all()


def _shut_out(session: Session) -> Sequence[Seat]:
    fits = and_(Link.visit_id == Encounter.appointment_id, Link.holder_id == Seat.ref_id, Seat.role.in_(HELD_BY_LINK))
    changed = or_(Link.revoked_at.is_not(None), Link.generation != Seat.link_generation)
    return session.scalars(
        select(Seat).join(Encounter, Encounter.id == Seat.encounter_id).join(Link, fits)
        .where(Seat.presence.in_(PRESENT), Encounter.status != EncounterStatus.FINISHED, changed)
    ).all()  # fmt: skip


def _left(session: Session) -> Sequence[Seat]:
    works = select(Membership.id).where(
        Membership.staff_id == Seat.ref_id, Membership.service_id == Encounter.service_id, Membership.ended_at.is_(None)
    )
    return session.scalars(
        select(Seat)
        .join(Encounter, Encounter.id == Seat.encounter_id)
        .join(Staff, Staff.id == Seat.ref_id)
        .where(
            Seat.role.in_(STAFF),
            Seat.presence.in_(PRESENT),
            Encounter.status != EncounterStatus.FINISHED,
            or_(Staff.left_at.is_not(None), ~works.exists()),
        )
    ).all()


def _supersede(session: Session, room: str, participant: str | None) -> None:
    session.execute(
        update(Order)
        .where(
            Order.type == OrderKind.AHEAD, Order.room == room, Order.participant == participant, Order.done_at.is_(None)
        )
        .values(done_at=clock.now())
    )
