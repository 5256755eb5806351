"""Times as they are said on the telephone."""

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartref.office.spoken import at_time, greeting, on_day_at_time

TIMES = [
    (time(9), "at nine o'clock in the morning", "am naw o'r gloch y bore"),
    (time(9, 5), "at five past nine in the morning", "am bum munud wedi naw y bore"),
    (time(10, 10), "at ten past ten in the morning", "am ddeg munud wedi deg y bore"),
    (time(10, 15), "at quarter past ten in the morning", "am chwarter wedi deg y bore"),
    (time(10, 20), "at twenty past ten in the morning", "am ugain munud wedi deg y bore"),
    (time(10, 25), "at twenty-five past ten in the morning", "am bum munud ar hugain wedi deg y bore"),
    (time(14, 30), "at half past two in the afternoon", "am hanner awr wedi dau y prynhawn"),
    (time(9, 35), "at twenty-five to ten in the morning", "am bum munud ar hugain i ddeg y bore"),
    (time(11, 45), "at quarter to twelve in the morning", "am chwarter i ddeuddeg y bore"),
    (time(12), "at noon", "am hanner dydd"),
    (time(12, 15), "at quarter past twelve in the afternoon", "am chwarter wedi deuddeg y prynhawn"),
    (time(12, 45), "at quarter to one in the afternoon", "am chwarter i un y prynhawn"),
    (time(14), "at two o'clock in the afternoon", "am ddau o'r gloch y prynhawn"),
    (time(19), "at seven o'clock in the evening", "am saith o'r gloch yr hwyr"),
    (time(10, 22), "at 10:22 in the morning", "am 10:22 y bore"),
]


@pytest.mark.parametrize(("wall", "english", "welsh"), TIMES)
def test_a_time_is_said_in_words(wall: time, english: str, welsh: str) -> None:
    at = datetime.combine(datetime(2026, 12, 8, tzinfo=UTC), wall, UTC)
    assert at_time(at, "en") == english
    assert at_time(at, "cy") == welsh


def test_the_day_stands_before_it() -> None:
    at = datetime(2026, 12, 8, 10, 20, tzinfo=UTC)
    assert on_day_at_time(at, "en") == "on Tuesday 8 December, at twenty past ten in the morning"
    assert on_day_at_time(at, "cy") == "ddydd Mawrth 8 Rhagfyr, am ugain munud wedi deg y bore"


@pytest.mark.parametrize(
    ("hour", "english", "welsh"),
    [(9, "Good morning.", "Bore da."), (13, "Good afternoon.", "P'nawn da."), (18, "Good evening.", "Noswaith dda.")],
)
def test_the_greeting_keeps_to_the_time_of_day(hour: int, english: str, welsh: str) -> None:
    at = datetime(2026, 12, 8, hour, tzinfo=UTC)
    assert (greeting(at, "en"), greeting(at, "cy")) == (english, welsh)


@given(st.times(), st.sampled_from(["en", "cy"]))
def test_no_two_times_of_a_day_sound_alike(wall: time, language: str) -> None:
    at = datetime.combine(datetime(2026, 12, 8, tzinfo=UTC), wall.replace(second=0, microsecond=0), UTC)
    others = {
        at_time(at.replace(hour=hour, minute=minute), language)
        for hour in range(6, 22)
        for minute in range(60)
        if (hour, minute) != (at.hour, at.minute)
    }
    assert at.hour not in range(6, 22) or at_time(at, language) not in others
