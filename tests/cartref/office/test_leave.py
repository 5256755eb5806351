"""Leave on the pages: written down, refused beside its fields, what falls into it, taken back."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Mode
from cartref.clinics.models import ClinicSession, Leave, LeaveKind, SessionStatus
from tests.cartref.office.booking import book, look, now
from tests.factories import World

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be Monday 23 November 2026."""
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)):
        yield


def typed(world: World, first: int, last: int, **more: str) -> dict[str, str]:
    """Return leave in December as it is typed."""
    return {
        "staff_id": world.staff["clinician"].id, "kind": "annual", "first_on-day": str(first), "first_on-month": "12",
        "first_on-year": "2026", "last_on-day": str(last), "last_on-month": "12", "last_on-year": "2026",
    } | more  # fmt: skip


def test_leave_is_written_down_and_closes_the_empty_session(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")

    answer = clerk.post("/leave/new", data=typed(world, 7, 11))

    page = unescape(clerk.get(answer.location).text)
    assert answer.status_code == 303
    assert "Leave is written down: Clinician Prydderch, 7 to 11 December 2026." in page
    assert "1 empty session is closed." in page
    assert "Nothing is booked then." in page
    assert now(session, world.clinic_session).status is SessionStatus.CLOSED
    (leave,) = look(session, select(Leave))
    assert (leave.kind, leave.first_on, leave.recorded_by_id) == (
        LeaveKind.ANNUAL, date(2026, 12, 7), world.staff["admin"].id,
    )  # fmt: skip


def test_a_session_with_patients_is_work_to_do(sign_in: SignIn, session: Session, world: World) -> None:
    book(session, world)
    clerk = sign_in("admin")

    clerk.post("/leave/new", data=typed(world, 7, 11))
    page = unescape(clerk.get("/leave").text)
    session_page = unescape(clerk.get(f"/sessions/{world.clinic_session.id}").text)

    assert "1 session has patients. Close it, and find them another time." in page
    assert "Tuesday 8 December 2026, 9am to 1pm" in page
    assert f"/sessions/{world.clinic_session.id}/close" in page
    assert "On leave: Clinician Prydderch, 7 to 11 December 2026" in session_page
    assert now(session, world.clinic_session).status is SessionStatus.OPEN


def test_a_nurses_leave_lists_the_visits_that_she_leaves_alone(sign_in: SignIn, session: Session, world: World) -> None:
    nurse = world.staff["presenter"].id
    visit = book(session, world, mode=Mode.VIDEO_SITE, room_id=world.room.id, presenter_id=nurse)
    clerk = sign_in("admin")

    clerk.post("/leave/new", data=typed(world, 7, 11, staff_id=nurse))

    page = unescape(clerk.get("/leave").text)
    assert f"/appointments/{visit.id}" in page
    assert "Nobody is beside the patient then." in page


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(sign_in: SignIn, world: World) -> None:
    clerk = sign_in("admin")
    clerk.post("/leave/new", data=typed(world, 7, 11))

    nothing = clerk.post("/leave/new", data={})
    backwards = clerk.post("/leave/new", data=typed(world, 21, 20))
    overlaps = clerk.post("/leave/new", data=typed(world, 11, 14))

    assert {page.status_code for page in (nothing, backwards, overlaps)} == {422}
    assert "Choose who is away" in nothing.text
    assert "The last day must not be before the first day" in backwards.text
    assert 'href="#last_on-day"' in backwards.text
    assert "This person is on leave on some of these days already" in overlaps.text
    assert 'href="#first_on-day"' in overlaps.text
    assert 'value="14"' in overlaps.text


def test_withdrawn_leave_opens_what_it_closed(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    clerk.post("/leave/new", data=typed(world, 7, 11))
    (leave,) = look(session, select(Leave))

    answer = clerk.post(f"/leave/{leave.id}/withdraw")

    page = unescape(clerk.get(answer.location).text)
    assert "1 session is open again." in page
    assert "Nobody has leave from today on." in page
    assert now(session, world.clinic_session).status is SessionStatus.OPEN


def test_the_page_takes_as_many_queries_however_many_are_away(
    sign_in: SignIn, session: Session, world: World, count_queries: Any
) -> None:
    book(session, world)
    clerk = sign_in("admin")
    clerk.post("/leave/new", data=typed(world, 8, 8))
    clerk.get("/leave")
    with count_queries() as one:
        clerk.get("/leave")
    for day, name in ((9, "clinician"), (10, "clinician"), (8, "presenter"), (9, "presenter")):
        clerk.post("/leave/new", data=typed(world, day, day, staff_id=world.staff[name].id))
    clerk.get("/leave")
    with count_queries() as five:
        clerk.get("/leave")

    assert five.count == one.count


def test_another_service_neither_sees_nor_withdraws_it(sign_in: SignIn, session: Session, world: World) -> None:
    sign_in("admin").post("/leave/new", data=typed(world, 7, 11))
    (leave,) = look(session, select(Leave))
    stranger = sign_in("other_admin")

    assert "Clinician Prydderch" not in stranger.get("/leave").text
    assert stranger.post(f"/leave/{leave.id}/withdraw").status_code == 404
    assert stranger.post("/leave/new", data=typed(world, 14, 15)).status_code == 422
    assert len(look(session, select(Leave))) == 1
    assert len(look(session, select(ClinicSession).where(ClinicSession.status == SessionStatus.OPEN))) == 1
