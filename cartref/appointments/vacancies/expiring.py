"""What comes to its end by itself: an offer that ran out or can't be kept, and a vacancy that is over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor, system
from cartref.appointments import queries as appointments
from cartref.appointments.models import AppointmentStatus, Offer, OfferState, Vacancy, VacancyState
from cartref.appointments.service.cancelling import free
from cartref.appointments.status import CancelReason
from cartref.appointments.vacancies import queries
from cartref.appointments.vacancies.time_limits import LAST_ANSWER
from cartref.audit.service import record
from cartref.clinics.models import SessionStatus
from cartref.referrals.models import EntryStatus

REASONS = {
    OfferState.DECLINED: CancelReason.OFFER_DECLINED,
    OfferState.EXPIRED: CancelReason.OFFER_EXPIRED,
    OfferState.WITHDRAWN: CancelReason.OFFER_WITHDRAWN,
}
ANSWERED_ELSEWHERE = {reason.value: state for state, reason in REASONS.items()}


def end_due(session: Session) -> Sequence[Offer]:
    """Return the offers that came to their end by now, what they held given back."""
    now = clock.now()
    due = [(offer.service_id, offer.id) for offer in queries.open_offers(session) if fate(offer, now)]
    return [ended for service_id, offer_id in due if (ended := _end(session, system(service_id), offer_id))]


def fate(offer: Offer, now: datetime) -> OfferState | None:
    """Return what must become of an open offer, None while she may still answer it."""
    held, entry = offer.appointment, offer.waiting_entry
    if held.status is AppointmentStatus.CANCELLED:
        return ANSWERED_ELSEWHERE.get(held.cancelled_reason or "", OfferState.WITHDRAWN)
    if held.status is not AppointmentStatus.PENDING:
        return OfferState.ACCEPTED
    if held.starts_at <= now or held.session.status is SessionStatus.CLOSED or not held.patient.may_be_told:
        return OfferState.WITHDRAWN
    if entry.status is not EntryStatus.OFFERED or (entry.referral is not None and not entry.referral.open):
        return OfferState.WITHDRAWN
    return OfferState.EXPIRED if offer.expires_at <= now else None


def end(session: Session, actor: Actor, offer: Offer, state: OfferState) -> Offer:
    """Return an open offer, ended: what it held is free again, and its patient waits where she stood.

    Its vacancy is kept from others by whoever calls.
    """
    held = appointments.find_for_change(session, actor, offer.appointment_id)
    if held.status is AppointmentStatus.PENDING:
        free(session, actor, held, REASONS[state])
    offer.state = state
    record(
        session, actor, f"offer.{state.value}", "vacancy", offer.vacancy_id, patient_id=held.patient_id, offer=offer.id,
    )  # fmt: skip
    session.flush()
    return offer


def settle(session: Session, vacancy: Vacancy) -> Vacancy:
    """Return an open vacancy that nobody is being asked for, filled or ended where there is nothing left to offer."""
    session.refresh(vacancy.session, ["status"])
    if vacancy.session.status is SessionStatus.CLOSED:
        vacancy.state = VacancyState.ENDED
    elif not queries.any_free(session, vacancy):
        vacancy.state = VacancyState.FILLED
    elif vacancy.starts_at - clock.now() < LAST_ANSWER:
        vacancy.state = VacancyState.ENDED
    session.flush()
    return vacancy


def _end(session: Session, actor: Actor, offer_id: str) -> Offer | None:
    """Return the offer as it ends, None when somebody has answered it a moment ago."""
    offer = queries.find_offer(session, actor, offer_id)
    state = fate(offer, clock.now()) if offer.state is OfferState.OPEN else None
    return end(session, actor, offer, state) if state else None
