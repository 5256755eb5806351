"""What machines ask of the web process: is it alive, is it ready, what does it count."""

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from cartref.db import db
from cartref.web.access import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """Answer that the process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
@public
def readyz() -> Response:
    """Answer 200 when the database does, else 503 by the error handler."""
    db.session.execute(text("SELECT 1"))
    return jsonify({"status": "ready"})


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Return counters in Prometheus' text format; the proxy keeps them from the public."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
