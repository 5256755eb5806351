"""Plans for a closed session: made by the worker, kept as a proposal, and applied as ordinary changes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from cartref.accounts.models import Role
from cartref.appointments import replanning
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import Appointment, MoveState, Replan, ReplanMove, ReplanState
from cartref.appointments.replanning import queries
from cartref.audit.models import AuditEntry
from cartref.clinics.models import ClinicSession, SitePresenter, Slot
from cartref.clinics.service.closing import CloseReason, close_session
from cartref.errors import Forbidden, NotFound
from cartref.jobs.models import Job, JobState
from cartref.jobs.running import Desk as WorkDesk
from tests.cartref.appointments.conftest import ADDRESSES, Desk
from tests.factories import make_clinic, make_staff

LATER = datetime(2026, 12, 15, 9, tzinfo=UTC)


@pytest.fixture
def later(desk: Desk) -> ClinicSession:
    """Return a second session of the clinic, a week after the first, with three free slots."""
    return another_session(desk, LATER, 3)


@pytest.fixture
def worker(engine: Engine) -> WorkDesk:
    return WorkDesk(partial(Session, engine), replanning.works(None))  # type: ignore[arg-type] # it asks no setting


def another_session(desk: Desk, starts_at: datetime, slots: int, clinician: Any = None) -> ClinicSession:
    """Add a session of the world's clinic."""
    desk.world.clinic.name = "The closed clinic"
    desk.session.flush()
    spare, sitting = make_clinic(
        desk.session, desk.world.service, clinician or desk.world.staff["clinician"], starts_at, slots
    )
    sitting.clinic_id = desk.world.clinic.id
    desk.session.flush()
    desk.session.delete(spare)
    desk.session.flush()
    return sitting


def close(desk: Desk) -> None:
    """Close the world's session."""
    close_session(desk.session, desk.actor, desk.world.clinic_session.id, CloseReason.WEATHER)


def make_plan(desk: Desk, worker: WorkDesk) -> Replan:
    """Close the session, ask for a plan, and let the worker make it."""
    close(desk)
    asked = replanning.start(desk.session, desk.actor, desk.world.clinic_session.id).id
    desk.session.commit()
    worker.run_waiting()
    desk.session.expire_all()
    return queries.find(desk.session, desk.actor, asked)


def by_patient(plan: Replan) -> dict[str, ReplanMove]:
    return {move.appointment.patient_id: move for move in plan.moves}


def test_everybody_of_a_closed_session_is_proposed_a_time_of_her_own(
    desk: Desk, later: ClinicSession, worker: WorkDesk
) -> None:
    booked = [desk.book(number, patient=number) for number in range(3)]
    plan = make_plan(desk, worker)

    assert plan.state is ReplanState.PROPOSED
    assert {move.appointment_id for move in plan.moves} == {appointment.id for appointment in booked}
    assert {move.state for move in plan.moves} == {MoveState.PROPOSED}
    assert {move.starts_at for move in plan.moves} == {LATER + timedelta(minutes=20 * n) for n in range(3)}
    assert all(found.session_id == desk.world.clinic_session.id for found in booked), "nothing has moved yet"


def test_who_finds_no_room_is_told_so_with_a_reason_in_both_languages(
    desk: Desk, later: ClinicSession, worker: WorkDesk
) -> None:
    for number in range(4):
        desk.book(number, patient=number)
    plan = make_plan(desk, worker)

    (left,) = [move for move in plan.moves if move.state is MoveState.UNPLACED]
    said = {language: replanning.said_again(left.reasons["reasons"][0], language) for language in ("en", "cy")}
    assert "given to somebody else" in said["en"]
    assert said["cy"] != said["en"]


def test_a_plan_for_nobody_is_finished(desk: Desk, later: ClinicSession, worker: WorkDesk) -> None:
    assert make_plan(desk, worker).state is ReplanState.FINISHED


def test_another_clinician_at_the_same_hour_is_not_ruled_out_by_the_old_time(desk: Desk, worker: WorkDesk) -> None:
    other = make_staff(desk.session, desk.world.health_board, desk.world.service, "locum", Role.CLINICIAN)
    another_session(desk, desk.world.clinic_session.starts_at, 1, other)
    desk.book(0)
    (move,) = make_plan(desk, worker).moves

    assert move.starts_at == desk.world.clinic_session.starts_at


def test_a_visit_at_a_site_keeps_a_room_and_somebody_beside_the_patient(
    desk: Desk, later: ClinicSession, worker: WorkDesk
) -> None:
    desk.book(0, **desk.at_site())
    (move,) = make_plan(desk, worker).moves

    assert (move.room_id, move.presenter_id) == (desk.world.room.id, desk.world.staff["presenter"].id)


def test_an_accepted_move_is_an_ordinary_change(desk: Desk, later: ClinicSession, worker: WorkDesk) -> None:
    appointment = desk.book(0, **desk.at_site())
    uid, sequence = appointment.uid, appointment.sequence
    (move,) = make_plan(desk, worker).moves

    decided = replanning.accept(desk.session, desk.actor, ADDRESSES, move.id)

    moved = desk.session.get_one(Appointment, appointment.id)
    assert decided.state is MoveState.ACCEPTED
    assert (moved.session_id, moved.starts_at) == (later.id, move.starts_at)
    assert (moved.uid, moved.sequence) == (uid, sequence + 1)
    assert decided.replan.state is ReplanState.FINISHED
    assert disagreements(desk.session) == []
    actions = set(desk.session.scalars(select(AuditEntry.action)))
    assert {"replan.asked", "replan.move-accepted", "appointment.moved"} <= actions


def _book_her_time(desk: Desk, move: ReplanMove) -> None:
    desk.book(patient=5, slot_id=move.slot_id)


def _move_her_elsewhere(desk: Desk, move: ReplanMove) -> None:
    sitting = another_session(desk, LATER + timedelta(days=7), 1)
    desk.move(move.appointment, 0, slot_id=desk.slot(0, sitting).id)


def _cancel_her(desk: Desk, move: ReplanMove) -> None:
    desk.cancel(move.appointment)


def _close_the_other_session_too(desk: Desk, move: ReplanMove) -> None:
    slot = desk.session.get_one(Slot, move.slot_id)
    close_session(desk.session, desk.actor, slot.session_id, CloseReason.WEATHER)


def _write_down_her_death(desk: Desk, move: ReplanMove) -> None:
    move.appointment.patient.deceased_on = desk.world.clinic_session.local_date - timedelta(days=7)


MEANWHILE = (
    _book_her_time, _move_her_elsewhere, _cancel_her, _close_the_other_session_too, _write_down_her_death,
)  # fmt: skip


@pytest.mark.parametrize("meanwhile", MEANWHILE)
def test_a_move_that_something_else_overtook_is_stale_and_changes_nothing(
    desk: Desk, later: ClinicSession, worker: WorkDesk, meanwhile: Callable[[Desk, ReplanMove], None]
) -> None:
    desk.book(0)
    (move,) = make_plan(desk, worker).moves
    meanwhile(desk, move)
    before = desk.session.get_one(Appointment, move.appointment_id).starts_at

    assert replanning.accept(desk.session, desk.actor, ADDRESSES, move.id).state is MoveState.STALE
    assert desk.session.get_one(Appointment, move.appointment_id).starts_at == before
    assert disagreements(desk.session) == []


def test_all_that_can_be_accepted_is_and_what_is_stale_is_counted(
    desk: Desk, later: ClinicSession, worker: WorkDesk
) -> None:
    for number in range(3):
        desk.book(number, patient=number)
    plan = make_plan(desk, worker)
    _book_her_time(desk, plan.moves[1])

    counts = replanning.accept_all(desk.session, desk.actor, ADDRESSES, plan.id)

    assert counts == {MoveState.ACCEPTED: 2, MoveState.STALE: 1}
    assert disagreements(desk.session) == []


def test_one_who_would_have_nobody_beside_her_does_not_keep_the_others_from_moving(
    desk: Desk, later: ClinicSession, worker: WorkDesk
) -> None:
    beside, alone = desk.book(0, **desk.at_site()), desk.book(1, patient=1)
    plan = make_plan(desk, worker)
    desk.session.execute(delete(SitePresenter))

    replanning.accept_all(desk.session, desk.actor, ADDRESSES, plan.id)

    states = {move.appointment_id: move.state for move in plan.moves}
    assert states == {beside.id: MoveState.STALE, alone.id: MoveState.ACCEPTED}
    assert disagreements(desk.session) == []


def test_a_refused_move_leaves_its_appointment_where_it_is(desk: Desk, later: ClinicSession, worker: WorkDesk) -> None:
    desk.book(0)
    (move,) = make_plan(desk, worker).moves

    assert replanning.refuse(desk.session, desk.actor, move.id).state is MoveState.REFUSED
    assert desk.session.get_one(Appointment, move.appointment_id).session_id == desk.world.clinic_session.id
    with pytest.raises(replanning.MoveDecided):
        replanning.accept(desk.session, desk.actor, ADDRESSES, move.id)


def test_a_plan_that_is_made_twice_is_the_same_plan(
    desk: Desk, later: ClinicSession, worker: WorkDesk, engine: Engine
) -> None:
    for number in range(2):
        desk.book(number, patient=number)
    plan = make_plan(desk, worker)
    first = {move.appointment_id: move.slot_id for move in plan.moves}
    job = desk.session.get_one(Job, plan.job_id)
    plan.state, job.state, job.finished_at = ReplanState.PLANNING, JobState.WAITING, None
    desk.session.commit()

    worker.run_waiting()
    desk.session.expire_all()
    again = queries.find(desk.session, desk.actor, plan.id)
    assert {move.appointment_id: move.slot_id for move in again.moves} == first


def test_a_session_that_takes_patients_is_not_planned_anew(desk: Desk) -> None:
    with pytest.raises(replanning.SessionOpen):
        replanning.start(desk.session, desk.actor, desk.world.clinic_session.id)


def test_another_service_knows_nothing_of_a_plan(
    desk: Desk, other_desk: Desk, later: ClinicSession, worker: WorkDesk
) -> None:
    desk.book(0)
    plan = make_plan(desk, worker)
    (move,) = plan.moves
    for attempt in (
        lambda: queries.find(desk.session, other_desk.actor, plan.id),
        lambda: replanning.accept(desk.session, other_desk.actor, ADDRESSES, move.id),
        lambda: replanning.refuse(desk.session, other_desk.actor, move.id),
        lambda: replanning.discard(desk.session, other_desk.actor, plan.id),
        lambda: replanning.start(desk.session, other_desk.actor, desk.world.clinic_session.id),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_clinician_may_not_decide_on_a_plan(desk: Desk, later: ClinicSession, worker: WorkDesk) -> None:
    desk.book(0)
    (move,) = make_plan(desk, worker).moves
    with pytest.raises(Forbidden):
        replanning.accept(desk.session, desk.world.actor("clinician"), ADDRESSES, move.id)


def test_a_plan_that_is_put_aside_leaves_everything_as_it_is(
    desk: Desk, later: ClinicSession, worker: WorkDesk
) -> None:
    desk.book(0)
    plan = make_plan(desk, worker)

    assert replanning.discard(desk.session, desk.actor, plan.id).state is ReplanState.DISCARDED
    assert queries.latest_for(desk.session, desk.actor, desk.world.clinic_session.id) is None


def test_nothing_of_a_plan_that_was_put_aside_can_be_decided(
    desk: Desk, later: ClinicSession, worker: WorkDesk
) -> None:
    desk.book(0)
    plan = make_plan(desk, worker)
    (move,) = replanning.discard(desk.session, desk.actor, plan.id).moves

    with pytest.raises(replanning.MoveDecided):
        replanning.accept(desk.session, desk.actor, ADDRESSES, move.id)
    with pytest.raises(replanning.MoveDecided):
        replanning.refuse(desk.session, desk.actor, move.id)
    assert (move.state, plan.state) == (MoveState.PROPOSED, ReplanState.DISCARDED)
