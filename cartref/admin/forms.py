"""Forms of administration."""

from typing import Any

from email_validator import EmailNotValidError, validate_email
from wtforms import DateField, EmailField, Field, IntegerField, SelectField, SelectMultipleField, StringField, TelField
from wtforms.validators import Optional, StopValidation
from wtforms.widgets import HiddenInput

from cartref.accounts.models import Role, Service, Staff
from cartref.accounts.service import StaffDetails
from cartref.admin.wording import LANGUAGE_WORDS, ROLE_WORDS, worded
from cartref.i18n import N_
from cartref.web.forms import AtMost, Form, Required
from cartref.web.locale import gettext


def email_address(_form: Form, field: Field) -> None:
    """Stop unless the field holds an address that mail could go to."""
    try:
        validate_email(field.data or "", check_deliverability=False)
    except EmailNotValidError as fault:
        raise StopValidation(gettext("Enter an e-mail address, for example name@example.org")) from fault


class PersonForm(Form):
    """What is recorded of a member of staff."""

    version = IntegerField(widget=HiddenInput(), default=0)
    title = StringField(N_("Title"), [AtMost(16)], render_kw={"width": 10})
    given_name = StringField(N_("First name"), [Required(N_("Enter a name")), AtMost(80)])
    family_name = StringField(N_("Last name"), [Required(N_("Enter a name")), AtMost(80)])
    email = EmailField(
        N_("E-mail address"),
        [email_address, AtMost(254)],
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )
    languages = SelectMultipleField(
        N_("Sees patients in"), [Required(N_("Choose at least one language"))], choices=worded(LANGUAGE_WORDS)
    )
    language = SelectField(N_("Language of the screen"), choices=worded(LANGUAGE_WORDS))
    introduction_en = StringField(
        N_("What patients read, in English"), [AtMost(200)],
        description=N_("For example: I am a doctor for older people."),
    )  # fmt: skip
    introduction_cy = StringField(
        N_("What patients read, in Welsh"), [AtMost(200)],
        description=N_("For example: Rydw i'n feddyg i bobl hŷn."),
    )  # fmt: skip

    @classmethod
    def of(cls, staff: Staff) -> "PersonForm":
        """Return the form filled with what is recorded."""
        return cls(obj=staff)

    def details(self) -> StaffDetails:
        """Return what was entered."""
        return StaffDetails(
            email=self.email.data, title=self.title.data, given_name=self.given_name.data,
            family_name=self.family_name.data, languages=tuple(self.languages.data), language=self.language.data,
            introduction_en=self.introduction_en.data, introduction_cy=self.introduction_cy.data,
        )  # fmt: skip


class RolesForm(Form):
    """What somebody is in this service."""

    roles = SelectMultipleField(N_("Role"), choices=worded(ROLE_WORDS))

    @property
    def chosen(self) -> set[Role]:
        """Return the roles that were ticked."""
        return {Role(value) for value in self.roles.data or ()}


class NewPersonForm(PersonForm, RolesForm):
    """Somebody new, with what she is in this service."""


class ColleagueForm(RolesForm):
    """Somebody who works for the health board already."""

    email = EmailField(N_("E-mail address"), [email_address, AtMost(254)], render_kw={"spellcheck": "false"})


class ServiceForm(Form):
    """What a service says of itself."""

    name_en = StringField(N_("Name in English"), [Required(N_("Enter a name")), AtMost(160)])
    name_cy = StringField(N_("Name in Welsh"), [Required(N_("Enter a name")), AtMost(160)])
    contact_phone = TelField(
        N_("Telephone number"), [Required(N_("Enter a telephone number, for example 01632 960000")), AtMost(32)]
    )
    contact_email = EmailField(N_("E-mail address"), [email_address, AtMost(254)])

    @classmethod
    def of(cls, service: Service) -> "ServiceForm":
        """Return the form filled with what is recorded."""
        return cls(obj=service)


class TrailForm(Form):
    """Which part of the audit trail is looked at; sent by GET, so that a page of it has an address."""

    class Meta(Form.Meta):
        """Changes nothing, so it needs no token."""

        csrf = False

    patient = StringField(
        N_("Patient"), [AtMost(24)], description=N_("NHS number, or the number of the patient in this list")
    )
    staff = SelectField(N_("Member of staff"), default="")
    first = DateField(N_("From"), [Optional()])
    last = DateField(N_("To"), [Optional()])

    def __init__(self, *args: Any, staff: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staff.choices = [("", gettext("Everyone")), *staff]
