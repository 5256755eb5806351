"""The clerk finds the right time: three offers with their reasons, booked or held in one act."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Mode, Participant
from cartref.clinics.models import Clinic, SiteHours
from cartref.patients.hours import FreeHours
from cartref.patients.models import TimeOfDay
from cartref.referrals.models import EntryKind, EntryStatus, WaitingEntry
from tests.cartref.office.booking import book, look, slots
from tests.cartref.office.finding_page import booked, entry, offered, press, wish
from tests.factories import World, make_clinic

SignIn = Callable[..., FlaskClient]
FIRST = datetime(2026, 12, 8, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be Monday 23 November 2026."""
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)) as traveller:
        yield traveller


@pytest.fixture
def more_days(session: Session, world: World) -> None:
    """Let the clinic sit on two more days."""
    clinic_id = world.clinic.id
    for number in (1, 2):
        _clinic, sitting = make_clinic(
            session, _unnamed(session, world), world.staff["clinician"], FIRST + timedelta(days=number)
        )
        sitting.clinic_id = clinic_id
        session.flush()
    session.commit()


def _unnamed(session: Session, world: World) -> Any:
    """Return the service, its clinics renamed so that one more can be made."""
    for number, clinic in enumerate(session.scalars(select(Clinic)).all()):
        if clinic.service_id == world.service.id:
            clinic.name = f"Clinic {number}"
    session.flush()
    return world.service


def test_three_times_on_different_days_with_their_reasons(sign_in: SignIn, world: World, more_days: None) -> None:
    page = sign_in("admin").get(f"/find-time?patient_id={world.patients[0].id}").text

    assert offered(page) == [
        "Tuesday 8 December 2026, 9am", "Wednesday 9 December 2026, 9am", "Thursday 10 December 2026, 9am",
    ]  # fmt: skip
    assert page.count("Fits everything") == 3
    assert page.count("Speaks Welsh") == 3
    assert "Leaves no gap in the clinic" in page


def test_one_press_books_all_of_it_in_one_act(sign_in: SignIn, session: Session, world: World) -> None:
    wish(session, world, carer_id=world.carer.id, mode="video-site")
    line = entry(session, world)
    clerk = sign_in("admin")
    page = clerk.get(f"/find-time?entry_id={line.id}").text

    answer = press(clerk, page)

    assert answer.status_code == 303
    (appointment,) = booked(session)
    assert answer.location == f"/appointments/{appointment.id}"
    assert (appointment.mode, appointment.room_id) == (Mode.VIDEO_SITE, world.room.id)
    assert appointment.presenter_id == world.staff["presenter"].id
    assert [guest.carer_id for guest in look(session, select(Participant))] == [world.carer.id]
    assert (appointment.mode_suggested, appointment.mode_reason) == ("video-site", "")
    assert look(session, select(WaitingEntry))[0].status is EntryStatus.BOOKED


def test_where_and_who_beside_her_is_on_the_page(sign_in: SignIn, session: Session, world: World) -> None:
    page = sign_in("admin").get(f"/find-time?patient_id={world.patients[0].id}&mode=video-site").text
    assert "Place: Ysbyty Bryn Heli, Video room 1." in page
    assert "Beside the patient: Presenter Prydderch." in page


def test_a_double_click_books_once(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    page = clerk.get(f"/find-time?patient_id={world.patients[0].id}").text

    first, second = (press(clerk, page) for _ in range(2))

    assert first.location == second.location
    assert len(booked(session)) == 1


def test_a_time_taken_meanwhile_shows_the_next_three(
    sign_in: SignIn, session: Session, world: World, more_days: None
) -> None:
    clerk = sign_in("admin")
    page = clerk.get(f"/find-time?patient_id={world.patients[0].id}").text
    book(session, world, slot=0, patient=1)

    again = press(clerk, page)

    assert again.status_code == 422
    assert "Somebody else has just taken that time. Choose another one." in again.text
    assert offered(again.text)[0] == "Tuesday 8 December 2026, 9:20am"
    assert len(offered(again.text)) == 3
    assert press(clerk, again.text).status_code == 303


def test_what_differs_from_the_suggestion_needs_a_reason_which_is_kept(
    sign_in: SignIn, session: Session, world: World
) -> None:
    clerk = sign_in("admin")
    page = clerk.get(f"/find-time?patient_id={world.patients[0].id}&mode=telephone").text
    assert "Chosen: By telephone. Suggested: Video at home." in page

    silent = press(clerk, page)
    assert silent.status_code == 422
    assert "Say why the patient is not seen as suggested" in silent.text
    assert 'href="#mode_reason"' in silent.text

    assert press(clerk, silent.text, mode_reason="No device at home").status_code == 303
    (appointment,) = booked(session)
    assert (appointment.mode_suggested, appointment.mode_reason) == ("video-home", "No device at home")


def test_her_wishes_are_kept_to_and_said(sign_in: SignIn, session: Session, world: World) -> None:
    hours = (FreeHours(time(10), time(11), weekday=1),)
    wish(session, world, carer_id=world.carer.id, not_before=time(10, 30), time_of_day=TimeOfDay.AFTERNOON, hours=hours)
    page = sign_in("admin").get(f"/find-time?patient_id={world.patients[0].id}").text

    assert offered(page) == ["Tuesday 8 December 2026, 10:40am"]
    assert "Catrin Parry is free then" in page
    assert "Not before 10:30am" in page
    assert "Not in the afternoon" in page
    assert "Fits everything" not in page
    assert "Tuesday: 10am to 11am" in page


def test_when_nothing_suits_the_page_names_what_stands_in_the_way(
    sign_in: SignIn, session: Session, world: World
) -> None:
    wish(session, world, carer_id=world.carer.id, hours=(FreeHours(time(9), time(17), weekday=4),))
    clerk = sign_in("admin")
    page = clerk.get(f"/find-time?patient_id={world.patients[0].id}").text

    assert offered(page) == []
    assert "No time fits everything." in page
    assert "If the patient can come without this person: Catrin Parry" in page
    assert "The soonest: Tuesday 8 December 2026, 9am" in page
    link = re.search(r'<a href="([^"]*)">Show 12 times', page)
    assert link
    assert len(offered(clerk.get(unescape(link[1])).text)) == 3


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"not_before": time(23)}, "If it may be before 11pm"),
        ({"notice_days": 30}, "If the patient can come at shorter notice"),
    ],
)
def test_what_a_person_gives_way_to_is_offered_and_said(
    sign_in: SignIn, session: Session, world: World, wanted: dict[str, Any], words: str
) -> None:
    wish(session, world, **wanted)
    clerk = sign_in("admin")
    page = clerk.get(f"/find-time?patient_id={world.patients[0].id}").text
    link = re.search(r'<a href="([^"]*)">Show 12 times', page)
    assert link

    relaxed = clerk.get(unescape(link[1])).text

    assert words in page
    assert len(offered(relaxed)) == 3
    assert "reasons__against" in relaxed
    assert press(clerk, relaxed).status_code == 303


def test_at_a_place_that_is_closed_home_is_named_instead(sign_in: SignIn, session: Session, world: World) -> None:
    session.add(SiteHours(site_id=world.spoke.id, weekday=0, opens_wall=time(9), closes_wall=time(17)))
    session.commit()
    page = sign_in("admin").get(f"/find-time?patient_id={world.patients[0].id}&mode=video-site").text
    assert "If the patient can be seen by video at home" in page
    assert "mode=video-home" in page


def test_more_times_follow_and_end(sign_in: SignIn, world: World) -> None:
    clerk = sign_in("admin")
    address = f"/find-time?patient_id={world.patients[0].id}"
    pages = [clerk.get(f"{address}&page={number}").text for number in range(5)]

    shown = [time for page in pages for time in offered(page)]

    assert len(shown) == len(set(shown)) == 12
    assert "More times" in pages[0]
    assert "More times" not in pages[3]
    assert "There are no more times." in pages[4]


def test_a_frail_patient_gets_a_longer_time_and_the_page_says_why(
    sign_in: SignIn, session: Session, world: World
) -> None:
    world.patients[0].frailty_level = 7
    session.commit()
    clerk = sign_in("admin")
    page = clerk.get(f"/find-time?patient_id={world.patients[0].id}").text
    other = clerk.get(f"/find-time?patient_id={world.patients[1].id}").text

    assert "40 minutes. Frailty level 7 to 9" in page
    assert "20 minutes. The frailty level is not known" in other
    press(clerk, page)
    (appointment,) = booked(session)
    assert appointment.ends_at - appointment.starts_at == timedelta(minutes=40)


def test_a_review_is_looked_for_from_a_fortnight_before_it_is_due(
    sign_in: SignIn, session: Session, world: World, more_days: None
) -> None:
    line = entry(session, world, kind=EntryKind.REVIEW, due_on=date(2026, 12, 23), note="See again, bloods first")
    page = sign_in("admin").get(f"/find-time?entry_id={line.id}").text
    assert offered(page)[0] == "Wednesday 9 December 2026, 9am"
    assert "Before the due date, 23 December 2026" in page
    assert "See again, bloods first" in page


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("minutes=1", "Enter from 5 to 240 minutes"),
        ("minutes=twenty", "Enter from 5 to 240 minutes"),
        ("first_on-day=31&first_on-month=2&first_on-year=2027", "Enter a real date"),
    ],
)
def test_what_can_not_be_looked_for_is_said_beside_the_field_and_kept(
    sign_in: SignIn, world: World, asked: str, words: str
) -> None:
    page = sign_in("admin").get(f"/find-time?patient_id={world.patients[0].id}&{asked}")
    assert page.status_code == 422
    assert words in page.text
    assert f'value="{asked.partition("&")[0].partition("=")[2]}"' in page.text
    assert offered(page.text) == []


@pytest.mark.parametrize("rubbish", ["", "x", "a.b.c.d", "a.1.c", "....", "a.99999.."])
def test_a_button_that_nobody_made_books_nothing(sign_in: SignIn, session: Session, world: World, rubbish: str) -> None:
    clerk = sign_in("admin")
    page = clerk.post(f"/find-time?patient_id={world.patients[0].id}", data={"book": rubbish, "idempotency_key": "1"})
    assert page.status_code == 422
    assert "Choose one of the times" in page.text
    assert booked(session) == []


def test_what_belongs_to_another_service_is_not_found(sign_in: SignIn, session: Session, world: World) -> None:
    clerk, eluned = sign_in("admin"), world.patients[0].id
    theirs = slots(session, world.other_session)[0].id
    foreign = entry(session, world, service_id=world.other_service.id, clinic_id=None)

    for address in (
        "/find-time", f"/find-time?patient_id={world.other_patient.id}", f"/find-time?entry_id={foreign.id}",
        f"/find-time?patient_id={eluned}&clinic_id={world.other_clinic.id}",
        f"/find-time?patient_id={eluned}&site_id={'f' * 24}",
        f"/find-time?patient_id={world.patients[1].id}&entry_id={entry(session, world).id}",
    ):  # fmt: skip
        assert clerk.get(address).status_code == 404, address
    sent = {"book": f"{theirs}.20..", "idempotency_key": "1"}
    assert clerk.post(f"/find-time?patient_id={eluned}", data=sent).status_code == 404


def test_nothing_is_offered_to_a_patient_who_has_died(sign_in: SignIn, session: Session, world: World) -> None:
    world.patients[0].deceased_on = date(2026, 11, 1)
    session.commit()
    page = sign_in("admin").get(f"/find-time?patient_id={world.patients[0].id}").text
    assert "This patient is recorded as deceased. Nothing can be booked." in page
    assert offered(page) == []


def test_the_page_speaks_welsh(sign_in: SignIn, session: Session, world: World) -> None:
    wish(session, world, not_before=time(10), time_of_day=TimeOfDay.MORNING)
    clerk = sign_in("admin")
    clerk.set_cookie("cartref_language", "cy")
    page = clerk.get(f"/find-time?patient_id={world.patients[0].id}").text
    assert "Amseroedd i Mrs Eluned Parry" in page
    assert "Dydd Mawrth 8 Rhagfyr 2026, 10am" in page
    assert "Yn y bore, fel mae&#39;r claf yn ei hoffi" in page


def test_the_page_asks_as_often_however_much_there_is(
    sign_in: SignIn,
    session: Session,
    world: World,
    more_days: None,
    count_queries: Callable[[], AbstractContextManager[Any]],
) -> None:
    clerk = sign_in("admin")

    def asked() -> int:
        with count_queries() as counted:
            clerk.get(f"/find-time?patient_id={world.patients[0].id}")
        return int(counted.count)

    book(session, world, slot=11, patient=0)
    few = asked()
    for number in range(5):
        book(session, world, slot=2 * number, patient=number % 2)
    assert asked() == few
