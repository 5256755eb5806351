"""Doing again what PostgreSQL undid, with real deadlocks. SQLite lets writers in one at a time and has none."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cartref.appointments.service.repeating import TRIES, in_turn
from cartref.errors import Unavailable
from cartref.patients.models import Patient
from tests.factories import World

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_who_gives_way_in_a_deadlock_gets_another_turn(engine: Engine, world: World) -> None:
    both, ids = Barrier(2), [patient.id for patient in world.patients[:2]]

    def write(order: list[str]) -> int:
        turns = 0

        def act() -> None:
            nonlocal turns
            turns += 1
            _touch(session, order[0])
            if turns == 1:
                both.wait()  # each holds one row now, and will ask for the other's
            _touch(session, order[1])

        with Session(engine) as session, session.begin():
            in_turn(session, act)
        return turns

    with ThreadPoolExecutor(2) as writers:
        turns = list(writers.map(write, (ids, ids[::-1])))

    assert sorted(turns) == [1, 2]


def test_after_three_turns_it_says_that_it_can_not_be_done_now(session: Session) -> None:
    turns = []

    def act() -> None:
        turns.append(1)
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$"))

    with pytest.raises(Unavailable):
        in_turn(session, act)

    assert len(turns) == TRIES


def test_another_fault_is_not_tried_again(session: Session) -> None:
    turns = []

    def act() -> None:
        turns.append(1)
        session.execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError):
        in_turn(session, act)

    assert len(turns) == 1


def test_what_was_done_before_stays_when_a_turn_is_undone(session: Session, world: World) -> None:
    _touch(session, world.patients[0].id)
    turns = []

    def act() -> None:
        turns.append(1)
        _touch(session, world.patients[1].id)
        if len(turns) == 1:
            session.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$"))

    in_turn(session, act)

    session.expire_all()
    assert [patient.safe_contact for patient in world.patients[:3]] == ["touched", "touched", ""]


def _touch(session: Session, patient_id: str) -> None:
    session.execute(update(Patient).where(Patient.id == patient_id).values(safe_contact="touched"))
