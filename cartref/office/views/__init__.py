"""The office's pages: importing this package puts every one of them on the blueprint."""

from importlib import import_module

from flask import Flask

from cartref.appointments.service import ERROR_WORDS as APPOINTMENT_WORDS
from cartref.clinics.service import ERROR_WORDS as CLINIC_WORDS
from cartref.office.navigation import navigation
from cartref.office.views.blueprint import blueprint
from cartref.patients.service import ERROR_WORDS as PATIENT_WORDS

__all__ = ["ERROR_WORDS", "blueprint", "install"]

PAGES = (
    "home", "day", "patients", "carers", "deaths", "clinics", "places", "sessions", "booking", "appointments",
    "changing", "links",
)  # fmt: skip
for _page in PAGES:
    import_module(f"{__name__}.{_page}")

ERROR_WORDS = PATIENT_WORDS | CLINIC_WORDS | APPOINTMENT_WORDS


def install(app: Flask) -> None:
    """Put the staff header's pages on every page of `app`."""
    app.context_processor(navigation)
