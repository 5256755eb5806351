"""Invitations follow appointments: the worker compares what is booked with what everybody was told, and tells the rest.

Nothing that changes an appointment has to remember whose calendar it stands in, and nothing can be forgotten: whatever
happened, by whomever, what differs is found at the next look, once a minute and after every commit that changed one.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import system
from cartref.accounts.models import Service
from cartref.appointments.models import Appointment
from cartref.audit.service import record
from cartref.calendars import wanting
from cartref.calendars.models import Invitation
from cartref.calendars.wanting import Kind, Wish
from cartref.ical import Method
from cartref.notifications import service as notifications
from cartref.notifications.models import Channel

KIND = "calendar.invitation"
MOST = 500  # of a service at one look; what is left over comes at the next


def look(session: Session) -> int:
    """Write the invitations and withdrawals that are due to the outbox, and return how many."""
    written = 0
    for service_id in session.scalars(select(Service.id).order_by(Service.id)).all():
        for wish in wanting.unmet(session, service_id, MOST):
            written += _invite(session, wish)
        for invitation in wanting.unwanted(session, service_id, MOST):
            written += _take_out(session, invitation)
    session.flush()
    return written


def _invite(session: Session, wish: Wish) -> int:
    appointment = session.get_one(Appointment, wish.appointment_id)
    found = session.scalar(
        select(Invitation).where(
            Invitation.appointment_id == wish.appointment_id, Invitation.person_id == wish.person_id
        )
    )
    if found is None:
        return _tell(session, appointment, _first(session, appointment, wish), Method.REQUEST)
    written = 0
    if found.email != wish.email and found.cancelled_at is None:  # the old address must not keep what is no longer hers
        written = _take_out(session, found)
    found.email, found.cancelled_at = wish.email, None
    _renew(found, appointment)
    return written + _tell(session, appointment, found, Method.REQUEST)


def _take_out(session: Session, invitation: Invitation) -> int:
    """Mark it as taken out; whoever may not be told of the appointment any more is sent nothing."""
    appointment = session.get_one(Appointment, invitation.appointment_id)
    _renew(invitation, appointment)
    invitation.cancelled_at = clock.now()
    return _tell(session, appointment, invitation, Method.CANCEL)


def _first(session: Session, appointment: Appointment, wish: Wish) -> Invitation:
    invitation = Invitation(
        service_id=appointment.service_id, appointment_id=appointment.id, person_kind=wish.kind.value,
        person_id=wish.person_id, email=wish.email, sequence=appointment.sequence, revision=appointment.sequence,
        created_at=clock.now(),
    )  # fmt: skip
    session.add(invitation)
    session.flush()
    return invitation


def _renew(invitation: Invitation, appointment: Appointment) -> None:
    """Give it the next number: each message to one person supersedes the one before (RFC 5546 2.1.4)."""
    invitation.sequence = max(appointment.sequence, invitation.sequence + 1)
    invitation.revision = appointment.sequence
    invitation.answer, invitation.answered_at = "", None


def _tell(session: Session, appointment: Appointment, invitation: Invitation, method: Method) -> int:
    language = wanting.language_to_tell(session, appointment, invitation.person_kind, invitation.person_id)
    if language is None:
        return 0
    notifications.enqueue(
        session,
        key=f"invitation:{appointment.id}:{invitation.person_id}:{invitation.sequence}:{method.value}",
        service_id=appointment.service_id,
        kind=KIND,
        subject_id=invitation.id,  # not the appointment's, whose change withdraws what is unsent
        recipient_kind=invitation.person_kind,
        recipient_id=invitation.person_id,
        channel=Channel.EMAIL,
        language=language,
        quiet=None if invitation.person_kind == Kind.STAFF else appointment.session.zone,
        method=method.value,
        sequence=invitation.sequence,
        email=invitation.email,
    )
    record(
        session, system(appointment.service_id), f"invitation.{SENT[method]}", "appointment", appointment.id,
        patient_id=appointment.patient_id, person=invitation.person_id, sequence=invitation.sequence,
    )  # fmt: skip
    return 1


SENT = {Method.REQUEST: "sent", Method.CANCEL: "withdrawn"}
