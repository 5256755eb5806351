"""A carer's page: everything written down of her is changed there, her free times too, and her part is ended."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.patients import carers
from cartref.patients import hours as free_times
from cartref.patients.hours import FreeHours
from cartref.patients.models import CareCircle
from tests.cartref.office.booking import look, now
from tests.cartref.office.test_wishes import hidden
from tests.factories import World

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be Monday 23 November 2026."""
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)):
        yield


def place_of(session: Session, world: World) -> CareCircle:
    """Return Catrin's place beside Eluned as the database has it, and leave the database alone."""
    (place,) = look(session, select(CareCircle).where(CareCircle.patient_id == world.patients[0].id))
    now(session, place.carer)
    return place


@pytest.fixture
def address(session: Session, world: World) -> str:
    """Return the address of the page of Eluned's daughter Catrin."""
    return f"/patients/{world.patients[0].id}/carers/{place_of(session, world).id}"


def typed(**values: str) -> dict[str, str]:
    """Return what a browser sends of Catrin's page as it is at first."""
    kept = {
        "given_name": "Catrin", "family_name": "Parry", "relationship_kind": "daughter", "email": "catrin@example.org",
        "language": "en", "may_join": "y", "may_be_told": "y", "consented_by": "patient", "consented_on-day": "5",
        "consented_on-month": "1", "consented_on-year": "2026", "version": "1",
    }  # fmt: skip
    return kept | values


def saved_hours(session: Session, world: World) -> list[FreeHours]:
    found = list(free_times.of_carer(session, world.carer.id))
    session.rollback()
    return found


def test_a_patients_page_leads_to_the_carers(sign_in: SignIn, world: World, address: str) -> None:
    assert f'href="{address}"' in sign_in("admin").get(f"/patients/{world.patients[0].id}").text


def test_what_is_written_down_of_a_carer_is_changed(
    sign_in: SignIn, session: Session, world: World, address: str
) -> None:
    clerk = sign_in("admin")
    assert 'value="catrin@example.org"' in clerk.get(address).text
    change = {"mobile": "07700 900555", "may_arrange": "y", "wants_invitation": "y", "relationship_kind": "attorney"}

    answer = clerk.post(address, data=typed(**change))

    assert answer.location == f"/patients/{world.patients[0].id}"
    page = clerk.get(answer.location).text
    assert "07700 900555" in page
    assert "Attorney (lasting power of attorney)" in page
    details = carers.details_of(place_of(session, world))
    assert (details.may_arrange, details.wants_invitation) == (True, True)


def test_free_times_are_read_as_people_write_them(
    sign_in: SignIn, session: Session, world: World, address: str
) -> None:
    times = {
        "weekday0": "9am to 12pm, 2-4pm", "weekday3": "13.30 i 15.00",
        "day0-day": "8", "day0-month": "12", "day0-year": "2026", "day0_hours": "10:00–11:00",
    }  # fmt: skip
    clerk = sign_in("admin")

    assert clerk.post(address, data=typed(**times)).status_code == 303

    assert saved_hours(session, world) == [
        FreeHours(time(9), time(12), weekday=0), FreeHours(time(14), time(16), weekday=0),
        FreeHours(time(13, 30), time(15), weekday=3), FreeHours(time(10), time(11), on=date(2026, 12, 8)),
    ]  # fmt: skip
    page = clerk.get(address).text
    assert 'value="9am to 12pm, 2pm to 4pm"' in page
    assert 'value="10am to 11am"' in page


@pytest.mark.parametrize(
    ("wrong", "words", "field"),
    [
        ({"weekday2": "mornings"}, "Enter times, for example 9am to 12pm, 2pm to 4pm", "weekday2"),
        ({"weekday2": "9am to 12pm, 11am to 2pm"}, "Enter times that follow each other", "weekday2"),
        ({"day1_hours": "9am to 10am"}, "Enter the day, the month and the year", "day1-day"),
        ({"day1-day": "8", "day1-month": "12", "day1-year": "2026"}, "Enter times, for example 9am to", "day1_hours"),
        ({"email": ""}, "Enter a telephone number or an e-mail address", "telephone"),
        ({"family_name": ""}, "Enter the last name", "family_name"),
    ],
)
def test_what_can_not_be_used_is_said_beside_the_field_and_kept(
    sign_in: SignIn, session: Session, world: World, address: str, wrong: dict[str, str], words: str, field: str
) -> None:
    page = sign_in("admin").post(address, data=typed(**wrong))

    assert page.status_code == 422
    assert words in page.text
    assert f'href="#{field}"' in page.text
    assert all(f'value="{value}"' in page.text for value in wrong.values() if value)
    assert saved_hours(session, world) == []


def test_two_who_change_one_carer_see_each_other(sign_in: SignIn, session: Session, world: World, address: str) -> None:
    clerk = sign_in("admin")
    before = hidden(clerk.get(address).text)
    clerk.post(address, data=typed(**before, telephone="01632 960001", weekday0="9am to 12pm"))

    late = clerk.post(address, data=typed(**before, telephone="01632 960002"))

    assert late.status_code == 422
    assert "Saved meanwhile by Admin Prydderch" in late.text
    assert re.search(r'name="keep-telephone" value="typed" checked', late.text)
    assert "01632 960001</span>" in late.text
    assert 'value="01632 960002"' in late.text
    assert 'value="9am to 12pm"' in late.text  # she had not touched it, so that it is taken over
    theirs = typed(**hidden(late.text), telephone="01632 960002", weekday0="9am to 12pm") | {"keep-telephone": "saved"}
    assert clerk.post(address, data=theirs).status_code == 303
    assert place_of(session, world).carer.telephone == "01632 960001"
    assert saved_hours(session, world) == [FreeHours(time(9), time(12), weekday=0)]


def test_a_part_is_ended_on_a_day_and_said_to_be(sign_in: SignIn, world: World, address: str) -> None:
    clerk = sign_in("admin")
    day = {"ended_on-day": "20", "ended_on-month": "11", "ended_on-year": "2026"}

    answer = clerk.post(f"{address}/end", data=day)

    assert answer.location == f"/patients/{world.patients[0].id}"
    page = clerk.get(answer.location).text
    assert "Catrin Parry can no longer take part." in page
    assert "Catrin Parry: ended on 20 November 2026" in page
    assert clerk.get(address).status_code == 404


@pytest.mark.parametrize(
    ("year", "words"), [("2027", "The day can&#39;t be before the day on which it was agreed"), ("", "Enter the day")]
)
def test_a_part_is_not_ended_on_a_day_to_come_or_none(
    sign_in: SignIn, session: Session, world: World, address: str, year: str, words: str
) -> None:
    day = {"ended_on-day": "20", "ended_on-month": "11", "ended_on-year": year} if year else {}

    page = sign_in("admin").post(f"{address}/end", data=day)

    assert page.status_code == 422
    assert words in page.text
    assert place_of(session, world).ended_at is None


def test_the_address_that_ends_a_part_is_the_carers_page(sign_in: SignIn, address: str) -> None:
    assert sign_in("admin").get(f"{address}/end").location == address
