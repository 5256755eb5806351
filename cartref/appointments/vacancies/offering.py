"""Offering a freed time in turn: the first in line is asked, and the time held for her; then the next."""

from secrets import token_hex
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor, system
from cartref.accounts.permissions import Permission
from cartref.appointments.models import Offer, OfferState, Vacancy, VacancyState
from cartref.appointments.service.booking import book
from cartref.appointments.vacancies import expiring, messages, queries
from cartref.appointments.vacancies.eligible import Next
from cartref.appointments.vacancies.errors import NotInLine, TooLate, VacancyOver
from cartref.appointments.vacancies.line import line
from cartref.appointments.vacancies.time_limits import expires_at, may_ask
from cartref.audit.service import record
from cartref.errors import ClinicError
from cartref.links import service as links
from cartref.links.addresses import Addresses
from cartref.links.models import Holder
from cartref.referrals import queries as referrals

MOST_TRIES = 5  # in one round, where somebody or something was taken since it was looked at


def go_round(session: Session, addresses: Addresses) -> int:
    """Make the next offer for every vacancy that nobody is being asked for, and return how many were made.

    The worker's check: first what ran out comes to its end.
    """
    expiring.end_due(session)
    wanted = select(Vacancy.id, Vacancy.service_id).where(Vacancy.state == VacancyState.OPEN)
    rows = session.execute(wanted.order_by(Vacancy.id)).all()
    return sum(_next(session, system(row.service_id), addresses, row.id) for row in rows)


def ask(session: Session, actor: Actor, addresses: Addresses, vacancy_id: str, entry_id: str) -> Offer:
    """Return an offer to somebody whom a person chose from the line; whoever was being asked is asked no more.

    Raises NotFound, VacancyOver, NotInLine, TooLate, and what `book` raises about the time.
    """
    actor.require(Permission.APPOINTMENTS_WRITE)
    vacancy = _kept(session, actor, vacancy_id)
    referrals.find_entry(session, actor, entry_id)
    _withdraw(session, actor, vacancy)
    chosen = next((one for one in line(session, actor, vacancy) if one.waiting.entry_id == entry_id), None)
    if chosen is None:
        raise NotInLine(vacancy=vacancy_id, waiting_entry=entry_id)
    made = _offer(session, actor, addresses, vacancy, chosen)
    if made is None:
        raise TooLate(vacancy=vacancy_id)
    return made


def stop(session: Session, actor: Actor, vacancy_id: str) -> Vacancy:
    """Return the vacancy, offered to nobody any more: its time is free for whoever books it. The same again is nothing.

    Whoever was being asked is asked no more.
    """
    actor.require(Permission.APPOINTMENTS_WRITE)
    vacancy = queries.find_for_change(session, actor.service, vacancy_id)
    if vacancy.state is VacancyState.OPEN:
        _withdraw(session, actor, vacancy)
        vacancy.state = VacancyState.ENDED
        record(session, actor, "vacancy.stopped", "vacancy", vacancy.id)
        session.flush()
    return vacancy


def zone_of(vacancy: Vacancy) -> ZoneInfo:
    """Return the zone of the clocks that a vacancy's patients live by."""
    return ZoneInfo(vacancy.session.zone)


def _kept(session: Session, actor: Actor, vacancy_id: str) -> Vacancy:
    vacancy = queries.find_for_change(session, actor.service, vacancy_id)
    if vacancy.state is not VacancyState.OPEN:
        raise VacancyOver(vacancy=vacancy_id)
    return vacancy


def _withdraw(session: Session, actor: Actor, vacancy: Vacancy) -> None:
    asked = queries.open_offer(session, vacancy.id)
    if asked is not None:  # what became of it already counts, above all a yes
        expiring.end(session, actor, asked, expiring.fate(asked, clock.now()) or OfferState.WITHDRAWN)


def _next(session: Session, actor: Actor, addresses: Addresses, vacancy_id: str) -> bool:
    """Ask the next in line for one vacancy; tell whether anybody was asked."""
    vacancy = queries.find_for_change(session, actor.service, vacancy_id)
    if vacancy.state is not VacancyState.OPEN or queries.open_offer(session, vacancy.id) is not None:
        return False
    if expiring.settle(session, vacancy).state is not VacancyState.OPEN:
        return False
    if not may_ask(clock.now(), zone_of(vacancy)):
        return False
    return _ask_in_turn(session, actor, addresses, vacancy)


def _ask_in_turn(session: Session, actor: Actor, addresses: Addresses, vacancy: Vacancy) -> bool:
    for tried, one in enumerate(line(session, actor, vacancy), start=1):
        try:
            if _offer(session, actor, addresses, vacancy, one) is not None:
                return True
        except ClinicError:  # somebody else was quicker; the savepoint of `book` has undone it
            if tried == MOST_TRIES:
                return False
    return False


def _offer(session: Session, actor: Actor, addresses: Addresses, vacancy: Vacancy, one: Next) -> Offer | None:
    """Return the offer, what it needs held until it runs out; None where there is too little time to ask that way."""
    waiting, now = one.waiting, clock.now()
    way = str(waiting.way)
    until = expires_at(way, now, one.candidate.span.starts_at, zone_of(vacancy))
    if until is None:
        return None
    seat = one.candidate.seat
    appointment = book(
        session, actor, addresses=addresses, slot_id=one.candidate.slot_id, patient_id=waiting.need.patient_id,
        mode=waiting.need.mode, minutes=waiting.need.minutes, room_id=seat.room[0] if seat and seat.room else None,
        presenter_id=seat.presenter.staff_id if seat and seat.presenter else None,
        carer_ids=[waiting.guest_id] if waiting.guest_id else [], waiting_entry_id=waiting.entry_id, held_until=until,
        idempotency_key=f"offer:{token_hex(12)}",
    )  # fmt: skip
    made = Offer(
        service_id=vacancy.service_id, vacancy_id=vacancy.id, waiting_entry_id=waiting.entry_id,
        appointment_id=appointment.id, channel=way, expires_at=until, created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    links.issue(
        session, addresses, visit_id=appointment.id, service_id=vacancy.service_id, holder=Holder.PATIENT,
        holder_id=appointment.patient_id,
    )  # fmt: skip
    messages.tell(session, made)
    record(
        session, actor, "offer.made", "vacancy", vacancy.id, patient_id=appointment.patient_id, offer=made.id,
        appointment=appointment.id, channel=way,
    )  # fmt: skip
    session.flush()
    return made
