"""What must always be true of slots, holds and appointments, and where it is not: for the doctor and for tests."""

from collections.abc import Iterator, Sequence
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment, AppointmentStatus, ResourceHold
from cartref.clinics.models import ClinicSession, Resource, SessionStatus, Slot, SlotState

HOLDING = Appointment.status != AppointmentStatus.CANCELLED
NEEDED = (Appointment.clinician_id, Appointment.patient_id, Appointment.room_id, Appointment.presenter_id)


def disagreements(session: Session) -> list[str]:
    """Return every fault as "what: id", none when slots, holds and appointments of the whole health board agree."""
    return [f"{fault}: {found}" for fault, query in _queries() for found in session.scalars(query)]


@cache
def _queries() -> Sequence[tuple[str, Select[str]]]:
    return tuple(_faults())


def _faults() -> Iterator[tuple[str, Select[str]]]:
    in_slots = Appointment.overbook_lane_id.is_(None)
    booked = exists().where(HOLDING, in_slots, Appointment.session_id == Slot.session_id, _overlap(Appointment, Slot))
    yield "slot booked by nobody", select(Slot.id).where(Slot.state == SlotState.BOOKED, ~booked)
    yield "slot free although booked", select(Slot.id).where(Slot.state == SlotState.FREE, booked)
    yield "slot free although its session is closed", _slots(SlotState.FREE, SessionStatus.CLOSED)
    yield "slot blocked although its session is open", _slots(SlotState.BLOCKED, SessionStatus.OPEN)
    yield (
        "overbooked without a place or a reason",
        select(Appointment.id).where(
            ~in_slots, HOLDING, Appointment.overbook_place.is_(None) | (Appointment.overbook_reason == "")
        ),
    )
    for column in NEEDED:
        held = (
            exists()
            .where(ResourceHold.appointment_id == Appointment.id, _exactly_its_time())
            .where(Resource.id == ResourceHold.resource_id, Resource.ref_id == column)
        )
        yield (
            f"appointment without a hold on its {column.key}",
            select(Appointment.id).where(HOLDING, column.is_not(None), ~held, *_if_needed(column.key)),
        )
    yield "hold of a cancelled appointment", _holds().where(~HOLDING)
    yield "hold at another time than its appointment", _holds().where(~_exactly_its_time())
    yield "hold that its appointment does not need", _holds().join(Resource).where(Resource.ref_id.not_in(NEEDED))
    yield "holds that overlap", _reaching_into_the_next()


def _reaching_into_the_next() -> Select[str]:
    """Select the holds that reach into the next of their resource; where any two overlap there is such a one."""
    next_one = func.lead(ResourceHold.starts_at).over(
        partition_by=ResourceHold.resource_id, order_by=(ResourceHold.starts_at, ResourceHold.id)
    )
    held = select(ResourceHold.id, ResourceHold.ends_at, next_one.label("next_at")).subquery()
    return select(held.c.id).where(held.c.next_at < held.c.ends_at)


def _if_needed(column: str) -> tuple[ColumnElement[bool], ...]:
    """Return when an appointment needs the column's resource: the overbooked share the clinician with another."""
    return (Appointment.overbook_lane_id.is_(None),) if column == Appointment.clinician_id.key else ()


def _slots(state: SlotState, status: SessionStatus) -> Select[str]:
    return select(Slot.id).join(ClinicSession).where(Slot.state == state, ClinicSession.status == status)


def _holds() -> Select[str]:
    return select(ResourceHold.id).join(Appointment, Appointment.id == ResourceHold.appointment_id)


def _exactly_its_time() -> ColumnElement[bool]:
    return and_(ResourceHold.starts_at == Appointment.starts_at, ResourceHold.ends_at == Appointment.ends_at)


def _overlap(one: type[Appointment], other: type[Slot]) -> ColumnElement[bool]:
    return and_(one.starts_at < other.ends_at, one.ends_at > other.starts_at)
