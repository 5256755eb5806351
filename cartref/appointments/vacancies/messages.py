"""Asking somebody whether she wants a freed time: in her language, by her own way, worded when it goes."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments import queries as appointments
from cartref.appointments.messages.kinds import OFFER
from cartref.appointments.messages.recipients import Recipient, from_patient
from cartref.appointments.messages.rendering import compose
from cartref.appointments.messages.values import Facts, values
from cartref.appointments.messages.words import needs
from cartref.appointments.messages.writing import about, enqueue
from cartref.appointments.models import Offer, OfferState
from cartref.appointments.vacancies import queries
from cartref.appointments.vacancies.time_limits import EMAIL, TELEPHONE, TEXT
from cartref.i18n import words
from cartref.links import queries as links
from cartref.links.addresses import Addresses
from cartref.links.models import Holder
from cartref.notifications import calls
from cartref.notifications.message import Message
from cartref.notifications.models import Call, Channel, Notice
from cartref.patients.models import Patient, VisitWishes

HELD_FOR_HER = "offer"  # a code of `calls.REASONS`
CHANNELS = {EMAIL: Channel.EMAIL, TEXT: Channel.TEXT}


def tell(session: Session, offer: Offer) -> Notice | Call:
    """Return the notice by which somebody is asked, or the line of the call list where somebody rings her."""
    held = offer.appointment
    if offer.channel == TELEPHONE:
        return calls.add(
            session, key=f"{OFFER}:{offer.id}", service_id=offer.service_id, kind=OFFER, reason=HELD_FOR_HER,
            subject_id=held.id, recipient_kind=Holder.PATIENT.value, recipient_id=held.patient_id,
            offer_id=offer.id, vacancy_id=offer.vacancy_id,
        )  # fmt: skip
    person = _reader(session, held.patient)
    return enqueue(session, about(held, OFFER, offer.id), person, CHANNELS[offer.channel], offer_id=offer.id)


def render(session: Session, addresses: Addresses, notice: Notice) -> Message | None:
    """Return the offer for its patient; None once it was answered, ran out, or may not go to her that way."""
    held = appointments.for_visit(session, notice.subject_id)
    offer = queries.of_appointment(session, notice.subject_id)
    if held is None or offer is None or offer.state is not OfferState.OPEN:
        return None
    person = _reader(session, held.patient)
    link = links.of_holder(session, visit_id=held.id, holder=Holder.PATIENT, holder_id=held.patient_id)
    if link is None or person.obstacle is not None or notice.channel not in person.ways:
        return None
    told = {"until": offer.expires_at.isoformat()}

    def said(language: str, short: bool) -> dict[str, str]:
        facts = Facts(held, person, words(language), addresses.url(link), told, short)
        return values(facts, needs(OFFER).allowed)

    return compose(session, notice, person, OFFER, said)


def _reader(session: Session, patient: Patient) -> Recipient:
    bilingual = session.scalar(select(VisitWishes.bilingual).where(VisitWishes.patient_id == patient.id))
    return from_patient(patient, bilingual=bool(bilingual))


RENDERERS = {OFFER: render}
