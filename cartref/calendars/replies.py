"""Answers to invitations (RFC 5546 3.2.3): read from whatever an e-mail holds, and believed as far as they go.

Anybody can write an e-mail in anybody's name. So an answer changes no appointment: yes and maybe are kept beside the
invitation, and no becomes a line of the call list for a person.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import system
from cartref.appointments.models import Appointment
from cartref.audit.service import record
from cartref.calendars.inviting import KIND
from cartref.calendars.letters import Answer, Letter
from cartref.calendars.models import Invitation, Reply
from cartref.notifications import calls

DECLINED = "DECLINED"
REASON = "invitation-declined"  # the call list has the words for it


class Taken(StrEnum):
    """What became of an e-mail: the first three are answers that were taken, all others were left as they are."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    NO_CALENDAR = "no-calendar"
    NO_REPLY = "no-reply"
    BROKEN = "broken"
    TOO_BIG = "too-big"
    UNKNOWN = "unknown"
    STRANGER = "stranger"
    FORGED = "forged"
    OLD = "old"
    AHEAD = "ahead"
    OVER = "over"

    @property
    def is_answer(self) -> bool:
        """Tell whether somebody's answer was kept."""
        return self in ANSWERS.values()


ANSWERS = {"ACCEPTED": Taken.ACCEPTED, "TENTATIVE": Taken.TENTATIVE, DECLINED: Taken.DECLINED}


@dataclass(frozen=True)
class _Found:
    invitation: Invitation
    appointment: Appointment


def known(session: Session, message_id: str) -> Taken | None:
    """Return what became of an e-mail that was read before; None for a new one."""
    found = session.scalar(select(Reply.taken).where(Reply.message_id == message_id))
    return Taken(found) if found is not None else None


def take(session: Session, letter: Letter) -> Taken:
    """Return what became of an e-mail, done once for each Message-ID."""
    before = known(session, letter.message_id)
    if before is not None:
        return before
    taken = Taken(letter.fault) if letter.answer is None else _judge(session, letter, letter.answer)
    answer = letter.answer
    session.add(
        Reply(
            message_id=letter.message_id,
            uid=answer.uid if answer else "",
            answer=answer.partstat if answer else "",
            taken=taken.value,
            received_at=clock.now(),
        )
    )
    session.flush()
    return taken


def _judge(session: Session, letter: Letter, answer: Answer) -> Taken:
    found = _find(session, answer)
    if isinstance(found, Taken):
        return found
    fault = _fault(found, letter, answer)
    if fault is not None:
        return fault
    _keep(session, found, answer)
    return ANSWERS[answer.partstat]


def _find(session: Session, answer: Answer) -> _Found | Taken:
    appointment = session.scalar(select(Appointment).where(Appointment.uid == answer.uid))
    if appointment is None:
        return Taken.UNKNOWN
    invited = session.scalars(select(Invitation).where(Invitation.appointment_id == appointment.id))
    for invitation in invited:
        if invitation.email.casefold() == answer.attendee:
            return _Found(invitation, appointment)
    return Taken.STRANGER


def _fault(found: _Found, letter: Letter, answer: Answer) -> Taken | None:
    """Return why the answer is left, None when it is to be taken."""
    invitation, appointment = found.invitation, found.appointment
    answered_at = _moment(answer)
    faults = {
        Taken.NO_REPLY: answer.partstat not in ANSWERS,
        Taken.FORGED: letter.sender not in {answer.attendee, answer.sent_by} - {""},
        Taken.OLD: answer.sequence < invitation.sequence,
        Taken.AHEAD: answer.sequence > invitation.sequence,  # the one who invites alone raises it
        Taken.OVER: invitation.cancelled_at is not None or not appointment.live or appointment.ends_at <= clock.now(),
    }
    if invitation.answered_at is not None and answered_at < invitation.answered_at:
        return Taken.OLD
    return next((code for code, is_so in faults.items() if is_so), None)


def _keep(session: Session, found: _Found, answer: Answer) -> None:
    invitation, appointment = found.invitation, found.appointment
    invitation.answer, invitation.answered_at = ANSWERS[answer.partstat].value, _moment(answer)
    if answer.partstat == DECLINED:
        calls.add(
            session, key=f"{REASON}:{invitation.id}:{invitation.sequence}", service_id=invitation.service_id,
            kind=KIND, reason=REASON, subject_id=appointment.id, recipient_kind=invitation.person_kind,
            recipient_id=invitation.person_id,
        )  # fmt: skip
    record(
        session, system(invitation.service_id), "invitation.answered", "appointment", appointment.id,
        patient_id=appointment.patient_id, person=invitation.person_id, answer=invitation.answer,
    )  # fmt: skip


def _moment(answer: Answer) -> datetime:
    """Return when she answered, by her own clock where it is not ahead of ours."""
    now = clock.now()
    return min(answer.stamped_at or now, now).astimezone(UTC)
