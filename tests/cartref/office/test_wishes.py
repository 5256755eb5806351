"""What matters to a patient is asked once and written down."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cartref.office.forms.times import hours
from cartref.patients import wishes
from cartref.patients.models import TimeOfDay
from cartref.patients.wishes import FreeHours, Wishes
from tests.factories import World

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be Monday 23 November 2026."""
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)):
        yield


def saved(session: Session, world: World) -> Wishes:
    session.expire_all()
    found = wishes.find(session, world.patients[0].id)
    session.commit()
    return found


def saved_hours(session: Session, world: World) -> list[FreeHours]:
    session.expire_all()
    found = list(wishes.hours(session, world.carer.id))
    session.commit()
    return found


def test_everything_that_matters_is_kept(sign_in: SignIn, session: Session, world: World) -> None:
    clerk, address = sign_in("admin"), f"/patients/{world.patients[0].id}/wishes"
    typed = {
        "time_of_day": "morning", "not_before": "10am", "mode": "video-home", "notice_days": "7", "short_notice": "y",
        "bsl": "y", "bilingual": "y", "wants_invitation": "y", "carer_id": "",
    }  # fmt: skip

    answer = clerk.post(address, data=typed)

    assert answer.status_code == 303
    assert answer.location == f"/patients/{world.patients[0].id}"
    assert saved(session, world) == Wishes(
        TimeOfDay.MORNING, time(10), "video-home", None, 7, short_notice=True, bsl=True, bilingual=True,
        wants_invitation=True,
    )  # fmt: skip
    page = clerk.get(address).text
    assert 'value="10:00"' in page
    assert re.search(r'value="morning"[^>]*checked', page)


def test_a_carer_is_chosen_first_and_then_her_free_times(sign_in: SignIn, session: Session, world: World) -> None:
    clerk, address = sign_in("admin"), f"/patients/{world.patients[0].id}/wishes"
    catrin = {"time_of_day": "any", "carer_id": world.carer.id}
    chosen = clerk.post(address, data=catrin)
    assert chosen.location == f"{address}#hours"
    assert "When is Catrin Parry free?" in clerk.get(address).text

    typed = catrin | {
        "hours_of": world.carer.id, "weekday0": "9am to 12pm, 2-4pm", "weekday3": "13.30 i 15.00",
        "day0-day": "8", "day0-month": "12", "day0-year": "2026", "day0_hours": "10:00–11:00",
    }  # fmt: skip
    assert clerk.post(address, data=typed).status_code == 303

    assert saved_hours(session, world) == [
        FreeHours(time(9), time(12), weekday=0), FreeHours(time(14), time(16), weekday=0),
        FreeHours(time(13, 30), time(15), weekday=3), FreeHours(time(10), time(11), on=date(2026, 12, 8)),
    ]  # fmt: skip
    page = clerk.get(address).text
    assert 'value="9am to 12pm, 2pm to 4pm"' in page
    assert 'value="10am to 11am"' in page


def test_another_carers_hours_are_not_taken_for_hers(sign_in: SignIn, session: Session, world: World) -> None:
    address = f"/patients/{world.patients[0].id}/wishes"
    typed = {"time_of_day": "any", "carer_id": world.carer.id, "hours_of": "f" * 24, "weekday0": "9am to 12pm"}
    sign_in("admin").post(address, data=typed)
    assert saved_hours(session, world) == []


@pytest.mark.parametrize(
    ("typed", "words", "field"),
    [
        ({"not_before": "soonish"}, "Enter a time, for example 9:20am", "not_before"),
        ({"notice_days": "99"}, "Enter from 0 to 60 days", "notice_days"),
        ({"weekday2": "mornings"}, "Enter times, for example 9am to 12pm, 2pm to 4pm", "weekday2"),
        ({"weekday2": "9am to 12pm, 11am to 2pm"}, "Enter times that follow each other", "weekday2"),
        ({"day1_hours": "9am to 10am"}, "Enter the day, the month and the year", "day1-day"),
        ({"day1-day": "8", "day1-month": "12", "day1-year": "2026"}, "Enter times, for example 9am to", "day1_hours"),
        ({"time_of_day": ""}, "Choose an answer", "time_of_day"),
    ],
)
def test_what_can_not_be_used_is_said_beside_the_field_and_kept(
    sign_in: SignIn, session: Session, world: World, typed: dict[str, str], words: str, field: str
) -> None:
    carer = {"carer_id": world.carer.id, "hours_of": world.carer.id, "time_of_day": "any"}
    page = sign_in("admin").post(f"/patients/{world.patients[0].id}/wishes", data=carer | typed)

    assert page.status_code == 422
    assert words in page.text
    assert f'href="#{field}"' in page.text
    assert all(f'value="{value}"' in page.text for value in typed.values() if value)
    assert saved(session, world) == Wishes()


def test_a_carer_of_somebody_else_can_not_be_chosen(sign_in: SignIn, world: World) -> None:
    typed = {"time_of_day": "any", "carer_id": world.carer.id}
    page = sign_in("admin").post(f"/patients/{world.patients[1].id}/wishes", data=typed)
    assert page.status_code == 422
    assert "Choose one of the patient&#39;s carers" in page.text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("9am to 12pm", [(time(9), time(12))]),
        ("2pm - 4pm, 9.30am–11am", [(time(9, 30), time(11)), (time(14), time(16))]),
        ("9am i 10am; 13:00 tan 14:00", [(time(9), time(10)), (time(13), time(14))]),
        ("9am to 10am and 1pm to 2pm", [(time(9), time(10)), (time(13), time(14))]),
        ("2-4pm", [(time(14), time(16))]),
        ("9-12pm", [(time(9), time(12))]),
        ("9-11", [(time(9), time(11))]),
        ("12pm to 9am", None),
        ("9am", None),
        ("all day", None),
    ],
)
def test_times_are_read_as_people_write_them(text: str, found: list[tuple[time, time]] | None) -> None:
    assert hours(text) == found
