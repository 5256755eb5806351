"""One appointment: what is known of it, its links, and telling the patient."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import messages, queries
from cartref.appointments.models import Appointment
from cartref.audit.reading import was_read
from cartref.db import db
from cartref.links import queries as links
from cartref.office.history import history
from cartref.office.holders import holders
from cartref.office.labels import LANGUAGES, MODES_SHORT, STATUS_WORDS, STATUSES
from cartref.office.queries import notices_about, staff_names
from cartref.office.views.blueprint import addresses, blueprint
from cartref.web import locale


@blueprint.get("/appointments/<appointment_id>")
@requires(Permission.APPOINTMENTS_READ)
def appointment(appointment_id: str) -> str:
    """Show one appointment: who, when, how, what has happened, and the links to it."""
    actor = current_actor()
    found = queries.find(db.session(), actor, appointment_id)
    was_read(actor, "appointment.read", "appointment", found.id, patient_id=found.patient_id)
    return render_template("office/appointment.html", **_shown(found))


@blueprint.post("/appointments/<appointment_id>/confirmation")
@requires(Permission.APPOINTMENTS_WRITE)
def send_confirmation(appointment_id: str) -> Response:
    """Send the confirmation to whoever may have it, and say to whom it goes."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, appointment_id)
    messages.send_confirmation(session, actor, appointment_id)
    for recipient in messages.recipients(session, found):
        if recipient.obstacle is None:
            flash(locale.gettext("The confirmation goes by e-mail to %(name)s.", name=recipient.name), "success")
        else:
            obstacle = locale.gettext(messages.OBSTACLE_WORDS[recipient.obstacle])
            flash(f"{recipient.name}: {obstacle}", "warning")
    return redirect(url_for("office.appointment", appointment_id=found.id), 303)


def _shown(found: Appointment) -> dict[str, Any]:
    session, actor = db.session(), current_actor()
    people = holders(session, found)
    notices = notices_about(session, actor, found.id)
    told = messages.recipients(session, found)
    names = staff_names(session, actor, [found.booked_by_id])
    names |= {recipient.id: recipient.name for recipient in told} | {one.id: one.name for one in people.values()}
    return {
        "appointment": found,
        "people": people,
        "carers": [person for person in people.values() if person.is_carer],
        "links": [
            {"row": link, "holder": people[link.holder_id], "url": addresses().url(link)}
            for link in links.of_visit(session, actor, found.id)
            if link.holder_id in people
        ],
        "told": told,
        "reachable": any(recipient.obstacle is None for recipient in told),
        "obstacles": messages.OBSTACLE_WORDS,
        "history": history(found, notices, names, locale.language()),
        "modes": MODES_SHORT,
        "languages": LANGUAGES,
        "statuses": STATUSES,
        "status_words": STATUS_WORDS,
    }
