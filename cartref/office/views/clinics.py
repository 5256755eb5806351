"""Clinics: listed, set up, changed, and given the pattern by which they come back."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import queries as appointments
from cartref.appointments.service import rewrite_events
from cartref.clinics import queries, service
from cartref.clinics.lengths import BANDS, minutes_needed
from cartref.clinics.models import Clinic
from cartref.db import db
from cartref.office.forms.book import LaneForm
from cartref.office.forms.clinics import ClinicForm, PatternForm
from cartref.office.labels import CLOSED_WORDS, WEEKDAYS
from cartref.office.speech import today
from cartref.office.views.blueprint import addresses, blueprint, say
from cartref.web.locale import current_words, gettext

SHOWN_AHEAD = timedelta(weeks=8)
Answer = str | Response | tuple[str, int]


@blueprint.get("/clinics")
@requires(Permission.CLINICS_READ)
def clinics() -> str:
    """List the service's clinics."""
    return render_template("office/clinics.html", clinics=queries.clinics(db.session(), current_actor()))


@blueprint.route("/clinics/new", methods=["GET", "POST"])
@requires(Permission.CLINICS_WRITE)
def new_clinic() -> Answer:
    """Set up a clinic."""
    form = ClinicForm()
    if form.validate_on_submit():
        with form.attempt():
            made = service.create_clinic(db.session(), current_actor(), **form.details())
        if not form.refused:
            flash(gettext("The clinic is made. Now say when it runs."), "success")
            return redirect(url_for("office.clinic", clinic_id=made.id), 303)
    return _form_page(form, None)


@blueprint.get("/clinics/<clinic_id>")
@requires(Permission.CLINICS_READ)
def clinic(clinic_id: str) -> str:
    """Show a clinic: its patterns, its lanes and the sessions of the next weeks."""
    return clinic_page(clinic_id, LaneForm(formdata=None))


def clinic_page(clinic_id: str, lane_form: LaneForm) -> str:
    """Return a clinic's page with the form for a lane as it was typed."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, clinic_id)
    sittings = queries.sessions(session, actor, clinic_id=clinic_id, first=today(), last=today() + SHOWN_AHEAD)
    outside = queries.outside_patterns(session, actor, clinic_id, today())
    both = [sitting.id for sitting in (*sittings, *outside)]
    return render_template(
        "office/clinic.html",
        clinic=found,
        patterns=queries.patterns(session, actor, clinic_id),
        sittings=sittings,
        outside=outside,
        lanes=queries.lanes(session, actor, clinic_id),
        lane_form=lane_form,
        free=queries.free_counts(session, actor, both),
        booked=appointments.booked_counts(session, actor, both),
        bands=[
            (band.words, minutes_needed(found.slot_minutes, found.minutes_by_frailty, band.first)) for band in BANDS
        ],
        reminders=service.reminder_hours(found),
        closed_words=CLOSED_WORDS,
        weekdays=WEEKDAYS,
    )


@blueprint.route("/clinics/<clinic_id>/edit", methods=["GET", "POST"])
@requires(Permission.CLINICS_WRITE)
def edit_clinic(clinic_id: str) -> Answer:
    """Change what a clinic is; the calendars follow."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, clinic_id)
    form = ClinicForm(obj=found)
    if form.validate_on_submit():
        with form.attempt():
            service.change_clinic(session, actor, clinic_id, **form.details())
            rewrite_events(session, actor, addresses(), clinic_id)
        if not form.refused:
            flash(gettext("Your changes are saved."), "success")
            return redirect(url_for("office.clinic", clinic_id=clinic_id), 303)
    return _form_page(form, found)


@blueprint.route("/clinics/<clinic_id>/patterns/new", methods=["GET", "POST"])
@requires(Permission.CLINICS_WRITE)
def new_pattern(clinic_id: str) -> Answer:
    """Say when a clinic comes back, and make its sessions at once."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, clinic_id)
    form = PatternForm()
    form.offer(list(queries.clinicians(session, actor)))
    if form.validate_on_submit():
        with form.attempt():
            service.add_pattern(session, actor, clinic_id, **form.details())
            made = service.generate_sessions(session, actor, today() + service.HORIZON)
        if not form.refused:
            tell_made(made)
            return redirect(url_for("office.clinic", clinic_id=clinic_id), 303)
    page = render_template("office/new_pattern.html", form=form, clinic=found)
    return (page, 422) if form.is_submitted() else page


def _form_page(form: ClinicForm, clinic: Clinic | None) -> Answer:
    page = render_template("office/clinic_form.html", form=form, clinic=clinic)
    return (page, 422) if form.is_submitted() else page


def tell_made(made: service.Generated) -> None:
    """Say how many sessions were made, and which days were skipped and why."""
    count = len(made.sessions)
    flash(current_words().ngettext("%(n)s session is made.", "%(n)s sessions are made.", count), "success")
    for skipped in made.skipped:
        flash(f"{say().day(skipped.local_date)}: {gettext(service.SKIP_WORDS[skipped.reason])}", "warning")
