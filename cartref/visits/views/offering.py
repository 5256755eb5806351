"""A time that is offered to somebody who waits: one screen, and yes or no."""

from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from cartref.appointments.models import Offer
from cartref.appointments.vacancies import answering, queries
from cartref.appointments.vacancies.errors import OfferOver
from cartref.audit.reading import was_read
from cartref.db import db
from cartref.errors import Invalid
from cartref.formatting import local
from cartref.links.addresses import Addresses
from cartref.visits.standing import Standing
from cartref.visits.views.blueprint import blueprint, page
from cartref.visits.views.visitor import for_visitor
from cartref.visits.visitors import Visitor
from cartref.web.locale import gettext

YES, NO = "yes", "no"


def show_offer(visitor: Visitor, stands: Standing) -> Response:
    """Return the page that asks whether she wants the time; a carer may answer only where she arranges."""
    visit, offer = visitor.appointment, _offer(visitor)
    was_read(visitor.actor, "visit.read", "appointment", visit.id, patient_id=visit.patient_id)
    return page(
        "offer",
        visitor=visitor,
        standing=stands,
        until=local(offer.expires_at, ZoneInfo(visit.session.zone)) if offer else None,
        may_answer=offer is not None and answering.may_answer(db.session(), visitor.actor, offer),
    )


@blueprint.post("/visit/<visit_id>/offer")
@for_visitor
def answer_offer(visitor: Visitor) -> Response:
    """Keep her answer; whoever comes too late, or answers twice, is shown how things stand."""
    answer, offer = request.form.get("answer"), _offer(visitor)
    if answer not in {YES, NO}:
        raise Invalid("answer")
    if offer is not None:
        _keep(visitor, offer, yes=answer == YES)
    return redirect(url_for("visits.visit", visit_id=visitor.appointment.id), 303)


def _keep(visitor: Visitor, offer: Offer, *, yes: bool) -> None:
    session, actor = db.session(), visitor.actor
    try:
        if yes:
            answering.accept(session, actor, Addresses.from_settings(current_app.config["CARTREF"]), offer.id)
            flash(gettext("Thank you. This time is yours."), "success")
        else:
            answering.decline(session, actor, offer.id)
    except OfferOver:
        current_app.logger.info("an offer was answered too late", extra={"offer": offer.id})


def _offer(visitor: Visitor) -> Offer | None:
    """Return the offer for which the visit is held, None where it is held for another reason."""
    return queries.of_appointment(db.session(), visitor.appointment.id)
