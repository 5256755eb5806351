"""Referrals: recorded, shown with their waiting time, changed, closed and opened again."""

from types import SimpleNamespace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.audit.reading import was_read
from cartref.clinics import queries as clinics
from cartref.db import db
from cartref.errors import IllegalTransition, StaleVersion
from cartref.office.clinic_book import last_saved
from cartref.office.forms.changes import begun, merged
from cartref.office.forms.choices import version
from cartref.office.forms.referrals import ClockForm, CloseReferralForm, ReferralForm, beginning
from cartref.office.queries import staff_names
from cartref.office.referral_labels import CLOSINGS, ENTRY_KINDS, ENTRY_STATUSES, PRIORITIES, SOURCES, TICKS
from cartref.office.speech import today
from cartref.office.views.blueprint import blueprint
from cartref.office.views.noting import noting
from cartref.patients import queries as patients
from cartref.referrals import queries, service
from cartref.referrals.models import EntryStatus, Referral
from cartref.referrals.service import referring, retractable
from cartref.referrals.waiting_time import may_follow, waited
from cartref.web.locale import gettext

Answer = str | Response | tuple[str, int]


@blueprint.route("/referrals/new", methods=["GET", "POST"])
@requires(Permission.REFERRALS_WRITE)
def new_referral() -> Answer:
    """Record a referral of the patient whom the address names."""
    session, actor = db.session(), current_actor()
    if not request.args.get("patient_id"):
        return redirect(url_for("office.patients"), 303)
    patient = patients.find(session, actor, request.args["patient_id"])
    form, standing = ReferralForm(), [one for one in queries.of_patient(session, actor, patient.id) if one.open]
    if form.validate_on_submit():
        with form.attempt():
            made = service.refer(session, actor, patient.id, form.details())
        if not form.refused:
            if standing:
                flash(gettext("The patient has another open referral. Look whether both are needed."), "warning")
            return _opened(
                made.id, gettext("The referral is recorded, and %(name)s waits to be booked.", name=patient.name)
            )
    form.offer(clinics.clinics(session, actor))
    page = render_template(
        "office/new_referral.html", form=form, patient=patient, standing=standing, priorities=PRIORITIES,
        sources=SOURCES,
    )  # fmt: skip
    return (page, 422) if form.is_submitted() else page


@blueprint.get("/referrals/<referral_id>")
@requires(Permission.REFERRALS_READ)
def referral(referral_id: str) -> str:
    """Show one referral: what it says, how long has been waited, and what is booked or to be booked for it."""
    found = queries.find(db.session(), current_actor(), referral_id)
    return _page(found, ClockForm(formdata=None, data={"on": today()}))


@blueprint.route("/referrals/<referral_id>/edit", methods=["GET", "POST"])
@requires(Permission.REFERRALS_WRITE)
def edit_referral(referral_id: str) -> Answer:
    """Change what a referral says; what somebody else changed meanwhile is shown beside what was typed."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, referral_id)
    saved = SimpleNamespace(**beginning(referring.details_of(found)))
    form, meanwhile = begun(_offering, saved, found.version, request.form), None
    if form.validate_on_submit():
        with form.attempt(), noting() as noted:
            service.change(session, actor, referral_id, version=version(form.version.data), details=form.details())
        if not form.refused:
            return _opened(referral_id, gettext("Your changes are saved."))
        if any(isinstance(error, StaleVersion) for error in noted):
            form, meanwhile = merged(_offering, form, saved, found.version, request.form)
    was_read(actor, "referral.read", "referral", found.id, patient_id=found.patient_id)
    page = render_template(
        "office/edit_referral.html", form=form, referral=found, meanwhile=meanwhile,
        saved=None if meanwhile is None else last_saved(session, actor, "referral", found.id),
    )  # fmt: skip
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/referrals/<referral_id>/clock", methods=["GET", "POST"])
@requires(Permission.REFERRALS_WRITE)
def change_clock(referral_id: str) -> Answer:
    """Pause, resume, stop or start the waiting time, as the pressed button says; as a page it is the referral."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, referral_id)
    if request.method == "GET":
        return redirect(url_for("office.referral", referral_id=referral_id), 303)
    form = ClockForm()
    if form.validate():
        with form.attempt():
            if form.chosen is None:
                raise IllegalTransition(referral=referral_id)
            service.change_clock(session, actor, referral_id, kind=form.chosen, **form.details())
        if not form.refused:
            return _opened(referral_id, gettext("The waiting time is changed."))
    return _page(found, form), 422


@blueprint.post("/referrals/<referral_id>/clock/<tick_id>/take-back")
@requires(Permission.REFERRALS_WRITE)
def take_back_tick(referral_id: str, tick_id: str) -> Answer:
    """Take back the last change of the waiting time, which was a mistake."""
    service.take_back(db.session(), current_actor(), referral_id, tick_id)
    return _opened(referral_id, gettext("The change is taken back."))


@blueprint.route("/referrals/<referral_id>/close", methods=["GET", "POST"])
@requires(Permission.REFERRALS_WRITE)
def close_referral(referral_id: str) -> Answer:
    """Close a referral for a reason: the waiting time stops, and nothing is to be booked for it."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, referral_id)
    form = CloseReferralForm(data={"version": found.version})
    if form.validate_on_submit():
        with form.attempt(), noting() as noted:
            service.close(session, actor, referral_id, version=version(form.version.data), reason=form.reason.data)
        if not form.refused:
            return _opened(referral_id, gettext("The referral is closed."))
        if any(isinstance(error, StaleVersion) for error in noted):
            form.version.data = found.version
    page = render_template(
        "office/close_referral.html", form=form, referral=found,
        lines=queries.entries_of_referral(session, found.id, EntryStatus.WAITING),
    )  # fmt: skip
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/referrals/<referral_id>/reopen")
@requires(Permission.REFERRALS_WRITE)
def reopen_referral(referral_id: str) -> Answer:
    """Open a closed referral again."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, referral_id)
    service.reopen(session, actor, referral_id, version=found.version)
    return _opened(referral_id, gettext("The referral is open again."))


def _offering(**begin: Any) -> ReferralForm:
    """Return the form of a referral with the clinics to choose from."""
    form = ReferralForm(**begin)
    form.offer(clinics.clinics(db.session(), current_actor()))
    return form


def _opened(referral_id: str, told: str) -> Response:
    flash(told, "success")
    return redirect(url_for("office.referral", referral_id=referral_id), 303)


def _page(found: Referral, form: ClockForm) -> str:
    session, actor = db.session(), current_actor()
    was_read(actor, "referral.read", "referral", found.id, patient_id=found.patient_id)
    so_far = waited(found.ticks, today())
    return render_template(
        "office/referral.html",
        referral=found,
        form=form,
        waited_for=so_far,
        may_follow=may_follow(so_far.state),
        retractable=retractable(found),
        lines=queries.entries_of_referral(session, found.id, *EntryStatus),
        recorders=staff_names(session, actor, [tick.recorded_by_id for tick in found.ticks]),
        closings=CLOSINGS,
        kinds=ENTRY_KINDS,
        priorities=PRIORITIES,
        sources=SOURCES,
        statuses=ENTRY_STATUSES,
        ticks=TICKS,
    )
