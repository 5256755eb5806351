"""The waiting list as rows for a spreadsheet, in the reader's language. Pure."""

from collections.abc import Iterable, Sequence

from cartref.i18n import N_, words
from cartref.office.labels import LANGUAGES
from cartref.office.referral_labels import ENTRY_KINDS, PRIORITIES
from cartref.office.speech import Speech
from cartref.patients.needs import needs_of
from cartref.referrals.waiting_list import Line

HEADINGS = (
    N_("Patient"), N_("NHS number"), N_("Date of birth"), N_("Telephone number"), N_("Language"), N_("Needs"),
    N_("What for"), N_("Priority"), N_("Weeks waited"), N_("See by"), N_("Clinic"), N_("Note for booking"),
)  # fmt: skip


def rows(lines: Iterable[Line], language: str) -> Sequence[Sequence[str]]:
    """Return the headings and a row for each line; dates are ISO 8601, as spreadsheets sort them."""
    said = words(language)
    return [[said.gettext(heading) for heading in HEADINGS], *(_row(line, Speech(language)) for line in lines)]


def _row(line: Line, say: Speech) -> list[str]:
    said, entry, patient = words(say.language), line.entry, line.entry.patient
    return [
        patient.name,
        say.nhs_number(patient.nhs_number) if patient.nhs_number else "",
        patient.born_on.isoformat(),
        say.telephone(patient.ring_on) if patient.ring_on else "",
        said.gettext(LANGUAGES[patient.language]),
        ", ".join(need.text for need in needs_of(patient) if need.kind != "language"),
        said.gettext(ENTRY_KINDS[entry.kind]),
        said.gettext(PRIORITIES[entry.priority]),
        str(line.waited.weeks) if line.waited else "",
        line.see_by.isoformat(),
        entry.clinic.name if entry.clinic else "",
        entry.note,
    ]
