"""Whether anybody looks at a board, and what it tells those who wait."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments import messages
from cartref.audit.service import record
from cartref.clinics import queries as clinics
from cartref.clinics.models import ClinicSession
from cartref.consultations import queries
from cartref.consultations.codes import Presence
from cartref.errors import Invalid

HEARTBEAT = timedelta(seconds=30)
OPEN_FOR = 3 * HEARTBEAT  # one beat may be lost on the way, and one more be late
MOST_MINUTES = 240


class MinutesWrong(Invalid):
    """Nobody can be told of less than no minutes, or of more than four hours."""

    code = "late.minutes-wrong"
    field = "minutes"


def watched(session: Session, actor: Actor, session_id: str) -> ClinicSession:
    """Return the clinic session, with it kept that its board is open now. Not audited: it is a page's heartbeat."""
    sitting = clinics.find_session(session, actor, session_id)
    sitting.board_seen_at = clock.now()
    session.flush()
    return sitting


def is_open(sitting: ClinicSession, now: datetime) -> bool:
    """Tell whether somebody has the board of the clinic session open."""
    return sitting.board_seen_at is not None and now - sitting.board_seen_at <= OPEN_FOR


def late(session: Session, actor: Actor, session_id: str, minutes: int) -> ClinicSession:
    """Return the clinic session, with it kept how late those who wait are told that it is; 0 is on time.

    Who waits reads it on the screen; who is still to come gets a message.
    """
    if not 0 <= minutes <= MOST_MINUTES:
        raise MinutesWrong()
    sitting = clinics.find_session(session, actor, session_id)
    if sitting.late_minutes != minutes:
        sitting.late_minutes = minutes
        record(session, actor, "clinic-session.late-told", "clinic-session", sitting.id, minutes=minutes)
        _tell(session, sitting)
        session.flush()
    return sitting


def _tell(session: Session, sitting: ClinicSession) -> None:
    latest = clock.now() - timedelta(minutes=sitting.late_minutes)
    to_come = [one for one in queries.appointments_of(session, sitting.id) if one.starts_at > latest]
    encounters = queries.encounters_of(session, [one.id for one in to_come])
    here = {
        (appointment_id, seat.ref_id)
        for appointment_id, encounter in encounters.items()
        for seat in encounter.seats
        if seat.presence in {Presence.WAITING, Presence.ADMITTED}
    }
    messages.running_late(session, sitting, to_come, frozenset(here))
