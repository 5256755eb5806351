"""The consultation: who she is, her picture, and the record beside it; everything but the picture works without it."""

from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cartref.accounts.access import current, current_actor, in_background, requires
from cartref.accounts.permissions import Permission
from cartref.appointments.models import Appointment
from cartref.audit.reading import was_read
from cartref.consultations import queries, service
from cartref.consultations.board import rows as board_rows
from cartref.consultations.codes import SafeStart
from cartref.consultations.examined import examined, ready_asks
from cartref.consultations.forms import NoteForm, OutcomeForm, SafeStartForm, safe_start_words
from cartref.consultations.labels import KIN, PLACES, ROLES
from cartref.consultations.models import Encounter, EncounterStatus, SeatRole
from cartref.consultations.views.absence import absence
from cartref.consultations.views.frame import (
    answer,
    blueprint,
    chips,
    find_appointment,
    note_presence,
    settings,
    speech_in,
    telephones,
)
from cartref.consultations.views.ladder_words import ladder_words
from cartref.consultations.views.live_words import count_others
from cartref.db import db, new_id
from cartref.patients import queries as patients
from cartref.web.errors import sentence, wants_json
from cartref.web.locale import gettext

Page = str | tuple[str, int] | AnyResponse


@blueprint.get("/consultation/<appointment_id>")
@requires(Permission.CONSULT)
def consultation(appointment_id: str) -> Page:
    """Show the consultation; joining its room and letting her in are the page's script's doing."""
    appointment = find_appointment(appointment_id)
    was_read(current_actor(), "consultation.read", "appointment", appointment.id, patient_id=appointment.patient_id)
    return render_template("consultations/consultation.html", **shown(appointment))


@blueprint.post("/consultation/<appointment_id>/ticket")
@requires(Permission.CONSULT)
@in_background
def consultation_ticket(appointment_id: str) -> Response:
    """Return the reader's ticket into the room, as its clinician, and who else may come by participant."""
    appointment, actor = find_appointment(appointment_id), current_actor()
    told = service.issue_ticket(
        db.session(), settings(), appointment=appointment, role=SeatRole.CLINICIAN, ref_id=str(actor.id)
    )
    return jsonify({**told, "people": people(appointment)})


@blueprint.post("/consultation/<appointment_id>/watch")
@requires(Permission.CONSULT)
@in_background
def consultation_watch(appointment_id: str) -> Response:
    """Take the page's heartbeat: a visit under way is somebody being there. Return who came in, and who else waits."""
    appointment = find_appointment(appointment_id)
    if request.form.get("active") or _is_under_way(appointment):
        note_presence(current())
    service.watched(db.session(), current_actor(), appointment.session_id)
    say = speech_in(appointment.session.zone)
    rows = board_rows.of_session(db.session(), appointment.session_id, say.now)
    others = sum(1 for row in rows if row.waits and row.appointment.id != appointment.id)
    return jsonify({"people": people(appointment), "others": others})


@blueprint.post("/consultation/<appointment_id>/note")
@requires(Permission.CONSULT)
def note(appointment_id: str) -> Page:
    """Save the note over the version it was begun from; when there is a newer one, show both and lose neither."""
    appointment, form = find_appointment(appointment_id), NoteForm()
    encounter = service.ensure_encounter(db.session(), appointment)
    if not form.validate():
        return _note_refused(appointment, form, service.NoteTooLong.code)
    try:
        saved = service.save_note(
            db.session(), current_actor(), encounter.id, form.note.data or "", form.base_version.data or 0
        )
    except service.NoteChanged as other:
        return _note_changed(appointment, form, other)
    say = speech_in(appointment.session.zone)
    return answer(
        url_for("consultations.consultation", appointment_id=appointment_id, _anchor="notes"),
        version=saved.note_version, saved=say.clock(saved.note_saved_at) if saved.note_saved_at else "",
    )  # fmt: skip


@blueprint.post("/consultation/<appointment_id>/with")
@requires(Permission.CONSULT)
def with_patient(appointment_id: str) -> Page:
    """Save the safe start: what was gone through, and who is with the patient."""
    appointment, form = find_appointment(appointment_id), SafeStartForm()
    if not form.validate():
        return render_template("consultations/consultation.html", **shown(appointment, safe_start=form)), 422
    saved = service.save_safe_start(
        db.session(), current_actor(), appointment, done=[SafeStart(step) for step in form.done.data or ()],
        with_patient=form.with_patient.data or "",
    )  # fmt: skip
    url = url_for("consultations.consultation", appointment_id=appointment_id)
    return answer(url, done=saved.safe_start, with_patient=saved.with_patient)


@blueprint.post("/consultation/<appointment_id>/ring")
@requires(Permission.CONSULT)
def ring(appointment_id: str) -> AnyResponse:
    """Make it a visit by telephone, in the same record; the page tells the patient and shows the numbers."""
    encounter = service.ensure_encounter(db.session(), find_appointment(appointment_id))
    service.ring_instead(db.session(), current_actor(), encounter.id)
    return answer(url_for("consultations.consultation", appointment_id=appointment_id), medium="telephone")


@blueprint.post("/consultation/<appointment_id>/picture")
@requires(Permission.CONSULT)
def picture(appointment_id: str) -> AnyResponse:
    """Make it a visit by video again, in the same record; the patient's page hears of it and comes back."""
    encounter = service.ensure_encounter(db.session(), find_appointment(appointment_id))
    service.try_picture(db.session(), current_actor(), encounter.id)
    return answer(url_for("consultations.consultation", appointment_id=appointment_id), medium="video")


def _is_under_way(appointment: Appointment) -> bool:
    encounter = queries.encounter_of(db.session(), appointment.id)
    return encounter is not None and encounter.status is EncounterStatus.IN_PROGRESS and encounter.ended_at is None


def shown(appointment: Appointment, **forms: Any) -> dict[str, Any]:
    """Return everything the consultation shows; `forms` are those to show again with what was typed."""
    say, encounter = speech_in(appointment.session.zone), queries.encounter_of(db.session(), appointment.id)
    circle = list(patients.carers(db.session(), appointment.patient_id))
    return {
        "say": say,
        "appointment": appointment,
        "patient": appointment.patient,
        "encounter": encounter,
        "chips": chips(appointment, whole=True),
        "place": appointment.site.name if appointment.site else gettext(PLACES[appointment.mode]),
        "telephones": telephones(appointment.patient, circle, encounter.ring_number if encounter else ""),
        "people": people(appointment),
        "count_others": count_others,
        "roles": {role.value: gettext(text) for role, text in ROLES.items()},
        "signalling": settings().signalling_public_url,
        "safe_start_words": safe_start_words(),
        "safe_start": forms.get("safe_start") or _safe_start_form(encounter),
        "note": forms.get("note") or _note_form(encounter),
        "other_note": forms.get("other_note"),
        "outcome": forms.get("outcome") or OutcomeForm(formdata=None),
        "absence": absence(encounter, say),
        "ladder": ladder_words(encounter, say),
        "examined": examined(db.session(), current_actor(), encounter, say),
        "ready_asks": ready_asks(),
        "examination_fault": forms.get("examination_fault", ""),
        "new_id": new_id,
        "page": "consultation",
    }


def people(appointment: Appointment) -> dict[str, dict[str, str]]:
    """Return who may be in the room by participant: {name, role, agreed}, which signalling must not know."""
    encounter = queries.encounter_of(db.session(), appointment.id)
    carers = {place.carer_id: place for place in patients.carers(db.session(), appointment.patient_id)}
    known: dict[str, dict[str, str]] = {}
    for seat in encounter.seats if encounter else []:
        if seat.role == SeatRole.PATIENT:
            known[seat.participant] = {"name": appointment.patient.name, "role": gettext(ROLES[SeatRole.PATIENT])}
        elif seat.ref_id in carers:
            place = carers[seat.ref_id]
            known[seat.participant] = {"name": place.carer.name, "role": gettext(KIN[place.relationship_kind])}
        elif appointment.presenter is not None and seat.ref_id == appointment.presenter_id:
            name = appointment.presenter.display_name
            known[seat.participant] = {"name": name, "role": gettext(ROLES[SeatRole.PRESENTER])}
    return known


def _safe_start_form(encounter: Encounter | None) -> SafeStartForm:
    done, company = (encounter.safe_start, encounter.with_patient) if encounter else ([], "")
    return SafeStartForm(formdata=None, data={"done": done, "with_patient": company})


def _note_form(encounter: Encounter | None) -> NoteForm:
    text, version = (encounter.note, encounter.note_version) if encounter else ("", 0)
    return NoteForm(formdata=None, data={"note": text, "base_version": version})


def _note_changed(appointment: Appointment, form: NoteForm, other: service.NoteChanged) -> Page:
    detail = sentence(other.code)
    if wants_json():
        return jsonify({"code": other.code, "detail": detail, "saved": other.saved, "version": other.version}), 409  # type: ignore[return-value] # Flask takes a status beside an answer
    form.refuse(detail, "note")
    form.base_version.raw_data, form.base_version.data = None, other.version
    return render_template(
        "consultations/consultation.html", **shown(appointment, note=form, other_note=other.saved)
    ), 409


def _note_refused(appointment: Appointment, form: NoteForm, code: str) -> Page:
    if wants_json():
        return jsonify({"code": code, "detail": sentence(code)}), 422  # type: ignore[return-value] # Flask takes a status beside an answer
    return render_template("consultations/consultation.html", **shown(appointment, note=form)), 422
