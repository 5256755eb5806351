"""Closing a clinic session: nobody can be booked into it any more; whoever is booked stays until moved or cancelled."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.service import record
from cartref.clinics.models import ClinicSession, SessionStatus, Slot, SlotState
from cartref.errors import IllegalTransition, Invalid, NotFound
from cartref.i18n import N_


class CloseReason(StrEnum):
    """Why a session takes no patients; `CLOSE_REASONS` has the words."""

    CLINICIAN_AWAY = "clinician-away"
    NURSE_AWAY = "nurse-away"
    ROOM = "room"
    EQUIPMENT = "equipment"
    WEATHER = "weather"
    BANK_HOLIDAY = "bank-holiday"
    OTHER = "other"
    ON_LEAVE = "on-leave"
    PATTERN_ENDED = "pattern-ended"


@dataclass(frozen=True)
class Closing:
    """What a reason means: its words for staff, and whether a person may choose it or another act brings it."""

    words: str
    chosen: bool = True


CLOSE_REASONS = {
    CloseReason.CLINICIAN_AWAY: Closing(N_("The clinician is away")),
    CloseReason.NURSE_AWAY: Closing(N_("The nurse is away")),
    CloseReason.ROOM: Closing(N_("The room cannot be used")),
    CloseReason.EQUIPMENT: Closing(N_("The equipment does not work")),
    CloseReason.WEATHER: Closing(N_("The weather or the roads")),
    CloseReason.BANK_HOLIDAY: Closing(N_("Bank holiday")),
    CloseReason.OTHER: Closing(N_("Another reason")),
    CloseReason.ON_LEAVE: Closing(N_("The clinician is on leave"), chosen=False),
    CloseReason.PATTERN_ENDED: Closing(N_("The pattern has ended"), chosen=False),
}


class CloseReasonMissing(Invalid):
    """Closing asks for one of the reasons in `CLOSE_REASONS`."""

    code = "session.close-reason-missing"
    field = "reason"


def close_session(session: Session, actor: Actor, session_id: str, reason: str) -> ClinicSession:
    """Return the session, closed: its free slots are blocked, and whoever is booked keeps the time.

    Bookings and closing take turns on the session's row, so that nothing is booked after it. Closed already, it stays
    as it was. Raises NotFound or CloseReasonMissing.
    """
    actor.require(Permission.CLINICS_WRITE)
    if reason not in CLOSE_REASONS:
        raise CloseReasonMissing
    return shut(session, actor, keep(session, actor, session_id), CloseReason(reason))


def shut(session: Session, actor: Actor, sitting: ClinicSession, reason: CloseReason) -> ClinicSession:
    """Return a session that `keep` gave, closed for `reason`; whoever calls says that the actor may."""
    if sitting.status is SessionStatus.CLOSED:
        return sitting
    sitting.status = SessionStatus.CLOSED
    sitting.closed_reason, sitting.closed_at, sitting.closed_by_id = reason.value, clock.now(), actor.id
    _turn(session, sitting, SlotState.FREE, SlotState.BLOCKED)
    record(session, actor, "session.closed", "clinic-session", sitting.id, reason=reason.value)
    return sitting


def reopen_session(session: Session, actor: Actor, session_id: str) -> ClinicSession:
    """Return the session, open: its blocked slots are free again. Open already, it stays as it was.

    Raises NotFound, or IllegalTransition once it is over.
    """
    actor.require(Permission.CLINICS_WRITE)
    sitting = keep(session, actor, session_id)
    if sitting.status is SessionStatus.OPEN:
        return sitting
    if sitting.ends_at <= clock.now():
        raise IllegalTransition(session=session_id)
    return open_again(session, actor, sitting)


def open_again(session: Session, actor: Actor, sitting: ClinicSession) -> ClinicSession:
    """Return a closed session that `keep` gave, open; whoever calls says that the actor may."""
    sitting.status = SessionStatus.OPEN
    sitting.closed_reason = sitting.closed_at = sitting.closed_by_id = None
    _turn(session, sitting, SlotState.BLOCKED, SlotState.FREE)
    record(session, actor, "session.reopened", "clinic-session", sitting.id)
    return sitting


def keep(session: Session, actor: Actor, session_id: str) -> ClinicSession:
    """Return a session of the service as it is now, kept from bookings until the transaction ends; raise NotFound."""
    query = select(ClinicSession).where(ClinicSession.id == session_id, ClinicSession.service_id == actor.service)
    found = session.scalar(query.with_for_update(of=ClinicSession).execution_options(populate_existing=True))
    if found is None:
        raise NotFound(session=session_id)
    return found


def _turn(session: Session, sitting: ClinicSession, state: SlotState, wanted: SlotState) -> None:
    session.flush()
    session.execute(
        update(Slot).where(Slot.session_id == sitting.id, Slot.state == state).values(state=wanted),
        execution_options={"synchronize_session": "fetch"},
    )
