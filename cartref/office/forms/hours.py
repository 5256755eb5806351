"""The form of when somebody is free: by weekday, and on single days in their place."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from cartref.i18n import N_
from cartref.office.forms.times import HoursField
from cartref.patients.hours import FreeHours
from cartref.web.forms import DatePartsField, Form
from cartref.web.locale import gettext

SPARE_DAYS = 2  # empty rows for single days
MOST_DAYS = 60  # rows that an answer may have


class HoursForm(Form):
    """When somebody is free; `with_days` adds `day0`, `day0_hours` and so on for single days."""

    weekday0 = HoursField(N_("Monday"))
    weekday1 = HoursField(N_("Tuesday"))
    weekday2 = HoursField(N_("Wednesday"))
    weekday3 = HoursField(N_("Thursday"))
    weekday4 = HoursField(N_("Friday"))
    weekday5 = HoursField(N_("Saturday"))
    weekday6 = HoursField(N_("Sunday"))
    rows = 0

    def hours(self) -> list[FreeHours]:
        """Return the free times."""
        weekly = [
            FreeHours(start, end, weekday=number)
            for number in range(7)
            for start, end in self[f"weekday{number}"].data or ()
        ]
        single = [
            FreeHours(start, end, on=self[f"day{row}"].data)
            for row in range(self.rows)
            for start, end in self[f"day{row}_hours"].data or ()
            if self[f"day{row}"].data
        ]
        return weekly + single

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether all can be used: a single day needs its times, and times of a single day their day."""
        sound: bool = super().validate(extra_validators)
        for row in range(self.rows):
            day, times = self[f"day{row}"], self[f"day{row}_hours"]
            if day.data and not times.data and not times.errors:
                self.refuse(gettext("Enter times, for example %(example)s", example="9am to 12pm"), times.name)
            if times.data and not day.data and not day.errors:
                self.refuse(gettext("Enter the day, the month and the year"), day.name)
        return sound and not self.refused


F = TypeVar("F", bound=HoursForm)


def with_days(form: type[F], rows: int) -> type[F]:
    """Return the form with so many rows for single days."""
    days: dict[str, object] = {"rows": min(rows, MOST_DAYS)}
    for row in range(min(rows, MOST_DAYS)):
        days[f"day{row}"] = DatePartsField(N_("Date"), optional=True)
        days[f"day{row}_hours"] = HoursField(N_("Times on that day"))
    return type(form.__name__, (form,), days)


def beginning(hours: Sequence[FreeHours], rows: int) -> dict[str, Any]:
    """Return what a form of so many rows begins with for the hours that are saved."""
    values: dict[str, Any] = {}
    for weekday in range(7):
        values[f"weekday{weekday}"] = [(free.starts, free.ends) for free in hours if free.weekday == weekday]
    days: list[date | None] = [*single_days(hours), *[None] * rows]
    for row, day in enumerate(days[:rows]):
        values[f"day{row}"] = day
        values[f"day{row}_hours"] = [(free.starts, free.ends) for free in hours if day and free.on == day]
    return values


def single_days(hours: Iterable[FreeHours]) -> list[date]:
    """Return the single days on which somebody is free, each once, in order."""
    return sorted({free.on for free in hours if free.on is not None})
