"""The examination beside the patient: what the presenter's forms send, and what both pages ask for while it goes on."""

from collections.abc import Callable
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, in_background, requires
from cartref.accounts.permissions import Permission
from cartref.appointments.models import Appointment
from cartref.consultations import queries
from cartref.consultations.encounters.observing import service
from cartref.consultations.examined import examined, last_values, signed_words, slot
from cartref.consultations.views import consultation, presenter
from cartref.consultations.views.frame import blueprint, find_appointment, speech_in
from cartref.db import db, new_id
from cartref.errors import ClinicError, Invalid
from cartref.web.errors import sentence, wants_json
from cartref.web.locale import gettext
from cartref.web.session import savepoint

Page = Response | tuple[Response, int] | tuple[str, int]
Act = Callable[[Appointment], object]


@blueprint.get("/present/<appointment_id>/examined")
@requires(Permission.PRESENT)
@in_background
def present_examined(appointment_id: str) -> Response:
    """Return what was taken, brought and asked so far, as the presenter's page shows it."""
    return jsonify(told(presenter.presented(appointment_id), "present"))


@blueprint.post("/present/<appointment_id>/values")
@requires(Permission.PRESENT)
def take_value(appointment_id: str) -> Page:
    """Keep a value that the presenter took."""
    return _present(appointment_id, lambda visit: service.take(db.session(), current_actor(), visit, _typed(), _sent()))


@blueprint.post("/present/<appointment_id>/values/<value_id>/correct")
@requires(Permission.PRESENT)
def correct_value(appointment_id: str, value_id: str) -> Page:
    """Keep the right value in place of a wrong one, which stays to be seen."""
    why = request.form.get("why", "")
    return _present(
        appointment_id,
        lambda visit: service.correct(db.session(), current_actor(), visit, value_id, _typed(), _sent(), why),
    )


@blueprint.post("/present/<appointment_id>/values/<value_id>/withdraw")
@requires(Permission.PRESENT)
def withdraw_value(appointment_id: str, value_id: str) -> Page:
    """Take back a value that was not this patient's."""
    why = request.form.get("why", "")
    return _present(appointment_id, lambda visit: service.withdraw(db.session(), current_actor(), visit, value_id, why))


@blueprint.post("/present/<appointment_id>/values/sign")
@requires(Permission.PRESENT)
def sign_values(appointment_id: str) -> Page:
    """Sign every value that the reader took at this visit."""
    return _present(appointment_id, lambda visit: service.sign(db.session(), current_actor(), visit))


@blueprint.post("/present/<appointment_id>/medicines")
@requires(Permission.PRESENT)
def note_medicine(appointment_id: str) -> Page:
    """Keep a medicine that the patient brought."""
    given = {name: request.form.get(name, "") for name in ("name", "taking", "dose", "remark")}
    return _present(
        appointment_id,
        lambda visit: service.note_medicine(db.session(), current_actor(), visit, service.Box(**given), _key()),
    )


@blueprint.post("/present/<appointment_id>/medicines/<medicine_id>/remove")
@requires(Permission.PRESENT)
def remove_medicine(appointment_id: str, medicine_id: str) -> Page:
    """Strike out a medicine that was written down by mistake."""
    return _present(appointment_id, lambda visit: service.strike_out(db.session(), current_actor(), visit, medicine_id))


@blueprint.post("/present/<appointment_id>/asks/<ask_id>/done")
@requires(Permission.PRESENT)
def ask_done(appointment_id: str, ask_id: str) -> Page:
    """Keep that something the clinician asked for is done."""
    answer = request.form.get("answer", "")
    return _present(
        appointment_id, lambda visit: service.answer_ask(db.session(), current_actor(), visit, ask_id, answer)
    )


@blueprint.get("/consultation/<appointment_id>/examined")
@requires(Permission.CONSULT)
@in_background
def consultation_examined(appointment_id: str) -> Response:
    """Return what was taken, brought and asked so far, as the clinician's page shows it."""
    return jsonify(told(find_appointment(appointment_id), "consultation"))


@blueprint.post("/consultation/<appointment_id>/asks")
@requires(Permission.CONSULT)
def ask_presenter(appointment_id: str) -> Page:
    """Ask the presenter to do something in the room: one of the usual things by its code, or words."""
    appointment, text = find_appointment(appointment_id), request.form.get("ready") or request.form.get("text", "")
    try:
        with savepoint():
            service.ask_presenter(db.session(), current_actor(), appointment, text, _key())
    except Invalid as error:
        if wants_json():
            return _problem(error)
        shown = consultation.shown(appointment, examination_fault=words_of(error))
        return render_template("consultations/consultation.html", **shown), 422
    return _answer(appointment, "consultation")


def told(appointment: Appointment, page: str) -> dict[str, Any]:
    """Return {values, medicines, asks} as HTML, how many there are, and {last, signed, with_patient} in words."""
    say, encounter = speech_in(appointment.session.zone), queries.encounter_of(db.session(), appointment.id)
    found = examined(db.session(), current_actor(), encounter, say)
    given: dict[str, Any] = {"examined": found, "appointment": appointment, "page": page, "new_id": new_id}
    parts = {
        part: render_template(f"consultations/examination/{part}.html", **given)
        for part in ("values", "medicines", "asks")
    }
    numbers = {name: found[name] for name in ("count", "unsigned", "open_asks")}
    company = encounter.with_patient if encounter else ""
    words = {"last": last_values(found["values"]), "signed": signed_words(found), "with_patient": company}
    return parts | numbers | words


def words_of(error: ClinicError) -> str:
    """Return what is wrong with what was typed, with the numbers that would do."""
    if isinstance(error, service.NumberWanted):
        return gettext("Enter a number such as 36.8") if error.decimals else gettext("Enter a whole number")
    if isinstance(error, service.Implausible):
        least, most = (f"{limit:f}" for limit in (error.limits.least, error.limits.most) if limit is not None)
        return gettext("Enter a number from %(least)s to %(most)s. Look at it again.", least=least, most=most)
    return sentence(error.code)


def _present(appointment_id: str, act: Act) -> Page:
    """Do what the presenter asks; show her page again with what is wrong, or tell her script."""
    appointment = presenter.presented(appointment_id)
    try:
        with savepoint():
            act(appointment)
    except ClinicError as error:
        if error.status not in {409, 422}:
            raise
        return _problem(error) if wants_json() else _shown_again(appointment, error)
    return _answer(appointment, "present")


def _answer(appointment: Appointment, page: str) -> Page:
    if wants_json():
        return jsonify(told(appointment, page))
    endpoint = "consultations.present" if page == "present" else "consultations.consultation"
    return redirect(url_for(endpoint, appointment_id=appointment.id, _anchor="examination"), 303)


def _problem(error: ClinicError) -> Page:
    field = getattr(error, "field", None)
    answer = jsonify({"code": error.code, "detail": words_of(error), "field": field})
    answer.status_code = error.status
    answer.mimetype = "application/problem+json"
    return answer


def _shown_again(appointment: Appointment, error: ClinicError) -> tuple[str, int]:
    form = request.form
    minutes = form.get("minutes", "")
    fault = {
        "slot": slot(form.get("kind", ""), form.get("posture", ""), int(minutes) if minutes.isdigit() else None),
        "words": words_of(error),
        "unusual": isinstance(error, service.Unusual),
        "typed": {name: form.get(name, "") for name in ("value", "second", "name", "dose", "remark")},
    }
    return render_template("consultations/present.html", **presenter.desk(appointment, fault=fault)), error.status


def _typed() -> service.Typed:
    given = {name: request.form.get(name, "")[:40] for name in ("kind", "value", "second", "posture", "minutes")}
    return service.Typed(**given)


def _sent() -> service.Sent:
    ago = request.form.get("ago", "")
    because = request.form.get("because") or request.form.get("because_words", "")
    return service.Sent(_key(), int(ago) if ago.isascii() and ago.isdigit() and len(ago) < 7 else 0, because)


def _key() -> str:
    return request.form.get("key", "")
