"""The room: one page from the camera check to the end of the call, and what that page asks of the server."""

from flask import Response, current_app, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cartref.audit.reading import was_read
from cartref.consultations import service as consultations
from cartref.consultations.models import SeatRole
from cartref.db import db
from cartref.errors import Conflict
from cartref.links import service as links
from cartref.links.addresses import Addresses
from cartref.patients import queries as patients
from cartref.patients.models import Carer
from cartref.visits import configuration
from cartref.visits.device import browser_of, device_of
from cartref.visits.standing import standing
from cartref.visits.views.blueprint import blueprint, page
from cartref.visits.views.visitor import for_visitor
from cartref.visits.visitors import Visitor
from cartref.web import locale

ADDRESSES = ("ticket", "ready", "state", "wish", "over", "visit")


class NotOpen(Conflict):
    """The waiting room is not open: it is too early or too late, or the visit is not by video (any more)."""

    code = "visit.not-open"


@blueprint.get("/visit/<visit_id>/room")
@for_visitor
def room(visitor: Visitor) -> AnyResponse:
    """Show the page on which she is checked, waits and is seen; before the room opens, lead to the check alone."""
    visit, stands = visitor.appointment, standing(db.session(), visitor)
    if not stands.page.may_enter:
        instead = "visits.check" if stands.page.may_check else "visits.visit"
        return redirect(url_for(instead, visit_id=visit.id), 303)
    was_read(visitor.actor, "visit.read", "appointment", visit.id, patient_id=visit.patient_id)
    settings = current_app.config["CARTREF"]
    return page(
        "room",
        visitor=visitor,
        standing=stands,
        device=device_of(request.user_agent.string),
        browser=browser_of(request.user_agent.string),
        link_url=Addresses.from_settings(settings).url(visitor.link),
        configuration={
            "signalling": settings.signalling_public_url,
            "urls": {name: url_for(f"visits.{name}", visit_id=visit.id) for name in ADDRESSES},
            **configuration.of_room(visitor, stands, _helpers(visitor), locale.language()),
        },
    )


@blueprint.post("/visit/<visit_id>/ready")
@for_visitor
def ready(visitor: Visitor) -> Response:
    """Keep that "I am ready" was pressed, so that no reload asks again; whoever could not come has come after all."""
    assert visitor.opening is not None, "for_visitor lets nobody else in"
    _ensure_open(visitor)
    links.mark_ready(db.session(), visitor.opening)
    consultations.take_back_not_coming(db.session(), visitor.actor, visitor.appointment)
    return jsonify({"ready": True})


@blueprint.post("/visit/<visit_id>/ticket")
@for_visitor
def ticket(visitor: Visitor) -> Response:
    """Return a ticket into the visit's room, good for a minute and once; who she is there the page has no say in."""
    _ensure_open(visitor)
    if visitor.is_patient:  # a carer's page that finds its line again says nothing about the patient's coming
        consultations.take_back_not_coming(db.session(), visitor.actor, visitor.appointment)
    settings = current_app.config["CARTREF"]
    return jsonify(
        consultations.issue_ticket(
            db.session(), settings, appointment=visitor.appointment, role=SeatRole(visitor.link.holder.value),
            ref_id=visitor.link.holder_id,
        )
    )  # fmt: skip


@blueprint.get("/visit/<visit_id>/state")
@for_visitor
def state(visitor: Visitor) -> Response:
    """Return how the visit stands, in finished words and without anybody's name."""
    stands = standing(db.session(), visitor)
    return jsonify(configuration.of_state(visitor, stands, locale.language()))


def _helpers(visitor: Visitor) -> list[Carer]:
    """Return the other carers who are invited."""
    invited = {guest.carer_id for guest in visitor.appointment.participants} - {visitor.link.holder_id}
    return [place.carer for place in patients.carers(db.session(), visitor.patient.id) if place.carer_id in invited]


def _ensure_open(visitor: Visitor) -> None:
    stands = standing(db.session(), visitor)
    if not stands.page.may_enter:
        raise NotOpen(visit=visitor.appointment.id, page=stands.page)
