"""The forms that look for a time, and that book or hold one of those offered."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from cartref.appointments.models import Mode
from cartref.clinics.models import Clinic, Site
from cartref.i18n import N_
from cartref.office.finding import Chosen
from cartref.office.forms.choices import worded
from cartref.office.forms.numbers import NumberField
from cartref.office.labels import MODES
from cartref.web.forms import AtMost, DatePartsField, Form
from cartref.web.locale import gettext

YES, NO = "yes", "no"
LANGUAGES_WANTED = {"cy": N_("Welsh, by somebody who speaks it"), "any": N_("Either language")}


class SearchForm(Form):
    """What a search looks for. It is asked with the address, so that a search can be kept and sent to a colleague."""

    class Meta(Form.Meta):
        """Changes nothing, so that it needs no token."""

        csrf = False

    clinic_id = SelectField(N_("Clinic"), choices=[], validate_choice=False)
    mode = SelectField(N_("How is the patient seen?"), choices=worded(MODES))
    site_id = SelectField(N_("At which place?"), choices=[], validate_choice=False)
    minutes = NumberField(
        N_("Minutes"), least=5, most=240, refusal=N_("Enter from 5 to 240 minutes"),
        description=N_("Leave it empty for the usual length."),
    )  # fmt: skip
    first_on = DatePartsField(N_("From which day?"))
    helper = SelectField(N_("With the carer?"), choices=[], validate_choice=False)
    language = SelectField(N_("In which language?"), choices=worded(LANGUAGES_WANTED))

    def offer(self, clinics: Iterable[Clinic], sites: Iterable[Site], carer: str | None) -> None:
        """Let these clinics and places be chosen, and whether the carer must be there, where there is one."""
        self.clinic_id.choices = [
            SelectChoice("", gettext("Every clinic")), *(SelectChoice(clinic.id, clinic.name) for clinic in clinics)
        ]  # fmt: skip
        self.site_id.choices = [
            SelectChoice("", gettext("Any place")), *(SelectChoice(site.id, site.name) for site in sites)
        ]  # fmt: skip
        with_carer = [SelectChoice(YES, gettext("With %(name)s", name=carer))] if carer else []
        self.helper.choices = [*with_carer, SelectChoice(NO, gettext("Nobody must be there"))]

    def chosen(self, without: Iterable[str]) -> Chosen:
        """Return what was chosen, once it is valid."""
        assert self.first_on.data is not None
        return Chosen(
            mode=Mode(self.mode.data),
            first_on=self.first_on.data,
            clinic_id=self.clinic_id.data or None,
            site_id=self.site_id.data or None,
            minutes=self.minutes.data,
            with_helper=self.helper.data == YES,
            welsh=self.language.data == "cy",
            without=tuple(without),
        )


def values_of(chosen: Chosen) -> dict[str, Any]:
    """Return what the search form begins with."""
    return {
        "clinic_id": chosen.clinic_id or "",
        "mode": chosen.mode.value,
        "site_id": chosen.site_id or "",
        "minutes": chosen.minutes,
        "first_on": chosen.first_on,
        "helper": YES if chosen.with_helper else NO,
        "language": "cy" if chosen.welsh else "any",
    }


def address_of(chosen: Chosen) -> dict[str, Any]:
    """Return the same as it stands in an address."""
    day = chosen.first_on
    values = values_of(chosen) | {"minutes": chosen.minutes or "", "without": list(chosen.without)}
    del values["first_on"]
    return values | {"first_on-day": day.day, "first_on-month": day.month, "first_on-year": day.year}


@dataclass(frozen=True)
class Choice:
    """One of the times that a page offers, as its button carries it."""

    slot_id: str
    minutes: int
    room_id: str | None
    presenter_id: str | None

    def written(self) -> str:
        """Return it as one text."""
        return ".".join((self.slot_id, str(self.minutes), self.room_id or "", self.presenter_id or ""))


def read_choice(text: str) -> Choice | None:
    """Return what a button carried, None when it is none of ours."""
    parts = text.split(".")
    if len(parts) != 4 or not parts[0] or not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 4):
        return None
    return Choice(parts[0], int(parts[1]), parts[2] or None, parts[3] or None)


class OffersForm(Form):
    """Which of the times is booked or held; `mode_reason` says why she is not seen as was suggested."""

    idempotency_key = HiddenField()
    mode_reason = StringField(
        N_("Why not as suggested?"), [AtMost(200)], render_kw={"autocomplete": "off"},
        description=N_("For example: the patient has no device at home."),
    )  # fmt: skip
