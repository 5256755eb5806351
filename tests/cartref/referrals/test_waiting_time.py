"""The referral-to-treatment clock, event by event."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartref.referrals.models import TickKind
from cartref.referrals.waiting_time import (
    OUTCOME_TICKS,
    TARGET_WEEKS,
    ClockState,
    Waited,
    clock_of,
    may_follow,
    waited,
)

START, PAUSE, RESUME, STOP, NOT_COUNTED = TickKind
MONDAY = date(2026, 6, 1)


@dataclass(frozen=True)
class Tick:
    kind: TickKind
    on: date


def after(*events: tuple[TickKind, int], today: int) -> Waited:
    """Return how long was waited by a day; events and today are days after Monday 1 June 2026."""
    ticks = [Tick(kind, MONDAY + timedelta(days=days)) for kind, days in events]
    return waited(ticks, MONDAY + timedelta(days=today))


@pytest.mark.parametrize(
    ("events", "today", "days", "state"),
    [
        ([], 10, 0, ClockState.NOT_COUNTED),
        ([(START, 0)], 0, 0, ClockState.RUNNING),
        ([(START, 0)], 98, 98, ClockState.RUNNING),
        ([(START, 0), (PAUSE, 14)], 50, 14, ClockState.PAUSED),
        ([(START, 0), (PAUSE, 14), (RESUME, 28)], 42, 28, ClockState.RUNNING),
        ([(START, 0), (PAUSE, 7), (RESUME, 14), (PAUSE, 21), (RESUME, 35)], 42, 21, ClockState.RUNNING),
        ([(START, 0), (STOP, 70)], 100, 70, ClockState.STOPPED),
        ([(START, 0), (PAUSE, 7), (STOP, 70)], 100, 7, ClockState.STOPPED),
        ([(START, 0), (STOP, 70), (START, 80)], 87, 7, ClockState.RUNNING),
        ([(START, 0), (START, 80)], 87, 7, ClockState.RUNNING),
        ([(START, 0), (PAUSE, 7), (START, 14)], 21, 7, ClockState.RUNNING),
        ([(START, 0), (NOT_COUNTED, 7)], 21, 0, ClockState.NOT_COUNTED),
        ([(START, 0), (NOT_COUNTED, 7), (START, 14)], 21, 7, ClockState.RUNNING),
        ([(START, 0), (RESUME, 7)], 21, 21, ClockState.RUNNING),
        ([(START, 0), (STOP, 7), (RESUME, 9)], 21, 7, ClockState.STOPPED),
        ([(START, 0), (STOP, 7), (PAUSE, 9)], 21, 7, ClockState.STOPPED),
        ([(START, 0), (PAUSE, 7), (PAUSE, 9), (RESUME, 10)], 14, 11, ClockState.RUNNING),
        # On one day, in the order written down.
        ([(START, 0), (STOP, 0)], 7, 0, ClockState.STOPPED),
        ([(START, 0), (PAUSE, 7), (RESUME, 7)], 14, 14, ClockState.RUNNING),
        ([(START, 0), (STOP, 7), (START, 7)], 14, 7, ClockState.RUNNING),
        # What is still to come is not known yet.
        ([(START, 0), (STOP, 70)], 69, 69, ClockState.RUNNING),
        ([(START, 5)], 0, 0, ClockState.NOT_COUNTED),
    ],
)
def test_the_clock_counts_the_days_between_its_events_without_the_pauses(
    events: list[tuple[TickKind, int]], today: int, days: int, state: ClockState
) -> None:
    found = after(*events, today=today)

    assert (found.days, found.state) == (days, state)


def test_a_pause_over_the_turn_of_the_year_is_left_out_day_for_day() -> None:
    ticks = [Tick(START, date(2026, 12, 1)), Tick(PAUSE, date(2026, 12, 15)), Tick(RESUME, date(2027, 1, 5))]

    found = waited(ticks, date(2027, 1, 12))

    assert (found.days, found.weeks) == (21, 3)
    assert found.breaches_on == date(2026, 12, 1) + timedelta(weeks=TARGET_WEEKS, days=21)


def test_the_target_is_missed_on_the_day_on_which_26_weeks_are_over() -> None:
    day_before, day = after((START, 0), today=181), after((START, 0), today=182)

    assert (day_before.weeks, day_before.late) == (25, False)
    assert (day.weeks, day.late) == (26, True)
    assert day.breaches_on == MONDAY + timedelta(days=182)


def test_a_clock_that_stands_still_or_has_ended_names_no_day_to_miss() -> None:
    assert after((START, 0), (PAUSE, 7), today=14).breaches_on is None
    assert after((START, 0), (STOP, 7), today=14).breaches_on is None


def test_who_was_treated_after_30_weeks_is_late_no_more() -> None:
    assert not after((START, 0), (STOP, 210), today=220).late
    assert after((START, 0), (PAUSE, 210), today=220).late


def test_each_outcome_code_of_nhs_wales_does_one_thing_to_the_clock() -> None:
    assert OUTCOME_TICKS == {"4": START, "5": STOP, "6": RESUME, "9": NOT_COUNTED}


def test_only_what_can_follow_may_follow() -> None:
    assert {state: set(may_follow(state)) for state in ClockState} == {
        ClockState.RUNNING: {PAUSE, STOP},
        ClockState.PAUSED: {RESUME, STOP},
        ClockState.STOPPED: {START},
        ClockState.NOT_COUNTED: {START},
    }


EVENTS = st.lists(st.tuples(st.sampled_from(TickKind), st.integers(0, 800)), max_size=12).map(
    lambda events: sorted(events, key=lambda event: event[1])
)
DAYS = st.integers(0, 900)


@given(EVENTS, DAYS)
def test_nobody_waits_less_than_no_time_or_longer_than_since_the_first_start(
    events: list[tuple[TickKind, int]], today: int
) -> None:
    found = after(*events, today=today)
    first = min((day for kind, day in events if kind is START), default=today)

    assert 0 <= found.days <= max(today - first, 0)
    assert found.weeks == found.days // 7


@given(EVENTS, DAYS, st.integers(0, 800), st.integers(0, 200))
def test_a_pause_never_makes_a_wait_longer(
    events: list[tuple[TickKind, int]], today: int, pauses_on: int, length: int
) -> None:
    others = [(kind, day) for kind, day in events if kind not in {PAUSE, RESUME}]
    pause = [(PAUSE, pauses_on), (RESUME, pauses_on + length)]
    paused = sorted([*others, *pause], key=lambda event: event[1])

    assert after(*paused, today=today).days <= after(*others, today=today).days


@given(EVENTS, DAYS)
def test_a_day_adds_a_day_to_a_clock_that_runs_and_none_to_any_other(
    events: list[tuple[TickKind, int]], today: int
) -> None:
    known = [(kind, day) for kind, day in events if day <= today]
    now, tomorrow = after(*known, today=today), after(*known, today=today + 1)

    assert tomorrow.days - now.days == (now.state is ClockState.RUNNING)


@given(EVENTS, DAYS)
def test_the_kept_columns_say_the_same_as_the_events(events: list[tuple[TickKind, int]], today: int) -> None:
    clock = clock_of(Tick(kind, MONDAY + timedelta(days=day)) for kind, day in events if day <= today)
    day = MONDAY + timedelta(days=today)

    if clock.state in {ClockState.RUNNING, ClockState.PAUSED}:
        assert clock.started_on is not None
        assert ((clock.ended_on or day) - clock.started_on).days == clock.waited(day).days
