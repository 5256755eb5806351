"""Those who help a patient: added with what they may do, and ended."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.db import db
from cartref.office.forms.patients import CarerForm
from cartref.office.views.blueprint import blueprint
from cartref.patients import queries, service
from cartref.web.locale import gettext


@blueprint.route("/patients/<patient_id>/carers/new", methods=["GET", "POST"])
@requires(Permission.PATIENTS_WRITE)
def add_carer(patient_id: str) -> str | Response | tuple[str, int]:
    """Write down somebody who helps the patient, what she may do, and who agreed to it."""
    session, actor = db.session(), current_actor()
    patient = queries.find(session, actor, patient_id)
    form = CarerForm()
    if form.validate_on_submit():
        with form.attempt():
            circle = service.add_carer(session, actor, patient_id, **form.values())
        if not form.refused:
            flash(gettext("%(name)s is added.", name=circle.carer.name), "success")
            return redirect(url_for("office.patient", patient_id=patient_id), 303)
    page = render_template("office/add_carer.html", form=form, patient=patient)
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/patients/<patient_id>/carers/<circle_id>/end")
@requires(Permission.PATIENTS_WRITE)
def end_carer(patient_id: str, circle_id: str) -> Response:
    """End somebody's place beside the patient."""
    circle = service.end_carer(db.session(), current_actor(), patient_id, circle_id)
    flash(gettext("%(name)s can no longer take part.", name=circle.carer.name), "success")
    return redirect(url_for("office.patient", patient_id=patient_id), 303)
