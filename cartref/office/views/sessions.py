"""Clinic sessions: one opened by hand, and its slots with who is booked."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import queries as appointments
from cartref.clinics import queries, service
from cartref.db import db
from cartref.office.diary import entries
from cartref.office.forms.clinics import SessionForm
from cartref.office.labels import MODES_SHORT, STATUS_WORDS, STATUSES
from cartref.office.views.blueprint import blueprint
from cartref.web.locale import gettext


@blueprint.route("/clinics/<clinic_id>/sessions/new", methods=["GET", "POST"])
@requires(Permission.CLINICS_WRITE)
def new_session(clinic_id: str) -> str | Response | tuple[str, int]:
    """Open a clinic on one day alone."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, clinic_id)
    form = SessionForm()
    form.offer(list(queries.clinicians(session, actor)))
    if form.validate_on_submit():
        with form.attempt():
            made = service.open_session(session, actor, clinic_id, **form.details())
        if not form.refused:
            flash(gettext("The session is made."), "success")
            return redirect(url_for("office.session", session_id=made.id), 303)
    page = render_template("office/new_session.html", form=form, clinic=found)
    return (page, 422) if form.is_submitted() else page


@blueprint.get("/sessions/<session_id>")
@requires(Permission.APPOINTMENTS_READ)
def session(session_id: str) -> str:
    """Show one clinic session: its slots, free or with who is booked."""
    database, actor = db.session(), current_actor()
    sitting = queries.find_session(database, actor, session_id)
    booked = appointments.of_session(database, actor.service, session_id)
    return render_template(
        "office/session.html",
        sitting=sitting,
        lines=entries(queries.slots(database, actor, session_id), booked),
        modes=MODES_SHORT,
        statuses=STATUSES,
        status_words=STATUS_WORDS,
    )
