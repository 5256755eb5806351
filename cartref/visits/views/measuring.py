"""The ticket with which a browser checks its line, on any day before the visit; the visit is not begun by it."""

from flask import Response, current_app, jsonify

from cartref.consultations import service as consultations
from cartref.db import db
from cartref.visits.standing import standing
from cartref.visits.views.blueprint import blueprint
from cartref.visits.views.room import NotOpen
from cartref.visits.views.visitor import for_visitor
from cartref.visits.visitors import Visitor


@blueprint.post("/visit/<visit_id>/check-ticket")
@for_visitor
def check_ticket(visitor: Visitor) -> Response:
    """Return a ticket for one check of her line, good for a minute and once, and where it is measured."""
    stands = standing(db.session(), visitor)
    if not stands.page.may_check:
        raise NotOpen(visit=visitor.appointment.id, page=stands.page)
    return jsonify(consultations.check_ticket(current_app.config["CARTREF"], visitor.link.id))
