"""What matters to a patient is asked once and written down."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from html import unescape
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.office.forms.times import hours
from cartref.patients import wishes
from cartref.patients.hours import FreeHours
from cartref.patients.models import CareCircle, TimeOfDay
from cartref.patients.wishes import Wishes
from tests.cartref.office.booking import look
from tests.cartref.office.finding_page import wish
from tests.factories import World

SignIn = Callable[..., FlaskClient]
ANY = {"time_of_day": "any", "carer_id": "", "version": "0"}


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


def hidden(page: str) -> dict[str, str]:
    """Return what the page carries along of what was saved when it was made."""
    found = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page) for name in ("version", "seen")}
    return {name: unescape(one[1]) for name, one in found.items() if one}


def test_everything_that_matters_is_kept(sign_in: SignIn, session: Session, world: World) -> None:
    clerk, address = sign_in("admin"), f"/patients/{world.patients[0].id}/wishes"
    typed = {
        "version": "0", "time_of_day": "morning", "not_before": "10am", "mode": "video-home", "notice_days": "7",
        "short_notice": "y", "bsl": "y", "bilingual": "y", "wants_invitation": "y", "carer_id": "",
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
    (place,) = look(session, select(CareCircle).where(CareCircle.carer_id == world.carer.id))

    chosen = clerk.post(address, data=ANY | {"carer_id": world.carer.id})

    there = f"/patients/{world.patients[0].id}/carers/{place.id}#hours"
    assert chosen.location == there
    page = clerk.get(address).text
    assert "Catrin Parry is free:" in page
    assert "at any time" in page
    assert f'href="{there}"' in page


def test_the_page_says_when_the_carer_is_free(sign_in: SignIn, session: Session, world: World) -> None:
    hours = (FreeHours(time(9), time(12), weekday=0), FreeHours(time(10), time(11), on=date(2026, 12, 8)))
    wish(session, world, carer_id=world.carer.id, hours=hours)

    page = sign_in("admin").get(f"/patients/{world.patients[0].id}/wishes").text

    assert "Monday: 9am to 12pm" in page
    assert "Tuesday 8 December: 10am to 11am" in page


def test_two_who_write_down_the_same_wishes_see_each_other(sign_in: SignIn, session: Session, world: World) -> None:
    clerk, address = sign_in("admin"), f"/patients/{world.patients[0].id}/wishes"
    before = hidden(clerk.get(address).text)
    clerk.post(address, data=ANY | before | {"time_of_day": "morning", "notice_days": "3", "bsl": "y"})

    late = clerk.post(address, data=ANY | before | {"time_of_day": "afternoon", "notice_days": "0"})

    assert late.status_code == 422
    assert "What you typed, and what is saved by now" in late.text
    assert re.search(r"Saved meanwhile by Admin Prydderch", late.text)
    assert 'name="keep-time_of_day"' in late.text
    assert "You had not changed this." in late.text  # the tick for BSL, which is taken over
    assert re.search(r'value="afternoon"[^>]*checked', late.text)
    assert saved(session, world) == Wishes(TimeOfDay.MORNING, notice_days=3, bsl=True)
    chosen = ANY | hidden(late.text) | {"time_of_day": "afternoon", "notice_days": "3", "bsl": "y"}
    assert clerk.post(address, data=chosen | {"keep-time_of_day": "typed"}).status_code == 303
    assert saved(session, world) == Wishes(TimeOfDay.AFTERNOON, notice_days=3, bsl=True)


@pytest.mark.parametrize(
    ("typed", "words", "field"),
    [
        ({"not_before": "soonish"}, "Enter a time, for example 9:20am", "not_before"),
        ({"notice_days": "99"}, "Enter from 0 to 60 days", "notice_days"),
        ({"time_of_day": ""}, "Choose an answer", "time_of_day"),
    ],
)
def test_what_can_not_be_used_is_said_beside_the_field_and_kept(
    sign_in: SignIn, session: Session, world: World, typed: dict[str, str], words: str, field: str
) -> None:
    page = sign_in("admin").post(f"/patients/{world.patients[0].id}/wishes", data=ANY | typed)

    assert page.status_code == 422
    assert words in page.text
    assert f'href="#{field}"' in page.text
    assert all(f'value="{value}"' in page.text for value in typed.values() if value)
    assert saved(session, world) == Wishes()


def test_a_carer_of_somebody_else_can_not_be_chosen(sign_in: SignIn, world: World) -> None:
    page = sign_in("admin").post(f"/patients/{world.patients[1].id}/wishes", data=ANY | {"carer_id": world.carer.id})
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
