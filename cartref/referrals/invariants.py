"""What must always be true of referrals and the waiting list, and where it is not: for the doctor and for tests."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from cartref.referrals.models import EntryStatus, Referral, ReferralStatus, WaitingEntry
from cartref.referrals.waiting_time import ClockState, clock_of

RUNS = frozenset({ClockState.RUNNING, ClockState.PAUSED})


def disagreements(session: Session) -> list[str]:
    """Return every fault as "what: id", none when clocks say what their events come to and nothing closed waits."""
    return [*_clocks(session), *_closed(session)]


def _clocks(session: Session) -> Iterator[str]:
    for referral in session.scalars(select(Referral).options(selectinload(Referral.ticks))):
        clock = clock_of(referral.ticks)
        known = (clock.started_on, clock.ended_on) if clock.state in RUNS else (None, None)
        if known != (referral.clock_started_on, referral.clock_paused_on):
            yield f"clock that is not what its events come to: {referral.id}"


def _closed(session: Session) -> Iterator[str]:
    waits = select(WaitingEntry.id).join(Referral, Referral.id == WaitingEntry.referral_id)
    closed = Referral.status != ReferralStatus.ACTIVE
    for entry_id in session.scalars(waits.where(closed, WaitingEntry.status == EntryStatus.WAITING)):
        yield f"line of the waiting list for a closed referral: {entry_id}"
