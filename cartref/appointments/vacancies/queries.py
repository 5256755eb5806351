"""Reading vacancies and their offers."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment, Offer, OfferState, Vacancy, VacancyState
from cartref.clinics.models import ClinicSession, Slot, SlotState
from cartref.errors import NotFound
from cartref.referrals.models import WaitingEntry

LATELY = timedelta(days=7)  # how long one that is over is shown


def find(session: Session, actor: Actor, vacancy_id: str) -> Vacancy:
    """Return one vacancy of the service with everyone who was asked; raise NotFound else."""
    found = session.scalar(_mine(actor).where(Vacancy.id == vacancy_id))
    if found is None:
        raise NotFound(vacancy=vacancy_id)
    return found


def find_for_change(session: Session, service_id: str, vacancy_id: str) -> Vacancy:
    """Return one vacancy of the service as it is now, kept from others until the transaction ends.

    Whatever happens to its offers happens under this one lock, so that two answers never cross.
    """
    query = select(Vacancy).where(Vacancy.id == vacancy_id, Vacancy.service_id == service_id)
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound(vacancy=vacancy_id)
    return found


def find_offer(session: Session, actor: Actor, offer_id: str) -> Offer:
    """Return one offer of the service as it is now, its vacancy kept from others till the end; raise NotFound else."""
    wanted = select(Offer.vacancy_id).where(Offer.id == offer_id, Offer.service_id == actor.service)
    vacancy_id = session.scalar(wanted)
    if vacancy_id is None:
        raise NotFound(offer=offer_id)
    find_for_change(session, actor.service, vacancy_id)
    return session.scalars(_whole().where(Offer.id == offer_id)).one()


def open_offers(session: Session) -> Sequence[Offer]:
    """Return every offer that nobody has answered, of all services, as it is now with all that decides about it."""
    return session.scalars(_whole().where(Offer.state == OfferState.OPEN).order_by(Offer.vacancy_id)).all()


def still_open(session: Session, actor: Actor) -> Sequence[Vacancy]:
    """Return the service's times that are offered at present, soonest first, with everyone who was asked."""
    query = _mine(actor).where(Vacancy.state == VacancyState.OPEN)
    return session.scalars(query.order_by(Vacancy.starts_at, Vacancy.id)).all()


def over_lately(session: Session, actor: Actor) -> Sequence[Vacancy]:
    """Return the service's times of the last week that are offered no more, latest first, with all who were asked."""
    query = _mine(actor).where(Vacancy.state != VacancyState.OPEN, Vacancy.created_at > clock.now() - LATELY)
    return session.scalars(query.order_by(Vacancy.created_at.desc(), Vacancy.id)).all()


def of_appointment(session: Session, appointment_id: str) -> Offer | None:
    """Return the offer for which an appointment is, or was, held; None when it is held for none."""
    return session.scalar(select(Offer).where(Offer.appointment_id == appointment_id))


def open_offer(session: Session, vacancy_id: str) -> Offer | None:
    """Return the offer of a vacancy that nobody has answered, as it is now; None when nobody is being asked."""
    return session.scalar(_whole().where(Offer.vacancy_id == vacancy_id, Offer.state == OfferState.OPEN))


def slots(session: Session, vacancy: Vacancy) -> Sequence[Slot]:
    """Return the slots of a vacancy's time as they are now, whoever has them by now, in order."""
    query = select(Slot).where(
        Slot.session_id == vacancy.session_id, Slot.starts_at >= vacancy.starts_at, Slot.starts_at < vacancy.ends_at
    )
    return session.scalars(query.order_by(Slot.starts_at).execution_options(populate_existing=True)).all()


def any_free(session: Session, vacancy: Vacancy) -> bool:
    """Tell whether any of a vacancy's time can still be booked."""
    return any(slot.state is SlotState.FREE for slot in slots(session, vacancy))


def _whole() -> Select[Offer]:
    held, waits = joinedload(Offer.appointment), joinedload(Offer.waiting_entry)
    return (
        select(Offer)
        .options(
            held.joinedload(Appointment.session),
            held.joinedload(Appointment.patient),
            waits.joinedload(WaitingEntry.referral),
        )
        .execution_options(populate_existing=True)
    )


def _mine(actor: Actor) -> Select[Vacancy]:
    offers = selectinload(Vacancy.offers).joinedload(Offer.appointment).joinedload(Appointment.patient)
    return (
        select(Vacancy)
        .where(Vacancy.service_id == actor.service)
        .options(
            joinedload(Vacancy.session).joinedload(ClinicSession.clinic),
            joinedload(Vacancy.session).joinedload(ClinicSession.clinician),
            offers,
        )
    )
