"""Writing notices that a person asks for, or that fall due by themselves, in the transaction of whoever asks."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.models import Service
from cartref.accounts.permissions import Permission
from cartref.appointments import queries
from cartref.appointments.messages.kinds import CONFIRMATION, REVIEW_DUE
from cartref.appointments.messages.recipients import Recipient, of_patient, recipients
from cartref.appointments.messages.ways import RULES, Route, route
from cartref.appointments.messages.writing import About, about, enqueue, ring, tell
from cartref.appointments.models import Appointment
from cartref.audit.service import record
from cartref.errors import IllegalTransition
from cartref.notifications.models import Call, CallState, Channel, Notice, NoticeState
from cartref.referrals.models import EntryKind, EntryStatus, WaitingEntry

UNDERWAY = (NoticeState.PENDING, NoticeState.SENDING)
ASK_BEFORE_REVIEW = timedelta(weeks=6)  # time enough to ring, to be found a time, and to have it in a letter


def send_confirmation(session: Session, actor: Actor, appointment_id: str) -> list[Notice]:
    """Return the notices that will tell the patient, and carers who may be told, when and how the appointment is.

    Whom no way reaches, somebody rings: `confirmation_routes` says who is told how. One that is under way is not
    written twice; asked for again later, it goes again. Raises IllegalTransition for one that is over or cancelled.
    """
    actor.require(Permission.APPOINTMENTS_WRITE)
    appointment = queries.find_for_change(session, actor, appointment_id)
    if not appointment.live:
        raise IllegalTransition(status=appointment.status.value)
    notices: list[Notice] = []
    for person, found in confirmation_routes(session, appointment):
        notices += [_confirm(session, appointment, person, channel) for channel in found.channels]
        if found.call:
            _ring(session, appointment, person)
    record(
        session, actor, "confirmation.requested", "appointment", appointment.id, patient_id=appointment.patient_id,
        recipients=[notice.recipient_id for notice in notices],
    )  # fmt: skip
    session.flush()
    return notices


def confirmation_routes(session: Session, appointment: Appointment) -> list[tuple[Recipient, Route]]:
    """Return everybody who should know of the appointment, each with the ways by which the confirmation goes."""
    begins_in = appointment.starts_at - clock.now()
    people = recipients(session, appointment)
    return [(person, route(RULES[CONFIRMATION], person, begins_in)) for person in people]


def ask_for_reviews(session: Session) -> int:
    """Write to everybody whose next appointment is due within six weeks and not booked, once; return to how many.

    The worker's morning job. She rings, and is given a time that suits her.
    """
    asked = 0
    for entry in session.scalars(
        select(WaitingEntry)
        .where(
            WaitingEntry.kind == EntryKind.REVIEW,
            WaitingEntry.status == EntryStatus.WAITING,
            WaitingEntry.due_on <= clock.now().date() + ASK_BEFORE_REVIEW,
        )
        .options(joinedload(WaitingEntry.patient), joinedload(WaitingEntry.clinic))
    ):
        asked += ask_for_review(session, entry)
    return asked


def ask_for_review(session: Session, entry: WaitingEntry) -> bool:
    """Write that it is time to arrange the next appointment, once for each day on which it is due; tell if it was."""
    zone = session.get_one(Service, entry.service_id).health_board.zone
    told = About(REVIEW_DUE, entry.service_id, entry.id, f"{entry.due_on}", zone)
    return bool(tell(session, told, RULES[REVIEW_DUE], of_patient(session, entry.patient), patient_id=entry.patient_id))


def _confirm(session: Session, appointment: Appointment, person: Recipient, channel: Channel) -> Notice:
    to_her = (
        Notice.subject_id == appointment.id, Notice.kind == CONFIRMATION, Notice.recipient_id == person.id,
        Notice.channel == channel,
    )  # fmt: skip
    underway = session.scalars(select(Notice).where(*to_her, Notice.state.in_(UNDERWAY))).first()
    if underway is not None:
        return underway
    number = session.scalar(select(func.count()).select_from(Notice).where(*to_her))
    return enqueue(session, about(appointment, CONFIRMATION, f"{number}"), person, channel)


def _ring(session: Session, appointment: Appointment, person: Recipient) -> Call:
    to_her = (Call.subject_id == appointment.id, Call.kind == CONFIRMATION, Call.recipient_id == person.id)
    waiting = session.scalars(select(Call).where(*to_her, Call.state == CallState.OPEN)).first()
    if waiting is not None:
        return waiting
    number = session.scalar(select(func.count()).select_from(Call).where(*to_her))
    return ring(session, about(appointment, CONFIRMATION, f"{number}"), person)
