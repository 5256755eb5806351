"""Asking for a plan."""

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments.models import Replan
from cartref.audit.service import record
from cartref.clinics import queries as clinics
from cartref.clinics.models import SessionStatus
from cartref.errors import Conflict
from cartref.jobs import service as jobs

KIND = "replan"


class SessionOpen(Conflict):
    """The session takes patients, so that nobody has to move."""

    code = "replan.session-open"


def start(session: Session, actor: Actor, session_id: str) -> Replan:
    """Return a new plan for a closed clinic session, which the worker makes; raise NotFound or SessionOpen."""
    actor.require(Permission.APPOINTMENTS_WRITE)
    sitting = clinics.find_session(session, actor, session_id)
    if sitting.status is SessionStatus.OPEN:
        raise SessionOpen(session=session_id)
    plan = Replan(
        service_id=actor.service, session_id=sitting.id, asked_by_id=actor.id, created_at=clock.now(),
    )  # fmt: skip
    session.add(plan)
    session.flush()
    plan.job_id = jobs.submit(session, KIND, service_id=actor.service, owner_id=actor.id, replan=plan.id).id
    record(session, actor, "replan.asked", "replan", plan.id, sitting=sitting.id)
    session.flush()
    return plan
