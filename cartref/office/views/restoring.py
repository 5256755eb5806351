"""Undoing a cancellation that was a mistake."""

from itertools import chain

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import queries, service
from cartref.db import db
from cartref.office.forms.book import RestoreForm
from cartref.office.forms.choices import version
from cartref.office.views.blueprint import addresses, blueprint
from cartref.web.locale import gettext


@blueprint.post("/appointments/<appointment_id>/restore")
@requires(Permission.APPOINTMENTS_WRITE)
def restore(appointment_id: str) -> Response:
    """Book a cancelled appointment again as it was, or say what is in the way."""
    session, actor = db.session(), current_actor()
    queries.find(session, actor, appointment_id)
    form = RestoreForm()
    if form.validate_on_submit():
        with form.attempt():
            service.restore(
                session, actor, addresses=addresses(), appointment_id=appointment_id,
                version=version(form.version.data),
            )  # fmt: skip
    if form.refused:
        for told in (*form.errors_shown, *chain.from_iterable(form.errors.values())):
            flash(told, "error")
    else:
        flash(gettext("The appointment is booked again, with the same links. Now tell the patient."), "success")
    return redirect(url_for("office.appointment", appointment_id=appointment_id), 303)
