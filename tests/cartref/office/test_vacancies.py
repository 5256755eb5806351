"""The pages of freed times: who is being asked, who is next, and the answers that are written down there."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Offer, OfferState
from cartref.appointments.vacancies import offering
from tests.cartref.appointments.conftest import ADDRESSES, TODAY, Desk
from tests.cartref.appointments.vacancies.conftest import Line
from tests.factories import World


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    """Let it be the Tuesday before the clinic."""
    with time_machine.travel(TODAY) as traveller:
        yield traveller


@pytest.fixture
def vacancy_id(session: Session, world: World) -> str:
    """Free a time for which Hywel is being asked, with Beryl behind him."""
    line = Line(session, world, Desk(session, world, world.actor("admin")))
    line.waits(1, received_on=date(2026, 3, 2))
    line.waits(2, received_on=date(2026, 6, 1))
    vacancy_id = line.freed(2, patient=0).id
    line.round()
    session.commit()
    return vacancy_id


@pytest.fixture
def offers(session: Session) -> Callable[[], list[Offer]]:
    """Return a function that gives the offers in the order in which they were made."""

    def load() -> list[Offer]:
        with Session(session.get_bind()) as reading:
            return list(reading.scalars(select(Offer).order_by(Offer.created_at)))

    return load


@pytest.fixture
def admin(sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    """Return the admin's browser."""
    return sign_in("admin")


def test_the_list_says_who_is_asked(admin: FlaskClient, vacancy_id: str) -> None:
    page = admin.get("/vacancies").text

    assert "Tuesday 8 December, 9:40am" in page
    assert "Hywel Parry" in page
    assert f"/vacancies/{vacancy_id}" in page


def test_without_a_freed_time_the_list_says_so(admin: FlaskClient) -> None:
    assert "No time is being offered." in admin.get("/vacancies").text


def test_a_freed_time_shows_who_is_asked_who_is_next_and_who_was(admin: FlaskClient, vacancy_id: str) -> None:
    page = admin.get(f"/vacancies/{vacancy_id}").text

    assert "Is being asked: Mrs Hywel Parry" in page
    assert "Mrs Beryl Parry" in page
    assert "Ask instead" in page


def test_an_offered_time_says_to_whom_and_until_when_wherever_it_is_listed(
    admin: FlaskClient, session: Session, world: World, vacancy_id: str, offers: Callable[[], list[Offer]]
) -> None:
    (offer,) = offers()
    line = "Offered to Mrs Hywel Parry by e-mail. Held until: 11:05am"

    page = admin.get(f"/appointments/{offer.appointment_id}").text

    assert line in page
    assert "With this link the patient says yes or no." in page
    assert "These links let nobody in any more." not in page
    for path in (f"/sessions/{world.clinic_session.id}", f"/patients/{world.patients[1].id}", "/day?date=2026-12-08"):
        assert line in admin.get(path).text


def test_yes_on_the_telephone_books_the_appointment(
    admin: FlaskClient, vacancy_id: str, offers: Callable[[], list[Offer]]
) -> None:  # fmt: skip
    (offer,) = offers()

    answer = admin.post(f"/offers/{offer.id}/answer", data={"answer": "yes"})

    assert answer.location == f"/appointments/{offer.appointment_id}"
    assert offers()[0].state is OfferState.ACCEPTED
    assert "The time is taken" in admin.get("/vacancies").text


def test_no_on_the_telephone_leads_back_to_the_time(
    admin: FlaskClient, vacancy_id: str, offers: Callable[[], list[Offer]]
) -> None:  # fmt: skip
    page = admin.post(f"/offers/{offers()[0].id}/answer", data={"answer": "no"}, follow_redirects=True).text

    assert "Said no" in page
    assert "A colleague wrote the answer down." in page


def test_an_answer_that_is_none_is_refused(
    admin: FlaskClient, vacancy_id: str, offers: Callable[[], list[Offer]]
) -> None:  # fmt: skip
    assert admin.post(f"/offers/{offers()[0].id}/answer", data={"answer": "perhaps"}).status_code == 422


def test_somebody_else_can_be_asked_instead(
    admin: FlaskClient, vacancy_id: str, offers: Callable[[], list[Offer]]
) -> None:  # fmt: skip
    page = admin.get(f"/vacancies/{vacancy_id}").text
    (beryl,) = re.findall(r'name="entry_id" value="(\w+)"', page)

    admin.post(f"/vacancies/{vacancy_id}/ask", data={"entry_id": beryl})

    assert [offer.state for offer in offers()] == [OfferState.WITHDRAWN, OfferState.OPEN]


def test_stopping_says_that_the_time_is_offered_no_more(admin: FlaskClient, vacancy_id: str) -> None:
    page = admin.post(f"/vacancies/{vacancy_id}/stop", follow_redirects=True).text

    assert "Not offered any more" in page
    assert "Next in line" not in page
    assert admin.post(f"/vacancies/{vacancy_id}/ask", data={"entry_id": "0" * 24}).status_code == 409


def test_the_held_time_leads_to_its_offer(
    admin: FlaskClient, vacancy_id: str, offers: Callable[[], list[Offer]]
) -> None:  # fmt: skip
    held = f"/appointments/{offers()[0].appointment_id}"

    assert f"{held}/offer" in admin.get(held).text
    assert admin.get(f"{held}/offer").location == f"/vacancies/{vacancy_id}"


@pytest.mark.parametrize("path", ["/vacancies", "/vacancies/{id}"])
def test_the_pages_ask_as_many_questions_however_many_wait(
    admin: FlaskClient, vacancy_id: str, session: Session, world: World, path: str,
    count_queries: Callable[[], AbstractContextManager[Any]],
) -> None:  # fmt: skip
    address = path.format(id=vacancy_id)
    admin.get(address)
    with count_queries() as few:
        admin.get(address)
    line = Line(session, world, Desk(session, world, world.actor("admin")))
    for patient in (3, 4, 5):
        line.waits(patient)
    line.desk.cancel(line.desk.book(8, patient=0))
    offering.go_round(session, ADDRESSES)
    session.commit()
    with count_queries() as many:
        admin.get(address)

    assert many.count == few.count
