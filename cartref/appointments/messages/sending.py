"""Writing notices of an appointment to the outbox, in the transaction of whoever asks for them."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments import queries
from cartref.appointments.messages.recipients import Recipient, recipients
from cartref.appointments.models import Appointment
from cartref.audit.service import record
from cartref.errors import IllegalTransition
from cartref.notifications import service as notifications
from cartref.notifications.models import Channel, Notice, NoticeState

CONFIRMATION = "appointment.confirmation"
UNDERWAY = (NoticeState.PENDING, NoticeState.SENDING)


def send_confirmation(session: Session, actor: Actor, appointment_id: str) -> list[Notice]:
    """Return the notices that will tell the patient, and carers who may be told, when and how the appointment is.

    Whoever can't be reached gets none: `recipients` says why. One that is under way is not written twice; asked for
    again later, it goes again. Raises IllegalTransition for an appointment that is over or cancelled.
    """
    actor.require(Permission.APPOINTMENTS_WRITE)
    appointment = queries.find_for_change(session, actor, appointment_id)
    if not appointment.live:
        raise IllegalTransition(status=appointment.status.value)
    reachable = [found for found in recipients(session, appointment) if found.obstacle is None]
    notices = [_enqueue(session, appointment, recipient) for recipient in reachable]
    record(
        session, actor, "confirmation.requested", "appointment", appointment.id, patient_id=appointment.patient_id,
        recipients=[recipient.id for recipient in reachable],
    )  # fmt: skip
    session.flush()
    return notices


def _enqueue(session: Session, appointment: Appointment, recipient: Recipient) -> Notice:
    to_her = (
        Notice.subject_id == appointment.id, Notice.kind == CONFIRMATION, Notice.recipient_id == recipient.id,
    )  # fmt: skip
    underway = session.scalars(select(Notice).where(*to_her, Notice.state.in_(UNDERWAY))).first()
    if underway is not None:
        return underway
    number = session.scalar(select(func.count()).select_from(Notice).where(*to_her))
    return notifications.enqueue(
        session,
        key=f"{CONFIRMATION}:{appointment.id}:{recipient.id}:{number}",
        service_id=appointment.service_id,
        kind=CONFIRMATION,
        subject_id=appointment.id,
        recipient_kind=recipient.kind.value,
        recipient_id=recipient.id,
        channel=Channel.EMAIL,
        language=recipient.language,
    )
