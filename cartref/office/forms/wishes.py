"""The form of what a patient's visits should respect, and of when the carer who must be there is free."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from cartref.i18n import N_
from cartref.office.forms.choices import worded
from cartref.office.forms.numbers import NumberField
from cartref.office.forms.times import HoursField, OptionalTimeField
from cartref.office.labels import MODES, TIMES_OF_DAY
from cartref.patients.models import CareCircle, TimeOfDay
from cartref.patients.wishes import MOST_NOTICE, FreeHours, Wishes
from cartref.web.forms import DatePartsField, Form, Required
from cartref.web.locale import gettext

HINT = N_("For example 9am to 12pm, 2pm to 4pm")
SPARE_DAYS = 2  # empty rows for single days
MOST_DAYS = 60  # rows that an answer may have


class WishesForm(Form):
    """What a patient wishes; `hours_of` is the carer whose free times the page showed.

    Made by `wishes_form`, which adds `day0`, `day0_hours` and so on for single days.
    """

    time_of_day = RadioField(
        N_("When in the day?"), [Required(N_("Choose an answer"))], choices=worded(TIMES_OF_DAY), default=TimeOfDay.ANY
    )
    not_before = OptionalTimeField(
        N_("Never before"), description=N_("For example 10am, when morning care comes. Leave it empty for any time.")
    )
    mode = SelectField(N_("How does the patient wish to be seen?"), choices=worded(MODES, none=N_("No wish")))
    carer_id = SelectField(N_("Which carer must be there?"), choices=[], validate_choice=False)
    notice_days = NumberField(
        N_("How many days before must the patient know?"), least=0, most=MOST_NOTICE,
        refusal=N_("Enter from 0 to 60 days"),
    )  # fmt: skip
    short_notice = BooleanField(N_("Can come at short notice, when a time becomes free"))
    bsl = BooleanField(N_("Needs British Sign Language"))
    bilingual = BooleanField(N_("Letters in Welsh and English"))
    wants_invitation = BooleanField(N_("Send a calendar invitation by e-mail"))
    weekday0 = HoursField(N_("Monday"))
    weekday1 = HoursField(N_("Tuesday"))
    weekday2 = HoursField(N_("Wednesday"))
    weekday3 = HoursField(N_("Thursday"))
    weekday4 = HoursField(N_("Friday"))
    weekday5 = HoursField(N_("Saturday"))
    weekday6 = HoursField(N_("Sunday"))
    hours_of = HiddenField()
    rows: int

    def offer(self, carers: Iterable[CareCircle]) -> None:
        """Let one of these carers be chosen."""
        names = [SelectChoice(place.carer_id, place.carer.name) for place in carers]
        self.carer_id.choices = [SelectChoice("", gettext("Nobody must be there")), *names]

    def wishes(self) -> Wishes:
        """Return what was chosen, as the service takes it."""
        ticked = {name: bool(self[name].data) for name in ("short_notice", "bsl", "bilingual", "wants_invitation")}
        return Wishes(
            time_of_day=TimeOfDay(self.time_of_day.data),
            not_before=self.not_before.data,
            mode=self.mode.data or "",
            carer_id=self.carer_id.data or None,
            notice_days=self.notice_days.data or 0,
            **ticked,
        )

    def hours(self) -> list[FreeHours]:
        """Return the carer's free times."""
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


def wishes_form(rows: int) -> type[WishesForm]:
    """Return the form with so many rows for single days."""
    days: dict[str, object] = {"rows": min(rows, MOST_DAYS)}
    for row in range(min(rows, MOST_DAYS)):
        days[f"day{row}"] = DatePartsField(N_("Date"), optional=True)
        days[f"day{row}_hours"] = HoursField(N_("Times on that day"))
    return type("WishesForm", (WishesForm,), days)


def beginning(wishes: Wishes, hours: Sequence[FreeHours]) -> dict[str, Any]:
    """Return what the form begins with for what is saved."""
    values: dict[str, Any] = {name: getattr(wishes, name) for name in Wishes.__dataclass_fields__}
    values |= {"carer_id": wishes.carer_id or "", "hours_of": wishes.carer_id or ""}
    for weekday in range(7):
        values[f"weekday{weekday}"] = [(free.starts, free.ends) for free in hours if free.weekday == weekday]
    for row, day in enumerate(single_days(hours)):
        values[f"day{row}"] = day
        values[f"day{row}_hours"] = [(free.starts, free.ends) for free in hours if free.on == day]
    return values


def single_days(hours: Iterable[FreeHours]) -> list[date]:
    """Return the single days on which the carer is free, each once, in order."""
    return sorted({free.on for free in hours if free.on is not None})
