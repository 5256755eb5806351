"""Quiet hours: from 9pm to 8am on the clinic's clocks, in summer, in winter and in the nights between."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cartref.notifications.quiet import evening_before, is_quiet, until_morning

LONDON = ZoneInfo("Europe/London")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("wall", "quiet"),
    [
        ("2026-12-08 20:59", False), ("2026-12-08 21:00", True), ("2026-12-09 00:00", True),
        ("2026-12-09 07:59", True), ("2026-12-09 08:00", False), ("2026-07-08 07:59", True),
        ("2026-07-08 08:00", False),
    ],
)  # fmt: skip
def test_the_night_goes_from_nine_to_eight(wall: str, quiet: bool) -> None:
    assert is_quiet(at(wall).astimezone(UTC), LONDON) is quiet


@pytest.mark.parametrize(
    ("wall", "morning", "evening"),
    [
        ("2026-12-08 22:00", "2026-12-09 08:00", "2026-12-08 19:00"),
        ("2026-12-09 03:00", "2026-12-09 08:00", "2026-12-08 19:00"),
        ("2026-12-09 10:00", "2026-12-09 10:00", "2026-12-09 10:00"),
        ("2026-10-24 22:00", "2026-10-25 08:00", "2026-10-24 19:00"),  # the clocks go back in this night
        ("2027-03-28 03:30", "2027-03-28 08:00", "2027-03-27 19:00"),  # and forward in this one
    ],
)
def test_what_falls_in_the_night_goes_the_morning_after_or_the_evening_before(
    wall: str, morning: str, evening: str
) -> None:
    moment = at(wall).astimezone(UTC)

    assert until_morning(moment, LONDON) == at(morning)
    assert evening_before(moment, LONDON) == at(evening)
