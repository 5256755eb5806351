"""Answering an offer: by the patient through her link, by a carer who arranges for her, or on the telephone."""

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor, system
from cartref.accounts.permissions import Permission
from cartref.appointments import messages
from cartref.appointments.messages.kinds import OFFER
from cartref.appointments.models import Offer, OfferState
from cartref.appointments.service.confirming import confirm
from cartref.appointments.vacancies import expiring, queries
from cartref.appointments.vacancies.errors import OfferOver
from cartref.audit.models import ActorKind
from cartref.audit.service import record
from cartref.errors import Forbidden, IllegalTransition
from cartref.links.addresses import Addresses
from cartref.notifications import service as notifications
from cartref.patients import queries as patients


def may_answer(session: Session, actor: Actor, offer: Offer) -> bool:
    """Tell whether somebody may answer an offer: the patient, a carer who may arrange for her, or who books."""
    patient_id = offer.appointment.patient_id
    if actor.kind is ActorKind.PATIENT:
        return actor.id == patient_id
    if actor.kind is ActorKind.CARER:
        circle = patients.carers(session, patient_id)
        return any(place.carer_id == actor.id and place.may_arrange for place in circle)
    return actor.may(Permission.APPOINTMENTS_WRITE)


def accept(session: Session, actor: Actor, addresses: Addresses, offer_id: str) -> Offer:
    """Return the offer, accepted: its time is booked and the confirmation on its way. A second yes changes nothing.

    While the time is still held a late yes counts too. Raises Forbidden, and OfferOver when it is not hers any more.
    """
    offer = _asked(session, actor, offer_id)
    if offer.state is OfferState.ACCEPTED:
        return offer
    if offer.state is not OfferState.OPEN or expiring.fate(offer, clock.now()) not in {None, OfferState.EXPIRED}:
        raise OfferOver(offer=offer_id)
    try:
        confirm(session, actor, addresses=addresses, appointment_id=offer.appointment_id)
    except IllegalTransition as refusal:
        raise OfferOver(offer=offer_id) from refusal
    _answered(session, actor, offer, OfferState.ACCEPTED)
    notifications.withdraw(session, offer.appointment_id, kinds={OFFER})
    messages.send_confirmation(session, system(offer.service_id), offer.appointment_id)
    expiring.settle(session, offer.vacancy)
    return offer


def decline(session: Session, actor: Actor, offer_id: str) -> Offer:
    """Return the offer, declined: she waits again where she stood, and the next is asked. A second no changes nothing.

    Raises Forbidden, and OfferOver when it was answered otherwise or ran out.
    """
    offer = _asked(session, actor, offer_id)
    if offer.state is OfferState.DECLINED:
        return offer
    if offer.state is not OfferState.OPEN or expiring.fate(offer, clock.now()) is OfferState.ACCEPTED:
        raise OfferOver(offer=offer_id)
    expiring.end(session, actor, offer, OfferState.DECLINED)
    return _by(session, actor, offer)


def _asked(session: Session, actor: Actor, offer_id: str) -> Offer:
    offer = queries.find_offer(session, actor, offer_id)
    if not may_answer(session, actor, offer):
        raise Forbidden(offer=offer_id)
    return offer


def _answered(session: Session, actor: Actor, offer: Offer, state: OfferState) -> Offer:
    offer.state = state
    record(
        session, actor, f"offer.{state.value}", "vacancy", offer.vacancy_id, patient_id=offer.appointment.patient_id,
        offer=offer.id,
    )  # fmt: skip
    return _by(session, actor, offer)


def _by(session: Session, actor: Actor, offer: Offer) -> Offer:
    offer.answered_at, offer.answered_by = clock.now(), actor.kind.value
    session.flush()
    return offer
