"""The forms about places: a hospital or care home, its rooms, and who presents patients there."""

from collections.abc import Iterable
from typing import Any

from wtforms import SelectField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice

from cartref.accounts.models import Staff
from cartref.clinics.models import SiteKind
from cartref.i18n import N_
from cartref.office.forms.choices import worded
from cartref.office.labels import SITE_KINDS
from cartref.web.forms import AtMost, Form, Required
from cartref.web.locale import gettext


class PlaceForm(Form):
    """A place where patients are seen."""

    name = StringField(N_("Name"), [Required(N_("Enter a name"))])
    kind = SelectField(
        N_("What kind of place is it?"),
        [Required(N_("Choose an answer"))],
        choices=worded(SITE_KINDS, none=N_("Choose")),
    )
    address = TextAreaField(N_("Address"), [AtMost(400)], render_kw={"rows": 3})
    postcode = StringField(N_("Postcode"), [AtMost(8)], render_kw={"width": 10})
    telephone = TelField(N_("Telephone number"), [AtMost(24)], render_kw={"width": 20})

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        texts = {name: self[name].data or "" for name in ("name", "address", "postcode", "telephone")}
        return texts | {"kind": SiteKind(self.kind.data)}


class RoomForm(Form):
    """A room for video visits."""

    name = StringField(N_("Name of the room"), [Required(N_("Enter a name")), AtMost(80)])


class PresenterForm(Form):
    """A member of staff who is beside patients at a place."""

    staff_id = SelectField(N_("Who is beside patients there?"), [Required(N_("Choose an answer"))])

    def offer(self, presenters: Iterable[Staff]) -> None:
        """Let one of these presenters be chosen."""
        names = [SelectChoice(staff.id, staff.display_name) for staff in presenters]
        self.staff_id.choices = [SelectChoice("", gettext("Choose")), *names]
