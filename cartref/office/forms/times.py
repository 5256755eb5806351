"""A time of day as people type it: 9am, 9.20am, 9:20 am, 13:30."""

import re
from datetime import time
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from cartref.formatting import time_range
from cartref.web.locale import gettext, language

_TYPED = re.compile(r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>am|pm)?", re.IGNORECASE)


class TimeField(Field):  # type: ignore[misc] # WTForms ships no types
    """A wall time in one box; what was typed is kept whatever it was. `data` is a time or None."""

    widget = TextInput()

    def __init__(self, label: str = "", validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, render_kw={"width": 5, "autocomplete": "off"}, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.in_words()

    def in_words(self) -> str:
        """Return the time as the box shows it at first."""
        return f"{self.data:%H:%M}" if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.data = wall_time(valuelist[0]) if valuelist else None

    def pre_validate(self, _form: FlaskForm) -> None:
        """Stop unless a time was typed."""
        if self.data is None:
            raise StopValidation(gettext("Enter a time, for example %(example)s", example="9:20am"))


def wall_time(text: str) -> time | None:
    """Return the time that `text` says, None when it says none; without am or pm it is on the 24-hour clock."""
    found = _TYPED.fullmatch(text.strip())
    if not found:
        return None
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), (found["half"] or "").casefold()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + 12 * (half == "pm") if half else hour
    return time(hour, minute) if hour < 24 and minute < 60 else None


class OptionalTimeField(TimeField):
    """A wall time that may be left out."""

    def pre_validate(self, form: FlaskForm) -> None:
        """Stop for what is typed and no time."""
        if self.raw_data and str(self.raw_data[0]).strip():
            super().pre_validate(form)


class HoursField(Field):  # type: ignore[misc] # WTForms ships no types
    """Stretches of one day in one box, "9am to 12pm, 2pm to 4pm"; `data` is a list of pairs of wall times."""

    widget = TextInput()

    def __init__(self, label: str = "", validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, render_kw={"width": 20, "autocomplete": "off"}, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.in_words()

    def in_words(self) -> str:
        """Return the stretches as the box shows them at first."""
        return ", ".join(time_range(start, end, language()) for start, end in self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.data = hours(valuelist[0]) if valuelist else []

    def pre_validate(self, _form: FlaskForm) -> None:
        """Stop for what is typed and no stretch of time."""
        if self.data is None:
            raise StopValidation(gettext("Enter times, for example %(example)s", example="9am to 12pm, 2pm to 4pm"))


_BETWEEN = re.compile(r"\s*(?:-|–|\bto\b|\buntil\b|\bi\b|\btan\b)\s*", re.IGNORECASE)
_NEXT = re.compile(r"\s*(?:,|;|\band\b|\bac?\b)\s*", re.IGNORECASE)


def hours(text: str) -> list[tuple[time, time]] | None:
    """Return the stretches that `text` says in either language, none for an empty one; None when it says no times."""
    found = []
    for stretch in filter(None, _NEXT.split(text.strip())):
        ends = _BETWEEN.split(stretch)
        pair = _pair(*ends) if len(ends) == 2 else None
        if pair is None:
            return None
        found.append(pair)
    return sorted(found)


def _pair(start: str, end: str) -> tuple[time, time] | None:
    """Return the two ends of a stretch; "2-4pm" is in the afternoon, and "9-12pm" begins in the morning."""
    half = end.strip()[-2:].casefold()
    likely = wall_time(start + half) if half in {"am", "pm"} and start.strip()[-1:].isdigit() else None
    closes = wall_time(end)
    opens = likely if likely and closes and likely < closes else wall_time(start)
    return (opens, closes) if opens and closes and opens < closes else None
