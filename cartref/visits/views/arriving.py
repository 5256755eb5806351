"""The page that a link leads to: the question, or how things stand with the visit, honestly."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from cartref.accounts.actor import Actor
from cartref.appointments import queries as appointments
from cartref.appointments.models import Appointment
from cartref.audit.models import ActorKind
from cartref.audit.reading import was_read
from cartref.consultations.readiness import queries as readiness
from cartref.db import db
from cartref.visits.pages import Page
from cartref.visits.standing import Standing, standing
from cartref.visits.views.blueprint import blueprint, page
from cartref.visits.views.offering import show_offer
from cartref.visits.views.proving import locked, question
from cartref.visits.views.visitor import for_holder, for_visitor
from cartref.visits.visitors import Visitor

TEMPLATES = {
    Page.DECLINED: "offer_declined",
    Page.OFFER_OVER: "offer_over",
    Page.CANCELLED: "cancelled",
    Page.FORGOTTEN: "forgotten",
    Page.OVER: "over",
    Page.PAST: "past",
    Page.BY_TELEPHONE: "telephone",
    Page.AT_SITE: "at_site",
    Page.IN_PERSON: "at_site",
    Page.ANOTHER_DAY: "early",
    Page.EARLY: "early",
    Page.LATE: "welcome",
    Page.OPEN: "welcome",
}
# None of these says anything about anybody.
SAID_TO_ALL = frozenset({Page.CANCELLED, Page.FORGOTTEN, Page.DECLINED, Page.OFFER_OVER})


@blueprint.get("/visit/<visit_id>")
@for_holder
def visit(visitor: Visitor) -> Response:
    """Show the holder of a link where the visit stands; who pressed "I am ready" comes back to the waiting room."""
    stands = standing(db.session(), visitor)
    if stands.page in SAID_TO_ALL:
        return page(TEMPLATES[stands.page], visitor=visitor, standing=stands)
    if visitor.opening is None:
        return locked(visitor) if visitor.link.locked_at else question(visitor)
    if stands.page is Page.OFFER:
        return show_offer(visitor, stands)
    if stands.page.may_enter and visitor.opening.ready_at and not stands.state.cannot_come:
        return redirect(url_for("visits.room", visit_id=visitor.appointment.id), 303)
    return _show(visitor, stands)


@blueprint.get("/visit/<visit_id>/over")
@for_visitor
def over(visitor: Visitor) -> Response:
    """Say what happens next, once the visit is over; lead back to it until then."""
    stands = standing(db.session(), visitor)
    if stands.page is not Page.OVER:
        return redirect(url_for("visits.visit", visit_id=visitor.appointment.id), 303)
    return _show(visitor, stands)


@blueprint.get("/visit/<visit_id>/not-mine")
@for_holder
def not_mine(visitor: Visitor) -> Response:
    """Say what to do with a link that came to the wrong person."""
    return page("not_mine", visitor=visitor)


def _show(visitor: Visitor, stands: Standing) -> Response:
    visit = visitor.appointment
    was_read(visitor.actor, "visit.read", "appointment", visit.id, patient_id=visit.patient_id)
    coming = _to_come(visitor) if stands.page is Page.OVER else []
    readied = readiness.of_visit(db.session(), visit) if stands.page is Page.BY_TELEPHONE else None
    return page(TEMPLATES[stands.page], visitor=visitor, standing=stands, coming=coming, readied=readied)


def _to_come(visitor: Visitor) -> list[Appointment]:
    """Return the patient's next visits with the service; what a carer was told of one visit says nothing of others."""
    if not visitor.is_patient:
        return []
    patient = visitor.patient
    actor = Actor(ActorKind.PATIENT, patient.id, visitor.link.service_id, patient.health_board_id)
    return list(appointments.upcoming_of_patient(db.session(), actor, patient.id))
