"""What the clinic book of the demonstration has beside ordinary days: leave, a lane, a closed session, times held."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import select

from cartref import clock
from cartref.accounts.models import Role
from cartref.appointments import messages, queries, replanning
from cartref.appointments.models import Appointment, Mode, Vacancy
from cartref.appointments.service import book, take_leave
from cartref.appointments.vacancies import offering
from cartref.appointments.vacancies.line import line
from cartref.clinics import service as clinics
from cartref.clinics.models import LeaveKind, Slot
from cartref.clinics.service.closing import CloseReason
from cartref.patients import service as patients
from cartref.referrals.models import EntryStatus, WaitingEntry
from cartref.seed.garden import Garden
from cartref.seed.hours import ZONE

HELD_FOR = timedelta(hours=24)
HELD_AHEAD, CLOSED_AHEAD, AWAY_AHEAD = 6, 24, 35  # days: the closed session lies after whatever is booked ahead
A_WORKING_WEEK = timedelta(days=4)


def fill(garden: Garden, booked: Sequence[Appointment], freed: Appointment) -> None:
    """Put something out of the ordinary into the weeks ahead, beside what is `booked`; `freed` was cancelled."""
    _overbook(garden, booked[0])
    _offer(garden, freed)
    _hold(garden, freed)
    _close(garden)
    _go_away(garden)


def _overbook(garden: Garden, taken: Appointment) -> None:
    """See the first patient beside somebody who is booked, in a lane for such cases."""
    session, admin = garden.session, garden.actor(Role.ADMIN)
    lane = clinics.add_lane(session, admin, garden.clinic.id, "Urgent / Brys", 1)
    slot = session.scalars(
        select(Slot).where(Slot.session_id == taken.session_id, Slot.starts_at == taken.starts_at)
    ).one()
    book(
        session, admin, addresses=garden.addresses, slot_id=slot.id, patient_id=garden.patients[0].id,
        mode=Mode.TELEPHONE, lane_id=lane.id, overbook_reason="New tablets: the GP asks for a word this week",
        idempotency_key=f"demo-lane-{lane.id}",
    )  # fmt: skip


def _offer(garden: Garden, freed: Appointment) -> None:
    """Ask the first in line whether she wants the time that was cancelled."""
    session, admin = garden.session, garden.actor(Role.ADMIN)
    vacancy = session.scalars(select(Vacancy).where(Vacancy.from_appointment_id == freed.id)).one()
    first = next(line(session, admin, vacancy), None)
    if first is not None:
        offering.ask(session, admin, garden.addresses, vacancy.id, first.waiting.entry_id)


def _hold(garden: Garden, freed: Appointment) -> None:
    """Keep a time for a day for somebody who asks her family first."""
    waiting = select(WaitingEntry).where(
        WaitingEntry.service_id == garden.service.id, WaitingEntry.status == EntryStatus.WAITING,
        WaitingEntry.due_on.is_(None), WaitingEntry.patient_id != freed.patient_id,
    )  # fmt: skip
    entry = garden.session.scalars(waiting.order_by(WaitingEntry.waiting_since)).first()
    if entry is not None:
        _book(garden, entry.patient_id, _days_ahead(HELD_AHEAD), entry_id=entry.id, held_until=clock.now() + HELD_FOR)


def _close(garden: Garden) -> None:
    """Close a session with two people in it, whom the worker finds other times."""
    session, admin = garden.session, garden.actor(Role.ADMIN)
    first = _book(garden, garden.patients[3].id, _days_ahead(CLOSED_AHEAD))
    second = _book(garden, garden.patients[4].id, first.ends_at)
    for appointment in (first, second):
        messages.send_confirmation(session, admin, appointment.id)
    clinics.close_session(session, admin, first.session_id, CloseReason.CLINICIAN_AWAY)
    replanning.start(session, admin, first.session_id)


def _go_away(garden: Garden) -> None:
    """Let the clinician be on leave for a working week, in which her sessions are closed."""
    day = patients.today() + timedelta(days=AWAY_AHEAD)
    monday = day + timedelta(days=-day.weekday() % 7)
    take_leave(
        garden.session, garden.actor(Role.ADMIN), staff_id=garden.staff[Role.CLINICIAN].id, kind=LeaveKind.ANNUAL,
        first_on=monday, last_on=monday + A_WORKING_WEEK,
    )  # fmt: skip


def _book(
    garden: Garden,
    patient_id: str,
    after: datetime,
    *,
    entry_id: str | None = None,
    held_until: datetime | None = None,
) -> Appointment:
    admin = garden.actor(Role.ADMIN)
    offer = queries.free_slots(
        garden.session, admin, clinic_id=garden.clinic.id, patient_id=patient_id, after=after, limit=1
    )[0]
    return book(
        garden.session, admin, addresses=garden.addresses, slot_id=offer.slot.id, patient_id=patient_id,
        mode=Mode.TELEPHONE, waiting_entry_id=entry_id, held_until=held_until,
        idempotency_key=f"demo-book-{offer.slot.id}",
    )  # fmt: skip


def _days_ahead(days: int) -> datetime:
    return datetime.combine(patients.today() + timedelta(days=days), time(), ZONE)
