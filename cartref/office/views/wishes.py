"""What a patient's visits should respect: asked once, written down, used for every booking."""

import re

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.audit.reading import was_read
from cartref.db import db
from cartref.office.forms.wishes import SPARE_DAYS, WishesForm, beginning, single_days, wishes_form
from cartref.office.speech import today
from cartref.office.views.blueprint import blueprint
from cartref.patients import queries
from cartref.patients import wishes as service
from cartref.patients.models import Patient
from cartref.patients.wishes import FreeHours, Wishes
from cartref.web.locale import gettext

ROW = re.compile(r"day(\d{1,2})_hours")


@blueprint.route("/patients/<patient_id>/wishes", methods=["GET", "POST"])
@requires(Permission.PATIENTS_WRITE)
def wishes(patient_id: str) -> str | Response | tuple[str, int]:
    """Write down what the patient's visits should respect, and when the carer who must be there is free."""
    session, actor = db.session(), current_actor()
    patient = queries.find(session, actor, patient_id)
    was_read(actor, "patient.read", "patient", patient.id, patient_id=patient.id)
    saved, hours = service.find(session, patient.id), _hours(service.find(session, patient.id))
    form = wishes_form(_rows(hours))(data=beginning(saved, hours))
    form.offer(queries.carers(session, patient.id))
    if form.validate_on_submit():
        with form.attempt():
            kept = _save(form, patient)
        if not form.refused:
            return _saved(form, patient, kept)
    shown = next((choice.label for choice in form.carer_id.choices if choice.value == form.hours_of.data), "")
    page = render_template("office/wishes.html", form=form, patient=patient, carer=shown if form.hours_of.data else "")
    return (page, 422) if form.is_submitted() else page


def _save(form: WishesForm, patient: Patient) -> Wishes:
    """Return the wishes that are saved; the hours on the page are those of the carer it showed, and nobody else's."""
    wanted = form.wishes()
    same_carer = wanted.carer_id == (form.hours_of.data or None)
    hours = form.hours() if same_carer else _hours(wanted)
    service.save(db.session(), current_actor(), patient.id, wanted, hours)
    return wanted


def _saved(form: WishesForm, patient: Patient, kept: Wishes) -> Response:
    """Go back to the patient, or on to the hours of a carer who was just chosen."""
    if kept.carer_id and kept.carer_id != form.hours_of.data:
        flash(gettext("Your changes are saved. Now enter when the carer is free."), "success")
        return redirect(url_for("office.wishes", patient_id=patient.id, _anchor="hours"), 303)
    flash(gettext("Your changes are saved."), "success")
    return redirect(url_for("office.patient", patient_id=patient.id), 303)


def _hours(kept: Wishes) -> list[FreeHours]:
    """Return the free times of the carer who must be there; days that are over are left out."""
    if kept.carer_id is None:
        return []
    return [free for free in service.hours(db.session(), kept.carer_id) if free.on is None or free.on >= today()]


def _rows(hours: list[FreeHours]) -> int:
    """Return how many rows for single days the form has: what is saved and some to spare, or what was sent."""
    sent = [int(found[1]) + 1 for name in request.form if (found := ROW.fullmatch(name))]
    return max([len(single_days(hours)) + SPARE_DAYS, *sent])
