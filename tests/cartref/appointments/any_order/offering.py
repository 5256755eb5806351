"""Freed times offered in turn: the worker asks, people answer, or do not, and staff ask somebody else or nobody."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments import service
from cartref.appointments.models import Offer, OfferState, Vacancy, VacancyState
from cartref.appointments.service import expiring
from cartref.appointments.vacancies import answering, offering
from cartref.appointments.vacancies.errors import NotInLine, OfferOver, TooLate, VacancyOver
from cartref.audit.models import ActorKind
from tests.cartref.appointments.any_order.clinics import STEPS, WAITING, Clinics
from tests.cartref.appointments.any_order.model import Asked
from tests.cartref.appointments.conftest import ADDRESSES

NOT_ASKED = (VacancyOver, NotInLine, TooLate, service.Clash)


class Offering(Clinics):
    """Vacancies and offers."""

    @rule()
    def the_worker_looks(self) -> None:
        now = clock.now()
        overdue = set(self.model.overdue(now))
        assert {found.id for found in expiring.give_back(self.session)} == overdue
        for key in overdue:
            self.model.give_up(key, now, OfferState.EXPIRED)
        asked = offering.go_round(self.session, ADDRESSES)
        for offer_id in list(self.model.offers):
            if state := self.model.fate(offer_id, now):
                self.model.end_offer(offer_id, state, now)
        assert len(self._learn_of_new_offers()) == asked

    @rule(step=STEPS)
    def the_worker_looks_later(self, step: timedelta) -> None:
        self.time_passes(step)
        self.the_worker_looks()

    @precondition(lambda self: self.model.offers or self.model.ended)
    @rule(data=st.data(), herself=st.booleans())
    def accept(self, data: st.DataObject, herself: bool) -> None:
        offer, now = self._any_offer(data), clock.now()
        before = self.model.ended.get(offer.id)
        in_time = before is None and self.model.fate(offer.id, now) in {None, OfferState.EXPIRED}
        with self.refused_unless(in_time or before is OfferState.ACCEPTED, OfferOver):
            answering.accept(self.session, self._who(offer, herself), ADDRESSES, offer.id)
            if before is None:
                self.model.confirm(offer.appointment_id)
                self.model.end_offer(offer.id, OfferState.ACCEPTED, now)

    @precondition(lambda self: self.model.offers or self.model.ended)
    @rule(data=st.data(), herself=st.booleans())
    def decline(self, data: st.DataObject, herself: bool) -> None:
        offer, now = self._any_offer(data), clock.now()
        before = self.model.ended.get(offer.id)
        not_booked = before is None and self.model.fate(offer.id, now) is not OfferState.ACCEPTED
        with self.refused_unless(not_booked or before is OfferState.DECLINED, OfferOver):
            answering.decline(self.session, self._who(offer, herself), offer.id)
            if before is None:
                self.model.end_offer(offer.id, OfferState.DECLINED, now)

    @rule(data=st.data(), patient=st.integers(0, WAITING - 1))
    def staff_ask_somebody(self, data: st.DataObject, patient: int) -> None:
        vacancy = self._any_vacancy(data)
        if vacancy is None:
            return
        try:
            with self.session.begin_nested():
                offering.ask(self.session, self.desk.actor, ADDRESSES, vacancy.id, self.entries[patient].id)
        except NOT_ASKED:
            return
        self._nobody_is_asked(vacancy)
        (key,) = self._learn_of_new_offers()
        assert self.model.times[key].patient == patient

    @rule(data=st.data())
    def staff_offer_it_no_more(self, data: st.DataObject) -> None:
        vacancy = self._any_vacancy(data)
        if vacancy is None:
            return
        was_open = vacancy.state is VacancyState.OPEN
        assert offering.stop(self.session, self.desk.actor, vacancy.id).state is not VacancyState.OPEN
        if was_open:
            self._nobody_is_asked(vacancy)
            self.model.wrote("vacancy.stopped", vacancy.id)

    def _nobody_is_asked(self, vacancy: Vacancy) -> None:
        now = clock.now()
        for offer_id in [key for key, asked in self.model.offers.items() if asked.vacancy_id == vacancy.id]:
            self.model.end_offer(offer_id, self.model.fate(offer_id, now) or OfferState.WITHDRAWN, now)

    def _learn_of_new_offers(self) -> list[str]:
        """Return the appointments of the offers made since, each of which the model must find possible."""
        known = self.model.offers.keys() | self.model.ended.keys()
        made = [offer for offer in self._offers() if offer.id not in known]
        for offer in made:
            wanted = self.time_of(offer.appointment)
            assert wanted.listed
            assert not wanted.in_lane
            assert self.model.possible(wanted, clock.now())
            assert clock.now() < offer.expires_at < offer.appointment.starts_at
            self.model.take(offer.appointment_id, wanted, offer.expires_at)
            self.model.offers[offer.id] = Asked(offer.vacancy_id, offer.appointment_id)
            self.model.wrote("offer.made", offer.vacancy_id)
        return [offer.appointment_id for offer in made]

    def _offers(self) -> list[Offer]:
        query = select(Offer).order_by(Offer.created_at, Offer.id).execution_options(populate_existing=True)
        return list(self.session.scalars(query))

    def _any_offer(self, data: st.DataObject) -> Offer:
        key = data.draw(st.sampled_from([*self.model.offers, *self.model.ended]))
        return self.session.get_one(Offer, key, populate_existing=True)

    def _any_vacancy(self, data: st.DataObject) -> Vacancy | None:
        query = select(Vacancy).order_by(Vacancy.created_at, Vacancy.starts_at, Vacancy.session_id, Vacancy.ends_at)
        found = self.session.scalars(query.execution_options(populate_existing=True)).all()
        return data.draw(st.sampled_from(found)) if found else None

    def _who(self, offer: Offer, herself: bool) -> Actor:
        if not herself:
            return self.desk.actor
        return Actor(ActorKind.PATIENT, offer.appointment.patient_id, self.desk.world.service.id)
