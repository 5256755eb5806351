"""The forms that run the clinic book: leave, closing a session, ending a pattern, lanes, how a clinic books."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from cartref import formatting
from cartref.accounts.models import Staff
from cartref.clinics.lengths import BANDS, LONGEST, usual_minutes
from cartref.clinics.models import Clinic, LeaveKind
from cartref.clinics.service import CLOSE_REASONS, reminder_hours
from cartref.i18n import N_
from cartref.office.forms.choices import worded
from cartref.office.forms.numbers import NumberField
from cartref.office.forms.times import TimeField
from cartref.office.labels import LEAVE_KINDS, WEEKDAYS
from cartref.web.forms import AtMost, DatePartsField, Form, Required
from cartref.web.locale import gettext, language

CHOSEN_REASONS = {reason: meaning.words for reason, meaning in CLOSE_REASONS.items() if meaning.chosen}


class LeaveForm(Form):
    """Who is away, from which day to which."""

    staff_id = SelectField(N_("Who is away?"), [Required(N_("Choose who is away"))])
    kind = RadioField(N_("Which kind of leave?"), [Required(N_("Choose an answer"))], choices=worded(LEAVE_KINDS))
    first_on = DatePartsField(N_("First day"), description=N_("For example 7 9 2026"))
    last_on = DatePartsField(N_("Last day"), description=N_("The last day away, not the day of coming back"))

    def offer(self, people: Iterable[Staff]) -> None:
        """Let one of these people be chosen."""
        names = [SelectChoice(person.id, person.display_name) for person in people]
        self.staff_id.choices = [SelectChoice("", gettext("Choose")), *names]

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        days = {"first_on": self.first_on.data, "last_on": self.last_on.data}
        return days | {"staff_id": self.staff_id.data, "kind": LeaveKind(self.kind.data)}


class CloseForm(Form):
    """Why a session is closed."""

    reason = RadioField(
        N_("Why is the session closed?"), [Required(N_("Choose a reason"))], choices=worded(CHOSEN_REASONS)
    )


class EndPatternForm(Form):
    """The last day of a pattern."""

    to_date = DatePartsField(N_("Last day"), description=N_("For example 7 9 2026"))

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        return {"to_date": self.to_date.data}


class LaneForm(Form):
    """An overbooking lane of a clinic."""

    name = StringField(
        N_("Name of the lane"), [Required(N_("Enter a name")), AtMost(80)],
        description=N_("For example: Urgent, seen the same week"),
    )  # fmt: skip
    cap = NumberField(
        N_("Most people in one session"), [Required(N_("Enter from 1 to 8 people"))], least=1, most=8,
        refusal=N_("Enter from 1 to 8 people"), default=1,
    )  # fmt: skip


class HoursForm(Form):
    """When a place is open on a weekday."""

    weekday = SelectField(
        N_("Day"), [Required(N_("Choose a day"))], choices=worded(WEEKDAYS, none=N_("Choose"))
    )  # fmt: skip
    opens_wall = TimeField(N_("Opens"), description=N_("For example 9:20am or 13:30"))
    closes_wall = TimeField(N_("Closes"))

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        times = {name: self[name].data for name in ("opens_wall", "closes_wall")}
        return times | {"weekday": int(self.weekday.data)}


class RestoreForm(Form):
    """The version of the cancelled appointment that was seen."""

    version = HiddenField()


MINUTES = N_("Enter from 5 to 240 minutes")
HOURS = N_("Enter up to 6 numbers of hours, each from 1 to 1344, with commas between them")


def _frailty_field(words: str) -> NumberField:
    return NumberField(words, least=5, most=LONGEST, refusal=MINUTES)


class SettingsForm(Form):
    """How a clinic books and reminds; an empty length means the usual one, which each hint says."""

    minutes_0 = _frailty_field(BANDS[0].words)
    minutes_1 = _frailty_field(BANDS[1].words)
    minutes_2 = _frailty_field(BANDS[2].words)
    letter_days = NumberField(
        N_("Days that a letter needs"), [Required(N_("Enter from 0 to 60 days"))], least=0, most=60,
        refusal=N_("Enter from 0 to 60 days"),
        description=N_("Whoever is told by letter is offered no time before these days have passed."),
    )  # fmt: skip
    reminder_hours = StringField(
        N_("Reminders: hours before the visit"),
        description=N_("With commas between them, for example 168, 48, 1. Leave it empty to send no reminders."),
        render_kw={"width": 20, "autocomplete": "off"},
    )
    runs_on_holidays = BooleanField(
        N_("The clinic runs on bank holidays too"),
        description=N_("Otherwise no session is made for a bank holiday. Sessions that are made already stay."),
    )

    def show(self, clinic: Clinic) -> None:
        """Begin from what the clinic has, and say in the hints what is usual."""
        for number, band in enumerate(BANDS):
            field = self[f"minutes_{number}"]
            usual = formatting.minutes(usual_minutes(clinic.slot_minutes, band), language())
            field.description = gettext("Leave it empty for the usual %(minutes)s.", minutes=usual)
            if not self.is_submitted():
                field.data = clinic.minutes_by_frailty.get(band.code)
        if not self.is_submitted():
            self.letter_days.data, self.runs_on_holidays.data = clinic.letter_days, clinic.runs_on_holidays
            self.reminder_hours.data = ", ".join(map(str, reminder_hours(clinic)))

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether everything can be used; hours are whole numbers with commas between them."""
        sound = bool(super().validate(extra_validators))
        if not all(part.isascii() and part.isdigit() and len(part) < 6 for part in self._hours()):
            self.refuse(gettext(HOURS), "reminder_hours")
            return False
        return sound

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        return {
            "minutes_by_frailty": {band.code: self[f"minutes_{n}"].data for n, band in enumerate(BANDS)},
            "letter_days": self.letter_days.data,
            "runs_on_holidays": self.runs_on_holidays.data,
            "reminder_hours": [int(part) for part in self._hours()],
        }

    def _hours(self) -> list[str]:
        return [part.strip() for part in (self.reminder_hours.data or "").split(",") if part.strip()]
