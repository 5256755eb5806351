"""A time of day is understood as people type it."""

from datetime import time

import pytest

from cartref.office.forms.times import wall_time


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9am", time(9)), ("9:20am", time(9, 20)), ("9.20 AM", time(9, 20)), ("12pm", time(12)), ("12am", time(0)),
        ("1:30pm", time(13, 30)), ("13:30", time(13, 30)), ("09:05", time(9, 5)), (" 9 ", time(9)),
        ("0:15", time(0, 15)),
    ],
)  # fmt: skip
def test_a_time_is_read(typed: str, meant: time) -> None:
    assert wall_time(typed) == meant


@pytest.mark.parametrize("typed", ["", "half nine", "25:00", "9:60", "13pm", "0am", "9:5", "9:20:00", "930", "-1:00"])
def test_what_is_no_time_is_none(typed: str) -> None:
    assert wall_time(typed) is None
