"""The form of a report over a stretch of days."""

from cartref.i18n import N_
from cartref.web.forms import DatePartsField, Form
from cartref.web.locale import gettext


class SpanForm(Form):
    """From which day to which day, both counted; asked with the address."""

    class Meta(Form.Meta):
        """Changes nothing, so that it needs no token."""

        csrf = False

    first = DatePartsField(N_("From which day?"))
    last = DatePartsField(N_("To which day?"))

    def validate(self, extra_validators: object = None) -> bool:
        """Tell whether both are days, in their order."""
        if not super().validate(extra_validators):
            return False
        if self.first.data and self.last.data and self.last.data < self.first.data:
            self.refuse(gettext("The last day must not be before the first day"), "last")
        return not self.refused
