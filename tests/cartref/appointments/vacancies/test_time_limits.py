"""Nobody is asked at night, and everybody has time to answer."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cartref.appointments.vacancies.time_limits import EMAIL, TELEPHONE, TEXT, expires_at, may_ask, working_time_after

LONDON = ZoneInfo("Europe/London")
FAR = datetime(2027, 2, 1, 9, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "decent"),
    [(at(1, 8, 59), False), (at(1, 9), True), (at(1, 18, 59), True), (at(1, 19), False), (at(1, 8, 0, 7), True)],
)
def test_people_are_asked_between_nine_and_seven_on_their_own_clocks(now: datetime, decent: bool) -> None:
    assert may_ask(now, LONDON) is decent


@pytest.mark.parametrize("way", [EMAIL, TEXT])
def test_a_message_leaves_two_hours_to_answer(way: str) -> None:
    assert expires_at(way, at(1, 10), FAR, LONDON) == at(1, 12)


@pytest.mark.parametrize(("now", "until"), [(at(1, 22), at(2, 11)), (at(2, 6), at(2, 11)), (at(1, 19), at(2, 11))])
def test_who_is_asked_at_night_answers_in_the_morning(now: datetime, until: datetime) -> None:
    assert expires_at(EMAIL, now, FAR, LONDON) == until


def test_the_limit_is_a_time_that_a_person_would_name() -> None:
    assert expires_at(EMAIL, at(1, 10, 2), FAR, LONDON) == at(1, 12, 5)


def test_an_answer_is_needed_an_hour_before_the_start() -> None:
    assert expires_at(EMAIL, at(1, 10), at(1, 12, 20), LONDON) == at(1, 11, 20)


@pytest.mark.parametrize(("minutes", "asked"), [(30, False), (35, True)])
def test_whoever_would_have_no_time_to_answer_is_not_asked(minutes: int, asked: bool) -> None:
    starts_at = at(1, 10) + timedelta(hours=1, minutes=minutes)

    assert (expires_at(TEXT, at(1, 10), starts_at, LONDON) is not None) is asked


def test_somebody_can_be_rung_as_long_as_there_is_any_time() -> None:
    assert expires_at(TELEPHONE, at(1, 10), at(1, 11, 10), LONDON) == at(1, 10, 10)
    assert expires_at(TELEPHONE, at(1, 10), at(1, 11), LONDON) is None


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(1, 10), at(1, 14)),  # a Tuesday
        (at(1, 15), at(2, 11)),
        (at(1, 18, 30), at(2, 13)),
        (at(4, 16), at(7, 12)),  # over the weekend
        (at(5, 12), at(7, 13)),
        (at(24, 15), at(29, 11)),  # over Christmas, whose second day is kept on the Monday
        (datetime(2026, 10, 23, 15, tzinfo=UTC), datetime(2026, 10, 26, 12, tzinfo=UTC)),  # the clocks went back
    ],
)
def test_a_call_is_waited_for_through_half_a_working_day(now: datetime, until: datetime) -> None:
    assert working_time_after(now, timedelta(hours=4), LONDON) == until
