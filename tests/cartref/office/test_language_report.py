"""The report of who was seen in the language they chose."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cartref.appointments import service
from cartref.appointments.models import AppointmentStatus
from tests.cartref.office.booking import book
from tests.factories import World

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be the evening of the clinic, Tuesday 8 December 2026."""
    with time_machine.travel(datetime(2026, 12, 8, 8, tzinfo=UTC)) as traveller:
        yield traveller


def test_the_report_counts_and_can_be_taken_along(sign_in: SignIn, session: Session, world: World, today: Any) -> None:
    for slot, patient in ((0, 0), (1, 1)):
        appointment = book(session, world, slot=slot, patient=patient)
        service.close(session, world.actor("admin"), appointment.id, AppointmentStatus.FULFILLED)
    session.commit()
    today.move_to(datetime(2026, 12, 8, 18, tzinfo=UTC))
    clerk = sign_in("admin")

    page = clerk.get("/reports/language")
    sheet = clerk.get(
        "/reports/language.csv?first-day=1&first-month=12&first-year=2026&last-day=8&last-month=12&last-year=2026"
    )

    assert "In Welsh: 1 of 1" in page.text
    assert sheet.headers["Content-Disposition"] == "attachment; filename=welsh-2026-12-01-2026-12-08.csv"
    assert sheet.get_data(as_text=True).splitlines()[1] == "Tuesday clinic,1,1,0"


def test_days_without_such_visits_say_so(sign_in: SignIn) -> None:
    assert "Nobody who chose Welsh was seen on these days." in sign_in("admin").get("/reports/language").text


@pytest.mark.parametrize(
    ("last", "words"), [("31", "Enter a real date"), ("1", "The last day must not be before the first day")]
)
def test_days_that_are_none_are_refused(sign_in: SignIn, last: str, words: str) -> None:
    asked = f"first-day=8&first-month=11&first-year=2026&last-day={last}&last-month=11&last-year=2026"
    for ending in ("", ".csv"):
        page = sign_in("admin").get(f"/reports/language{ending}?{asked}")
        assert page.status_code == 422
        assert words in page.text
