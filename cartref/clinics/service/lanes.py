"""Overbooking lanes: the named exceptions in which a clinic may see somebody beside its booked slots."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.service import record
from cartref.clinics import queries
from cartref.clinics.models import Clinic, OverbookLane
from cartref.clinics.service.arranging import NameMissing, NameTaken
from cartref.errors import Invalid, NotFound

MOST = 8
LONGEST_NAME = 80


class CapWrong(Invalid):
    """A lane takes 1 to 8 people in one session."""

    code = "lane.cap"
    field = "cap"


def add_lane(session: Session, actor: Actor, clinic_id: str, name: str, cap: int | None) -> OverbookLane:
    """Return a lane of the clinic for up to `cap` people a session; one that was ended begins anew.

    Raises NotFound, NameMissing, NameTaken or CapWrong.
    """
    actor.require(Permission.CLINICS_WRITE)
    clinic = queries.find(session, actor, clinic_id)
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise NameMissing("name")
    if cap is None or not 1 <= cap <= MOST:
        raise CapWrong
    lane = session.scalar(select(OverbookLane).where(OverbookLane.clinic_id == clinic.id, OverbookLane.name == name))
    if lane is not None and lane.ended_at is None:
        raise NameTaken
    lane = lane or OverbookLane(clinic_id=clinic.id, name=name)
    lane.cap, lane.ended_at = cap, None
    session.add(lane)
    session.flush()
    record(session, actor, "lane.added", "clinic", clinic.id, lane=lane.id, cap=cap)
    return lane


def end_lane(session: Session, actor: Actor, lane_id: str) -> OverbookLane:
    """Return the lane, in which nobody can be booked from now on; who is booked stays. Raises NotFound."""
    actor.require(Permission.CLINICS_WRITE)
    query = select(OverbookLane).join(Clinic, Clinic.id == OverbookLane.clinic_id)
    lane = session.scalar(query.where(OverbookLane.id == lane_id, Clinic.service_id == actor.service))
    if lane is None:
        raise NotFound(lane=lane_id)
    if lane.ended_at is None:
        lane.ended_at = clock.now()
        session.flush()
        record(session, actor, "lane.ended", "clinic", lane.clinic_id, lane=lane.id)
    return lane
