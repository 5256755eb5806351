"""The form for the words of a notice, and what is said of words that can't be used."""

from wtforms import HiddenField, StringField, TextAreaField

from cartref.i18n import N_
from cartref.notifications.wording import LONGEST, Fault, Wording
from cartref.web.forms import Form
from cartref.web.locale import gettext

FAULT_WORDS = {
    "empty": N_("Enter some words"),
    "too-long": N_("Use fewer words"),
    "brackets": N_("A placeholder has two brackets before its name and two after it"),
    "unknown": N_("There is no such placeholder: %(names)s. Take one from the list."),
    "missing": N_("One of these must be in it: %(names)s"),
    "together": N_("Give this a paragraph or line of its own, as what stands beside it may be left out: %(names)s"),
    "too-many-parts": N_("This is longer than two text messages. Use fewer words."),
}


class WordingForm(Form):
    """The words of one notice in one language, with ((placeholders)); `version` and `seen` as they were at first."""

    subject = StringField(N_("Subject"), render_kw={"maxlength": LONGEST["subject"]})
    body = TextAreaField(
        N_("E-mail and letter"), description=N_("Leave an empty line between paragraphs."), render_kw={"rows": 18}
    )
    short = TextAreaField(
        N_("Text message"), description=N_("Each line is one sentence. The lines are sent as one text."),
        render_kw={"rows": 5},
    )  # fmt: skip
    version = HiddenField()
    seen = HiddenField()

    def wording(self) -> Wording:
        """Return what was typed, with one kind of line end."""
        return Wording(*(str(self[name].data or "").replace("\r\n", "\n") for name in ("subject", "body", "short")))

    def refuse_all(self, faults: list[Fault]) -> None:
        """Show what is wrong beside each field."""
        for fault in faults:
            names = ", ".join(f"(({name}))" for name in fault.names)
            self.refuse(gettext(FAULT_WORDS[fault.code], **({"names": names} if fault.names else {})), fault.field)
