"""Letters: they wait in the outbox, are printed together in a run, and count as sent once they lie in the post.

A letter belongs to one run at most: the run's id on its notice is the claim, made by one statement, so that two runs
never hold the same letter. Until the run was posted the notice stays `pending`: what is withdrawn meanwhile is told to
whoever holds the paper.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, func, select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.audit.service import Acting, record
from cartref.errors import Conflict, NotFound
from cartref.i18n import N_
from cartref.jobs import service as jobs
from cartref.notifications.models import Channel, Notice, NoticeState, PrintRun, PrintRunState

RUN, AGAIN = "print-run", "print-again"  # the kinds of long work
PRINTED = frozenset({NoticeState.PENDING, NoticeState.SENT})


class NoLetters(Conflict):
    """No letter waits."""

    code = "printing.no-letters"


class NotPrinted(Conflict):
    """The letter was never printed, or must not go out any more."""

    code = "printing.not-printed"


class RunOver(Conflict):
    """The run is not in the state in which this can be done: somebody was faster."""

    code = "printing.run-over"


class LettersWithdrawn(Conflict):
    """Letters of the run were withdrawn since it was looked at; they must be taken out of the pile first."""

    code = "printing.letters-withdrawn"


ERROR_WORDS = {
    NoLetters.code: N_("No letter waits to be printed."),
    NotPrinted.code: N_("This letter cannot be printed again."),
    RunOver.code: N_("Somebody has dealt with this print run already."),
    LettersWithdrawn.code: N_("Some letters must not go out any more. Take them out of the pile first."),
}


@dataclass(frozen=True)
class Waiting:
    """How many letters of a service wait to be printed, and since when the oldest of them."""

    count: int
    since: datetime | None


def waiting(session: Session, service_id: str) -> Waiting:
    """Return how many letters wait for a run."""
    query = select(func.count(), func.min(Notice.due_at)).select_from(Notice).where(_is_waiting(service_id))
    count, since = session.execute(query).one()
    return Waiting(count, since)


def find(session: Session, service_id: str, run_id: str) -> PrintRun:
    """Return a print run of the service, its content not loaded; raise NotFound else."""
    found = session.scalar(select(PrintRun).where(PrintRun.id == run_id, PrintRun.service_id == service_id))
    if found is None:
        raise NotFound(print_run=run_id)
    return found


def latest(session: Session, service_id: str, limit: int = 10) -> Sequence[PrintRun]:
    """Return the service's last print runs, newest first."""
    query = select(PrintRun).where(PrintRun.service_id == service_id)
    return session.scalars(query.order_by(PrintRun.created_at.desc(), PrintRun.id).limit(limit)).all()


def letters(session: Session, run: PrintRun) -> Sequence[Notice]:
    """Return the letters of a run in the order of its pages, those withdrawn since among them."""
    query = select(Notice).where(Notice.print_run_id == run.id)
    return session.scalars(query.order_by(Notice.due_at, Notice.id)).all()


def ask(session: Session, actor: Acting) -> PrintRun:
    """Return a new run of all letters that wait, which the worker makes soon; raise NoLetters when none does."""
    service_id = actor.service_id or ""
    if not waiting(session, service_id).count:
        raise NoLetters
    run = _new(session, actor)
    run.job_id = jobs.submit(session, RUN, service_id=service_id, owner_id=actor.id, print_run_id=run.id).id
    record(session, actor, "print-run.asked", "print-run", run.id)
    session.flush()
    return run


def ask_again(session: Session, actor: Acting, notice_id: str) -> PrintRun:
    """Return a new run of one letter that was printed before: its paper was spoilt, or it was lost. Nothing is claimed.

    Raises NotFound, and NotPrinted for one that was never printed or was withdrawn.
    """
    notice = session.scalar(select(Notice).where(Notice.id == notice_id, Notice.service_id == actor.service_id))
    if notice is None or notice.channel is not Channel.LETTER:
        raise NotFound(notice=notice_id)
    if notice.print_run_id is None or notice.state not in PRINTED:
        raise NotPrinted(notice=notice_id)
    run = _new(session, actor)
    run.job_id = jobs.submit(
        session, AGAIN, service_id=notice.service_id, owner_id=actor.id, print_run_id=run.id, notice_id=notice.id
    ).id
    record(session, actor, "letter.printed-again", "notice", notice.id, patient_id=_patient_of(notice), run=run.id)
    session.flush()
    return run


def post(session: Session, actor: Acting, run_id: str, *, taken_out: Collection[str]) -> PrintRun:
    """Return the run, posted: its letters count as sent, and its file is forgotten.

    `taken_out` are the ids of the letters that the actor was told to take out of the pile. Raises LettersWithdrawn when
    there are more of them by now, RunOver unless the run is ready.
    """
    run = _held(session, actor, run_id, PrintRunState.READY)
    withdrawn = {notice.id for notice in letters(session, run) if notice.state is NoticeState.WITHDRAWN}
    if withdrawn - set(taken_out):
        raise LettersWithdrawn(print_run=run_id)
    now = clock.now()
    session.execute(update(Notice).where(_is_in(run.id)).values(state=NoticeState.SENT, sent_at=now, failure=None))
    run.state, run.posted_at, run.content = PrintRunState.POSTED, now, None
    record(session, actor, "print-run.posted", "print-run", run.id, letters=run.letters, taken_out=sorted(withdrawn))
    session.flush()
    return run


def discard(session: Session, actor: Acting, run_id: str) -> PrintRun:
    """Return the run, given up: its letters wait for another. Raises RunOver for one that was posted or given up."""
    run = _held(session, actor, run_id, PrintRunState.MAKING, PrintRunState.READY)
    if run.job_id is not None:
        jobs.ask_to_stop(session, run.service_id, run.job_id)
    give_up(session, run)
    record(session, actor, "print-run.discarded", "print-run", run.id)
    session.flush()
    return run


def claim(session: Session, run: PrintRun) -> int:
    """Take every letter that waits into the run, and return how many were new: what another run holds is left there."""
    query = update(Notice).where(_is_waiting(run.service_id)).values(print_run_id=run.id)
    result: CursorResult[Any] = session.execute(query)  # type: ignore[assignment] # an UPDATE's result
    return result.rowcount


def leave_out(session: Session, run: PrintRun, *, but: Collection[str]) -> None:
    """Let a run hold no letters but those of these ids, whose pages are in its file."""
    for notice in letters(session, run):
        if notice.id not in but:
            notice.print_run_id = None


def give_up(session: Session, run: PrintRun) -> None:
    """End a run that was not posted, and let its letters wait again."""
    session.execute(update(Notice).where(_is_in(run.id)).values(print_run_id=None))
    run.state, run.content = PrintRunState.DISCARDED, None


def hold(session: Session, run_id: str, *states: PrintRunState) -> PrintRun | None:
    """Return the run, kept from others until the transaction ends; None unless it is in one of the states."""
    query = select(PrintRun).where(PrintRun.id == run_id, PrintRun.state.in_(states))
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _held(session: Session, actor: Acting, run_id: str, *states: PrintRunState) -> PrintRun:
    find(session, actor.service_id or "", run_id)
    run = hold(session, run_id, *states)
    if run is None:
        raise RunOver(print_run=run_id)
    return run


def _new(session: Session, actor: Acting) -> PrintRun:
    run = PrintRun(service_id=actor.service_id, made_by_id=actor.id, created_at=clock.now())
    session.add(run)
    session.flush()
    return run


def _is_waiting(service_id: str) -> ColumnElement[bool]:
    return and_(
        Notice.service_id == service_id, Notice.channel == Channel.LETTER, Notice.state == NoticeState.PENDING,
        Notice.print_run_id.is_(None), Notice.due_at <= clock.now(),
    )  # fmt: skip


def _is_in(run_id: str) -> ColumnElement[bool]:
    return and_(Notice.print_run_id == run_id, Notice.state == NoticeState.PENDING)


def _patient_of(notice: Notice) -> str | None:
    return notice.recipient_id if notice.recipient_kind == "patient" else None
