"""A time of day as people type it: 9am, 9.20am, 9:20 am, 13:30."""

import re
from datetime import time
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from cartref.web.locale import gettext

_TYPED = re.compile(r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>am|pm)?", re.IGNORECASE)


class TimeField(Field):  # type: ignore[misc] # WTForms ships no types
    """A wall time in one box; what was typed is kept whatever it was. `data` is a time or None."""

    widget = TextInput()

    def __init__(self, label: str = "", validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, render_kw={"width": 5, "autocomplete": "off"}, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
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
