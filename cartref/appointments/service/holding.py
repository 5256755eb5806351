"""Holds: everyone and everything an appointment needs, taken in one statement or not at all.

The database keeps two holds of one resource from overlapping, across the whole health board; here its refusal becomes a
sentence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments.models import NO_OVERLAP, Appointment, ResourceHold
from cartref.audit.models import ActorKind
from cartref.clinics import resources
from cartref.clinics.availability import Span, covering
from cartref.clinics.models import ClinicSession, ResourceKind, SessionStatus, Slot, SlotState
from cartref.db import new_id
from cartref.errors import Conflict, Invalid

SHORTEST, LONGEST = 5, 240


class Clash(Conflict):
    """The time, or somebody or something needed at that time, is not to be had; another time may be."""

    code = "appointment.clash"


class SlotTaken(Clash):
    """Somebody else has the time, or the clinic does not offer it any more."""

    code = "appointment.slot-taken"


class SlotPast(Clash):
    """The time is over."""

    code = "appointment.slot-past"


class NotEnoughTime(Clash):
    """Not enough free slots follow each other for the minutes asked for."""

    code = "appointment.not-enough-time"


class MinutesWrong(Invalid):
    """An appointment is 5 to 240 minutes long."""

    code = "appointment.minutes"
    field = "minutes"


class ClinicianBusy(Clash):
    """The clinician is with somebody else then, in whichever service or part."""

    code = "appointment.clinician-busy"


class PatientBusy(Clash):
    """The patient has another appointment then, in whichever service."""

    code = "appointment.patient-busy"


class RoomBusy(Clash):
    """The room is in use then, by whichever service."""

    code = "appointment.room-busy"


class PresenterBusy(Clash):
    """The presenter is with somebody else then, in whichever service or part."""

    code = "appointment.presenter-busy"


@dataclass(frozen=True)
class Part:
    """One thing that an appointment may need, named by a column of it, and what is raised when it is taken."""

    kind: ResourceKind
    column: str
    clash: type[Clash]


PARTS = (
    Part(ResourceKind.CLINICIAN, "clinician_id", ClinicianBusy),
    Part(ResourceKind.PATIENT, "patient_id", PatientBusy),
    Part(ResourceKind.ROOM, "room_id", RoomBusy),
    Part(ResourceKind.PRESENTER, "presenter_id", PresenterBusy),
)


def end_of(session: Session, actor: Actor, slot: Slot, minutes: int | None) -> datetime:
    """Return when an appointment from `slot` ends, free slots following each other so far (None: the slot's own end).

    The session stays open until the transaction ends. Raises SlotTaken, SlotPast, NotEnoughTime or MinutesWrong.
    """
    check_minutes(minutes)
    if not is_open(session, slot.session_id) or slot.state is not SlotState.FREE:
        raise SlotTaken(slot=slot.id)
    if slot.ends_at <= clock.now() and actor.kind is not ActorKind.SYSTEM:  # the system also writes what has been
        raise SlotPast(slot=slot.id)
    length = timedelta(minutes=minutes) if minutes else slot.ends_at - slot.starts_at
    following = _following(session, slot)
    if not following or following[0].starts_at != slot.starts_at:  # taken since it was read
        raise SlotTaken(slot=slot.id)
    if covering(following, length) is None:
        raise NotEnoughTime(slot=slot.id, field="minutes")
    return slot.starts_at + length


def check_minutes(minutes: int | None) -> None:
    """Raise MinutesWrong unless an appointment may be so long (None: as long as its slot)."""
    if minutes is not None and not SHORTEST <= minutes <= LONGEST:
        raise MinutesWrong


def is_open(session: Session, session_id: str) -> bool:
    """Tell whether a clinic session takes patients, which stays so until the transaction ends.

    The row is shared with whoever else books; `clinics.service.close_session` wants it alone, and waits.
    """
    query = select(ClinicSession.status).where(ClinicSession.id == session_id).with_for_update(read=True)
    return session.scalars(query).one() is SessionStatus.OPEN


def take(session: Session, appointment: Appointment) -> None:
    """Hold everything the appointment needs for its time, and mark its slots as booked; raise the Busy error else."""
    parts = _parts(appointment)
    known = resources.ensure(session, {ref_id: part.kind for ref_id, part in parts.items()})
    taken = _insert(session, appointment, sorted(known.values()))
    for ref_id, part in parts.items():
        if known[ref_id] not in taken:
            raise _refusal(session, appointment, part, known[ref_id])
    session.expire(appointment, ["holds"])
    _mark(session, appointment, SlotState.BOOKED)


def release(session: Session, appointment: Appointment) -> None:
    """Give back everything the appointment held: its time can be booked again at once, unless the session is closed."""
    freed = SlotState.FREE if is_open(session, appointment.session_id) else SlotState.BLOCKED
    session.execute(delete(ResourceHold).where(ResourceHold.appointment_id == appointment.id))
    session.expire(appointment, ["holds"])
    _mark(session, appointment, freed)


def _parts(appointment: Appointment) -> dict[str, Part]:
    parts: dict[str, Part] = {}
    for part in PARTS:
        if part.kind is ResourceKind.CLINICIAN and appointment.overbooked:
            continue  # the clinician is with somebody else then: that is what overbooking means
        ref_id = getattr(appointment, part.column)
        if ref_id in parts:
            raise part.clash(field=part.column)  # nobody presents a patient to herself
        if ref_id is not None:
            parts[ref_id] = part
    return parts


def _following(session: Session, slot: Slot) -> list[Span]:
    rows = session.execute(
        select(Slot.starts_at, Slot.ends_at)
        .where(Slot.session_id == slot.session_id, Slot.starts_at >= slot.starts_at, Slot.state == SlotState.FREE)
        .order_by(Slot.starts_at)
    )
    return [Span(starts_at, ends_at) for starts_at, ends_at in rows]


def _insert(session: Session, appointment: Appointment, resource_ids: Iterable[str]) -> set[str]:
    """Return which of the resources could be held. They come in one order, so that nobody waits in a ring."""
    rows = [
        {
            "id": new_id(), "appointment_id": appointment.id, "resource_id": resource_id,
            "starts_at": appointment.starts_at, "ends_at": appointment.ends_at,
        }
        for resource_id in resource_ids
    ]  # fmt: skip
    if session.get_bind().dialect.name == "postgresql":
        statement = postgresql.insert(ResourceHold).values(rows).on_conflict_do_nothing()
        return set(session.scalars(statement.returning(ResourceHold.resource_id)))
    try:
        with session.begin_nested():
            session.execute(ResourceHold.__table__.insert().values(rows))  # type: ignore[attr-defined] # it is a Table
    except IntegrityError as refusal:
        if NO_OVERLAP not in str(refusal.orig):
            raise
        return {str(row["resource_id"]) for row in rows} - _held(session, appointment)
    return {str(row["resource_id"]) for row in rows}


def _held(session: Session, appointment: Appointment) -> set[str]:
    return set(session.scalars(select(ResourceHold.resource_id).where(_at_its_time(appointment))))


def _at_its_time(appointment: Appointment) -> ColumnElement[bool]:
    return (ResourceHold.starts_at < appointment.ends_at) & (ResourceHold.ends_at > appointment.starts_at)


def _refusal(session: Session, appointment: Appointment, part: Part, resource_id: str) -> Clash:
    """Return what to raise for a resource that is taken: by whom is said only of the service's own appointments."""
    if part.kind is ResourceKind.CLINICIAN and _slots_gone(session, appointment):
        return SlotTaken()
    other = session.scalar(
        select(Appointment.id)
        .join(ResourceHold, ResourceHold.appointment_id == Appointment.id)
        .where(
            ResourceHold.resource_id == resource_id,
            _at_its_time(appointment),
            Appointment.service_id == appointment.service_id,
        )
        .limit(1)
    )
    return part.clash(field=part.column, **({"appointment": other} if other else {}))


def _slots_gone(session: Session, appointment: Appointment) -> bool:
    query = select(Slot.id).where(*_its_slots(appointment), Slot.state != SlotState.FREE)
    return session.scalars(query.limit(1)).first() is not None


def _mark(session: Session, appointment: Appointment, state: SlotState) -> None:
    if appointment.overbooked:
        return
    session.execute(
        update(Slot).where(*_its_slots(appointment), Slot.state != SlotState.BLOCKED).values(state=state),
        execution_options={"synchronize_session": "fetch"},
    )


def _its_slots(appointment: Appointment) -> tuple[ColumnElement[bool], ...]:
    return (
        Slot.session_id == appointment.session_id,
        Slot.starts_at < appointment.ends_at,
        Slot.ends_at > appointment.starts_at,
    )
