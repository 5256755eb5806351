"""Taking over is one step: a stop, a crash or a refusal leaves nothing of it, and it can be begun again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, event, func, inspect, select
from sqlalchemy.orm import Session

from cartref import clock, sheets
from cartref.accounts.models import Membership
from cartref.clinics.models import Clinic
from cartref.db import Base, new_id, reading
from cartref.jobs import service as jobs
from cartref.jobs.models import JobState
from cartref.jobs.running import LEASE, Desk, MakeSession
from cartref.patients.models import CareRelationship, Patient
from cartref.patients.nhs_number import TraceStatus
from cartref.referrals.importing import service
from cartref.referrals.models import ClockTick, ImportSheet, Referral, SheetState, WaitingEntry
from cartref.referrals.service import ReferralDetails, refer
from tests.cartref.referrals.importing.conftest import Clerk
from tests.factories import World

HEADINGS = [
    "NHS number",
    "Surname",
    "Forename",
    "DOB",
    "Referral ID",
    "Received",
    "Source",
    "Priority",
    "Clinic",
    "Reason",
]
MEGAN = ["9990000093", "Hughes", "Megan", "1938-05-02", "R1", "2026-09-01", "GP", "urgent", "Tuesday clinic", "Falls"]
ELUNED = ["9990000018", "Parry", "Eluned", "1939-03-14", "R2", "2026-09-01", "GP", "urgent", "Tuesday clinic", "Falls"]
WRONG = ["9990000094", *MEGAN[1:4], "R3", *MEGAN[5:]]
TABLES: tuple[type[Base], ...] = (Patient, CareRelationship, Referral, ClockTick, WaitingEntry)


def sheet_of(*rows: list[str]) -> bytes:
    return sheets.csv_text([HEADINGS, *rows]).encode()


@pytest.fixture
def counted(make_session: MakeSession, clerk: Clerk) -> Any:
    def count() -> list[int]:
        with reading(), make_session() as session:
            return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]

    return count


@contextmanager
def dying_at(engine: Engine, table: str) -> Iterator[None]:
    """Let the power fail when a row of `table` is written."""

    def die(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(f"INSERT INTO {table}"):
            raise SystemExit

    event.listen(engine, "before_cursor_execute", die)
    yield
    event.remove(engine, "before_cursor_execute", die)


@pytest.mark.parametrize("table", ["patient", "care_relationship", "referral", "waiting_entry", "audit_entry"])
def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_one_does_it_all(
    table: str, clerk: Clerk, desk: Desk, engine: Engine, counted: Any
) -> None:
    sheet_id = clerk.check(sheet_of(MEGAN, ELUNED)).id
    before = counted()

    clerk.submit_apply(sheet_id)
    with dying_at(engine, table), pytest.raises(SystemExit):
        desk.run_waiting()

    assert counted() == before
    assert (clerk.job(sheet_id).state, clerk.sheet(sheet_id).state) == (JobState.RUNNING, SheetState.CHECKED)
    with time_machine.travel(clock.now() + LEASE + timedelta(minutes=1)):
        assert desk.run_waiting() == 1
    assert clerk.sheet(sheet_id).state is SheetState.APPLIED
    assert counted() == [before[0] + 1, before[1] + 1, *(n + 2 for n in before[2:])]


def test_work_that_died_after_its_last_step_is_not_done_twice(
    clerk: Clerk, desk: Desk, make_session: MakeSession, counted: Any
) -> None:
    sheet_id = clerk.check(sheet_of(MEGAN)).id
    applied = clerk.take_over(sheet_id)
    after = counted()
    with make_session() as session, session.begin():
        jobs.submit(
            session, service.APPLY, service_id=applied.service_id, owner_id=clerk.actor.id, sheet_id=sheet_id,
            only_whole=False,
        )  # fmt: skip

    desk.run_waiting()

    assert counted() == after
    assert clerk.sheet(sheet_id).report == applied.report


def test_stopping_leaves_nothing(clerk: Clerk, desk: Desk, make_session: MakeSession, counted: Any) -> None:
    sheet_id = clerk.check(sheet_of(MEGAN)).id
    before = counted()
    job_id = clerk.submit_apply(sheet_id)
    with make_session() as session, session.begin():
        jobs.ask_to_stop(session, clerk.actor.service, job_id)

    desk.run_waiting()

    assert clerk.job(sheet_id).state is JobState.STOPPED
    assert (counted(), clerk.sheet(sheet_id).state) == (before, SheetState.CHECKED)


def test_only_when_every_row_is_right_nothing_comes_of_a_sheet_that_went_wrong_meanwhile(
    clerk: Clerk, desk: Desk, make_session: MakeSession, counted: Any
) -> None:
    sheet_id = clerk.check(sheet_of(MEGAN, ELUNED)).id
    clerk.submit_apply(sheet_id, only_whole=True)
    with make_session() as session, session.begin():
        session.scalars(select(Clinic).where(Clinic.name == "Tuesday clinic")).first().name = "Another name"  # type: ignore[union-attr] # there is one
    before = counted()

    desk.run_waiting()

    job = clerk.job(sheet_id)
    assert (job.state, job.failure) == (JobState.FAILED, "import.not-whole")
    assert counted() == before


def test_whoever_may_import_no_more_imports_nothing(
    clerk: Clerk, desk: Desk, make_session: MakeSession, counted: Any
) -> None:
    sheet_id = clerk.check(sheet_of(MEGAN)).id
    before = counted()
    clerk.submit_apply(sheet_id)
    with make_session() as session, session.begin():
        for place in session.scalars(select(Membership).where(Membership.staff_id == clerk.actor.id)):
            place.ended_at = clock.now()

    desk.run_waiting()

    job = clerk.job(sheet_id)
    assert (job.state, job.failure, counted()) == (JobState.FAILED, "forbidden", before)


def test_the_rows_that_were_wrong_are_kept_and_the_others_forgotten(clerk: Clerk) -> None:
    applied = clerk.take_over(clerk.check(sheet_of(MEGAN, WRONG)).id)

    assert sheets.read(applied.content or b"") == [HEADINGS, WRONG]
    assert applied.report["faults"] == [[3, 0, "nhs_number", "patient.nhs-number.check-digit"]]


def test_an_imported_referral_is_as_if_it_had_been_typed_in(
    clerk: Clerk, make_session: MakeSession, world: World
) -> None:
    clerk.take_over(clerk.check(sheet_of(ELUNED)).id)
    with make_session() as session, session.begin():
        imported = session.scalars(select(Referral)).one()
        details = ReferralDetails(
            **{name: getattr(imported, name) for name in ReferralDetails.__dataclass_fields__}
        )  # fmt: skip
        typed = refer(session, clerk.actor, world.patients[0].id, details, external_id="typed")

        assert kept(typed, "external_id") == kept(imported, "external_id")
        assert [kept(tick, "referral_id") for tick in typed.ticks] == [
            kept(tick, "referral_id") for tick in imported.ticks
        ]
        lines = {entry.referral_id: kept(entry, "referral_id") for entry in session.scalars(select(WaitingEntry))}
        assert lines[typed.id] == lines[imported.id]


def kept(row: Base, *but: str) -> dict[str, object]:
    """Return a row's columns but for its id and the moments at which it was written."""
    left_out = {"id", "created_at", "updated_at", "version", *but}
    names = {column.key for column in inspect(row).mapper.column_attrs}
    return {name: getattr(row, name) for name in names - left_out}


def test_a_patient_whom_somebody_registers_meanwhile_is_met_and_not_made_twice(
    clerk: Clerk, desk: Desk, engine: Engine, make_session: MakeSession, world: World
) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time")
    sheet_id = clerk.check(sheet_of(MEGAN)).id
    clerk.submit_apply(sheet_id)
    register_once = registering(make_session, world)

    event.listen(engine, "before_cursor_execute", register_once)
    desk.run_waiting()
    event.remove(engine, "before_cursor_execute", register_once)

    assert clerk.sheet(sheet_id).report["counts"]["known_patients"] == 1
    with reading(), make_session() as session:
        assert len(session.scalars(select(Patient).where(Patient.nhs_number == MEGAN[0])).all()) == 1


def registering(make_session: MakeSession, world: World) -> Any:
    """Return what registers Megan just before somebody else's row of her is written."""
    done: list[str] = []

    def register(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("INSERT INTO patient") or done:
            return
        done.append(statement)
        now = clock.now()
        with make_session() as session, session.begin():
            session.add(
                Patient(
                    id=new_id(), health_board_id=world.health_board.id, nhs_number=MEGAN[0], family_name="Hughes",
                    given_name="Megan", born_on=world.patients[0].born_on.replace(1938, 5, 2), created_at=now,
                    updated_at=now, trace_status=TraceStatus.TRACED,
                )
            )  # fmt: skip

    return register


def test_old_sheets_are_forgotten_and_what_was_taken_over_stays(
    clerk: Clerk, make_session: MakeSession, session: Session
) -> None:
    waiting, applied = clerk.check(sheet_of(WRONG)).id, clerk.take_over(clerk.check(sheet_of(MEGAN, WRONG)).id).id

    with make_session() as later, later.begin(), time_machine.travel(clock.now() + timedelta(days=31)):
        assert service.forget_old(later) == 2

    found = {sheet.id: sheet for sheet in session.scalars(select(ImportSheet))}
    assert (found[waiting].state, found[waiting].head) == (SheetState.DISCARDED, None)
    assert (found[applied].state, found[applied].head) == (SheetState.APPLIED, None)
    assert found[applied].content is None
