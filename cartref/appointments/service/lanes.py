"""Overbooking: only in a named lane of the clinic, up to its cap in a session, and with a reason."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments import queries
from cartref.appointments.service import holding
from cartref.audit.models import ActorKind
from cartref.clinics import queries as clinics
from cartref.clinics.models import ClinicSession, SessionStatus, Slot
from cartref.errors import Conflict, Invalid, NotFound

LONGEST_REASON = 200


class LaneFull(Conflict):
    """The lane's cap for this session is reached."""

    code = "appointment.lane-full"


class OverbookReasonMissing(Invalid):
    """Whoever overbooks says why."""

    code = "appointment.overbook-reason"
    field = "overbook_reason"


class SessionClosed(Conflict):
    """The session does not take patients, or not for so long."""

    code = "appointment.session-closed"


def end_in_lane(actor: Actor, slot: Slot, minutes: int | None) -> datetime:
    """Return when an overbooked appointment from `slot` ends.

    Raises MinutesWrong, SlotPast, or SessionClosed when the session ends before.
    """
    holding.check_minutes(minutes)
    ends_at = slot.starts_at + timedelta(minutes=minutes) if minutes else slot.ends_at
    if slot.ends_at <= clock.now() and actor.kind is not ActorKind.SYSTEM:  # the system also writes what has been
        raise holding.SlotPast(slot=slot.id)
    if ends_at > slot.session.ends_at:
        raise SessionClosed(session=slot.session_id)
    return ends_at


def place_in_lane(session: Session, actor: Actor, sitting: ClinicSession, lane_id: str, reason: str) -> int:
    """Return the lowest free place of the lane in the session.

    The session is kept from others until the transaction ends; a unique index has the last word. Raises NotFound,
    OverbookReasonMissing, SessionClosed or LaneFull.
    """
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise OverbookReasonMissing
    if _keep(session, sitting.id) is not SessionStatus.OPEN:
        raise SessionClosed(session=sitting.id)
    lane = next((one for one in clinics.lanes(session, actor, sitting.clinic_id) if one.id == lane_id), None)
    if lane is None:
        raise NotFound(lane=lane_id)
    taken = queries.lane_places(session, sitting.id).get(lane_id, set())
    free = next((place for place in range(lane.cap) if place not in taken), None)
    if free is None:
        raise LaneFull(lane=lane_id)
    return free


def _keep(session: Session, session_id: str) -> SessionStatus:
    """Return whether the session takes patients; nobody else books into it until the transaction ends."""
    query = select(ClinicSession.status).where(ClinicSession.id == session_id)
    return session.scalars(query.with_for_update(key_share=True)).one()
