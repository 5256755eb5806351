"""Forms of a visit: the note, the safe start, how late the clinic is, and the outcome."""

from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, StopValidation

from cartref.consultations.board.watching import MOST_MINUTES
from cartref.consultations.codes import (
    ATTENDANCE_WORDS,
    ENDING_WORDS,
    OTHER_REVIEW,
    OUTCOME_WORDS,
    REVIEW_WORDS,
    Attendance,
    Ending,
    Outcome,
    SafeStart,
)
from cartref.consultations.encounters.afterwards import MOST_REVIEW_WEEKS
from cartref.consultations.encounters.notes import LONGEST_COMPANY, LONGEST_NOTE
from cartref.consultations.encounters.outcome import RULES
from cartref.consultations.labels import SAFE_START
from cartref.i18n import N_
from cartref.web.forms import Form, Required, WholeNumberField
from cartref.web.locale import gettext


class NoteForm(Form):
    """The note, and the version that it was written over."""

    note = TextAreaField(N_("Notes"), [Length(max=LONGEST_NOTE)])
    base_version = IntegerField(default=0)


class SafeStartForm(Form):
    """What was gone through with the patient, and who is with her."""

    done = SelectMultipleField(N_("Safe start"), choices=[step.value for step in SafeStart], validate_choice=True)
    with_patient = StringField(N_("Who is with the patient?"), [Length(max=LONGEST_COMPANY)])


class LateForm(Form):
    """How many minutes late those who wait are told that the clinic is."""

    minutes = IntegerField(N_("Minutes"), [Required(N_("Choose how late the clinic is")), NumberRange(0, MOST_MINUTES)])


class OutcomeForm(Form):
    """What the visit came to; nothing is chosen beforehand."""

    ending = RadioField(
        N_("How did it end?"), [Required(N_("Choose how the visit ended"))], choices=[each.value for each in Ending]
    )
    attendance = RadioField(
        N_("Attendance"), [Optional()], choices=[code.value for code in RULES[Ending.SEEN].attendance]
    )
    outcome = RadioField(
        N_("Waiting time"), [Required(N_("Choose what happens to the waiting time"))],
        choices=[code.value for code in Outcome],
    )  # fmt: skip
    review = RadioField(N_("See again in"), choices=[*REVIEW_WORDS, OTHER_REVIEW], validate_choice=False)
    review_weeks = WholeNumberField(
        N_("Weeks"), least=1, most=MOST_REVIEW_WEEKS, wrong=N_("Enter a number of weeks from 1 to 104")
    )
    failed_seen = SelectMultipleField(N_("I have seen each of these"), validate_choice=False)
    correct = HiddenField()

    def validate_review(self, field: RadioField) -> None:
        """Ask after every visit that took place, so that nobody who is to be seen again is forgotten.

        Weeks that were typed are a choice too.
        """
        if not field.data and self.review_weeks.data:
            field.data = OTHER_REVIEW
        asked = field.data or self.ending.data == Ending.SEEN
        if asked and field.data not in {*REVIEW_WORDS, OTHER_REVIEW}:
            raise StopValidation(gettext("Choose when the patient is seen again"))

    def validate_review_weeks(self, field: WholeNumberField) -> None:
        """Ask for the weeks where none of the usual lengths was chosen."""
        if self.review.data == OTHER_REVIEW and not field.data:
            raise StopValidation(gettext("Enter a number of weeks from 1 to 104"))

    def choices(self) -> dict[str, Any]:
        """Return {ending, attendance, outcome, review_weeks}; attendance only where the ending leaves a choice."""
        ending = Ending(self.ending.data)
        asked = ending is Ending.SEEN and self.attendance.data
        return {
            "ending": ending,
            "attendance": Attendance(self.attendance.data) if asked else None,
            "outcome": Outcome(self.outcome.data),
            "review_weeks": self._weeks(),
        }

    def _weeks(self) -> int | None:
        weeks = self.review_weeks.data if self.review.data == OTHER_REVIEW else int(self.review.data or 0)
        return weeks or None

    def words(self) -> dict[str, dict[str, str]]:
        """Return the words of each choice in the reader's language, by field."""
        return {
            "ending": {code.value: gettext(text) for code, text in ENDING_WORDS.items()},
            "attendance": {code.value: gettext(ATTENDANCE_WORDS[code]) for code in RULES[Ending.SEEN].attendance},
            "outcome": {code.value: gettext(text) for code, text in OUTCOME_WORDS.items()},
            "review": {weeks: gettext(text) for weeks, text in REVIEW_WORDS.items()},
        }


def safe_start_words() -> dict[str, str]:
    """Return the steps of the safe start in the reader's language."""
    return {step.value: gettext(text) for step, text in SAFE_START.items()}
