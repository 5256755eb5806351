"""Whether she tried to come: what closes "did not attend", and what has to be seen before it may be said."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.consultations import queries
from cartref.consultations.models import Encounter, Readiness, ReadyCheck, SeatRole
from cartref.i18n import N_
from cartref.links.models import Link, Opening

GUESTS = (SeatRole.PATIENT, SeatRole.CARER)


class Tried(StrEnum):
    """How far somebody came who did not reach the waiting room."""

    LOCKED_OUT = "locked-out"
    OPENED = "opened"
    NO_LINE = "no-line"
    CHECK_FAILED = "check-failed"


TRIED_WORDS = {
    Tried.LOCKED_OUT: N_("The link was locked after five wrong dates of birth"),
    Tried.OPENED: N_("The link was opened, and the date of birth was right"),
    Tried.NO_LINE: N_("The page asked for a place in the waiting room, and never got there"),
    Tried.CHECK_FAILED: N_("The camera, the sound or the line was checked that day, and something did not work"),
}


@dataclass(frozen=True)
class Attempt:
    """One try that failed, and when."""

    at: datetime
    tried: Tried

    @property
    def key(self) -> str:
        """Return the name by which somebody says that she has seen it."""
        return f"{self.tried.value}-{int(self.at.timestamp())}"


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
    found += [Attempt(at, Tried.CHECK_FAILED) for at in _failed_checks(session, encounter)]
    return sorted(found, key=lambda attempt: attempt.at)


def unseen(session: Session, encounter: Encounter, seen: Collection[str]) -> Sequence[Attempt]:
    """Return the failed tries whose keys are not among those that were seen."""
    return [attempt for attempt in failed_attempts(session, encounter) if attempt.key not in seen]


def _failed_checks(session: Session, encounter: Encounter) -> Sequence[datetime]:
    """Return when a check failed on the day of the visit: whoever checks then means to come."""
    sitting = encounter.appointment.session
    zone = ZoneInfo(sitting.zone)
    query = select(ReadyCheck.checked_at).where(
        ReadyCheck.appointment_id == encounter.appointment_id, ReadyCheck.result == Readiness.NEEDS_HELP
    )
    return [at for at in session.scalars(query) if at.astimezone(zone).date() == sitting.local_date]


def _openings(session: Session, visit_id: str) -> Sequence[datetime]:
    query = select(Opening.created_at).join(Link, Link.id == Opening.link_id).where(Link.visit_id == visit_id)
    return session.scalars(query.order_by(Opening.created_at)).all()
