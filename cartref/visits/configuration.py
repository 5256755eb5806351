"""What the room's page is given to work with, and what it asks for again, in words that are finished; pure."""

from collections.abc import Sequence
from typing import Any

from cartref.accounts.models import Staff
from cartref.i18n import words
from cartref.patients.models import Carer
from cartref.visits import speech
from cartref.visits.pages import Page
from cartref.visits.standing import Standing
from cartref.visits.visitors import Visitor

STATE_SECONDS = 20


def of_room(visitor: Visitor, stands: Standing, helpers: Sequence[Carer], language: str) -> dict[str, Any]:
    """Return the first state, how often to ask for it again, and the words that only a script can choose."""
    return {
        "id": visitor.appointment.id,
        "every": STATE_SECONDS,
        "state": of_state(visitor, stands, language),
        "ahead": speech.all_ahead(language),
        "people": _people(visitor, stands, helpers, language),
    }


def of_state(visitor: Visitor, stands: Standing, language: str) -> dict[str, Any]:
    """Return how the visit stands, in words that are ready to be shown; it names nobody."""
    state = stands.state
    late_minutes = 0 if stands.visit.in_progress else state.late_minutes
    return {
        "enter": stands.page.may_enter,
        "check": stands.page.may_check,
        "over": stands.page is Page.OVER,
        "telephone": stands.page is Page.BY_TELEPHONE,
        "ready": visitor.opening is not None and visitor.opening.ready_at is not None,
        "ahead": state.ahead,
        "late": speech.late(stands.starts_at, late_minutes, stands.now, language),
        "unattended": state.unattended,
        "told": state.clinic_told,
        "ring": state.ring_asked,
        "cannot_hear": state.cannot_hear,
        "cannot_come": state.cannot_come,
    }


def _people(visitor: Visitor, stands: Standing, helpers: Sequence[Carer], language: str) -> dict[str, dict[str, str]]:
    """Return who may be in the room, by role, for name tags; of two helpers nobody can tell which is which."""
    said, state = words(language), stands.state
    people = {"clinician": _tag(state.clinician, said.gettext("From the clinic"))}
    if state.presenter is not None:
        people["presenter"] = _tag(state.presenter, said.gettext("With the patient"))
    if not visitor.is_patient:
        people["patient"] = {"name": visitor.patient.spoken_name, "role": said.gettext("Patient")}
    if len(helpers) == 1:
        people["carer"] = {"name": helpers[0].name, "role": said.gettext("Carer")}
    return people


def _tag(staff: Staff, role: str) -> dict[str, str]:
    return {"name": staff.name, "role": role}
