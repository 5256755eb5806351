"""Opening a vacancy in the act that frees a time, and ending it in the act that undoes that."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.appointments.models import Appointment, Vacancy, VacancyState
from cartref.appointments.status import CancelReason
from cartref.clinics.models import ClinicSession, SessionStatus

AHEAD = timedelta(hours=2)  # nearer than that nobody can be asked, answer, and get ready in peace
# After these the clinician is there all the same; when she or the clinic is away the time is nobody's.
STILL_RUNS = frozenset(
    {
        CancelReason.PATIENT_CANNOT_COME, CancelReason.PATIENT_UNWELL, CancelReason.NOT_WANTED,
        CancelReason.BOOKED_IN_ERROR, CancelReason.DECEASED,
    }
)  # fmt: skip


def open_after(session: Session, freed: Appointment, reason: CancelReason) -> Vacancy | None:
    """Return the vacancy for the time of an appointment that was cancelled, None where it is not to be offered.

    A time that lies within one that is offered already belongs to that one.
    """
    if reason not in STILL_RUNS or freed.overbooked or freed.starts_at - clock.now() < AHEAD:
        return None
    if session.scalar(select(ClinicSession.status).where(ClinicSession.id == freed.session_id)) != SessionStatus.OPEN:
        return None
    return _around(session, freed) or _open(session, freed)


def end_after_undoing(session: Session, appointment: Appointment) -> None:
    """End what was opened when this appointment was cancelled, and keep others from it until the transaction ends.

    While somebody is being asked the time is held for her, so that undoing finds it taken.
    """
    query = select(Vacancy).where(
        Vacancy.from_appointment_id == appointment.id, Vacancy.state == VacancyState.OPEN
    )  # fmt: skip
    for vacancy in session.scalars(query.with_for_update().execution_options(populate_existing=True)):
        vacancy.state = VacancyState.ENDED


def _around(session: Session, freed: Appointment) -> Vacancy | None:
    return session.scalar(
        select(Vacancy)
        .where(
            Vacancy.session_id == freed.session_id,
            Vacancy.state == VacancyState.OPEN,
            Vacancy.starts_at <= freed.starts_at,
            Vacancy.ends_at >= freed.ends_at,
        )
        .limit(1)
    )


def _open(session: Session, freed: Appointment) -> Vacancy:
    vacancy = Vacancy(
        service_id=freed.service_id, session_id=freed.session_id, starts_at=freed.starts_at, ends_at=freed.ends_at,
        from_appointment_id=freed.id, created_at=clock.now(),
    )  # fmt: skip
    session.add(vacancy)
    session.flush()
    return vacancy
