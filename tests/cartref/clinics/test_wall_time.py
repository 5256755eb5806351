"""Wall time to UTC, on ordinary days and in the nights when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartref.clinics.wall_time import AmbiguousTime, NonexistentTime, to_utc

LONDON = ZoneInfo("Europe/London")
CLOCKS_FORWARD = [date(2026, 3, 29), date(2027, 3, 28)]
CLOCKS_BACK = [date(2026, 10, 25), date(2027, 10, 31)]
ZONES = st.sampled_from([LONDON, ZoneInfo("UTC"), ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")])
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive by contract
WITHIN_THE_HOUR = st.times(time(1, 0), time(1, 59, 59))


@pytest.mark.parametrize(
    ("day", "hour_in_utc"),
    [
        (date(2026, 3, 28), 10),
        (date(2026, 3, 29), 9),
        (date(2026, 10, 24), 9),
        (date(2026, 10, 25), 10),
        (date(2027, 3, 27), 10),
        (date(2027, 3, 28), 9),
    ],
)
def test_ten_o_clock_stays_ten_o_clock_across_each_change(day: date, hour_in_utc: int) -> None:
    moment = to_utc(day, time(10, 0), LONDON)
    assert moment == datetime(day.year, day.month, day.day, hour_in_utc, tzinfo=UTC)
    assert moment.tzinfo is UTC


@given(st.sampled_from(CLOCKS_FORWARD), WITHIN_THE_HOUR)
def test_the_hour_that_spring_skips_does_not_exist(day: date, wall: time) -> None:
    with pytest.raises(NonexistentTime):
        to_utc(day, wall, LONDON)


@given(st.sampled_from(CLOCKS_BACK), WITHIN_THE_HOUR)
def test_the_hour_that_autumn_repeats_is_ambiguous(day: date, wall: time) -> None:
    with pytest.raises(AmbiguousTime):
        to_utc(day, wall, LONDON)


@pytest.mark.parametrize("wall", [time(0, 59, 59), time(2, 0)])
@pytest.mark.parametrize("day", [*CLOCKS_FORWARD, *CLOCKS_BACK])
def test_the_minutes_beside_the_change_are_plain(day: date, wall: time) -> None:
    assert to_utc(day, wall, LONDON).astimezone(LONDON).time() == wall


@given(MOMENTS, ZONES)
def test_every_moment_comes_back_from_its_wall_time_unless_that_comes_twice(moment: datetime, zone: ZoneInfo) -> None:
    local = moment.astimezone(zone)
    try:
        assert to_utc(local.date(), local.time(), zone) == moment
    except AmbiguousTime:
        assert local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.times(), ZONES)
def test_the_clock_shows_the_wall_time_at_the_moment_found(day: date, wall: time, zone: ZoneInfo) -> None:
    try:
        local = to_utc(day, wall, zone).astimezone(zone)
    except (NonexistentTime, AmbiguousTime):
        return
    assert (local.date(), local.time()) == (day, wall)


@given(st.integers(2020, 2034))
def test_one_clock_hour_a_year_is_missing_and_one_comes_twice(year: int) -> None:
    refused = {NonexistentTime: 0, AmbiguousTime: 0}
    for day in (date(year, month, 31) - timedelta(days=n) for month in (3, 10) for n in range(7)):
        try:
            to_utc(day, time(1, 30), LONDON)
        except (NonexistentTime, AmbiguousTime) as error:
            refused[type(error)] += 1
    assert set(refused.values()) == {1}


def test_a_time_that_carries_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone of its own"):
        to_utc(date(2026, 11, 3), time(10, 0, tzinfo=UTC), LONDON)


def test_a_repeated_hour_can_be_told_from_a_missing_one_by_those_who_catch_them() -> None:
    assert issubclass(NonexistentTime, ValueError)
    assert issubclass(AmbiguousTime, ValueError)
    assert not issubclass(AmbiguousTime, NonexistentTime)
