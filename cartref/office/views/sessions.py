"""Clinic sessions: one opened by hand, and its slots with who is booked."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import queries as appointments
from cartref.appointments.models import AppointmentStatus
from cartref.appointments.service import offers_among
from cartref.clinics import queries, service
from cartref.clinics.bank_holidays import HOLIDAY_WORDS, bank_holiday
from cartref.clinics.models import ClinicSession, SessionStatus
from cartref.consultations.labels import READY_WORDS
from cartref.consultations.readiness.queries import readied
from cartref.db import db
from cartref.office.diary import entries
from cartref.office.forms.clinics import SessionForm
from cartref.office.labels import ASKED_WAYS, CLOSED_WORDS, MODES_SHORT, STATUS_WORDS, STATUSES
from cartref.office.queries import staff_names
from cartref.office.views.blueprint import blueprint
from cartref.web.locale import gettext

UNSEEN = {AppointmentStatus.PENDING, AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED}


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
    """Show one clinic session: its slots, free or with who is booked; when it is closed, who needs another time."""
    database, actor = db.session(), current_actor()
    sitting = queries.find_session(database, actor, session_id)
    booked = appointments.of_session(database, actor.service, session_id, held=True)
    closed = sitting.status is SessionStatus.CLOSED
    return render_template(
        "office/session.html",
        sitting=sitting,
        closed=closed,
        closed_words=CLOSED_WORDS,
        closed_by=staff_names(database, actor, [sitting.closed_by_id]).get(sitting.closed_by_id or ""),
        to_move=[found for found in booked if found.status in UNSEEN] if closed else [],
        away=queries.leave(
            database, actor, first=sitting.local_date, last=sitting.local_date, staff_id=sitting.clinician_id
        ),
        holiday=bank_holiday(sitting.local_date),
        holiday_words=HOLIDAY_WORDS,
        offers=offers_among(database, booked),
        ways=ASKED_WAYS,
        lines=entries(queries.slots(database, actor, session_id), booked),
        overbooks=not closed and _has_room(sitting),
        modes=MODES_SHORT,
        statuses=STATUSES,
        status_words=STATUS_WORDS,
        ready_of=readied(database, booked),
        ready_words=READY_WORDS,
    )


def _has_room(sitting: ClinicSession) -> bool:
    """Tell whether one of the clinic's overbooking lanes has a place left in the session."""
    session, actor = db.session(), current_actor()
    taken = appointments.lane_places(session, sitting.id)
    return any(len(taken.get(lane.id, ())) < lane.cap for lane in queries.lanes(session, actor, sitting.clinic_id))
