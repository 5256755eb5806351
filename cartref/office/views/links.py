"""Links to a visit: on paper, given anew, unlocked."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import queries as appointments
from cartref.appointments.models import Appointment
from cartref.audit.reading import was_read
from cartref.db import db
from cartref.errors import IllegalTransition, NotFound
from cartref.links import queries, service
from cartref.links.models import Link
from cartref.office.holders import holders
from cartref.office.link_sheet import link_sheet
from cartref.office.views.blueprint import addresses, blueprint
from cartref.web.locale import gettext


@blueprint.get("/appointments/<appointment_id>/link")
@requires(Permission.APPOINTMENTS_WRITE)
def link(appointment_id: str) -> str:
    """Show the sheet to print for the patient, or for the carer whose link `link_id` is."""
    session, actor = db.session(), current_actor()
    appointment = appointments.find(session, actor, appointment_id)
    if not appointment.live:
        raise IllegalTransition(status=appointment.status.value)
    people = holders(session, appointment)
    asked = request.args.get("link_id")
    found = _asked(appointment, asked) if asked or appointment.by_video else None
    holder = people[found.holder_id if found else appointment.patient_id]
    was_read(actor, "link.printed", "appointment", appointment.id, patient_id=appointment.patient_id)
    sheet = link_sheet(appointment, holder, addresses().url(found) if found and found.revoked_at is None else None)
    return render_template("office/link.html", appointment=appointment, sheet=sheet)


@blueprint.post("/appointments/<appointment_id>/links/<link_id>/reissue")
@requires(Permission.APPOINTMENTS_WRITE)
def reissue_link(appointment_id: str, link_id: str) -> Response:
    """Make a new address for somebody; the old one stops working."""
    _check(appointment_id, link_id)
    service.reissue(db.session(), current_actor(), addresses(), link_id)
    flash(gettext("The link is new. The old link no longer works, so send or print the new one."), "success")
    return redirect(url_for("office.appointment", appointment_id=appointment_id), 303)


@blueprint.post("/appointments/<appointment_id>/links/<link_id>/unlock")
@requires(Permission.APPOINTMENTS_WRITE)
def unlock_link(appointment_id: str, link_id: str) -> Response:
    """Give somebody five new tries at the date of birth."""
    _check(appointment_id, link_id)
    service.unlock(db.session(), current_actor(), link_id)
    flash(gettext("The link is unlocked."), "success")
    return redirect(url_for("office.appointment", appointment_id=appointment_id), 303)


def _check(appointment_id: str, link_id: str) -> None:
    _asked(appointments.find(db.session(), current_actor(), appointment_id), link_id)


def _asked(appointment: Appointment, link_id: str | None) -> Link:
    """Return the link of that id, or the patient's own; raise NotFound when the appointment has none such."""
    for found in queries.of_visit(db.session(), current_actor(), appointment.id):
        if link_id in {None, found.id}:
            return found
    raise NotFound(link=link_id)
