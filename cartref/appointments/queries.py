"""Reading appointments, and the times that are still free."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment, AppointmentStatus, ResourceHold
from cartref.clinics import queries as clinics
from cartref.clinics.availability import FreeSlot, FreeTime, Span, free_times
from cartref.clinics.models import ClinicSession, Resource, SessionStatus, Slot, SlotState
from cartref.errors import NotFound

WINDOW = timedelta(weeks=8)  # how far a search for free times looks at once


@dataclass(frozen=True)
class Offer:
    """A time that can be booked from `slot`, whose session, clinic and clinician are loaded."""

    slot: Slot
    starts_at: datetime
    ends_at: datetime


def find(session: Session, actor: Actor, appointment_id: str) -> Appointment:
    """Return one appointment of the service with everyone and everything it involves; raise NotFound else."""
    found = session.scalar(_mine(actor).where(Appointment.id == appointment_id))
    if found is None:
        raise NotFound(appointment=appointment_id)
    return found


def find_for_change(session: Session, actor: Actor, appointment_id: str) -> Appointment:
    """Return one appointment of the service as it is now, kept from others until the transaction ends."""
    query = select(Appointment).where(Appointment.id == appointment_id, Appointment.service_id == actor.service)
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound(appointment=appointment_id)
    return found


def for_visit(session: Session, visit_id: str) -> Appointment | None:
    """Return the appointment that a proved link leads to, whichever service's; None when there is none."""
    return session.scalar(_with_everyone(select(Appointment)).where(Appointment.id == visit_id))


def of_day(
    session: Session, actor: Actor, local_date: date, *, cancelled: bool = False, held: bool = False
) -> Sequence[Appointment]:
    """Return the service's appointments of one local day by time; cancelled ones, and times only held, if asked for."""
    return of_days(session, actor, local_date, local_date, cancelled=cancelled, held=held)


def of_days(
    session: Session, actor: Actor, first: date, last: date, *, cancelled: bool = False, held: bool = False
) -> Sequence[Appointment]:
    """Return the service's appointments from one local day to another, both counted, as `of_day` does for one."""
    zone = clinics.zone(session, actor)
    starts, ends = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    query = _mine(actor).where(Appointment.starts_at >= starts, Appointment.starts_at < ends)
    return session.scalars(_by_time(query, cancelled=cancelled, held=held)).all()


def of_session(
    session: Session, service_id: str, session_id: str, *, cancelled: bool = False, held: bool = False
) -> Sequence[Appointment]:
    """Return the appointments of one clinic session by time; the cancelled, and times only held, when asked for."""
    query = _with_everyone(select(Appointment)).where(
        Appointment.service_id == service_id, Appointment.session_id == session_id
    )
    return session.scalars(_by_time(query, cancelled=cancelled, held=held)).all()


def of_site_day(session: Session, actor: Actor, site_id: str, local_date: date) -> Sequence[Appointment]:
    """Return the service's live appointments at a place on one local day by time: a presenter's board."""
    starts, ends = day_bounds(local_date, clinics.zone(session, actor))
    query = _mine(actor).where(
        Appointment.site_id == site_id, Appointment.starts_at >= starts, Appointment.starts_at < ends
    )
    return session.scalars(_by_time(query, cancelled=False)).all()


def of_patient(session: Session, actor: Actor, patient_id: str) -> Sequence[Appointment]:
    """Return the patient's appointments with the service, cancelled ones too, latest first."""
    query = _mine(actor).where(Appointment.patient_id == patient_id)
    return session.scalars(query.order_by(Appointment.starts_at.desc(), Appointment.id)).all()


def upcoming_of_patient(session: Session, actor: Actor, patient_id: str) -> Sequence[Appointment]:
    """Return the patient's live appointments with the service that have not begun, soonest first."""
    query = _mine(actor).where(Appointment.patient_id == patient_id, Appointment.starts_at > clock.now())
    return [found for found in session.scalars(_by_time(query, cancelled=False)) if found.live]


def presented(
    session: Session, actor: Actor, staff_ids: Collection[str], first: date, last: date
) -> Sequence[Appointment]:
    """Return the coming visits at which one of these people is beside the patient, from one local day to another."""
    zone = clinics.zone(session, actor)
    starts, ends = max(day_bounds(first, zone)[0], clock.now()), day_bounds(last, zone)[1]
    query = _mine(actor).where(
        Appointment.presenter_id.in_(staff_ids), Appointment.starts_at >= starts, Appointment.starts_at < ends
    )
    return session.scalars(_by_time(query, cancelled=False, held=True)).all()


def lane_places(session: Session, session_id: str) -> Mapping[str, set[int]]:
    """Return which places of each overbooking lane, by its id, are taken in one clinic session."""
    rows = session.execute(
        select(Appointment.overbook_lane_id, Appointment.overbook_place).where(
            Appointment.session_id == session_id,
            Appointment.overbook_lane_id.is_not(None),
            Appointment.status != AppointmentStatus.CANCELLED,
        )
    )
    taken: dict[str, set[int]] = defaultdict(set)
    for lane_id, place in rows:
        taken[str(lane_id)].add(int(place or 0))
    return taken


def booked_counts(session: Session, actor: Actor, session_ids: Collection[str]) -> dict[str, int]:
    """Return how many people each of these clinic sessions has, times only held too; one with nobody is left out."""
    rows = session.execute(
        select(Appointment.session_id, func.count())
        .where(
            Appointment.session_id.in_(session_ids),
            Appointment.service_id == actor.service,
            Appointment.status != AppointmentStatus.CANCELLED,
        )
        .group_by(Appointment.session_id)
    )
    return {row[0]: row[1] for row in rows}


def free_slots(
    session: Session,
    actor: Actor,
    *,
    clinic_id: str | None = None,
    clinician_id: str | None = None,
    patient_id: str | None = None,
    minutes: int | None = None,
    after: datetime | None = None,
    before: datetime | None = None,
    limit: int = 20,
) -> list[Offer]:
    """Return the soonest free times of the service, `limit` at most, in the eight weeks from `after` (None: now).

    `minutes` asks for enough slots in a row (None: a single slot); times at which the clinician or `patient_id` is busy
    anywhere in the health board are left out.
    """
    after = max(after, clock.now()) if after else clock.now()
    before = min(before, after + WINDOW) if before else after + WINDOW
    slots = _free(session, actor, clinic_id, clinician_id, after, before)
    busy = _busy(session, {slot.clinician_id for slot in slots} | {patient_id or ""}, after, before)
    found = free_times(
        slots,
        timedelta(minutes=minutes) if minutes else None,
        patient_busy=busy.get(patient_id or "", ()),
        clinicians_busy=busy,
    )
    return _offers(session, list(islice(found, limit)))


def busy(session: Session, ref_ids: Collection[str], after: datetime, before: datetime) -> Mapping[str, Sequence[Span]]:
    """Return when these people and rooms are held, by their ids, by whichever service of the health board."""
    return _busy(session, ref_ids, after, before)


def day_bounds(local_date: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the moments at which a day begins and ends on the clocks of `zone`: 23 to 25 hours apart."""
    starts = datetime.combine(local_date, time(), zone)
    return starts, datetime.combine(local_date + timedelta(days=1), time(), zone)


def _mine(actor: Actor) -> Select[Appointment]:
    return _with_everyone(select(Appointment)).where(Appointment.service_id == actor.service)


def _with_everyone(query: Select[Appointment]) -> Select[Appointment]:
    return query.options(
        joinedload(Appointment.patient),
        joinedload(Appointment.clinician),
        joinedload(Appointment.presenter),
        joinedload(Appointment.site),
        joinedload(Appointment.room),
        joinedload(Appointment.session).joinedload(ClinicSession.clinic),
        selectinload(Appointment.participants),
    )


def _by_time(query: Select[Appointment], *, cancelled: bool, held: bool = False) -> Select[Appointment]:
    if not held:
        query = query.where(Appointment.status != AppointmentStatus.PENDING)
    if not cancelled:
        query = query.where(Appointment.status != AppointmentStatus.CANCELLED)
    return query.order_by(Appointment.starts_at, Appointment.id)


def _free(
    session: Session,
    actor: Actor,
    clinic_id: str | None,
    clinician_id: str | None,
    after: datetime,
    before: datetime,
) -> list[FreeSlot]:
    query = (
        select(Slot.id, Slot.session_id, Slot.clinician_id, Slot.starts_at, Slot.ends_at)
        .join(ClinicSession, ClinicSession.id == Slot.session_id)
        .where(
            Slot.service_id == actor.service,
            Slot.state == SlotState.FREE,
            Slot.starts_at >= after,
            Slot.starts_at < before,
            ClinicSession.status == SessionStatus.OPEN,
        )
    )
    if clinic_id is not None:
        query = query.where(ClinicSession.clinic_id == clinic_id)
    if clinician_id is not None:
        query = query.where(Slot.clinician_id == clinician_id)
    return [FreeSlot(row.id, row.session_id, row.clinician_id, Span(row[3], row[4])) for row in session.execute(query)]


def _busy(
    session: Session, ref_ids: Collection[str], after: datetime, before: datetime
) -> Mapping[str, Sequence[Span]]:
    rows = session.execute(
        select(Resource.ref_id, ResourceHold.starts_at, ResourceHold.ends_at)
        .join(Resource, Resource.id == ResourceHold.resource_id)
        .where(Resource.ref_id.in_(ref_ids), ResourceHold.ends_at > after, ResourceHold.starts_at < before)
    )
    busy: dict[str, list[Span]] = defaultdict(list)
    for ref_id, starts_at, ends_at in rows:
        busy[ref_id].append(Span(starts_at, ends_at))
    return busy


def _offers(session: Session, times: Iterable[FreeTime]) -> list[Offer]:
    times = list(times)
    slots = session.scalars(
        select(Slot)
        .where(Slot.id.in_([time.slot_id for time in times]))
        .options(
            joinedload(Slot.session).joinedload(ClinicSession.clinic),
            joinedload(Slot.session).joinedload(ClinicSession.clinician),
        )
    )
    by_id = {slot.id: slot for slot in slots}
    return [Offer(by_id[time.slot_id], time.span.starts_at, time.span.ends_at) for time in times]
