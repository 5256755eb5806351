"""What the pages of a visit share: their blueprint, how they speak, and answers to forms and scripts alike."""

from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, jsonify, redirect
from werkzeug.wrappers import Response as AnyResponse

from cartref import clock
from cartref.accounts import service as accounts
from cartref.accounts.access import SignedIn, current_actor
from cartref.appointments import queries as appointments
from cartref.appointments.models import Appointment, Mode
from cartref.clinics import queries as clinics
from cartref.config import Settings
from cartref.consultations.board.rows import Row
from cartref.consultations.labels import HELPS, LINES, NEEDS, PLACES, TROUBLES
from cartref.consultations.speech import Speech
from cartref.db import db
from cartref.patients import queries as patients
from cartref.patients.models import CareCircle, Patient
from cartref.web import locale
from cartref.web.errors import wants_json
from cartref.web.locale import gettext
from cartref.web.templating import telephone_uri

blueprint = Blueprint("consultations", __name__)
Chips = list[dict[str, str]]


def settings() -> Settings:
    """Return the settings of this deployment."""
    found: Settings = current_app.config["CARTREF"]
    return found


def speech() -> Speech:
    """Return how this page speaks: the reader's language, the health board's clocks, one moment for the whole page."""
    return Speech(locale.language(), clinics.zone(db.session(), current_actor()), clock.now())


def speech_in(zone: str) -> Speech:
    """Return how this page speaks of a clinic session whose zone is known."""
    return Speech(locale.language(), ZoneInfo(zone), clock.now())


def find_appointment(appointment_id: str) -> Appointment:
    """Return the appointment when it is one of the reader's service; raise NotFound else."""
    return appointments.find(db.session(), current_actor(), appointment_id)


def note_presence(found: SignedIn) -> None:
    """Write down, for a page that asks in the background, that somebody is there all the same."""
    if accounts.activity_is_due(found.sign_in):
        accounts.note_activity(db.session(), found.sign_in.id)


def answer(url: str, **told: object) -> AnyResponse:
    """Answer a script with JSON, and a form with the way to its next page."""
    return jsonify(told) if wants_json() else redirect(url, 303)


def chips(appointment: Appointment, *, whole: bool = False) -> Chips:
    """Return the patient's needs as chips: each by its name, or (`whole`) with what was written of it."""
    patient = appointment.patient
    found = [{"kind": "language", "text": gettext("Speak Welsh") if whole else "Cymraeg"}] * (patient.language == "cy")
    if patient.interpreter:
        found.append(
            {"kind": "interpreter", "text": gettext("Interpreter: %(language)s", language=patient.interpreter)}
        )
    found += _needs(patient, whole=whole)
    if appointment.mode is Mode.VIDEO_SITE:
        found.append({"kind": "nurse", "text": gettext("Nurse beside")})
    return found + _helpers(appointment)


def place_words(row: Row) -> str:
    """Return where the patient of a row is."""
    site = row.appointment.site
    return site.name if site is not None else gettext(PLACES[row.appointment.mode])


def line_words(row: Row) -> str:
    """Return what the line of a row is like, empty while nobody is there."""
    return gettext(LINES[row.line]) if row.line else ""


def trouble_words(row: Row) -> str:
    """Return why somebody should ring, empty when nothing is wrong."""
    return gettext(TROUBLES[row.trouble]) if row.trouble else ""


def telephones(patient: Patient, circle: list[CareCircle], today: str = "") -> list[dict[str, str]]:
    """Return the numbers in the order to try them, each {whose, number, uri}; `today` is hers for this visit."""
    known = [(gettext("Telephone"), patient.telephone), (gettext("Mobile"), patient.mobile)]
    hers = [(gettext("For today"), today), *known]
    theirs = [(place.carer.name, place.carer.telephone) for place in circle]
    return [
        {"whose": whose, "number": number, "uri": telephone_uri(number)} for whose, number in [*hers, *theirs] if number
    ]


def _needs(patient: Patient, *, whole: bool) -> Chips:
    written = {kind: getattr(patient, f"{kind}_need") for kind in NEEDS}
    return [
        {"kind": kind, "text": f"{gettext(NEEDS[kind])}: {need}" if whole else gettext(NEEDS[kind])}
        for kind, need in written.items()
        if need
    ]


def _helpers(appointment: Appointment) -> Chips:
    invited = {guest.carer_id for guest in appointment.participants}
    if not invited:
        return []
    circle = patients.carers(db.session(), appointment.patient_id)
    return [
        {"kind": "helper", "text": gettext(HELPS[place.relationship_kind])}
        for place in circle
        if place.carer_id in invited
    ]
