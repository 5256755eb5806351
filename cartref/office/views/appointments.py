"""One appointment: what is known of it, its links, and telling the patient."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import messages, queries, service
from cartref.appointments.models import Appointment
from cartref.audit.reading import was_read
from cartref.calendars.answers import invited
from cartref.consultations.encounters import ladder
from cartref.consultations.examined import record_of
from cartref.db import db
from cartref.links import queries as links
from cartref.office.history import history
from cartref.office.holders import holders
from cartref.office.labels import ASKED_WAYS, LANGUAGES, MODES_SHORT, STATUS_WORDS, STATUSES
from cartref.office.queries import notices_about, staff_names
from cartref.office.speech import today
from cartref.office.telling import told
from cartref.office.views.blueprint import addresses, blueprint
from cartref.referrals import queries as referrals
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
    for one in told(messages.confirmation_routes(session, found), locale.language()):
        goes = locale.gettext("The confirmation goes %(ways)s.", ways=one.ways)
        flash(f"{one.person.name}: {one.obstacle or goes}", "success" if one.ways else "warning")
    return redirect(url_for("office.appointment", appointment_id=found.id), 303)


def _shown(found: Appointment) -> dict[str, Any]:
    session, actor = db.session(), current_actor()
    people = holders(session, found)
    notices = notices_about(session, actor, found.id)
    people_told = told(messages.confirmation_routes(session, found), locale.language())
    names = staff_names(session, actor, [found.booked_by_id])
    names |= {one.person.id: one.person.name for one in people_told} | {one.id: one.name for one in people.values()}
    waited = referrals.waited(session, [found.referral_id], today())
    return {
        "appointment": found,
        "restorable": service.can_restore(found),
        "waited_for": waited.get(found.referral_id or ""),
        "people": people,
        "invited": invited(session, actor, found),
        "carers": [person for person in people.values() if person.is_carer],
        "links": [
            {"row": link, "holder": people[link.holder_id], "url": addresses().url(link)}
            for link in links.of_visit(session, actor, found.id)
            if link.holder_id in people
        ],
        "examined": record_of(session, actor, found, locale.language()),
        "offers": service.offers_among(session, [found]),
        "ways": ASKED_WAYS,
        "told": people_told,
        "tellable": any(one.will_know for one in people_told),
        "history": history(found, notices, names, locale.language(), ladder.steps_of_visit(session, found.id)),
        "modes": MODES_SHORT,
        "languages": LANGUAGES,
        "statuses": STATUSES,
        "status_words": STATUS_WORDS,
    }
