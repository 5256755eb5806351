"""The first page after signing in: where each person's work is."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, signed_in_only
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.clinics import queries as clinics
from cartref.db import db
from cartref.office.views.blueprint import blueprint

# The first permission that somebody has says where she begins.
BEGINNINGS = (
    (Permission.APPOINTMENTS_WRITE, "office.day"),
    (Permission.CONSULT, "consultations.today"),
    (Permission.PEOPLE_WRITE, "admin.people"),
    (Permission.AUDIT_READ, "admin.audit"),
)


@blueprint.get("/")
@signed_in_only
def home() -> Response:
    """Send whoever is signed in to where her work is."""
    return redirect(_beginning(current_actor()), 303)


def _beginning(actor: Actor) -> str:
    for permission, endpoint in BEGINNINGS:
        if actor.may(permission):
            return url_for(endpoint)
    sites = clinics.sites_presented(db.session(), actor) if actor.may(Permission.SITE_BOARD_READ) else []
    return url_for("consultations.site_board", site_id=sites[0].id) if sites else url_for("accounts.account")
