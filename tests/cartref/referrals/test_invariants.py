"""Whatever happens to a referral, in whatever order, what is kept of its clock is what its events come to."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from cartref.referrals import queries, service
from cartref.referrals.invariants import disagreements
from cartref.referrals.models import EntryStatus, Referral, TickKind
from tests.cartref.referrals.conftest import weeks_ago
from tests.factories import World, make_referral


def pause(session: Session, world: World, referral: Referral, kind: TickKind, on: date) -> None:
    service.change_clock(session, world.actor("admin"), referral.id, kind=kind, on=on, reason="Away")


def test_they_agree_after_everything_that_can_happen(session: Session, world: World) -> None:
    made, admin = make_referral(session, world, received_on=weeks_ago(20)), world.actor("admin")
    found = [disagreements(session)]

    pause(session, world, made, TickKind.PAUSE, weeks_ago(10))
    found.append(disagreements(session))
    pause(session, world, made, TickKind.RESUME, weeks_ago(8))
    for code in "4569":
        service.apply_outcome(session, admin, made.id, code=code, on=weeks_ago(2), appointment_id="a" * 24)
        found.append(disagreements(session))
    service.close(session, admin, made.id, version=made.version, reason="treated")
    found.append(disagreements(session))
    service.reopen(session, admin, made.id, version=made.version)

    assert found == [[]] * len(found)
    assert disagreements(session) == []


@pytest.mark.parametrize("column", ["clock_started_on", "clock_paused_on"])
def test_a_clock_that_says_something_else_is_found(session: Session, world: World, column: str) -> None:
    made = make_referral(session, world)
    setattr(made, column, weeks_ago(1))
    session.flush()

    assert disagreements(session) == [f"clock that is not what its events come to: {made.id}"]


def test_a_line_that_waits_for_a_closed_referral_is_found(session: Session, world: World) -> None:
    made = make_referral(session, world)
    service.close(session, world.actor("admin"), made.id, version=made.version, reason="treated")
    (entry,) = queries.entries_of_referral(session, made.id, EntryStatus.REMOVED)
    entry.status = EntryStatus.WAITING
    session.flush()

    assert disagreements(session) == [f"line of the waiting list for a closed referral: {entry.id}"]
