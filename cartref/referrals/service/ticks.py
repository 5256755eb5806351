"""What is written down of a referral's clock: its events, and what they come to by now."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.audit.models import ActorKind
from cartref.referrals.models import ClockTick, Referral, TickKind
from cartref.referrals.waiting_time import ClockState, clock_of


def add(
    session: Session,
    actor: Actor,
    referral: Referral,
    kind: TickKind,
    on: date,
    *,
    reason: str = "",
    code: str | None = None,
    appointment_id: str | None = None,
    at: datetime | None = None,
) -> ClockTick:
    """Return a new event of the clock, written down `at` (now)."""
    tick = ClockTick(
        number=max((tick.number for tick in referral.ticks), default=0) + 1,
        kind=kind,
        on=on,
        reason=reason,
        code=code,
        appointment_id=appointment_id,
        recorded_by_id=actor.id if actor.kind is ActorKind.STAFF else None,
        created_at=at or clock.now(),
    )
    referral.ticks.append(tick)
    renew(session, referral)
    return tick


def take_away(session: Session, referral: Referral, tick: ClockTick) -> None:
    """Let an event not have been."""
    referral.ticks.remove(tick)
    renew(session, referral)


def renew(session: Session, referral: Referral) -> None:
    """Let the columns that the database sorts by say what the events come to."""
    session.flush()
    session.refresh(referral, ["ticks"])  # in their order
    now = clock_of(referral.ticks)
    runs = now.state in {ClockState.RUNNING, ClockState.PAUSED}
    referral.clock_started_on = now.started_on if runs else None
    referral.clock_paused_on = now.ended_on if runs else None
    referral.updated_at = clock.now()
