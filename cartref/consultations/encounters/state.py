"""How a visit stands for the patient or carer who holds a link to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.models import Staff
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.consultations import queries
from cartref.consultations.board import patience, watching
from cartref.consultations.codes import Ending, Medium, Presence
from cartref.consultations.models import Encounter, EncounterStatus, Seat, SeatRole
from cartref.links.models import Link


@dataclass(frozen=True)
class VisitState:
    """What the pages of a visit show; `ahead` is None where the clinic runs out of order or she does not wait.

    `clinic_told`: a notice that somebody waits unseen has been written to the clinic.
    """

    cancelled: bool
    ended: bool
    ending: Ending | None
    medium: Medium | None
    presence: str
    waiting_since: datetime | None
    started_at: datetime | None
    ahead: int | None
    late_minutes: int
    clinician: Staff
    presenter: Staff | None
    unattended: bool
    clinic_told: bool
    ring_asked: bool
    cannot_come: bool
    cannot_hear: bool

    @property
    def by_telephone(self) -> bool:
        """Tell whether the clinic rings her: planned so, or decided since."""
        return self.medium is Medium.TELEPHONE

    @property
    def waiting(self) -> bool:
        """Tell whether she sits in the waiting room."""
        return self.presence == Presence.WAITING


def visit_state(session: Session, appointment: Appointment, link: Link) -> VisitState:
    """Return how the visit stands for the holder of `link`."""
    encounter = queries.encounter_of(session, appointment.id)
    seat = queries.seat_of(encounter, SeatRole(link.holder.value), link.holder_id)
    waits = seat is not None and seat.presence == Presence.WAITING
    return VisitState(
        cancelled=appointment.status is AppointmentStatus.CANCELLED,
        ended=_ended(appointment, encounter),
        ending=encounter.ending if encounter else None,
        medium=encounter.medium if encounter else None,
        presence=seat.presence if seat else "",
        waiting_since=seat.waiting_since if seat else None,
        started_at=encounter.started_at if encounter else None,
        ahead=seat.ahead if seat and waits else None,
        late_minutes=appointment.session.late_minutes,
        clinician=appointment.clinician,
        presenter=appointment.presenter,
        unattended=seat is not None and is_unattended(appointment, seat, clock.now()),
        clinic_told=bool(encounter and encounter.unseen_told_at),
        ring_asked=bool(encounter and encounter.ring_asked_at),
        cannot_come=bool(encounter and encounter.cannot_come_at),
        cannot_hear=bool(encounter and encounter.cannot_hear_at),
    )


def is_unattended(appointment: Appointment, seat: Seat, now: datetime) -> bool:
    """Tell whether the holder of the seat has waited too long with nobody coming."""
    if seat.presence != Presence.WAITING or seat.waiting_since is None:
        return False
    sitting = appointment.session
    return patience.is_unattended(
        starts_at=appointment.starts_at, here_since=seat.waiting_since, board_open=watching.is_open(sitting, now),
        late_minutes=sitting.late_minutes, now=now,
    )  # fmt: skip


def _ended(appointment: Appointment, encounter: Encounter | None) -> bool:
    closed = appointment.status in {AppointmentStatus.FULFILLED, AppointmentStatus.NOSHOW}
    return closed or (encounter is not None and encounter.status is EncounterStatus.FINISHED)
