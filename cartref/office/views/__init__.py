"""The office's pages: importing this package puts every one of them on the blueprint."""

from importlib import import_module

from flask import Flask

from cartref.appointments.replanning import ERROR_WORDS as REPLANNING_WORDS
from cartref.appointments.service import ERROR_WORDS as APPOINTMENT_WORDS
from cartref.appointments.vacancies.errors import ERROR_WORDS as VACANCY_WORDS
from cartref.clinics.service import ERROR_WORDS as CLINIC_WORDS
from cartref.consultations.readiness.service import NoteTooLong, SettledUnknown
from cartref.i18n import N_
from cartref.notifications.calls import ERROR_WORDS as CALL_WORDS
from cartref.notifications.press import ERROR_WORDS as PRESS_WORDS
from cartref.notifications.printing import ERROR_WORDS as PRINTING_WORDS
from cartref.office.navigation import navigation
from cartref.office.views.blueprint import blueprint
from cartref.patients.carers import ERROR_WORDS as CARER_WORDS
from cartref.patients.hours import ERROR_WORDS as HOURS_WORDS
from cartref.patients.service import ERROR_WORDS as PATIENT_WORDS
from cartref.patients.wishes import ERROR_WORDS as WISH_WORDS
from cartref.referrals.importing.words import ERROR_WORDS as IMPORT_WORDS
from cartref.referrals.service import ERROR_WORDS as REFERRAL_WORDS

__all__ = ["ERROR_WORDS", "blueprint", "install"]

PAGES = (
    "home", "day", "patients", "carers", "deaths", "clinics", "places", "sessions", "booking", "appointments",
    "changing", "links", "week", "leave", "closing", "running", "restoring", "referrals", "waiting_list", "jobs",
    "replanning", "wording", "wishes", "finding", "holding", "reports", "calls", "letters", "importing", "vacancies",
    "readying",
)  # fmt: skip
for _page in PAGES:
    import_module(f"{__name__}.{_page}")

ERROR_WORDS = PATIENT_WORDS | CLINIC_WORDS | APPOINTMENT_WORDS | REFERRAL_WORDS | REPLANNING_WORDS | WISH_WORDS
ERROR_WORDS |= {**VACANCY_WORDS, **IMPORT_WORDS, **CALL_WORDS, **PRINTING_WORDS, **PRESS_WORDS}
ERROR_WORDS |= CARER_WORDS | HOURS_WORDS
ERROR_WORDS |= {
    NoteTooLong.code: N_("Use 400 letters or fewer for the note"),
    SettledUnknown.code: N_("Choose how the call went"),
}


def install(app: Flask) -> None:
    """Put the staff header's pages on every page of `app`."""
    app.context_processor(navigation)
