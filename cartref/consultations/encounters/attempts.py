"""Whether she tried to come: what closes "did not attend", and what has to be seen before it may be said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.consultations import queries
from cartref.consultations.models import Encounter, SeatRole
from cartref.i18n import N_
from cartref.links.models import Link, Opening

GUESTS = (SeatRole.PATIENT, SeatRole.CARER)


class Tried(StrEnum):
    """How far somebody came who did not reach the waiting room."""

    LOCKED_OUT = "locked-out"
    OPENED = "opened"
    NO_LINE = "no-line"


TRIED_WORDS = {
    Tried.LOCKED_OUT: N_("The link was locked after five wrong dates of birth"),
    Tried.OPENED: N_("The link was opened, and the date of birth was right"),
    Tried.NO_LINE: N_("The page asked for a place in the waiting room, and never got there"),
}


@dataclass(frozen=True)
class Attempt:
    """One try that failed, and when."""

    at: datetime
    tried: Tried


def came_at(encounter: Encounter) -> datetime | None:
    """Return when she, or who helps her, was first here: in the waiting room or with the nurse; None when never."""
    waited = [seat.waiting_since for seat in encounter.seats if seat.role in GUESTS and seat.waiting_since]
    let_in = [seat.admitted_at for seat in encounter.seats if seat.role in GUESTS and seat.admitted_at]
    arrived = [encounter.appointment.arrived_at] if encounter.appointment.arrived_at else []
    started = [encounter.started_at] if encounter.started_at else []
    return min([*waited, *let_in, *arrived, *started], default=None)


def failed_attempts(session: Session, encounter: Encounter) -> Sequence[Attempt]:
    """Return every try to come that failed, in order of time; none once she reached the waiting room."""
    if came_at(encounter) is not None:
        return []
    links = queries.links_of(session, [encounter.appointment_id]).get(encounter.appointment_id, [])
    found = [Attempt(link.locked_at, Tried.LOCKED_OUT) for link in links if link.locked_at]
    found += [Attempt(at, Tried.OPENED) for at in _openings(session, encounter.appointment_id)]
    found += [
        Attempt(seat.ticketed_at, Tried.NO_LINE) for seat in encounter.seats if seat.role in GUESTS and seat.ticketed_at
    ]
    return sorted(found, key=lambda attempt: attempt.at)


def _openings(session: Session, visit_id: str) -> Sequence[datetime]:
    query = select(Opening.created_at).join(Link, Link.id == Opening.link_id).where(Link.visit_id == visit_id)
    return session.scalars(query.order_by(Opening.created_at)).all()
