"""The one question that stands between a link and its visit."""

from wtforms.validators import ValidationError

from cartref import clock
from cartref.i18n import N_
from cartref.web.forms import DatePartsField, Form
from cartref.web.locale import gettext


class BirthDateForm(Form):
    """The patient's date of birth."""

    born_on = DatePartsField(
        N_("What is your date of birth?"),
        description=N_("For example, 14 3 1939"),
        missing=N_("Enter the day, the month and the year"),
        impossible=N_("Enter a real date, for example 14 3 1939"),
    )

    def validate_born_on(self, field: DatePartsField) -> None:
        """Refuse a day to come, which is a slip and shall not use up a try."""
        if field.data and field.data > clock.now().date():
            raise ValidationError(gettext(N_("Enter a date in the past")))
