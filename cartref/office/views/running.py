"""How a clinic runs: its overbooking lanes, how it books and reminds, and the end of a pattern."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments.service import end_pattern as end
from cartref.clinics import queries, service
from cartref.db import db
from cartref.errors import NotFound
from cartref.office.forms.book import EndPatternForm, LaneForm, SettingsForm
from cartref.office.labels import WEEKDAYS
from cartref.office.views.blueprint import blueprint
from cartref.office.views.clinics import clinic_page, tell_made
from cartref.office.views.leave import tell_cleared
from cartref.web.locale import current_words, gettext

Answer = str | Response | tuple[str, int]


@blueprint.route("/clinics/<clinic_id>/settings", methods=["GET", "POST"])
@requires(Permission.CLINICS_WRITE)
def clinic_settings(clinic_id: str) -> Answer:
    """Change how long appointments are by frailty, what a letter needs, bank holidays and reminders."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, clinic_id)
    form = SettingsForm()
    form.show(found)
    if form.validate_on_submit():
        with form.attempt():
            made = service.adjust_clinic(session, actor, clinic_id, **form.details())
        if not form.refused:
            flash(gettext("Your changes are saved."), "success")
            if made.sessions or made.skipped:
                tell_made(made)
            return redirect(url_for("office.clinic", clinic_id=clinic_id), 303)
    page = render_template("office/clinic_settings.html", form=form, clinic=found)
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/clinics/<clinic_id>/lanes", methods=["GET", "POST"])
@requires(Permission.CLINICS_WRITE)
def add_lane(clinic_id: str) -> Answer:
    """Add a lane in which the clinic may be overbooked."""
    form = LaneForm()
    queries.find(db.session(), current_actor(), clinic_id)
    if form.validate_on_submit():
        with form.attempt():
            service.add_lane(db.session(), current_actor(), clinic_id, form.name.data, form.cap.data)
            flash(gettext("The lane is added."), "success")
    if form.refused:
        return clinic_page(clinic_id, form), 422
    return redirect(url_for("office.clinic", clinic_id=clinic_id), 303)


@blueprint.post("/clinics/<clinic_id>/lanes/<lane_id>/end")
@requires(Permission.CLINICS_WRITE)
def end_lane(clinic_id: str, lane_id: str) -> Response:
    """End a lane; who is booked in it stays."""
    session, actor = db.session(), current_actor()
    queries.find(session, actor, clinic_id)
    service.end_lane(session, actor, lane_id)
    flash(gettext("The lane has ended. Whoever is booked in it stays booked."), "success")
    return redirect(url_for("office.clinic", clinic_id=clinic_id), 303)


@blueprint.route("/clinics/<clinic_id>/patterns/<pattern_id>/end", methods=["GET", "POST"])
@requires(Permission.CLINICS_WRITE)
def end_pattern(clinic_id: str, pattern_id: str) -> Answer:
    """Say when a pattern ends: its later empty sessions close, and those with patients are listed."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, clinic_id)
    pattern = next((one for one in queries.patterns(session, actor, clinic_id) if one.id == pattern_id), None)
    if pattern is None:
        raise NotFound(pattern=pattern_id)
    form = EndPatternForm()
    if form.validate_on_submit():
        with form.attempt():
            cleared = end(session, actor, pattern_id, **form.details())
        if not form.refused:
            flash(gettext("The pattern has its last day."), "success")
            tell_cleared(cleared)
            if cleared.booked:
                _tell_outside(len(cleared.booked))
            return redirect(url_for("office.clinic", clinic_id=clinic_id), 303)
    page = render_template(
        "office/end_pattern.html", form=form, clinic=found, pattern=pattern, weekdays=WEEKDAYS
    )  # fmt: skip
    return (page, 422) if form.is_submitted() else page


def _tell_outside(count: int) -> None:
    said = current_words().ngettext(
        "%(n)s later session has patients and stays. It is listed below.",
        "%(n)s later sessions have patients and stay. They are listed below.",
        count,
    )
    flash(said, "warning")
