"""Writing a notice for each person who is to be told, by her way, or a line on the call list where none reaches her."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cartref import clock
from cartref.appointments.messages.kinds import MISSED, REVIEW_DUE
from cartref.appointments.messages.recipients import Recipient
from cartref.appointments.messages.ways import Rule, route
from cartref.appointments.models import Appointment
from cartref.notifications import calls
from cartref.notifications import service as notifications
from cartref.notifications.models import Call, Channel, Notice

# Why somebody rings: `calls.REASONS` has the words.
NO_WAY = "no-way-to-tell"
REASONS = {MISSED: "missed-them", REVIEW_DUE: "review-due"}


@dataclass(frozen=True)
class About:
    """What is told: a kind of notice about a subject; with `occasion` its key is once per person and way.

    `begins_in` is how far off the appointment is. Nobody hears a telephone at night in `zone`, unless it is `urgent`.
    """

    kind: str
    service_id: str
    subject_id: str
    occasion: str
    zone: str
    begins_in: timedelta | None = None
    due_at: datetime | None = None
    urgent: bool = False

    def key(self, recipient: Recipient, way: str) -> str:
        """Return what makes the notice the only one of its sort."""
        return f"{self.kind}:{self.subject_id}:{self.occasion}:{recipient.id}:{way}"


def about(appointment: Appointment, kind: str, occasion: str, **more: object) -> About:
    """Return what is told of an appointment."""
    return About(
        kind, appointment.service_id, appointment.id, occasion, appointment.session.zone,
        begins_in=appointment.starts_at - clock.now(), **more,  # type: ignore[arg-type] # About's own fields
    )  # fmt: skip


def tell(
    session: Session, told: About, rule: Rule, people: Iterable[Recipient], **payload: object
) -> list[Notice | Call]:
    """Return the notices, and the lines of the call list, by which these people are told."""
    written: list[Notice | Call] = []
    for person in people:
        found = route(rule, person, told.begins_in)
        written += [enqueue(session, told, person, channel, **payload) for channel in found.channels]
        if found.call:
            written.append(ring(session, told, person, **payload))
    return written


def enqueue(session: Session, told: About, person: Recipient, channel: Channel, **payload: object) -> Notice:
    """Return the notice for one person by one way, written unless it was already."""
    beeps = channel is Channel.TEXT and not told.urgent
    return notifications.enqueue(
        session, key=told.key(person, channel.value), service_id=told.service_id, kind=told.kind,
        subject_id=told.subject_id, recipient_kind=person.kind.value, recipient_id=person.id, channel=channel,
        language=person.language, bilingual=person.bilingual, due_at=told.due_at, quiet=told.zone if beeps else None,
        **payload,
    )  # fmt: skip


def ring(session: Session, told: About, person: Recipient, **payload: object) -> Call:
    """Return the line of the call list for one person, written unless it was already."""
    return calls.add(
        session, key=told.key(person, "call"), service_id=told.service_id, kind=told.kind,
        reason=REASONS.get(told.kind, NO_WAY), subject_id=told.subject_id, recipient_kind=person.kind.value,
        recipient_id=person.id, due_at=told.due_at, notice_id=None, **payload,
    )  # fmt: skip


def among(people: Iterable[Recipient], ids: Collection[str]) -> list[Recipient]:
    """Return those of the people whose ids these are."""
    return [person for person in people if person.id in ids]
