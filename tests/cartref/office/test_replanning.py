"""The pages of a plan: asked for, watched, and decided on."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from html import unescape
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cartref.appointments import replanning, service
from cartref.appointments.models import Appointment, Mode, MoveState, ReplanMove
from cartref.clinics.service.closing import CloseReason, close_session
from cartref.jobs.running import Desk
from tests.cartref.office.booking import ADDRESSES, book, look
from tests.factories import World, make_clinic

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be Monday 23 November 2026."""
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)):
        yield


@pytest.fixture
def clerk(sign_in: SignIn, session: Session, world: World) -> FlaskClient:
    """Return the browser of an admin; two patients are booked in a closed session, and one time is free in another."""
    for number in range(2):
        book(session, world, slot=number, patient=number)
    world.clinic.name = "The closed clinic"
    session.flush()
    spare, sitting = make_clinic(
        session, world.service, world.staff["clinician"], datetime(2026, 12, 15, 9, tzinfo=UTC), 1
    )
    sitting.clinic_id = world.clinic.id
    session.flush()
    session.delete(spare)
    close_session(session, world.actor("admin"), world.clinic_session.id, CloseReason.WEATHER)
    session.commit()
    return sign_in("admin")


def plan_made(clerk: FlaskClient, engine: Engine, world: World) -> str:
    """Ask for a plan, let the worker make it, and return the address of its page."""
    asked = clerk.post(f"/sessions/{world.clinic_session.id}/replan")
    assert asked.status_code == 303
    Desk(partial(Session, engine), replanning.works(None)).run_waiting()  # type: ignore[arg-type] # it asks no setting
    return str(asked.location)


def moves(session: Session, state: MoveState) -> list[ReplanMove]:
    """Return the moves of that state."""
    return look(session, select(ReplanMove).where(ReplanMove.state == state))


def test_a_plan_that_is_being_made_can_be_watched_and_stopped(clerk: FlaskClient, world: World) -> None:
    asked = clerk.post(f"/sessions/{world.clinic_session.id}/replan")
    page = clerk.get(asked.location).text

    assert "<progress" in page
    assert "/stop" in page


def test_a_plan_shows_what_would_change_and_whom_it_leaves_out(
    clerk: FlaskClient, engine: Engine, world: World
) -> None:
    page = unescape(clerk.get(plan_made(clerk, engine, world)).text)

    assert "Tuesday 8 December 2026, 9am" in page
    assert "Tuesday 15 December 2026, 9am" in page
    assert "No time found" in page
    assert "given to somebody else" in page


def test_accepting_one_moves_it(clerk: FlaskClient, engine: Engine, session: Session, world: World) -> None:
    address = plan_made(clerk, engine, world)
    (move,) = moves(session, MoveState.PROPOSED)

    answer = clerk.post(f"/replans/moves/{move.id}/accept", follow_redirects=True)

    assert "The appointment has moved" in answer.text
    (moved,) = look(session, select(Appointment).where(Appointment.id == move.appointment_id))
    assert moved.starts_at == datetime(2026, 12, 15, 9, tzinfo=UTC)
    assert answer.request.path == address


def test_accepting_all_says_what_was_overtaken(
    clerk: FlaskClient, engine: Engine, session: Session, world: World
) -> None:
    address = plan_made(clerk, engine, world)
    (move,) = moves(session, MoveState.PROPOSED)
    service.book(
        session, world.actor("admin"), addresses=ADDRESSES, slot_id=move.slot_id, patient_id=world.patients[4].id,
        mode=Mode.TELEPHONE, idempotency_key="somebody else",
    )  # fmt: skip
    session.commit()

    answer = clerk.post(f"{address}/accept", follow_redirects=True)

    assert "Something changed meanwhile. Not moved: 1." in answer.text
    assert moves(session, MoveState.STALE)


def test_a_refused_move_can_still_be_moved_by_hand(
    clerk: FlaskClient, engine: Engine, session: Session, world: World
) -> None:
    plan_made(clerk, engine, world)
    (move,) = moves(session, MoveState.PROPOSED)

    page = clerk.post(f"/replans/moves/{move.id}/refuse", follow_redirects=True).text

    assert "Not this one" in page
    assert f"/appointments/{move.appointment_id}/move" in page


def test_a_session_that_is_open_has_no_plan(sign_in: SignIn, world: World) -> None:
    answer = sign_in("admin").post(f"/sessions/{world.clinic_session.id}/replan")
    assert answer.status_code == 409
    assert "Close it first" in answer.text
