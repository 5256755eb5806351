"""Overbooking: only in a named lane of the clinic, up to its cap in a session, and with a reason."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.clinics.models import Clinic, ClinicSession, OverbookLane, SessionStatus, Slot
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


def end_in_lane(slot: Slot, minutes: int | None) -> datetime:
    """Return when an overbooked appointment from `slot` ends; raise SessionClosed when the session ends before."""
    ends_at = slot.starts_at + timedelta(minutes=minutes) if minutes else slot.ends_at
    if slot.session.status is not SessionStatus.OPEN or ends_at > slot.session.ends_at:
        raise SessionClosed(session=slot.session_id)
    return ends_at


def place_in_lane(session: Session, actor: Actor, sitting: ClinicSession, lane_id: str, reason: str) -> int:
    """Return the lowest free place of the lane in the session; raise NotFound, OverbookReasonMissing or LaneFull.

    The session is kept from others until the transaction ends; a unique index has the last word.
    """
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise OverbookReasonMissing
    lane = session.scalar(
        select(OverbookLane)
        .join(Clinic, Clinic.id == OverbookLane.clinic_id)
        .where(OverbookLane.id == lane_id, Clinic.service_id == actor.service, Clinic.id == sitting.clinic_id)
    )
    if lane is None or lane.ended_at is not None:
        raise NotFound(lane=lane_id)
    session.execute(select(ClinicSession.id).where(ClinicSession.id == sitting.id).with_for_update())
    taken = set(
        session.scalars(
            select(Appointment.overbook_place).where(
                Appointment.session_id == sitting.id,
                Appointment.overbook_lane_id == lane_id,
                Appointment.status != AppointmentStatus.CANCELLED,
            )
        )
    )
    free = next((place for place in range(lane.cap) if place not in taken), None)
    if free is None:
        raise LaneFull(lane=lane_id)
    return free
