"""Reading plans."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from cartref.accounts.actor import Actor
from cartref.accounts.models import Staff
from cartref.appointments.models import Appointment, Replan, ReplanMove, ReplanState
from cartref.clinics.models import ClinicSession, Slot
from cartref.errors import NotFound


def find(session: Session, actor: Actor, replan_id: str) -> Replan:
    """Return a plan of the service with its session and every move with its appointment and patient; raise NotFound."""
    query = _mine(actor).where(Replan.id == replan_id).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound(replan=replan_id)
    return found


def latest_for(session: Session, actor: Actor, session_id: str) -> Replan | None:
    """Return the newest plan for a clinic session that was not put aside; None when there is none."""
    query = _mine(actor).where(Replan.session_id == session_id, Replan.state != ReplanState.DISCARDED)
    return session.scalars(query.order_by(Replan.created_at.desc(), Replan.id).limit(1)).first()


def find_move_for_change(session: Session, actor: Actor, move_id: str) -> ReplanMove:
    """Return a move as it is now, kept from others until the transaction ends; raise NotFound."""
    mine = select(Replan.id).where(Replan.service_id == actor.service)
    query = select(ReplanMove).where(ReplanMove.id == move_id, ReplanMove.replan_id.in_(mine))
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound(move=move_id)
    return found


def waiting(session: Session, service_id: str, session_id: str) -> Sequence[Appointment]:
    """Return the session's appointments that are still to happen, by time: those that need another time."""
    query = (
        select(Appointment)
        .where(Appointment.service_id == service_id, Appointment.session_id == session_id)
        .options(joinedload(Appointment.patient), selectinload(Appointment.participants))
        .order_by(Appointment.starts_at, Appointment.id)
    )
    return [found for found in session.scalars(query) if found.live]


def clinicians_of(session: Session, plan: Replan) -> Mapping[str, str]:
    """Return who sees the patient at each slot that the plan proposes, by the slot's id."""
    slot_ids = [move.slot_id for move in plan.moves if move.slot_id]
    rows = session.execute(
        select(Slot.id, Staff).join(Staff, Staff.id == Slot.clinician_id).where(Slot.id.in_(slot_ids))
    )
    return {slot_id: staff.display_name for slot_id, staff in rows}


def _mine(actor: Actor) -> Select[Replan]:
    return (
        select(Replan)
        .where(Replan.service_id == actor.service)
        .options(
            joinedload(Replan.session).joinedload(ClinicSession.clinic),
            joinedload(Replan.session).joinedload(ClinicSession.clinician),
            selectinload(Replan.moves).joinedload(ReplanMove.appointment).joinedload(Appointment.patient),
        )
    )
