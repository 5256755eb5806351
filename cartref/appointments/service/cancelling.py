"""Cancelling: the time is free again, what was still to be sent stays unsent, and calendars say so."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments import events, messages, queries, status
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.appointments.service import holding
from cartref.appointments.status import CANCEL_REASONS, CancelReason
from cartref.appointments.vacancies import opening
from cartref.audit.service import record
from cartref.errors import Conflict, Invalid, StaleVersion
from cartref.patients import queries as patients
from cartref.referrals import service as referrals

# After these the patient still needs an appointment, so that her line of the waiting list waits again.
WAITS_AGAIN = frozenset(CancelReason) - {CancelReason.NOT_WANTED, CancelReason.DECEASED}


class ReasonMissing(Invalid):
    """Cancelling asks for one of the reasons in `status.CANCEL_REASONS`."""

    code = "appointment.reason-missing"
    field = "reason"


class PatientNotDeceased(Conflict):
    """Only a recorded death frees all of a patient's times at once."""

    code = "appointment.patient-not-deceased"


def cancel(session: Session, actor: Actor, *, appointment_id: str, version: int, reason: str) -> Appointment:
    """Return the appointment, cancelled for one of `CancelReason`; its links admit nobody from now on.

    The same again changes nothing. Raises ReasonMissing, StaleVersion or IllegalTransition.
    """
    actor.require(Permission.APPOINTMENTS_WRITE)
    if reason not in CANCEL_REASONS:
        raise ReasonMissing
    appointment = queries.find_for_change(session, actor, appointment_id)
    if appointment.status is AppointmentStatus.CANCELLED and appointment.cancelled_reason == reason:
        return appointment
    if appointment.version != version:
        raise StaleVersion(appointment=appointment_id)
    return free(session, actor, appointment, CancelReason(reason))


def free_after_death(session: Session, actor: Actor, patient_id: str) -> Sequence[Appointment]:
    """Return the service's appointments with the patient that had not begun, all cancelled; no notice tells of it.

    A person asks for this, once the death is recorded; each service does it for itself. Raises PatientNotDeceased.
    """
    actor.require(Permission.APPOINTMENTS_WRITE)
    if patients.find(session, actor, patient_id).deceased_on is None:
        raise PatientNotDeceased(patient=patient_id)
    upcoming = queries.upcoming_of_patient(session, actor, patient_id)
    held = [queries.find_for_change(session, actor, appointment.id) for appointment in upcoming]
    return [free(session, actor, appointment, CancelReason.DECEASED) for appointment in held if appointment.live]


def free(session: Session, actor: Actor, appointment: Appointment, reason: CancelReason) -> Appointment:
    """Return the appointment, cancelled: its holds given up, its slots free and offered to those who wait."""
    status.check(appointment.status, AppointmentStatus.CANCELLED)
    was_held = appointment.status is AppointmentStatus.PENDING
    holding.release(session, appointment)
    now = clock.now()
    appointment.status = AppointmentStatus.CANCELLED
    appointment.cancelled_reason, appointment.cancelled_at = reason.value, now
    appointment.sequence += 1
    appointment.updated_at = now
    appointment.held_until = appointment.next_reminder_at = None
    messages.cancelled(session, appointment)
    if appointment.event_bytes:  # a time that was only held was in nobody's calendar
        events.write(appointment, None)
    if appointment.waiting_entry_id and reason in WAITS_AGAIN:
        referrals.put_back(session, appointment.waiting_entry_id)
    if not was_held:
        opening.open_after(session, appointment, reason)
    record(
        session, actor, "appointment.cancelled", "appointment", appointment.id, patient_id=appointment.patient_id,
        reason=reason.value,
    )  # fmt: skip
    session.flush()
    return appointment
