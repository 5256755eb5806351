"""Booking in three steps, in either order: whom, when, and how."""

from collections.abc import Sequence
from datetime import datetime, time
from secrets import token_urlsafe

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import queries as appointments
from cartref.appointments import service
from cartref.appointments.service.booking import alternatives
from cartref.clinics import queries as clinics
from cartref.clinics.models import OverbookLane, Slot, SlotState
from cartref.db import db
from cartref.office.adjoining import lengths
from cartref.office.forms.booking import BookingForm
from cartref.office.speech import ZONE
from cartref.office.views.blueprint import addresses, blueprint
from cartref.office.views.day import asked_date
from cartref.office.views.noting import noting
from cartref.patients import queries as patients
from cartref.patients.models import Patient
from cartref.patients.searching import wanted
from cartref.web.errors import sentence
from cartref.web.locale import gettext

OFFERS = 20
ALL_TIMES = frozenset({"all", "from", "clinic_id"})  # what the plain list of free times is asked for with
Answer = str | Response | tuple[str, int]


@blueprint.route("/appointments/new", methods=["GET", "POST"])
@requires(Permission.APPOINTMENTS_WRITE)
def book() -> Answer:
    """Book an appointment: `slot_id` and `patient_id` say what is chosen already, and the page asks for the rest."""
    session, actor = db.session(), current_actor()
    asked = request.form if request.method == "POST" else request.args
    patient = patients.find(session, actor, asked["patient_id"]) if asked.get("patient_id") else None
    slot_id = asked.get("slot_instead") or asked.get("slot_id")
    slot = clinics.find_slot(session, actor, slot_id) if slot_id else None
    if patient is None:
        return _whom(slot)
    if slot is None:
        return _when(patient) if ALL_TIMES & request.args.keys() else _find(patient)
    return _how(patient, slot)


def _whom(slot: Slot | None) -> str:
    text = request.args.get("q", "").strip()
    found = [] if wanted(text).nobody else patients.search(db.session(), current_actor(), text)
    return render_template(
        "office/book_whom.html",
        overbook=request.args.get("overbook") or None,
        slot=slot,
        text=text,
        found=found,
        most=patients.MOST_FOUND,
    )


def _find(patient: Patient) -> Response:
    """Go on to the times that suit her best; the plain list of all is one press further."""
    return redirect(url_for("office.find_time", patient_id=patient.id), 303)


def _when(patient: Patient) -> str:
    session, actor, day = db.session(), current_actor(), asked_date("from")
    clinic_id = request.args.get("clinic_id") or None
    return render_template(
        "office/book_when.html",
        patient=patient,
        day=day,
        clinic_id=clinic_id,
        entry_id=request.args.get("entry_id") or None,
        clinics=clinics.clinics(session, actor),
        offered=appointments.free_slots(
            session, actor, clinic_id=clinic_id, patient_id=patient.id, limit=OFFERS,
            after=datetime.combine(day, time(), ZONE) if day else None,
        ),
    )  # fmt: skip


def _how(patient: Patient, slot: Slot) -> Answer:
    form = BookingForm(data=_beginning(patient, slot))
    instead: Sequence[str] | None = None
    if form.overbook.data:
        form.offer_lanes(_lanes_left(slot))
    elif not form.is_submitted() and slot.state is not SlotState.FREE:  # taken since the page that led here was made
        form.refuse(sentence(service.SlotTaken.code))
        instead = alternatives(db.session(), current_actor(), slot.id, patient.id, form.minutes.data)
    if form.validate_on_submit():
        with form.attempt(), noting() as noted:
            booked = service.book(db.session(), current_actor(), addresses=addresses(), **form.wish())
        if not form.refused:
            flash(gettext("The appointment is booked."), "success")
            return redirect(url_for("office.appointment", appointment_id=booked.id), 303)
        instead = next((error.context["alternatives"] for error in noted if "alternatives" in error.context), None)  # type: ignore[assignment] # ids, by the service's word
    form.slot_id.data, form.slot_instead.data = slot.id, ""
    page = _how_page(form, patient, slot, instead)
    return (page, 422) if form.is_submitted() else page


def _beginning(patient: Patient, slot: Slot) -> dict[str, object]:
    length = round((slot.ends_at - slot.starts_at).total_seconds() / 60)
    return {
        "patient_id": patient.id, "slot_id": slot.id, "idempotency_key": token_urlsafe(16), "minutes": length,
        "waiting_entry_id": request.args.get("entry_id", ""), "overbook": request.args.get("overbook", ""),
    }  # fmt: skip


def _lanes_left(slot: Slot) -> list[tuple[OverbookLane, int]]:
    """Return the clinic's lanes that have a place left in the slot's session, each with how many."""
    session, actor = db.session(), current_actor()
    taken = appointments.lane_places(session, slot.session_id)
    lanes = clinics.lanes(session, actor, slot.session.clinic_id)
    return [(lane, left) for lane in lanes if (left := lane.cap - len(taken.get(lane.id, ()))) > 0]


def _how_page(form: BookingForm, patient: Patient, slot: Slot, instead: Sequence[str] | None) -> str:
    """Return the form; `instead` are the slots to offer when this one can't be had (None: it can)."""
    session, actor = db.session(), current_actor()
    carers = patients.carers(session, patient.id)
    form.offer(
        lengths(clinics.slots(session, actor, slot.session_id), slot),
        clinics.rooms(session, actor),
        clinics.presenters(session, actor),
        [place for place in carers if place.may_join],
    )
    return render_template(
        "office/book_how.html",
        form=form,
        patient=patient,
        slot=slot,
        carers=carers,
        clashed=instead is not None,
        instead=[clinics.find_slot(session, actor, slot_id) for slot_id in instead or ()],
    )
