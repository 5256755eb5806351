"""What a visitor may ask for with one press: to be rung instead, to be helped with the sound, to be let off."""

from flask import flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from cartref.consultations import service as consultations
from cartref.consultations.service import Wish
from cartref.db import db
from cartref.errors import Conflict, Invalid
from cartref.visits.standing import Standing, standing
from cartref.visits.views.blueprint import blueprint
from cartref.visits.views.visitor import for_visitor
from cartref.visits.visitors import Visitor
from cartref.web.errors import wants_json
from cartref.web.locale import gettext


class NotWished(Conflict):
    """The visit is not in a state in which that can be asked for."""

    code = "visit.not-wished"


@blueprint.post("/visit/<visit_id>/wish")
@for_visitor
def wish(visitor: Visitor) -> Response:
    """Keep what she asks for, so that the board shows it."""
    wanted = _wanted(request.form.get("wish", ""))
    if not _fits(wanted, standing(db.session(), visitor)):
        raise NotWished(visit=visitor.appointment.id, wish=wanted)
    consultations.ask(db.session(), visitor.actor, visitor.appointment, wanted)
    if wants_json():
        return jsonify({"wish": wanted.value})
    flash(_thanks(wanted), "success")
    return redirect(url_for("visits.visit", visit_id=visitor.appointment.id), 303)


def _wanted(code: str) -> Wish:
    try:
        return Wish(code)
    except ValueError as fault:
        raise Invalid("wish") from fault


def _fits(wanted: Wish, stands: Standing) -> bool:
    return stands.page.is_to_come if wanted is Wish.CANNOT_COME else stands.page.may_enter


def _thanks(wanted: Wish) -> str:
    if wanted is Wish.CANNOT_COME:
        return gettext("Thank you for telling us. The clinic knows that you cannot come.")
    return gettext("The clinic knows. We will telephone you.")
