"""What the pages say about hours, numbers and names."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cartref.visits import speech
from cartref.visits.device import browser_of, device_of

LONDON = ZoneInfo("Europe/London")
STARTS_AT = datetime(2026, 12, 8, 10, 20, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("hour", "said"), [(9, "Bore da, Eluned"), (12, "Prynhawn da, Eluned"), (18, "Noswaith dda, Eluned")]
)
def test_the_greeting_goes_by_the_hour(hour: int, said: str) -> None:
    assert speech.greeting(STARTS_AT.replace(hour=hour), "Eluned", "cy") == said


@pytest.mark.parametrize(
    ("n", "english", "welsh"),
    [
        (0, "You are next", "Chi sydd nesaf"),
        (1, "One person is before you", "Mae un person o'ch blaen chi"),
        (4, "4 people are before you", "Mae 4 o bobl o'ch blaen chi"),
    ],
)
def test_the_place_in_the_queue_is_said_among_people(n: int, english: str, welsh: str) -> None:
    assert speech.ahead(n, "en") == english
    assert speech.ahead(n, "cy") == welsh


def test_nothing_is_said_of_a_clinic_that_is_on_time() -> None:
    assert speech.late(STARTS_AT, 0, STARTS_AT, "en") == ""


def test_a_late_clinic_says_a_range() -> None:
    said = speech.late(STARTS_AT, 15, STARTS_AT, "en")

    assert said == "We expect to see you between 10:35am and 10:50am."


def test_the_range_is_never_in_the_past() -> None:
    now = STARTS_AT + timedelta(minutes=33)

    first, last = speech.late_range(STARTS_AT, 15, now)

    assert (first, last) == (STARTS_AT + timedelta(minutes=35), STARTS_AT + timedelta(minutes=50))


@pytest.mark.parametrize(("n", "said"), [(1, "1 cynnig"), (2, "2 gynnig"), (3, "3 chynnig")])
def test_the_tries_that_are_left_keep_the_mutation(n: int, said: str) -> None:
    assert speech.tries_left(n, "cy") == f"Mae gennych chi {said} arall."


def test_initials_are_written_with_full_stops() -> None:
    patient: Any = SimpleNamespace(initials="E P")

    assert speech.initials(patient) == "E. P."


@pytest.mark.parametrize(
    ("user_agent", "device", "browser"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1", "iphone", "safari"),
        ("Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) Version/12.1 Safari/604.1", "ipad", "safari"),
        ("Mozilla/5.0 (Linux; Android 14; SM-T500) Chrome/130.0 Safari/537.36", "android", "chrome"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:131.0) Gecko/20100101 Firefox/131.0", "windows", "firefox"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36 Edg/130.0", "windows", "chrome"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/130.0 Safari/537.36", "mac", "chrome"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.1 Safari/605.1.15", "mac", "safari"),
        ("Mozilla/5.0 (X11; CrOS x86_64 15917.71.0) Chrome/130.0 Safari/537.36", "windows", "chrome"),
        ("", "windows", "chrome"),
    ],
)
def test_the_advice_is_for_the_device_and_browser_at_hand(user_agent: str, device: str, browser: str) -> None:
    assert (device_of(user_agent), browser_of(user_agent)) == (device, browser)
