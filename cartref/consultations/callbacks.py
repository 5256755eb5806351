"""Where signalling reports what happened in the rooms, and fetches what is to be done there (protocol, section 6)."""

from flask import Blueprint, Response, current_app, jsonify, request

from cartref import clock
from cartref.consultations.rooms import events, posts
from cartref.db import db
from cartref.web.access import states

blueprint = Blueprint("callbacks", __name__)
SIGNATURE = "X-Cartref-Signature"


@blueprint.post("/callbacks/v1/events")
@states("signalling")
def receive() -> Response:
    """Take a signed post of events and answer with what was accepted and the orders to carry out."""
    settings, body = current_app.config["CARTREF"], request.get_data()
    posts.check(request.headers.get(SIGNATURE, ""), body, key=settings.events_key, now=clock.now())
    return jsonify(events.apply_events(db.session(), body))


CSRF_EXEMPT = (receive,)
