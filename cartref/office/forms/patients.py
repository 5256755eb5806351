"""The forms about patients."""

from typing import Any

from wtforms import BooleanField, EmailField, HiddenField, RadioField, SelectField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice

from cartref.i18n import N_
from cartref.office.forms.choices import whole, worded
from cartref.office.labels import FRAILTY, LANGUAGES
from cartref.patients.details import PatientDetails
from cartref.patients.nhs_number import TraceStatus
from cartref.web.forms import DatePartsField, Form, Required
from cartref.web.locale import gettext

OFF = {"autocomplete": "off"}  # the browser knows the clerk's own details, never the patient's
TRACES = {status: status.label for status in TraceStatus}


class PatientForm(Form):
    """Everything that staff write down about a patient; `version` and `seen` are what they saw at first."""

    nhs_number = StringField(
        N_("NHS number"), description=N_("10 digits, for example 999 000 0018. Leave it empty when there is none."),
        render_kw=OFF | {"width": 10, "inputmode": "numeric", "spellcheck": "false"},
    )  # fmt: skip
    trace_status = SelectField(
        N_("How far the NHS number is traced"), choices=worded(TRACES), default=TraceStatus.NOT_TRACED
    )
    hospital_number = StringField(N_("Hospital number"), render_kw=OFF | {"width": 10, "spellcheck": "false"})
    title = StringField(N_("Title"), description=N_("For example Mrs, Mr or Dr"), render_kw=OFF | {"width": 5})
    given_name = StringField(N_("First name"), [Required(N_("Enter the first name"))], render_kw=OFF)
    family_name = StringField(N_("Last name"), [Required(N_("Enter the last name"))], render_kw=OFF)
    preferred_name = StringField(
        N_("Name the patient likes to be called by"), description=N_("Leave it empty when it is the first name."),
        render_kw=OFF,
    )  # fmt: skip
    born_on = DatePartsField(N_("Date of birth"), description=N_("For example 14 3 1939"))
    address = TextAreaField(N_("Address"), render_kw=OFF | {"rows": 3})
    postcode = StringField(N_("Postcode"), render_kw=OFF | {"width": 10})
    telephone = TelField(N_("Telephone number"), render_kw=OFF | {"width": 20})
    mobile = TelField(N_("Mobile number"), render_kw=OFF | {"width": 20})
    email = EmailField(N_("E-mail address"), render_kw=OFF | {"spellcheck": "false"})
    gp_practice = StringField(N_("GP surgery"), render_kw=OFF)
    language = RadioField(
        N_("Which language does the patient want to use with us?"), [Required(N_("Choose a language"))],
        choices=worded(LANGUAGES),
    )  # fmt: skip
    interpreter = StringField(
        N_("Interpreter"), description=N_("The language, for example Polish or British Sign Language"), render_kw=OFF
    )
    hearing_need = StringField(N_("Hearing"), description=N_("For example: two hearing aids"), render_kw=OFF)
    sight_need = StringField(N_("Sight"), description=N_("For example: large print"), render_kw=OFF)
    memory_need = StringField(N_("Memory"), description=N_("For example: forgets appointments"), render_kw=OFF)
    hands_need = StringField(N_("Hands"), description=N_("For example: can't press small buttons"), render_kw=OFF)
    frailty_level = SelectField(
        N_("Clinical Frailty Scale"), choices=lambda: _levels(), coerce=whole,
        description=N_("What a clinician judged to be usual for the patient, before any present illness."),
    )  # fmt: skip
    letter_consent = BooleanField(N_("By letter"), default=True)
    telephone_consent = BooleanField(N_("By telephone"), default=True)
    email_consent = BooleanField(N_("By e-mail"))
    text_consent = BooleanField(N_("By text message"))
    safe_contact = TextAreaField(
        N_("How to make contact safely"),
        description=N_("For example: ring in the mornings only, and leave no message."), render_kw={"rows": 3},
    )  # fmt: skip
    do_not_contact = BooleanField(N_("Do not contact the patient: send nothing at all"))
    version = HiddenField()
    seen = HiddenField()

    def details(self) -> PatientDetails:
        """Return what was typed, as the service takes it."""
        values = {name: self[name].data for name in PatientDetails.__dataclass_fields__}
        given: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
        return PatientDetails(**given | {"trace_status": TraceStatus(given["trace_status"])})


def _levels() -> list[SelectChoice]:
    levels = [SelectChoice(str(n), f"{n}: {gettext(name)}") for n, name in FRAILTY.items()]
    return [SelectChoice("", gettext("Not known")), *levels]


class NewPatientForm(PatientForm):
    """A patient who is not known yet; `alike_seen` says that a namesake of the same birth date is somebody else."""

    alike_seen = BooleanField(N_("This is somebody else: make a new record"))


class KnownPatientForm(Form):
    """The birth date that opens the record of an NHS number which the health board knows."""

    nhs_number = HiddenField()
    born_on = DatePartsField(N_("Date of birth"), description=N_("For example 14 3 1939"))


class DeathForm(Form):
    """The day on which a patient died."""

    deceased_on = DatePartsField(N_("Date of death"), description=N_("For example 14 3 2026"))

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        return {"deceased_on": self.deceased_on.data}
