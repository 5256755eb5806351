"""Times that a cancellation freed: who is being asked, who would be next, and the answer of whoever is rung."""

from itertools import islice
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments import queries as appointments
from cartref.appointments.models import Offer, OfferState, Vacancy, VacancyState
from cartref.appointments.vacancies import answering, offering, queries
from cartref.appointments.vacancies.line import line
from cartref.appointments.vacancies.time_limits import EMAIL, TELEPHONE, TEXT
from cartref.audit.models import ActorKind
from cartref.audit.reading import was_read
from cartref.db import db
from cartref.errors import Invalid, NotFound
from cartref.i18n import N_
from cartref.office.labels import MODES_SHORT
from cartref.office.referral_labels import PRIORITIES
from cartref.office.views.blueprint import addresses, blueprint
from cartref.web.locale import gettext

NEXT_SHOWN = 8
WAYS = {EMAIL: N_("By email"), TEXT: N_("By text message"), TELEPHONE: N_("By telephone")}
STATES = {
    VacancyState.OPEN: N_("Being offered"),
    VacancyState.FILLED: N_("The time is taken"),
    VacancyState.ENDED: N_("Not offered any more"),
}
OFFER_STATES = {
    OfferState.OPEN: N_("Is being asked"),
    OfferState.ACCEPTED: N_("Said yes"),
    OfferState.DECLINED: N_("Said no"),
    OfferState.EXPIRED: N_("Did not answer in time"),
    OfferState.WITHDRAWN: N_("Is not asked any more"),
}
ANSWERED_BY = {
    ActorKind.PATIENT: N_("The patient answered."),
    ActorKind.CARER: N_("A carer answered."),
    ActorKind.STAFF: N_("A colleague wrote the answer down."),
}


@blueprint.get("/vacancies")
@requires(Permission.APPOINTMENTS_WRITE)
def vacancies() -> str:
    """Show the freed times that are offered at present, and what became of the last ones."""
    session, actor = db.session(), current_actor()
    found, over = queries.still_open(session, actor), queries.over_lately(session, actor)
    for vacancy in found:
        _read(vacancy)
    return render_template("office/vacancies.html", found=found, over=over, asked=asked, **_labels())


@blueprint.get("/vacancies/<vacancy_id>")
@requires(Permission.APPOINTMENTS_WRITE)
def vacancy(vacancy_id: str) -> str:
    """Show one freed time: who is being asked, who would be next, and who was asked before."""
    session, actor = db.session(), current_actor()
    found = queries.find(session, actor, vacancy_id)
    unanswered = asked(found)
    _read(found)
    is_open = found.state is VacancyState.OPEN
    following = islice(line(session, actor, found, instead_of=unanswered), NEXT_SHOWN) if is_open else ()
    return render_template(
        "office/vacancy.html", vacancy=found, offer=unanswered, following=list(following), priorities=PRIORITIES,
        modes=MODES_SHORT, **_labels(),
    )  # fmt: skip


@blueprint.post("/vacancies/<vacancy_id>/stop")
@requires(Permission.APPOINTMENTS_WRITE)
def stop_vacancy(vacancy_id: str) -> Response:
    """Offer the time to nobody any more."""
    offering.stop(db.session(), current_actor(), vacancy_id)
    flash(gettext("This time is not offered to anybody any more. Anybody can be booked into it."), "success")
    return _to(vacancy_id)


@blueprint.post("/vacancies/<vacancy_id>/ask")
@requires(Permission.APPOINTMENTS_WRITE)
def ask_next(vacancy_id: str) -> Response:
    """Offer the time to somebody from the line now."""
    chosen = request.form.get("entry_id", "")
    made = offering.ask(db.session(), current_actor(), addresses(), vacancy_id, chosen)
    told = (
        gettext("The time is held. Ring the patient now, and write down the answer.")
        if made.channel == TELEPHONE
        else gettext("The time is held, and the patient is asked.")
    )
    flash(told, "success")
    return _to(vacancy_id)


@blueprint.post("/offers/<offer_id>/answer")
@requires(Permission.APPOINTMENTS_WRITE)
def answer_offer(offer_id: str) -> Response:
    """Write down what the patient said on the telephone."""
    session, actor, answer = db.session(), current_actor(), request.form.get("answer")
    if answer == "yes":
        accepted = answering.accept(session, actor, addresses(), offer_id)
        flash(gettext("The appointment is booked, and the confirmation is on its way."), "success")
        return redirect(url_for("office.appointment", appointment_id=accepted.appointment_id), 303)
    if answer != "no":
        raise Invalid("answer")
    declined = answering.decline(session, actor, offer_id)
    flash(gettext("The patient keeps the place on the waiting list. The next person is asked."), "success")
    return _to(declined.vacancy_id)


@blueprint.get("/appointments/<appointment_id>/offer")
@requires(Permission.APPOINTMENTS_WRITE)
def offer(appointment_id: str) -> Response:
    """Lead from a time that is held for an answer to the offer for which it is held."""
    held = appointments.find(db.session(), current_actor(), appointment_id)
    found = queries.of_appointment(db.session(), held.id)
    if found is None:
        raise NotFound(appointment=appointment_id)
    return _to(found.vacancy_id)


def asked(vacancy: Vacancy) -> Offer | None:
    """Return the offer that nobody has answered yet, None when nobody is being asked."""
    return next((made for made in vacancy.offers if made.state is OfferState.OPEN), None)


def _read(vacancy: Vacancy) -> None:
    for made in vacancy.offers:
        was_read(current_actor(), "offer.read", "vacancy", vacancy.id, patient_id=made.appointment.patient_id)


def _labels() -> dict[str, Any]:
    return {"ways": WAYS, "states": STATES, "offer_states": OFFER_STATES, "answered_by": ANSWERED_BY}


def _to(vacancy_id: str) -> Response:
    return redirect(url_for("office.vacancy", vacancy_id=vacancy_id), 303)
