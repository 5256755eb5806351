"""A patient has died: it is written down, and then a person frees the times that were booked."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import queries as appointments
from cartref.appointments import service as booking
from cartref.db import db
from cartref.office.forms.patients import DeathForm
from cartref.office.views.blueprint import blueprint
from cartref.patients import queries, service
from cartref.referrals import service as referrals
from cartref.web.locale import current_words, gettext


@blueprint.route("/patients/<patient_id>/death", methods=["GET", "POST"])
@requires(Permission.PATIENTS_WRITE)
def record_death(patient_id: str) -> str | Response | tuple[str, int]:
    """Write down that the patient has died, which stops every message at once."""
    session, actor = db.session(), current_actor()
    patient = queries.find(session, actor, patient_id)
    form = DeathForm()
    if form.validate_on_submit():
        with form.attempt():
            service.record_death(session, actor, patient_id, **form.details())
            if actor.may(Permission.REFERRALS_WRITE):
                referrals.end_after_death(session, actor, patient_id)
        if not form.refused:
            flash(gettext("The death is recorded. No more messages go out."), "success")
            return redirect(url_for("office.patient", patient_id=patient_id), 303)
    waiting = appointments.upcoming_of_patient(session, actor, patient_id)
    page = render_template("office/record_death.html", form=form, patient=patient, waiting=waiting)
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/patients/<patient_id>/death/withdraw")
@requires(Permission.PATIENTS_WRITE)
def withdraw_death(patient_id: str) -> Response:
    """Take back a death that was written down by mistake."""
    session, actor = db.session(), current_actor()
    service.withdraw_death(session, actor, patient_id)
    if actor.may(Permission.REFERRALS_WRITE):
        referrals.resume_after_mistake(session, actor, patient_id)
    flash(gettext("The record of a death is taken back."), "success")
    return redirect(url_for("office.patient", patient_id=patient_id), 303)


@blueprint.post("/patients/<patient_id>/death/free")
@requires(Permission.APPOINTMENTS_WRITE)
def free_after_death(patient_id: str) -> Response:
    """Give back the times that were booked for a patient who has died."""
    freed = booking.free_after_death(db.session(), current_actor(), patient_id)
    told = current_words().ngettext("%(n)s appointment is cancelled.", "%(n)s appointments are cancelled.", len(freed))
    flash(told, "success")
    return redirect(url_for("office.patient", patient_id=patient_id), 303)
