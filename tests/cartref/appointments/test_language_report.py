"""Of those who chose Welsh, who was seen by somebody who speaks it."""

from datetime import date
from typing import Any

from cartref.appointments import service
from cartref.appointments.language_report import ClinicCount, count
from cartref.appointments.models import AppointmentStatus
from tests.cartref.appointments.conftest import Desk

DECEMBER = (date(2026, 12, 1), date(2026, 12, 31))


def seen(desk: Desk, today: Any, slot: int, patient: int) -> None:
    appointment = desk.book(slot, patient=patient)
    today.move_to(appointment.starts_at)
    service.close(desk.session, desk.actor, appointment.id, AppointmentStatus.FULFILLED)


def test_visits_in_welsh_are_counted_by_clinic(desk: Desk, today: Any) -> None:
    seen(desk, today, 0, patient=0)  # chose Welsh, and so did 3
    seen(desk, today, 1, patient=3)
    seen(desk, today, 2, patient=1)  # did not
    desk.book(3, patient=5)  # chose Welsh, and was not seen yet

    assert count(desk.session, desk.actor, *DECEMBER) == [ClinicCount("Tuesday clinic", 2, 0)]


def test_a_clinician_without_welsh_is_told_apart(desk: Desk, today: Any) -> None:
    desk.world.staff["clinician"].languages = ["en"]
    seen(desk, today, 0, patient=0)

    (found,) = count(desk.session, desk.actor, *DECEMBER)
    assert (found.visits, found.in_welsh, found.not_in_welsh) == (1, 0, 1)


def test_both_days_of_the_span_count_and_no_other(desk: Desk, today: Any) -> None:
    seen(desk, today, 0, patient=0)  # on 8 December

    assert count(desk.session, desk.actor, date(2026, 12, 8), date(2026, 12, 8)) != []
    assert count(desk.session, desk.actor, date(2026, 12, 1), date(2026, 12, 7)) == []
    assert count(desk.session, desk.actor, date(2026, 12, 9), date(2026, 12, 31)) == []


def test_another_services_visits_are_its_own(desk: Desk, today: Any) -> None:
    seen(desk, today, 0, patient=0)

    assert count(desk.session, desk.world.actor("other_admin"), *DECEMBER) == []
