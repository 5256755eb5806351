"""What a patient's visits should respect: asked once, written down, used for every booking."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.audit.reading import was_read
from cartref.db import db
from cartref.errors import StaleVersion
from cartref.office.clinic_book import last_saved
from cartref.office.forms.changes import begun, merged
from cartref.office.forms.choices import version
from cartref.office.forms.wishes import WishesForm, beginning
from cartref.office.free_hours import by_day
from cartref.office.views.blueprint import blueprint, say
from cartref.office.views.noting import noting
from cartref.patients import hours as free_times
from cartref.patients import queries
from cartref.patients import wishes as service
from cartref.patients.models import CareCircle
from cartref.patients.wishes import Wishes
from cartref.web.locale import gettext


@blueprint.route("/patients/<patient_id>/wishes", methods=["GET", "POST"])
@requires(Permission.PATIENTS_WRITE)
def wishes(patient_id: str) -> str | Response | tuple[str, int]:
    """Write down what the patient's visits should respect; what somebody else changed meanwhile is shown beside it."""
    session, actor = db.session(), current_actor()
    patient = queries.find(session, actor, patient_id)
    was_read(actor, "patient.read", "patient", patient.id, patient_id=patient.id)
    carers, kept = queries.carers(session, patient.id), service.find(session, patient.id)
    row = service.of_patient(session, patient.id)
    saved, now = beginning(kept), row.version if row else 0

    def make(**begin: Any) -> WishesForm:
        form = WishesForm(**begin)
        form.offer(carers)
        return form

    form, meanwhile = begun(make, saved, now, request.form), None
    if form.validate_on_submit():
        with form.attempt(), noting() as noted:
            service.save(session, actor, patient.id, form.wishes(), version=version(form.version.data))
        if not form.refused:
            return _saved(patient.id, kept, _place(carers, form.wishes().carer_id))
        if any(isinstance(error, StaleVersion) for error in noted):
            form, meanwhile = merged(make, form, saved, now, request.form)
    helper = _place(carers, kept.carer_id)
    page = render_template(
        "office/wishes.html", form=form, patient=patient, meanwhile=meanwhile, helper=helper,
        hours=by_day(free_times.of_carer(session, helper.carer_id), say()) if helper else [],
        saved=last_saved(session, actor, "visit-wishes", row.id) if meanwhile is not None and row else None,
    )  # fmt: skip
    return (page, 422) if form.is_submitted() else page


def _saved(patient_id: str, before: Wishes, helper: CareCircle | None) -> Response:
    """Go back to the patient, or on to the hours of a carer who was just chosen."""
    if helper is not None and helper.carer_id != before.carer_id:
        flash(gettext("Your changes are saved. Now enter when the carer is free."), "success")
        there = url_for("office.carer", patient_id=patient_id, circle_id=helper.id, _anchor="hours")
        return redirect(there, 303)
    flash(gettext("Your changes are saved."), "success")
    return redirect(url_for("office.patient", patient_id=patient_id), 303)


def _place(carers: Any, carer_id: str | None) -> CareCircle | None:
    """Return the place of the carer who must be there, None when nobody must or hers has ended."""
    return next((place for place in carers if place.carer_id == carer_id), None)
