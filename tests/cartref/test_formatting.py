"""Dates, times and numbers as patients read them, in both languages."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cartref import formatting
from cartref.formatting import (
    age,
    age_label,
    date_in_sentence,
    date_label,
    date_range,
    date_softened,
    day_and_time,
    local,
    minutes,
    nhs_number_display,
    on_date,
    on_day_at_time,
    plain_date,
    relative_minutes,
    telephone,
    time_range,
)

LONDON = ZoneInfo("Europe/London")
VISIT = date(2026, 11, 3)
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "english", "welsh"),
    [
        (date_label, "Tuesday 3 November", "Dydd Mawrth 3 Tachwedd"),
        (date_in_sentence, "Tuesday 3 November", "dydd Mawrth 3 Tachwedd"),
        (date_softened, "Tuesday 3 November", "ddydd Mawrth 3 Tachwedd"),
        (on_date, "on Tuesday 3 November", "ddydd Mawrth 3 Tachwedd"),
    ],
)
def test_a_date_takes_the_form_of_its_place_with_and_without_the_year(
    form: Callable[..., str], english: str, welsh: str
) -> None:
    assert form(VISIT, "en", year=False) == english
    assert form(VISIT, "cy", year=False) == welsh
    assert form(VISIT, "en", year=True) == f"{english} 2026"
    assert form(VISIT, "cy", year=True) == f"{welsh} 2026"


@pytest.mark.parametrize(
    ("day", "welsh"),
    [
        (date(2026, 1, 5), "Dydd Llun 5 Ionawr 2026"),
        (date(2026, 3, 3), "Dydd Mawrth 3 Mawrth 2026"),
        (date(2026, 5, 6), "Dydd Mercher 6 Mai 2026"),
        (date(2026, 6, 4), "Dydd Iau 4 Mehefin 2026"),
        (date(2026, 8, 7), "Dydd Gwener 7 Awst 2026"),
        (date(2026, 10, 10), "Dydd Sadwrn 10 Hydref 2026"),
        (date(2026, 12, 13), "Dydd Sul 13 Rhagfyr 2026"),
    ],
)
def test_every_day_of_the_week_has_its_welsh_name_and_no_comma(day: date, welsh: str) -> None:
    assert date_label(day, "cy") == welsh


def test_a_date_of_birth_has_no_weekday() -> None:
    assert plain_date(date(1941, 3, 14), "en") == "14 March 1941"
    assert plain_date(date(1941, 3, 14), "cy") == "14 Mawrth 1941"


@pytest.mark.parametrize(
    ("last", "english", "welsh"),
    [
        (date(2026, 11, 3), "3 November 2026", "3 Tachwedd 2026"),
        (date(2026, 11, 7), "3 to 7 November 2026", "3 i 7 Tachwedd 2026"),
        (date(2026, 12, 4), "3 November to 4 December 2026", "3 Tachwedd i 4 Rhagfyr 2026"),
        (date(2027, 11, 3), "3 November 2026 to 3 November 2027", "3 Tachwedd 2026 i 3 Tachwedd 2027"),
    ],
)
def test_a_range_of_dates_says_shared_parts_once(last: date, english: str, welsh: str) -> None:
    assert date_range(VISIT, last, "en") == english
    assert date_range(VISIT, last, "cy") == welsh


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (time(10, 20), "10:20am"),
        (time(14, 30), "2:30pm"),
        (time(9, 0), "9am"),
        (time(9, 5), "9:05am"),
        (time(12, 0), "12pm"),
        (time(12, 50), "12:50pm"),
        (time(0, 0), "12am"),
        (time(0, 1), "12:01am"),
        (time(23, 59, 59), "11:59pm"),
    ],
)
def test_times_are_written_alike_in_both_languages(at: time, shown: str, language: str) -> None:
    assert formatting.time(at, language) == shown


def test_a_range_of_times_names_both_ends() -> None:
    assert time_range(time(10, 20), time(12, 0), "en") == "10:20am to 12pm"
    assert time_range(time(10, 20), time(12, 0), "cy") == "10:20am i 12pm"


def test_a_day_and_its_time_stand_alone_or_in_a_sentence() -> None:
    assert day_and_time(NOON, "en") == "Tuesday 3 November, 12pm"
    assert day_and_time(NOON, "cy", year=True) == "Dydd Mawrth 3 Tachwedd 2026, 12pm"
    assert on_day_at_time(NOON, "en") == "on Tuesday 3 November at 12pm"
    assert on_day_at_time(NOON, "cy", year=True) == "ddydd Mawrth 3 Tachwedd 2026 am 12pm"


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "Sunday 29 March, 12:59am"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "Sunday 29 March, 2am"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Sunday 25 October, 1:30am"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Sunday 25 October, 1:30am"),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "Sunday 25 October, 2am"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "Sunday 28 March, 2am"),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "Thursday 2 July, 12:30am"),
    ],
)
def test_a_moment_in_utc_is_shown_on_london_s_clocks(at: datetime, shown: str) -> None:
    assert day_and_time(local(at, LONDON), "en") == shown


@pytest.mark.parametrize(
    "show",
    [
        lambda naive: local(naive, LONDON),
        lambda naive: formatting.time(naive, "en"),
        lambda naive: date_label(naive, "en"),
        lambda naive: day_and_time(naive, "cy"),
        lambda naive: on_day_at_time(naive, "cy"),
        lambda naive: relative_minutes(naive, NOON, "en"),
        lambda naive: relative_minutes(NOON, naive, "en"),
    ],
)
def test_a_moment_without_a_zone_is_refused(show: Callable[[datetime], str]) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        show(NOON.replace(tzinfo=None))


def test_a_third_language_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        formatting.time(time(9), "fr")


@pytest.mark.parametrize(
    ("today", "years"),
    [(date(2026, 3, 13), 84), (date(2026, 3, 14), 85), (date(2026, 12, 31), 85), (date(2027, 1, 1), 85)],
)
def test_age_changes_on_the_birthday(today: date, years: int) -> None:
    assert age(date(1941, 3, 14), today) == years


@pytest.mark.parametrize(("today", "years"), [(date(2026, 2, 28), 85), (date(2026, 3, 1), 86), (date(2028, 2, 29), 88)])
def test_who_was_born_on_29_february_is_older_on_1_march(today: date, years: int) -> None:
    assert age(date(1940, 2, 29), today) == years


def test_an_age_is_said_in_both_languages() -> None:
    assert age_label(date(1941, 3, 14), VISIT, "en") == "85 years old"
    assert age_label(date(1941, 3, 14), VISIT, "cy") == "85 oed"


@pytest.mark.parametrize(
    ("n", "english", "welsh"),
    [
        (0, "0 minutes", "0 munud"),
        (1, "1 minute", "1 munud"),
        (2, "2 minutes", "2 funud"),
        (20, "20 minutes", "20 munud"),
    ],
)
def test_minutes_are_counted_in_both_languages(n: int, english: str, welsh: str) -> None:
    assert minutes(n, "en") == english
    assert minutes(n, "cy") == welsh


@pytest.mark.parametrize(
    ("off", "english", "welsh"),
    [
        (timedelta(minutes=20), "in 20 minutes", "ymhen 20 munud"),
        (timedelta(minutes=2, seconds=59), "in 2 minutes", "ymhen 2 funud"),
        (timedelta(seconds=59), "now", "nawr"),
        (timedelta(seconds=-59), "now", "nawr"),
        (timedelta(minutes=-1), "1 minute ago", "1 munud yn ôl"),
        (timedelta(minutes=-12, seconds=-30), "12 minutes ago", "12 munud yn ôl"),
    ],
)
def test_a_moment_near_now_is_told_in_minutes(off: timedelta, english: str, welsh: str) -> None:
    assert relative_minutes(NOON + off, NOON, "en") == english
    assert relative_minutes(NOON + off, NOON, "cy") == welsh


def test_minutes_are_counted_across_zones_and_the_change_of_the_clocks() -> None:
    before = local(datetime(2026, 10, 25, 0, 55, tzinfo=UTC), LONDON)
    after = local(datetime(2026, 10, 25, 1, 5, tzinfo=UTC), LONDON)
    assert relative_minutes(after, before, "en") == "in 10 minutes"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("07700900123", "07700 900123"),
        ("01632960000", "01632 960000"),
        ("+44 (0)1632 960 123", "01632 960123"),
        ("+447700900123", "07700 900123"),
        ("02920180123", "029 2018 0123"),
        ("+353 1 234 5678", "+353 1 234 5678"),
        ("999", "999"),
        ("111", "111"),
        (" ask the warden ", "ask the warden"),
    ],
)
def test_a_telephone_number_is_read_in_groups(typed: str, shown: str) -> None:
    assert telephone(typed) == shown


def test_an_nhs_number_is_read_in_groups_of_three_three_and_four() -> None:
    assert nhs_number_display("9990000018") == "999 000 0018"
