"""The forms about those who help a patient."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from wtforms import BooleanField, EmailField, HiddenField, RadioField, SelectField, StringField, TelField

from cartref.i18n import N_
from cartref.office.forms import hours as free_times
from cartref.office.forms.choices import worded
from cartref.office.forms.hours import HoursForm
from cartref.office.labels import CARER_MAY, CONSENTING, LANGUAGES, RELATIONSHIPS
from cartref.patients.carers import CarerDetails
from cartref.patients.hours import FreeHours
from cartref.patients.models import Consenting, Relationship
from cartref.web.forms import DatePartsField, Form, Required

OFF = {"autocomplete": "off"}  # the browser knows the clerk's own details, never the carer's


class CarerForm(Form):
    """Somebody who helps a patient, what she may do, and who agreed to it."""

    given_name = StringField(N_("First name"), [Required(N_("Enter the first name"))], render_kw=OFF)
    family_name = StringField(N_("Last name"), [Required(N_("Enter the last name"))], render_kw=OFF)
    relationship_kind = SelectField(
        N_("What this person is to the patient"), [Required(N_("Choose an answer"))],
        choices=worded(RELATIONSHIPS, none=N_("Choose")),
    )  # fmt: skip
    telephone = TelField(N_("Telephone number"), render_kw=OFF | {"width": 20})
    mobile = TelField(
        N_("Mobile number"), description=N_("Text messages go to this number."), render_kw=OFF | {"width": 20}
    )
    email = EmailField(N_("E-mail address"), render_kw=OFF | {"spellcheck": "false"})
    language = RadioField(N_("Language"), [Required(N_("Choose a language"))], choices=worded(LANGUAGES))
    may_join = BooleanField(CARER_MAY["may_join"])
    may_be_told = BooleanField(CARER_MAY["may_be_told"])
    may_arrange = BooleanField(CARER_MAY["may_arrange"])
    wants_invitation = BooleanField(N_("Send calendar invitations by email too"))
    consented_by = RadioField(
        N_("Who agreed to this?"), [Required(N_("Choose who agreed to this"))], choices=worded(CONSENTING)
    )
    consented_on = DatePartsField(N_("When was it agreed?"), description=N_("For example 14 3 2026"))

    def details(self) -> CarerDetails:
        """Return what was typed, as the service takes it."""
        values: dict[str, Any] = {name: self[name].data or "" for name in CarerDetails.__dataclass_fields__}
        values |= {name: bool(self[name].data) for name in (*CARER_MAY, "wants_invitation")}
        kind, agreed = Relationship(self.relationship_kind.data), Consenting(self.consented_by.data)
        return CarerDetails(**values | {"relationship_kind": kind, "consented_by": agreed})


class ChangeCarerForm(CarerForm, HoursForm):
    """A carer as she is written down, and when she is free; `version` and `seen` are what was seen at first."""

    version = HiddenField()
    seen = HiddenField()


class EndCarerForm(Form):
    """The day from which somebody takes no part any more."""

    ended_on = DatePartsField(N_("On which day did it end?"), description=N_("For example 14 3 2026"))


def beginning(details: CarerDetails, hours: Sequence[FreeHours], rows: int) -> SimpleNamespace:
    """Return what the form begins with for what is saved."""
    return SimpleNamespace(**vars(details) | free_times.beginning(hours, rows))
