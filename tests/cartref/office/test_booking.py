"""The clerk books a free slot, from the slot or from the patient, and nothing is ever booked twice."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment, Mode, Participant
from cartref.patients.models import CareRelationship
from tests.cartref.office.booking import book, look, slots
from tests.factories import World

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be Monday 23 November 2026."""
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)):
        yield


def wish(session: Session, world: World, *, slot: int = 0, patient: int = 0, **typed: Any) -> dict[str, Any]:
    """Return what the booking form sends for a video visit at home."""
    return {
        "slot_id": slots(session, world.clinic_session)[slot].id, "patient_id": world.patients[patient].id,
        "idempotency_key": "one page", "minutes": "20", "mode": "video-home",
    } | typed  # fmt: skip


def booked(session: Session) -> list[Appointment]:
    """Return every appointment there is."""
    return list(look(session, select(Appointment)))


def test_from_a_free_slot_to_the_link(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    slot = slots(session, world.clinic_session)[3]

    whom = clerk.get(f"/appointments/new?slot_id={slot.id}").text
    found = clerk.get(f"/appointments/new?slot_id={slot.id}&q=Eluned").text
    address = f"/appointments/new?patient_id={world.patients[0].id}&slot_id={slot.id}"
    form = clerk.get(address).text
    answer = clerk.post("/appointments/new", data=_hidden(form) | {"minutes": "40", "mode": "video-home"})

    assert "Who is the appointment for?" in whom
    assert "Tuesday 8 December 2026, 10am" in whom
    assert address.replace("&", "&amp;") in found
    assert answer.status_code == 303
    page = clerk.get(answer.location).text
    assert "The appointment is booked." in page
    assert "Tuesday 8 December 2026, 10am" in page
    assert "40 minutes" in page
    assert re.search(r'value="http://127\.0\.0\.1:8000/v/[\w-]{24}"', page)
    (appointment,) = booked(session)
    assert (appointment.patient_id, appointment.mode) == (world.patients[0].id, Mode.VIDEO_HOME)


def test_from_a_patient_to_the_free_times(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    eluned = world.patients[0]

    suited = clerk.get(f"/appointments/new?patient_id={eluned.id}")
    page = clerk.get(f"/appointments/new?patient_id={eluned.id}&all=1").text
    later = clerk.get(f"/appointments/new?patient_id={eluned.id}&from=2026-12-09").text

    first = slots(session, world.clinic_session)[0]
    assert suited.location == f"/find-time?patient_id={eluned.id}"
    assert f"slot_id={first.id}" in page
    assert "Tuesday 8 December 2026, 9am" in page
    assert "Speaks Welsh" in page  # she does, and so does the clinician
    assert "No time is free in these 8 weeks." in later


def test_the_lengths_offered_are_those_of_free_slots_in_a_row(sign_in: SignIn, session: Session, world: World) -> None:
    book(session, world, slot=2, patient=1)
    free = slots(session, world.clinic_session)

    page = sign_in("admin").get(f"/appointments/new?patient_id={world.patients[0].id}&slot_id={free[0].id}").text

    assert "20 minutes" in page
    assert "40 minutes" in page
    assert "60 minutes" not in page


def test_a_double_click_books_once(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    typed = wish(session, world)

    first, second = (clerk.post("/appointments/new", data=typed) for _ in range(2))

    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert len(booked(session)) == 1


def test_a_slot_taken_meanwhile_offers_three_others_and_keeps_what_was_chosen(
    sign_in: SignIn, session: Session, world: World
) -> None:
    clerk = sign_in("admin")
    carer = world.carer.id
    typed = wish(session, world, minutes="40", carer_ids=carer)
    book(session, world, slot=0, patient=1)

    page = clerk.post("/appointments/new", data=typed)

    assert page.status_code == 422
    assert "Somebody else has just taken that time. Choose another one." in page.text
    instead = re.findall(r'name="slot_instead" value="(\w{24})"', page.text)
    assert instead == [slot.id for slot in slots(session, world.clinic_session)[1:4]]
    assert re.search(r'value="video-home"[^>]*checked', page.text)
    assert re.search(r'value="40"[^>]*checked', page.text)
    assert re.search(rf'value="{carer}"[^>]*checked', page.text)

    kept = {"minutes": "40", "mode": "video-home", "carer_ids": carer}
    tapped = clerk.post("/appointments/new", data=_hidden(page.text) | kept | {"slot_instead": instead[0]})

    assert tapped.status_code == 303
    mine = next(found for found in booked(session) if found.patient_id == world.patients[0].id)
    assert mine.starts_at == datetime(2026, 12, 8, 9, 20, tzinfo=UTC)
    assert [guest.carer_id for guest in look(session, select(Participant))] == [carer]


def test_a_slot_taken_before_the_page_opens_is_told_at_once(sign_in: SignIn, session: Session, world: World) -> None:
    book(session, world, slot=0, patient=1)
    free = slots(session, world.clinic_session)

    page = sign_in("admin").get(f"/appointments/new?patient_id={world.patients[0].id}&slot_id={free[0].id}").text

    assert "Somebody else has just taken that time. Choose another one." in page
    assert re.findall(r'name="slot_instead" value="(\w{24})"', page) == [slot.id for slot in free[1:4]]


def test_a_patient_whom_another_service_sees_then_is_busy_and_nothing_more_is_told(
    sign_in: SignIn, session: Session, world: World
) -> None:
    eluned = world.patients[0]
    session.add(CareRelationship(patient_id=eluned.id, service_id=world.other_service.id, created_at=eluned.created_at))
    session.commit()
    theirs = wish(session, world, slot_id=slots(session, world.other_session)[0].id)
    assert sign_in("other_admin").post("/appointments/new", data=theirs).status_code == 303

    page = sign_in("admin").post("/appointments/new", data=wish(session, world))

    assert page.status_code == 422
    assert "The patient has another appointment at that time. Choose another one." in page.text
    assert "Heart failure" not in page.text
    assert len(booked(session)) == 1


def test_more_minutes_than_are_free_are_refused_beside_the_field(
    sign_in: SignIn, session: Session, world: World
) -> None:
    book(session, world, slot=1, patient=1)

    page = sign_in("admin").post("/appointments/new", data=wish(session, world, minutes="60"))

    assert page.status_code == 422
    assert "There is not enough free time there." in page.text
    assert 'href="#minutes"' in page.text
    assert re.search(r'value="60"[^>]*checked', page.text)


def test_how_the_patient_is_seen_must_be_said(sign_in: SignIn, session: Session, world: World) -> None:
    page = sign_in("admin").post("/appointments/new", data=wish(session, world, mode=""))

    assert page.status_code == 422
    assert "Choose how the patient is seen" in page.text
    assert booked(session) == []


def test_a_video_visit_at_a_site_needs_a_room_and_somebody_beside_the_patient(
    sign_in: SignIn, session: Session, world: World
) -> None:
    clerk = sign_in("admin")
    typed = wish(session, world, mode="video-site")

    no_room = clerk.post("/appointments/new", data=typed)
    no_presenter = clerk.post("/appointments/new", data=typed | {"room_id": world.room.id})
    whole = clerk.post(
        "/appointments/new", data=typed | {"room_id": world.room.id, "presenter_id": world.staff["presenter"].id}
    )

    assert "Choose a room" in no_room.text
    assert 'href="#room_id"' in no_room.text
    assert "Choose a presenter who works at that place" in no_presenter.text
    assert whole.status_code == 303
    page = clerk.get(whole.location).text
    assert "Ysbyty Bryn Heli, Video room 1" in page
    assert "Presenter Prydderch" in page


def test_a_carer_without_leave_to_join_can_not_be_invited(sign_in: SignIn, session: Session, world: World) -> None:
    page = sign_in("admin").post("/appointments/new", data=wish(session, world, patient=1, carer_ids=world.carer.id))

    assert page.status_code == 422
    assert "Choose carers who may join the visit" in page.text


def test_nothing_is_booked_for_a_patient_who_has_died(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    clerk.post(
        f"/patients/{world.patients[0].id}/death",
        data={"deceased_on-day": "1", "deceased_on-month": "11", "deceased_on-year": "2026"},
    )

    page = clerk.post("/appointments/new", data=wish(session, world))

    assert page.status_code == 422
    assert "This patient is recorded as deceased. Nothing can be booked." in page.text


def test_slots_and_patients_of_another_service_are_not_found(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    theirs = slots(session, world.other_session)[0].id

    foreigners: list[dict[str, Any]] = [
        {"slot_id": theirs}, {"patient_id": world.other_patient.id}, {"slot_instead": theirs},
        {"mode": "video-site", "room_id": "f" * 24},
    ]  # fmt: skip
    for foreign in foreigners:
        assert clerk.post("/appointments/new", data=wish(session, world, **foreign)).status_code == 404
    assert booked(session) == []


def test_only_who_books_may_book(sign_in: SignIn, session: Session, world: World) -> None:
    typed = wish(session, world)

    for name in ("clinician", "presenter", "manager", "privacy"):
        assert sign_in(name).post("/appointments/new", data=typed).status_code == 403
    assert booked(session) == []


def _hidden(page: str) -> dict[str, str]:
    """Return the hidden values that the page's form carries."""
    fields = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page)
    pairs = [(re.search(r'name="([^"]*)"', field), re.search(r'value="([^"]*)"', field)) for field in fields]
    return {name[1]: value[1] if value else "" for name, value in pairs if name}
