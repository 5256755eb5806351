"""The forms about clinics: what they are, when they run, and a single session."""

from typing import Any

from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField, TelField
from wtforms.fields.choices import SelectChoice

from cartref import formatting
from cartref.accounts.models import Staff
from cartref.i18n import N_
from cartref.office.forms.choices import worded
from cartref.office.forms.times import TimeField
from cartref.office.labels import WEEKDAYS
from cartref.web.forms import DatePartsField, Form, Required
from cartref.web.locale import current_words, gettext, language

WEEKS = range(1, 9)
LENGTHS = (10, 15, 20, 25, 30, 40, 45, 50, 60, 90, 120)


class ClinicForm(Form):
    """What a clinic is; patients and calendars see the public names alone."""

    name = StringField(N_("Name for staff"), [Required(N_("Enter a name"))])
    public_name_en = StringField(
        N_("Name that patients see, in English"), [Required(N_("Enter a name"))],
        description=N_("A neutral name, for example Glan Llyn clinic. Never say what is treated there."),
    )  # fmt: skip
    public_name_cy = StringField(
        N_("Name that patients see, in Welsh"), [Required(N_("Enter a name"))], render_kw={"lang": "cy"}
    )
    slot_minutes = SelectField(N_("Length of one appointment"), choices=lambda: _lengths(), coerce=int, default=20)
    runs_in_order = BooleanField(
        N_("Patients are seen in order of time"), default=True,
        description=N_("Each patient who waits is then told how many people are before them."),
    )  # fmt: skip
    contact_phone = TelField(
        N_("Telephone number of the clinic"), [Required(N_("Enter a telephone number, for example 01632 960000"))],
        render_kw={"width": 20},
    )  # fmt: skip
    contact_email = EmailField(
        N_("E-mail address of the clinic"), [Required(N_("Enter an e-mail address, for example name@example.org"))],
        description=N_("A message goes here when a patient has waited too long."), render_kw={"spellcheck": "false"},
    )  # fmt: skip

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        names = ("name", "public_name_en", "public_name_cy", "slot_minutes", "runs_in_order", "contact_phone")
        return {name: self[name].data for name in (*names, "contact_email")}


class SittingForm(Form):
    """With whom and from when to when a clinic sits, on the clocks of Wales."""

    clinician_id = SelectField(N_("Clinician"), [Required(N_("Choose a clinician"))])
    start_wall = TimeField(N_("Start time"), description=N_("For example 9:20am or 13:30"))
    end_wall = TimeField(N_("End time"))

    def offer(self, clinicians: list[Staff]) -> None:
        """Let one of these clinicians be chosen."""
        names = [SelectChoice(staff.id, staff.display_name) for staff in clinicians]
        self.clinician_id.choices = [SelectChoice("", gettext(N_("Choose"))), *names]

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        return {name: self[name].data for name in ("clinician_id", "start_wall", "end_wall")}


class PatternForm(SittingForm):
    """A clinic that comes back on a weekday."""

    weekday = RadioField(N_("On which day?"), [Required(N_("Choose a day"))], choices=worded(WEEKDAYS))
    week_interval = SelectField(N_("How often?"), choices=lambda: _weeks(), default="1")
    from_date = DatePartsField(N_("First day"), description=N_("For example 7 9 2026"))
    to_date = DatePartsField(N_("Last day"), description=N_("Leave it empty when the clinic goes on."), optional=True)

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        days = {"from_date": self.from_date.data, "to_date": self.to_date.data}
        return super().details() | days | {name: int(self[name].data) for name in ("weekday", "week_interval")}


class SessionForm(SittingForm):
    """A clinic on one day alone."""

    local_date = DatePartsField(N_("Date"), description=N_("For example 7 9 2026"))

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        return super().details() | {"local_date": self.local_date.data}


def _weeks() -> list[SelectChoice]:
    said = current_words()
    every = [SelectChoice(str(n), said.ngettext("Every %(n)s week", "Every %(n)s weeks", n)) for n in WEEKS[1:]]
    return [SelectChoice("1", said.gettext("Every week")), *every]


def _lengths() -> list[SelectChoice]:
    return [SelectChoice(str(n), formatting.minutes(n, language())) for n in LENGTHS]
