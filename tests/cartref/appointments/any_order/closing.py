"""Sittings that close and open again, with people booked and asked in them, and plans that move those people."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from cartref import clock
from cartref.appointments import replanning, service
from cartref.appointments.models import Appointment, AppointmentStatus, MoveState, Replan, ReplanMove, ReplanState
from cartref.appointments.replanning.deciding import MoveDecided
from cartref.appointments.replanning.starting import SessionOpen
from cartref.clinics import service as clinics
from cartref.clinics.models import Slot
from cartref.errors import IllegalTransition
from cartref.jobs.models import Job, JobState
from cartref.jobs.running import Desk as WorkDesk
from tests.cartref.appointments.any_order.clinics import MINUTE, SITTINGS, Clinics
from tests.cartref.appointments.any_order.model import LENGTH, Time
from tests.cartref.appointments.conftest import ADDRESSES

MOVED = {AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED}
SELDOM = st.sampled_from([False, False, False, True])


class Closing(Clinics):
    """Closed sittings and the plans for them."""

    @rule(sitting=SITTINGS, plan=st.booleans())
    def close_a_sitting(self, sitting: int, plan: bool) -> None:
        row = clinics.close_session(self.session, self.desk.actor, self.sittings[sitting].id, "weather")
        if sitting not in self.model.closed:
            self.model.closed.add(sitting)
            self.model.wrote("session.closed", row.id)
        if plan:
            self.plan_other_times(sitting)

    @rule(sitting=SITTINGS)
    def open_a_sitting_again(self, sitting: int) -> None:
        row, is_closed = self.sittings[sitting], sitting in self.model.closed
        with self.refused_unless(not is_closed or row.ends_at > clock.now(), IllegalTransition):
            clinics.reopen_session(self.session, self.desk.actor, row.id)
            if is_closed:
                self.model.closed.remove(sitting)
                self.model.wrote("session.reopened", row.id)

    @rule(sitting=SITTINGS)
    def plan_other_times(self, sitting: int) -> None:
        with self.refused_unless(sitting in self.model.closed, SessionOpen):
            plan = replanning.start(self.session, self.desk.actor, self.sittings[sitting].id)
            self.model.wrote("replan.asked", plan.id)
            self._let_the_worker_plan(plan, sitting)

    @precondition(lambda self: self.model.planned)
    @rule(data=st.data(), refused=SELDOM, arrives=st.booleans())
    def decide_on_a_move(self, data: st.DataObject, refused: bool, arrives: bool) -> None:
        moves = self._moves()
        if not moves:
            return
        move = data.draw(st.sampled_from(moves))
        if arrives:
            self._arrive(move.appointment_id)
        self._decide(move, refused)

    @precondition(lambda self: self.model.planned)
    @rule(data=st.data(), aside=SELDOM)
    def decide_on_a_plan(self, data: st.DataObject, aside: bool) -> None:
        plan = data.draw(st.sampled_from(self._plans()))
        if aside:
            self._put_aside(plan)
            return
        still_open = [move for move in plan.moves if move.state is MoveState.PROPOSED]
        with self.refused_unless(not still_open or plan.state is not ReplanState.DISCARDED, MoveDecided):
            expected = {move.id: self._fits(move) for move in still_open}
            replanning.accept_all(self.session, self.desk.actor, ADDRESSES, plan.id)
            for move in still_open:
                self._decided(move, expected[move.id])

    def _let_the_worker_plan(self, plan: Replan, sitting: int) -> None:
        self.session.flush()
        WorkDesk(self.make_session, replanning.works(None)).run_waiting()  # type: ignore[arg-type] # it asks no setting
        self.session.expire_all()
        assert self.session.get_one(Job, str(plan.job_id)).state is JobState.DONE
        waiting = {key for key, time in self.model.times.items() if time.sitting == sitting}
        waiting = {key for key in waiting if self.model.status(key) in MOVED}
        assert {move.appointment_id for move in plan.moves} == waiting
        for move in plan.moves:
            assert move.state is MoveState.UNPLACED or self._fits(move) is MoveState.ACCEPTED

    def _put_aside(self, plan: Replan) -> None:
        if plan.state is not ReplanState.DISCARDED:
            self.model.wrote("replan.discarded", plan.id)
        replanning.discard(self.session, self.desk.actor, plan.id)

    def _arrive(self, key: str) -> None:
        """Let somebody of a plan arrive after it was made, if she still has her time."""
        if key in self.model.times and self.model.status(key) is AppointmentStatus.BOOKED:
            service.mark_arrived(self.session, self.desk.actor, key)
            self.model.arrived.add(key)
            self.model.wrote("appointment.arrived", key)

    def _decide(self, move: ReplanMove, refused: bool) -> None:
        is_open = move.state is MoveState.PROPOSED and move.replan.state is not ReplanState.DISCARDED
        same_again = refused and move.state is MoveState.REFUSED
        wanted = MoveState.REFUSED if refused else self._fits(move)
        with self.refused_unless(is_open or same_again, MoveDecided):
            if refused:
                replanning.refuse(self.session, self.desk.actor, move.id)
            else:
                replanning.accept(self.session, self.desk.actor, ADDRESSES, move.id)
            if is_open:
                self._decided(move, wanted)

    def _decided(self, move: ReplanMove, wanted: MoveState) -> None:
        """Check what became of a move and let the model follow."""
        self.session.refresh(move)
        assert move.state is wanted
        if wanted is MoveState.ACCEPTED:
            self.model.move(move.appointment_id, self._goes_to(move))
        self.model.wrote(f"replan.move-{wanted.value}", move.appointment_id)

    def _fits(self, move: ReplanMove) -> MoveState:
        """Return what accepting a move must come to: nobody has changed the appointment or taken the time."""
        found = self.session.get_one(Appointment, move.appointment_id, populate_existing=True)
        same = found.id in self.model.times and found.version == move.version and move.slot_id is not None
        if same and self.model.possible(self._goes_to(move), clock.now(), but=found.id):
            return MoveState.ACCEPTED
        return MoveState.STALE

    def _goes_to(self, move: ReplanMove) -> Time:
        assert move.starts_at
        assert move.ends_at
        slot = self.session.get_one(Slot, str(move.slot_id))
        sitting = [row.id for row in self.sittings].index(slot.session_id)
        number = (move.starts_at - self.sittings[sitting].starts_at) // MINUTE // LENGTH
        return replace(
            self.model.times[move.appointment_id], sitting=sitting, number=number, in_lane=False,
            minutes=(move.ends_at - move.starts_at) // MINUTE,
        )  # fmt: skip

    def _moves(self) -> list[ReplanMove]:
        """Return every move of every plan, as the database has it."""
        query = select(ReplanMove).join(Replan).order_by(Replan.created_at, ReplanMove.replan_id, ReplanMove.id)
        return list(self.session.scalars(query.execution_options(populate_existing=True)))

    def _plans(self) -> list[Replan]:
        query = select(Replan).order_by(Replan.created_at, Replan.id).execution_options(populate_existing=True)
        return list(self.session.scalars(query))
