"""Moving and cancelling an appointment; whoever saw an older state of it is shown both."""

from datetime import datetime, time

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import queries, service
from cartref.appointments.models import Appointment
from cartref.clinics import queries as clinics
from cartref.clinics.models import Slot
from cartref.db import db
from cartref.errors import NotFound, StaleVersion
from cartref.office.clinic_book import last_saved
from cartref.office.forms.booking import CancelForm, ChangeForm, MoveForm
from cartref.office.forms.choices import version
from cartref.office.labels import MODES_SHORT, STATUS_WORDS, STATUSES
from cartref.office.speech import ZONE
from cartref.office.views.blueprint import addresses, blueprint, say
from cartref.office.views.day import asked_date
from cartref.office.views.noting import noting
from cartref.web.locale import gettext

OFFERS = 30
Answer = str | Response | tuple[str, int]


@blueprint.route("/appointments/<appointment_id>/move", methods=["GET", "POST"])
@requires(Permission.APPOINTMENTS_WRITE)
def move(appointment_id: str) -> Answer:
    """Move an appointment to a free time; its links stay."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, appointment_id)
    form = MoveForm(data=_seen(found))
    stale = False
    asked = request.args.get("slot_id")
    chosen = clinics.find_slot(session, actor, asked) if asked and not form.is_submitted() else None
    if form.validate_on_submit():
        with form.attempt(), noting() as noted:
            service.reschedule(
                session, actor, addresses=addresses(), appointment_id=appointment_id,
                version=version(form.version.data), slot_id=form.slot_id.data or "",
            )  # fmt: skip
        if not form.refused:
            flash(
                gettext("The appointment has moved, and the links stay the same. Now tell the patient."),
                "success",
            )
            return redirect(url_for("office.appointment", appointment_id=appointment_id), 303)
        stale = any(isinstance(error, StaleVersion) for error in noted)
        chosen = _slot(form.slot_id.data) if stale else None
    page = render_template("office/move.html", **_facts(found, form, stale=stale), **_free(found), chosen=chosen)
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/appointments/<appointment_id>/cancel", methods=["GET", "POST"])
@requires(Permission.APPOINTMENTS_WRITE)
def cancel(appointment_id: str) -> Answer:
    """Cancel an appointment with a reason; its links then let nobody in."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, appointment_id)
    form = CancelForm(data=_seen(found))
    stale = False
    if form.validate_on_submit():
        with form.attempt(), noting() as noted:
            seen, reason = version(form.version.data), form.reason.data
            service.cancel(session, actor, appointment_id=appointment_id, version=seen, reason=reason)
        if not form.refused:
            _tell_cancelled(appointment_id)
            return redirect(url_for("office.appointment", appointment_id=appointment_id), 303)
        stale = any(isinstance(error, StaleVersion) for error in noted)
    page = render_template("office/cancel.html", **_facts(found, form, stale=stale))
    return (page, 422) if form.is_submitted() else page


def _tell_cancelled(appointment_id: str) -> None:
    told = gettext("The appointment is cancelled. The time is free again.")
    undo = f"{url_for('office.appointment', appointment_id=appointment_id)}#undo"
    link = Markup('{} <a href="{}">{}</a>').format(told, undo, gettext("Undo the cancellation"))
    flash(link, "success")


def _slot(slot_id: str | None) -> Slot | None:
    """Return the slot that was chosen, None for one that is none."""
    try:
        return clinics.find_slot(db.session(), current_actor(), slot_id or "")
    except NotFound:
        return None


def _seen(found: Appointment) -> dict[str, object]:
    return {"version": found.version, "seen": found.starts_at.isoformat()}


def _facts(found: Appointment, form: ChangeForm, *, stale: bool) -> dict[str, object]:
    """Return what both pages show; after a stale answer the form goes on from the appointment as it is now."""
    before = _moment(form.seen.data)
    if stale:
        db.session().refresh(found)
        form.version.data, form.seen.data = found.version, found.starts_at.isoformat()
    return {
        "appointment": found, "form": form, "modes": MODES_SHORT, "stale": stale,
        "before": say().moment(before) if before else "", "statuses": STATUSES, "status_words": STATUS_WORDS,
        "saved": last_saved(db.session(), current_actor(), "appointment", found.id) if stale else None,
    }  # fmt: skip


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _free(found: Appointment) -> dict[str, object]:
    session, actor, day = db.session(), current_actor(), asked_date("from")
    clinic_id = request.args.get("clinic_id", found.session.clinic_id) or None
    minutes = round((found.ends_at - found.starts_at).total_seconds() / 60)
    offers = queries.free_slots(
        session, actor, clinic_id=clinic_id, patient_id=found.patient_id, minutes=minutes, limit=OFFERS,
        after=datetime.combine(day, time(), ZONE) if day else None,
    )  # fmt: skip
    return {"offers": offers, "day": day, "clinic_id": clinic_id or "", "clinics": clinics.clinics(session, actor)}
