"""The clock of a referral: changed by a person with a reason, or by the outcome of a visit."""

from datetime import date

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.service import record
from cartref.errors import IllegalTransition, Invalid, NotFound
from cartref.patients.details import clean
from cartref.patients.service import today
from cartref.referrals import queries
from cartref.referrals.models import ClockTick, Referral, TickKind
from cartref.referrals.service import ticks
from cartref.referrals.waiting_time import OUTCOME_TICKS, clock_of, may_follow

LONGEST_REASON = 200
ACTIONS = {
    TickKind.START: "clock.started",
    TickKind.PAUSE: "clock.paused",
    TickKind.RESUME: "clock.resumed",
    TickKind.STOP: "clock.stopped",
}


class ClockReasonMissing(Invalid):
    """Whoever changes a clock says why."""

    code = "clock.reason-missing"
    field = "reason"


class ClockDayWrong(Invalid):
    """The day is still to come, or before what happened last."""

    code = "clock.day"
    field = "on"


def change_clock(
    session: Session, actor: Actor, referral_id: str, *, kind: TickKind, on: date, reason: str
) -> Referral:
    """Return the referral, its clock paused, resumed, stopped or started by a person on that day.

    Raises ClockReasonMissing, ClockDayWrong, and IllegalTransition where the clock does not stand so that this can
    follow, or the referral is closed.
    """
    actor.require(Permission.REFERRALS_WRITE)
    reason = clean(reason, "reason", LONGEST_REASON)
    if not reason:
        raise ClockReasonMissing
    referral = queries.find_for_change(session, actor, referral_id)
    if not referral.open or kind not in may_follow(clock_of(referral.ticks).state):
        raise IllegalTransition(referral=referral_id, wanted=kind.value)
    if not latest(referral) <= on <= today():
        raise ClockDayWrong
    ticks.add(session, actor, referral, kind, on, reason=reason)
    _audit(session, actor, ACTIONS[kind], referral, on=on.isoformat())
    return referral


def take_back(session: Session, actor: Actor, referral_id: str, tick_id: str) -> Referral:
    """Return the referral as if its clock's last event, which a person wrote down, had not been: it was a mistake.

    Raises IllegalTransition for every other event.
    """
    actor.require(Permission.REFERRALS_WRITE)
    referral = queries.find_for_change(session, actor, referral_id)
    tick = next((tick for tick in referral.ticks if tick.id == tick_id), None)
    if tick is None:
        raise NotFound(tick=tick_id)
    if not referral.open or tick is not retractable(referral):
        raise IllegalTransition(tick=tick_id)
    kind = tick.kind
    ticks.take_away(session, referral, tick)
    _audit(session, actor, "clock.corrected", referral, taken_back=kind.value)
    return referral


def retractable(referral: Referral) -> ClockTick | None:
    """Return the clock's last event where a person wrote it down, so that she may take it back; None else."""
    last = max(referral.ticks, key=lambda tick: (tick.on, tick.number), default=None)
    return last if last is not None and last.number > 1 and last.code is None else None


def latest(referral: Referral) -> date:
    """Return the day before which nothing more can be written down by a person."""
    return max((tick.on for tick in referral.ticks), default=referral.received_on)


def apply_outcome(
    session: Session, actor: Actor, referral_id: str, *, code: str, on: date, appointment_id: str
) -> Referral:
    """Return the referral after a visit's outcome; a visit has one event, which a corrected outcome replaces.

    `code` is the outcome code of NHS Wales (4, 5, 6, 9). Whoever calls says that the actor may: she has consulted.
    """
    referral = queries.find_for_change(session, actor, referral_id)
    kind = OUTCOME_TICKS[code]
    tick = next((tick for tick in referral.ticks if tick.appointment_id == appointment_id), None)
    if tick is None:
        ticks.add(session, actor, referral, kind, on, code=code, appointment_id=appointment_id)
    elif (tick.kind, tick.on) == (kind, on):
        return referral
    else:
        tick.kind, tick.code, tick.on, tick.created_at = kind, code, on, clock.now()
        ticks.renew(session, referral)
    _audit(session, actor, "clock.outcome-applied", referral, code=code, appointment=appointment_id)
    return referral


def _audit(session: Session, actor: Actor, action: str, referral: Referral, **details: object) -> None:
    record(
        session, actor, action, "referral", referral.id, patient_id=referral.patient_id,
        service_id=referral.service_id, **details,
    )  # fmt: skip
    session.flush()
