"""The form of a new subscription."""

from collections.abc import Iterable

from wtforms import SelectField, StringField

from cartref.calendars.models import FeedScope
from cartref.calendars.scopes import Choice
from cartref.i18n import N_
from cartref.web.forms import Form, Required


class FeedForm(Form):
    """Whose calendar, and what to call it."""

    scope = SelectField(N_("Whose calendar?"))
    label = StringField(
        N_("Name of the subscription"),
        [Required(N_("Enter a name, for example My phone"))],
        description=N_("So that you know which one to end when you no longer need it."),
    )

    def offer(self, choices: Iterable[Choice]) -> None:
        """Let one of these be chosen."""
        self.scope.choices = [(f"{choice.kind.value}:{choice.id}", choice.name) for choice in choices]

    @property
    def chosen(self) -> tuple[FeedScope, str]:
        """Return the scope and the id that were chosen."""
        scope, _, scope_id = str(self.scope.data).partition(":")
        return FeedScope(scope), scope_id
