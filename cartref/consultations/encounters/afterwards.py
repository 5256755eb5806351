"""What follows from an outcome: her waiting time, her line of the waiting list, and when she is to be seen again."""

from datetime import date, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.consultations.codes import Ending
from cartref.consultations.models import Encounter
from cartref.patients.service import today
from cartref.referrals import service as referrals
from cartref.referrals.models import Priority

MOST_REVIEW_WEEKS = 104
# After these she was not seen and still needs to be, so that what was booked for her is to be booked again.
NOT_SEEN_YET = frozenset({Ending.COULD_NOT_CONNECT, Ending.CANCELLED_BY_PATIENT})


def follow(session: Session, actor: Actor, encounter: Encounter) -> None:
    """Let the referral's clock, the line that the visit was booked for, and the review say what the outcome says.

    A visit has one event of the clock and one review, whatever is corrected.
    """
    appointment = encounter.appointment
    on = min(appointment.session.local_date, today())
    if appointment.referral_id and encounter.outcome:
        referrals.apply_outcome(
            session, actor, appointment.referral_id, code=encounter.outcome.value, on=on, appointment_id=appointment.id
        )
    due_on = on + timedelta(weeks=encounter.review_weeks) if encounter.review_weeks else None
    waits_again = _settle_line(session, encounter, due_on)
    if encounter.ending is Ending.COULD_NOT_CONNECT:
        due_on = due_on or on  # a line that failed must not lose her, even where nothing stood on the list
    referrals.set_review(
        session, actor, appointment.patient_id, None if waits_again or due_on is None else _review(appointment, due_on),
        from_appointment_id=appointment.id, referral_id=appointment.referral_id,
    )  # fmt: skip


def _settle_line(session: Session, encounter: Encounter, due_on: date | None) -> bool:
    """Tell whether the line that the visit was booked for stands for the next visit; it waits unless it is booked."""
    appointment = encounter.appointment
    if appointment.waiting_entry_id is None:
        return False
    if encounter.ending not in NOT_SEEN_YET:
        referrals.use_up(session, appointment.waiting_entry_id)
        return False
    if not _booked_again(session, appointment):
        referrals.put_back(session, appointment.waiting_entry_id, due_on=due_on)
    return True


def _booked_again(session: Session, appointment: Appointment) -> bool:
    later = exists().where(
        Appointment.waiting_entry_id == appointment.waiting_entry_id,
        Appointment.created_at > appointment.created_at,
        Appointment.status != AppointmentStatus.CANCELLED,
    )
    return bool(session.scalar(select(later)))


def _review(appointment: Appointment, due_on: date) -> referrals.EntryDetails:
    return referrals.EntryDetails(
        due_on=due_on,
        priority=appointment.referral.priority if appointment.referral else Priority.ROUTINE,
        clinic_id=appointment.session.clinic_id,
        clinician_id=appointment.clinician_id,
    )
