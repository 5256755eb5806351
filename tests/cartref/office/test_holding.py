"""A time is held while somebody thinks, and then booked or let go."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import AppointmentStatus
from cartref.referrals.models import EntryStatus, WaitingEntry
from tests.cartref.office.booking import look
from tests.cartref.office.finding_page import booked, choices, entry, offered, press
from tests.factories import World

SignIn = Callable[..., FlaskClient]
FIRST = datetime(2026, 12, 8, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be Monday 23 November 2026."""
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)) as traveller:
        yield traveller


def test_a_time_can_be_held_while_she_thinks_and_then_be_booked(
    sign_in: SignIn, session: Session, world: World
) -> None:
    clerk = sign_in("admin")
    line = entry(session, world)
    page = clerk.get(f"/find-time?entry_id={line.id}").text

    held = clerk.get(press(clerk, page, name="hold").location).text

    (appointment,) = booked(session)
    assert appointment.status is AppointmentStatus.PENDING
    assert "This time is held until Tuesday 24 November 2026, 10am" in held
    assert look(session, select(WaitingEntry))[0].status is EntryStatus.OFFERED

    assert clerk.post(f"/appointments/{appointment.id}/confirm").status_code == 303
    assert booked(session)[0].status is AppointmentStatus.BOOKED
    assert look(session, select(WaitingEntry))[0].status is EntryStatus.BOOKED
    assert "This time is held" not in clerk.get(f"/appointments/{appointment.id}").text


def test_a_held_time_that_she_does_not_want_is_let_go(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    page = clerk.get(f"/find-time?patient_id={world.patients[0].id}").text
    press(clerk, page, name="hold")
    (appointment,) = booked(session)

    assert clerk.post(f"/appointments/{appointment.id}/let-go").status_code == 303

    assert booked(session)[0].status is AppointmentStatus.CANCELLED
    assert offered(clerk.get(f"/find-time?patient_id={world.patients[0].id}").text) == offered(page)
    assert clerk.post(f"/appointments/{appointment.id}/confirm").status_code == 409


def test_a_time_within_the_day_can_be_booked_and_not_held(sign_in: SignIn, world: World, today: Any) -> None:
    today.move_to(FIRST - timedelta(hours=2))
    page = sign_in("admin").get(f"/find-time?patient_id={world.patients[0].id}").text
    assert len(choices(page)) == 3
    assert choices(page, "hold") == []
