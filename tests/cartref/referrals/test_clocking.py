"""The clock is changed by people, who say why, and by the outcomes of visits."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.audit.models import AuditEntry
from cartref.errors import Forbidden, IllegalTransition, NotFound
from cartref.referrals import service
from cartref.referrals.models import Referral, TickKind
from cartref.referrals.waiting_time import ClockState
from tests.cartref.referrals.conftest import TODAY, wait_of, weeks_ago
from tests.factories import World, make_referral

VISIT, OTHER_VISIT = "a" * 24, "b" * 24


def change(session: Session, world: World, referral: Referral, kind: TickKind, on: date = TODAY) -> Referral:
    return service.change_clock(
        session, world.actor("admin"), referral.id, kind=kind, on=on, reason="Away with her daughter"
    )


def outcome(session: Session, world: World, referral: Referral, code: str, visit: str = VISIT) -> Referral:
    return service.apply_outcome(
        session, world.actor("clinician"), referral.id, code=code, on=TODAY, appointment_id=visit
    )


def test_a_pause_stands_still_until_it_is_over(session: Session, world: World) -> None:
    made = make_referral(session, world, received_on=weeks_ago(10))

    change(session, world, made, TickKind.PAUSE, weeks_ago(6))
    paused = (wait_of(made).weeks, wait_of(made).state, made.clock_paused_on)
    change(session, world, made, TickKind.RESUME, weeks_ago(2))

    assert paused == (4, ClockState.PAUSED, weeks_ago(6))
    assert (wait_of(made).weeks, wait_of(made).state) == (6, ClockState.RUNNING)
    assert (made.clock_started_on, made.clock_paused_on) == (weeks_ago(6), None)


def test_what_does_not_follow_is_refused(session: Session, world: World) -> None:
    made = make_referral(session, world)

    for kind in (TickKind.RESUME, TickKind.START, TickKind.NOT_COUNTED):
        with pytest.raises(IllegalTransition):
            change(session, world, made, kind)
    service.close(session, world.actor("admin"), made.id, version=made.version, reason="treated")
    with pytest.raises(IllegalTransition):
        change(session, world, made, TickKind.START)


def test_a_change_says_why_and_on_a_day_that_can_be(session: Session, world: World) -> None:
    made = make_referral(session, world, received_on=weeks_ago(10))

    with pytest.raises(service.ClockReasonMissing):
        service.change_clock(session, world.actor("admin"), made.id, kind=TickKind.STOP, on=TODAY, reason=" ")
    for day in (TODAY + timedelta(days=1), weeks_ago(11)):
        with pytest.raises(service.ClockDayWrong):
            change(session, world, made, TickKind.STOP, day)
    with pytest.raises(Forbidden):
        service.change_clock(session, world.actor("clinician"), made.id, kind=TickKind.STOP, on=TODAY, reason="Why")


def test_the_trail_knows_who_and_what_but_not_the_words(session: Session, world: World) -> None:
    made = make_referral(session, world)
    change(session, world, made, TickKind.PAUSE)

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "clock.paused")).one()

    assert (entry.actor_id, entry.patient_id) == (world.staff["admin"].id, made.patient_id)
    assert "daughter" not in str(entry.details)
    assert made.ticks[-1].reason == "Away with her daughter"


def test_a_mistake_is_taken_back_and_the_wait_is_whole_again(session: Session, world: World) -> None:
    made = make_referral(session, world, received_on=weeks_ago(10))
    change(session, world, made, TickKind.STOP, weeks_ago(1))

    service.take_back(session, world.actor("admin"), made.id, made.ticks[-1].id)

    assert (wait_of(made).weeks, wait_of(made).state) == (10, ClockState.RUNNING)
    assert made.clock_started_on == weeks_ago(10)


def test_the_start_an_outcome_and_another_referrals_event_are_not_taken_back(session: Session, world: World) -> None:
    made, other = make_referral(session, world), make_referral(session, world, patient=1)
    admin = world.actor("admin")

    with pytest.raises(IllegalTransition):
        service.take_back(session, admin, made.id, made.ticks[0].id)
    with pytest.raises(NotFound):
        service.take_back(session, admin, made.id, other.ticks[0].id)
    outcome(session, world, made, "5")
    with pytest.raises(IllegalTransition):
        service.take_back(session, admin, made.id, made.ticks[-1].id)


@pytest.mark.parametrize(
    ("code", "weeks", "state"),
    [
        ("4", 0, ClockState.RUNNING),
        ("5", 10, ClockState.STOPPED),
        ("6", 10, ClockState.RUNNING),
        ("9", 0, ClockState.NOT_COUNTED),
    ],
)
def test_an_outcome_does_to_the_clock_what_its_code_says(
    session: Session, world: World, code: str, weeks: int, state: ClockState
) -> None:
    made = make_referral(session, world, received_on=weeks_ago(10))

    outcome(session, world, made, code)

    assert (wait_of(made).weeks, wait_of(made).state) == (weeks, state)
    assert (made.clock_started_on is None) == (state is not ClockState.RUNNING)


def test_an_outcome_ends_a_pause(session: Session, world: World) -> None:
    made = make_referral(session, world, received_on=weeks_ago(10))
    change(session, world, made, TickKind.PAUSE, weeks_ago(4))

    outcome(session, world, made, "6")

    assert (wait_of(made).weeks, wait_of(made).state) == (6, ClockState.RUNNING)


def test_a_visit_has_one_event_however_often_its_outcome_is_saved(session: Session, world: World) -> None:
    made = make_referral(session, world)

    outcome(session, world, made, "5")
    outcome(session, world, made, "5")
    stopped = wait_of(made).state
    outcome(session, world, made, "6")

    assert stopped is ClockState.STOPPED
    assert wait_of(made).state is ClockState.RUNNING
    assert len(made.ticks) == 2


def test_two_visits_have_two_events_in_the_order_written_down(session: Session, world: World) -> None:
    made = make_referral(session, world)

    outcome(session, world, made, "5")
    outcome(session, world, made, "4", OTHER_VISIT)

    assert [tick.kind for tick in made.ticks] == [TickKind.START, TickKind.STOP, TickKind.START]
    assert (wait_of(made).days, wait_of(made).state) == (0, ClockState.RUNNING)
