"""Making a plan: what each patient of a session needs, which times suit her, and which can be had together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.queries import actor_of
from cartref.appointments.finding import Need, gathering, judge, ranking, rules, why_none
from cartref.appointments.finding.candidates import Candidate, Gathered
from cartref.appointments.finding.reasons import Reason
from cartref.appointments.models import Appointment, MoveState, Replan, ReplanMove, ReplanState
from cartref.appointments.replanning import cpsat, queries
from cartref.appointments.replanning.keeping import kept
from cartref.appointments.replanning.needs import need_of
from cartref.appointments.replanning.plan import Claim, Option, Person
from cartref.clinics.availability import Span
from cartref.db import reading
from cartref.i18n import N_
from cartref.jobs.models import Job
from cartref.jobs.running import MakeSession, Progress

MOST_OPTIONS = 40  # a person: more would make the search longer and no plan better

# What a patient loses by a time, weighed against each other: a week's delay is worth as much as another clinician.
A_DAY, LATE_WEEK, ANOTHER_CLINICIAN, AGAINST_WISH, ANOTHER_TRIP, A_GAP = 4, 10, 38, 20, 15, 2


def work(make_session: MakeSession, job: Job, progress: Progress) -> dict[str, Any]:
    """Make the plan that the job names, and return how many have a time and how many have none."""
    people = list(_considered(make_session, job, progress))
    chosen, solver = cpsat.solve([found.person for found in people])
    progress.check()
    moves = [found.move(job.arguments["replan"], chosen.chosen[found.appointment.id]) for found in people]
    with make_session() as session, session.begin():
        return _keep(session, job, moves, solver)


def _considered(make_session: MakeSession, job: Job, progress: Progress) -> Iterator["_Considered"]:
    """Yield everybody who needs another time; what is read here keeps nobody from writing."""
    with reading(), make_session() as session:
        actor = actor_of(session, job.owner_id, job.service_id)
        plan = queries.find(session, actor, job.arguments["replan"])
        waiting = queries.waiting(session, job.service_id, plan.session_id)
        progress.of(len(waiting))
        for appointment in waiting:
            yield _Considered(session, actor, appointment)
            progress.step()


def _keep(session: Session, job: Job, moves: Sequence[ReplanMove], solver: str) -> dict[str, Any]:
    """Put the moves in place of those of an earlier try."""
    plan = session.scalar(select(Replan).where(Replan.id == job.arguments["replan"]).with_for_update())
    if plan is None or plan.state is not ReplanState.PLANNING:
        return {}
    session.execute(delete(ReplanMove).where(ReplanMove.replan_id == plan.id))
    session.add_all(moves)
    plan.solver, plan.state = solver, ReplanState.PROPOSED if moves else ReplanState.FINISHED
    session.flush()
    placed = sum(move.state is MoveState.PROPOSED for move in moves)
    return {"placed": placed, "unplaced": len(moves) - placed}


class _Considered:
    """One appointment with every time that suits its patient."""

    def __init__(self, session: Session, actor: Actor, appointment: Appointment) -> None:
        self.appointment = appointment
        self.need = need_of(session, actor, appointment, clock.now())
        judged = list(_judged(session, actor, self.need, appointment))
        best = islice(ranking.best_first(_suitable(judged, self.need), self.need), MOST_OPTIONS)
        self.candidates = list(best)
        self.gains = why_none.gains(self.need, judged) if not self.candidates else ()
        self.person = Person(appointment.id, tuple(map(self._option, self.candidates)))

    def move(self, replan_id: str, number: int | None) -> ReplanMove:
        """Return the line of the plan."""
        made = ReplanMove(
            replan_id=replan_id, appointment_id=self.appointment.id, version=self.appointment.version,
            state=MoveState.UNPLACED, reasons={"reasons": [kept(reason) for reason in self._why_not()]},
        )  # fmt: skip
        if number is None:
            return made
        option, candidate = self.person.options[number], self.candidates[number]
        made.slot_id, made.starts_at, made.ends_at = option.slot_id, option.span.starts_at, option.span.ends_at
        made.room_id, made.presenter_id = option.room_id, option.presenter_id
        made.state = MoveState.PROPOSED
        made.reasons = {"reasons": [kept(reason) for reason in _reasons(candidate, self.need)]}
        return made

    def _option(self, candidate: Candidate) -> Option:
        seat = candidate.seat
        room_id = seat.room[0] if seat and seat.room else None
        presenter_id = seat.presenter.staff_id if seat and seat.presenter else None
        needed = (candidate.sitting.clinician_id, self.appointment.patient_id, room_id, presenter_id)
        return Option(
            slot_id=candidate.slot_id,
            span=candidate.span,
            claims=tuple(Claim(resource, candidate.span) for resource in needed if resource),
            cost=cost(candidate, self.need, self._day),
            room_id=room_id,
            presenter_id=presenter_id,
        )

    @property
    def _day(self) -> date:
        return self.appointment.starts_at.astimezone(self.need.zone).date()

    def _why_not(self) -> Iterator[Reason]:
        if self.candidates:
            yield Reason(N_("Every time that suits is given to somebody else of this clinic"), against=True)
        elif self.gains:
            yield self.gains[0].reason
            yield Reason(N_("the soonest time is on %(date)s"), {"date": self.gains[0].soonest.starts.date()})
        else:
            yield Reason(N_("No time of this clinic is free in the year ahead"), against=True)


def cost(candidate: Candidate, need: Need, planned: date) -> int:
    """Return what a patient loses by a time; 0 would be the same day, hour of day and clinician."""
    late, clinician, wish, trip = ranking.points(candidate, need)
    days = abs((candidate.starts.date() - planned).days)
    return (
        A_DAY * days + LATE_WEEK * late + ANOTHER_CLINICIAN * clinician + AGAINST_WISH * wish + ANOTHER_TRIP * trip
        + A_GAP * candidate.gaps
    )  # fmt: skip


def _judged(session: Session, actor: Actor, need: Need, appointment: Appointment) -> Iterator[tuple[int, Candidate]]:
    """Yield what there is in the first window, and in the year when nothing in it suits."""
    for gathered in gathering.windows(session, actor, need):
        found = judge(need, _without(gathered, appointment))
        yield from found
        if any(_suitable(found, need)):
            return


def _suitable(judged: Sequence[tuple[int, Candidate]], need: Need) -> Iterator[Candidate]:
    still = ~why_none.waived(need)
    return (candidate for bits, candidate in judged if not bits & still)


def _without(gathered: Gathered, appointment: Appointment) -> Gathered:
    """Return what is taken but for what the appointment itself holds, which it gives back when it moves."""
    own = Span(appointment.starts_at, appointment.ends_at)
    holding = {appointment.patient_id, appointment.room_id, appointment.presenter_id, appointment.clinician_id}
    taken: Mapping[str, Sequence[Span]] = {
        ref_id: [span for span in spans if span != own] if ref_id in holding else spans
        for ref_id, spans in gathered.taken.items()
    }
    return replace(gathered, taken=taken)


def _reasons(candidate: Candidate, need: Need) -> Sequence[Reason]:
    """Return what speaks for a time, and what against; the due date is here the day that was planned, so not said."""
    soft = [rule.reason(candidate, need) for rule in ranking.SOFT_RULES if rule.code != "due"]
    hard = [rule.praise(candidate, need) for rule in rules.applying(need)]
    return sorted(filter(None, [*soft, *hard]), key=lambda reason: reason.against)
