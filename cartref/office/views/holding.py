"""A time that is held while somebody thinks: booked when she says yes, let go when she says no."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import queries, service
from cartref.db import db
from cartref.errors import IllegalTransition
from cartref.office.views.blueprint import addresses, blueprint
from cartref.web.locale import gettext


@blueprint.post("/appointments/<appointment_id>/confirm")
@requires(Permission.APPOINTMENTS_WRITE)
def confirm_held(appointment_id: str) -> Response:
    """Book a time that was held."""
    _check_answered_here(appointment_id)
    service.confirm(db.session(), current_actor(), addresses=addresses(), appointment_id=appointment_id)
    flash(gettext("The appointment is booked."), "success")
    return redirect(url_for("office.appointment", appointment_id=appointment_id), 303)


@blueprint.post("/appointments/<appointment_id>/let-go")
@requires(Permission.APPOINTMENTS_WRITE)
def let_go(appointment_id: str) -> Response:
    """Give a time back that was held."""
    _check_answered_here(appointment_id)
    service.let_go(db.session(), current_actor(), appointment_id)
    flash(gettext("The time is free again."), "success")
    return redirect(url_for("office.appointment", appointment_id=appointment_id), 303)


def _check_answered_here(appointment_id: str) -> None:
    """Raise NotFound for another service's appointment, IllegalTransition for an offer, which is answered as such."""
    found = queries.find(db.session(), current_actor(), appointment_id)
    if service.is_offered(db.session(), found.id):
        raise IllegalTransition(appointment=appointment_id)
