"""A desk beside a waiting list: a time is freed, and the next in line are asked for it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment, Offer, Vacancy
from cartref.appointments.service import restore
from cartref.appointments.vacancies import answering, offering
from cartref.patients.models import VisitWishes
from cartref.referrals import queries as referrals
from cartref.referrals.models import EntryStatus, WaitingEntry
from tests.cartref.appointments.conftest import ADDRESSES, TODAY, Desk
from tests.factories import World, make_referral


@dataclass
class Line:
    """The waiting list of the small world, and what is asked of it."""

    session: Session
    world: World
    desk: Desk

    def waits(self, patient: int, **details: Any) -> WaitingEntry:
        """Let the nth patient wait for a first appointment, for half a year unless said otherwise."""
        referral = make_referral(self.session, self.world, patient=patient, **details)
        (entry,) = referrals.entries_of_referral(self.session, referral.id, EntryStatus.WAITING)
        return entry

    def wishes(self, patient: int, **values: Any) -> VisitWishes:
        """Write down what the nth patient wishes."""
        row = VisitWishes(patient_id=self.world.patients[patient].id, updated_at=TODAY, **values)
        self.session.add(row)
        self.session.flush()
        return row

    def freed(self, number: int = 0, patient: int = 0, reason: str = "patient-cannot-come", **values: Any) -> Vacancy:
        """Book the nth patient and cancel that again; return the vacancy that it leaves."""
        self.desk.cancel(self.desk.book(number, patient=patient, **values), reason)
        (vacancy,) = self.vacancies()
        return vacancy

    def undo(self, vacancy: Vacancy) -> Appointment:
        """Undo the cancellation that freed a time."""
        cancelled = self.session.get_one(Appointment, str(vacancy.from_appointment_id))
        return restore(
            self.session, self.desk.actor, addresses=ADDRESSES, appointment_id=cancelled.id, version=cancelled.version
        )

    def vacancies(self) -> list[Vacancy]:
        """Return every vacancy, as the database has it."""
        query = select(Vacancy).order_by(Vacancy.created_at, Vacancy.id)
        return list(self.session.scalars(query.execution_options(populate_existing=True)))

    def offers(self) -> list[Offer]:
        """Return every offer in the order in which they were made, as the database has it."""
        query = select(Offer).order_by(Offer.created_at).execution_options(populate_existing=True)
        return list(self.session.scalars(query))

    def round(self) -> int:
        """Let the worker look once."""
        return offering.go_round(self.session, ADDRESSES)

    def asked(self) -> list[int]:
        """Return who was asked, by the patients' numbers, in the order in which they were."""
        numbers = {patient.id: number for number, patient in enumerate(self.world.patients)}
        return [numbers[offer.appointment.patient_id] for offer in self.offers()]

    def yes(self, offer: Offer) -> Offer:
        """Let the admin write down that the patient says yes."""
        return answering.accept(self.session, self.desk.actor, ADDRESSES, offer.id)

    def no(self, offer: Offer) -> Offer:
        """Let the admin write down that the patient says no."""
        return answering.decline(self.session, self.desk.actor, offer.id)

    def appointment(self, offer: Offer) -> Appointment:
        """Return the appointment that an offer is for, as the database has it."""
        return self.session.get_one(Appointment, offer.appointment_id, populate_existing=True)


@pytest.fixture
def line(session: Session, world: World, desk: Desk) -> Line:
    """Return the waiting list of the first service, on which nobody waits yet."""
    return Line(session, world, desk)


LONG_AGO, LATER = date(2026, 3, 2), date(2026, 6, 1)
