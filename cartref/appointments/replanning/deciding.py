"""Deciding on a plan: a move that is accepted changes its appointment as any other, a refused one changes nothing."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments.models import MoveState, Replan, ReplanMove, ReplanState
from cartref.appointments.replanning import queries
from cartref.appointments.service import (
    Clash,
    NotEnoughTime,
    PatientCannotBeBooked,
    PresenterMissing,
    SlotTaken,
)
from cartref.appointments.service.moving import reschedule
from cartref.audit.service import record
from cartref.clinics.models import Slot
from cartref.errors import Conflict, IllegalTransition, NotFound, StaleVersion
from cartref.links.addresses import Addresses


class MoveDecided(Conflict):
    """The move was accepted or refused before, or its plan was put aside."""

    code = "replan.move-decided"


# What makes a move stale: the appointment, the patient, the time, the place or who is there is not any more what the
# plan saw.
OVERTAKEN = (StaleVersion, IllegalTransition, Clash, PatientCannotBeBooked, PresenterMissing, NotFound)


def accept(session: Session, actor: Actor, addresses: Addresses, move_id: str) -> ReplanMove:
    """Return the move, its appointment moved; or, when something changed since the plan was made, the move as stale.

    Raises NotFound, MoveDecided for a move that was decided on or whose plan was put aside, Forbidden.
    """
    actor.require(Permission.APPOINTMENTS_WRITE)
    move = queries.find_move_for_change(session, actor, move_id)
    _check_undecided(move)
    move.state = MoveState.ACCEPTED if _apply(session, actor, addresses, move) else MoveState.STALE
    return _decided(session, actor, move)


def accept_all(session: Session, actor: Actor, addresses: Addresses, replan_id: str) -> Counter[MoveState]:
    """Return how many of the moves still open were accepted and how many are stale; each stands for itself."""
    actor.require(Permission.APPOINTMENTS_WRITE)
    plan = queries.find(session, actor, replan_id)
    open_moves = [move.id for move in plan.moves if move.state is MoveState.PROPOSED]
    return Counter(accept(session, actor, addresses, move_id).state for move_id in open_moves)


def refuse(session: Session, actor: Actor, move_id: str) -> ReplanMove:
    """Return the move, refused: its appointment stays where it is, for a person to deal with."""
    actor.require(Permission.APPOINTMENTS_WRITE)
    move = queries.find_move_for_change(session, actor, move_id)
    if move.state is MoveState.REFUSED:
        return move
    _check_undecided(move)
    move.state = MoveState.REFUSED
    return _decided(session, actor, move)


def discard(session: Session, actor: Actor, replan_id: str) -> Replan:
    """Return the plan, put aside; what was accepted of it stays as it is."""
    actor.require(Permission.APPOINTMENTS_WRITE)
    plan = queries.find(session, actor, replan_id)
    if plan.state is not ReplanState.DISCARDED:
        plan.state = ReplanState.DISCARDED
        record(session, actor, "replan.discarded", "replan", plan.id)
        session.flush()
    return plan


def _check_undecided(move: ReplanMove) -> None:
    if move.state is not MoveState.PROPOSED or move.replan.state is ReplanState.DISCARDED:
        raise MoveDecided(move=move.id)


def _apply(session: Session, actor: Actor, addresses: Addresses, move: ReplanMove) -> bool:
    """Tell whether the appointment could be moved just as the plan has it."""
    place = (move.room_id, move.presenter_id) if move.room_id and move.presenter_id else None
    try:
        with session.begin_nested():
            _check_slot(session, move)
            reschedule(
                session, actor, addresses=addresses, appointment_id=move.appointment_id, version=move.version,
                slot_id=move.slot_id or "", minutes=_minutes(move), place=place,
            )  # fmt: skip
    except OVERTAKEN:
        return False
    return True


def _check_slot(session: Session, move: ReplanMove) -> None:
    """Raise SlotTaken when the slot is gone: a pattern that changed may have taken it away."""
    if move.slot_id is None or session.scalar(select(Slot.id).where(Slot.id == move.slot_id)) is None:
        raise SlotTaken


def _minutes(move: ReplanMove) -> int:
    if move.starts_at is None or move.ends_at is None:
        raise NotEnoughTime
    return round((move.ends_at - move.starts_at).total_seconds() / 60)


def _decided(session: Session, actor: Actor, move: ReplanMove) -> ReplanMove:
    move.decided_at = clock.now()
    record(
        session, actor, f"replan.move-{move.state.value}", "appointment", move.appointment_id,
        patient_id=move.appointment.patient_id, replan=move.replan_id,
    )  # fmt: skip
    session.flush()
    if not _open(move.replan.moves):
        move.replan.state = ReplanState.FINISHED
        session.flush()
    return move


def _open(moves: Iterable[ReplanMove]) -> bool:
    return any(move.state is MoveState.PROPOSED for move in moves)
