"""The form of what a patient's visits should respect."""

from collections.abc import Iterable
from types import SimpleNamespace

from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from cartref.i18n import N_
from cartref.office.forms.choices import worded
from cartref.office.forms.numbers import NumberField
from cartref.office.forms.times import OptionalTimeField
from cartref.office.labels import MODES, TIMES_OF_DAY
from cartref.patients.models import CareCircle, TimeOfDay
from cartref.patients.wishes import MOST_NOTICE, Wishes
from cartref.web.forms import Form, Required
from cartref.web.locale import gettext


class WishesForm(Form):
    """What a patient wishes; `version` and `seen` are what was saved when the page was made."""

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
    version = HiddenField()
    seen = HiddenField()

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


def beginning(wishes: Wishes) -> SimpleNamespace:
    """Return what the form begins with for what is saved."""
    return SimpleNamespace(**vars(wishes) | {"carer_id": wishes.carer_id or ""})
