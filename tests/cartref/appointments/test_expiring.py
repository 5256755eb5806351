"""Times held while somebody thinks: booked, let go, or given back when nobody answers."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cartref.appointments import service
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import AppointmentStatus, Offer, Vacancy
from cartref.appointments.service import expiring
from cartref.appointments.status import CancelReason
from cartref.audit.models import AuditEntry
from cartref.clinics.models import ClinicSession
from cartref.errors import Forbidden, IllegalTransition
from cartref.operations.worker import TIMETABLE
from cartref.referrals.models import EntryKind, WaitingEntry
from tests.cartref.appointments.conftest import ADDRESSES, TODAY, Desk

DAY = timedelta(hours=24)


def test_a_held_time_that_nobody_confirmed_is_free_again(desk: Desk, today: Any) -> None:
    held = desk.book(2, held_until=TODAY + DAY)
    today.move_to(TODAY + DAY)

    assert expiring.give_back(desk.session) == [held]

    assert held.status is AppointmentStatus.CANCELLED
    assert held.cancelled_reason == CancelReason.OFFER_EXPIRED
    assert desk.book(2, patient=1).status is AppointmentStatus.BOOKED
    assert disagreements(desk.session) == []


def test_until_then_it_stays_held_and_what_was_confirmed_stays_for_good(desk: Desk, today: Any) -> None:
    kept, confirmed = desk.book(2, held_until=TODAY + DAY), desk.book(3, patient=1, held_until=TODAY + DAY)
    assert expiring.give_back(desk.session) == []

    service.confirm(desk.session, desk.actor, addresses=ADDRESSES, appointment_id=confirmed.id)
    today.move_to(TODAY + 2 * DAY)

    assert expiring.give_back(desk.session) == [kept]
    assert confirmed.status is AppointmentStatus.BOOKED
    assert expiring.give_back(desk.session) == []


def test_a_time_that_is_offered_from_the_waiting_list_ends_with_its_offer(desk: Desk, today: Any) -> None:
    held = desk.book(2, held_until=TODAY + DAY)
    _offered(desk, held.id, held.session)
    today.move_to(TODAY + 2 * DAY)

    assert expiring.give_back(desk.session) == []
    assert service.is_offered(desk.session, held.id)


def test_who_says_no_lets_the_time_go(desk: Desk) -> None:
    held = desk.book(2, held_until=TODAY + DAY)

    gone = service.let_go(desk.session, desk.actor, held.id)

    assert gone.cancelled_reason == CancelReason.OFFER_DECLINED
    assert 2 in desk.free()
    assert service.let_go(desk.session, desk.actor, held.id) is gone
    actions = desk.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == held.id)).all()
    assert sorted(actions) == ["appointment.cancelled", "appointment.held"]


def test_what_is_booked_is_not_let_go(desk: Desk) -> None:
    booked = desk.book(2)
    with pytest.raises(IllegalTransition):
        service.let_go(desk.session, desk.actor, booked.id)


def test_only_who_books_may_let_go(desk: Desk) -> None:
    held = desk.book(2, held_until=TODAY + DAY)
    with pytest.raises(Forbidden):
        service.let_go(desk.session, desk.world.actor("clinician"), held.id)


def test_the_worker_looks_every_minute() -> None:
    assert expiring.give_back in {job.do for job in TIMETABLE}


def _offered(desk: Desk, appointment_id: str, sitting: ClinicSession) -> None:
    service_id, patient = desk.world.service.id, desk.world.patients[0]
    entry = WaitingEntry(
        service_id=service_id, patient_id=patient.id, kind=EntryKind.NEW, waiting_since=TODAY.date(), created_at=TODAY,
        updated_at=TODAY,
    )  # fmt: skip
    vacancy = Vacancy(
        service_id=service_id, session=sitting, starts_at=TODAY + DAY, ends_at=TODAY + 2 * DAY, created_at=TODAY
    )
    desk.session.add_all([entry, vacancy])
    desk.session.flush()
    desk.session.add(
        Offer(
            service_id=service_id, vacancy_id=vacancy.id, waiting_entry_id=entry.id, appointment_id=appointment_id,
            channel="phone", expires_at=TODAY + DAY, created_at=TODAY,
        )
    )  # fmt: skip
    desk.session.flush()
