"""Letting time pass, and letting a clinic come to rest: everything sent, printed, posted, or handed to a person."""

import time
from collections.abc import Callable, Sequence

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.jobs.models import Job, JobState
from cartref.notifications.delivery import LEASE
from cartref.notifications.models import Call, CallState, Channel, Notice, NoticeState, PrintRun, PrintRunState

PATIENCE = 240  # seconds until a clinic must have come to rest
A_WHILE = 20  # seconds for the worker to do what it finds
A_MINUTE = 0.5  # seconds after which the worker is woken again, as by its timetable


def let_time_pass(engine: Engine) -> None:
    """Make what a dead worker left old enough to be taken up, and what is due in some minutes due now.

    Only while no worker runs: what it is sending would be sent by another too.
    """
    now = clock.now()
    long_ago = now - 2 * LEASE
    with Session(engine) as session, session.begin():
        session.execute(update(Notice).where(Notice.state == NoticeState.SENDING).values(taken_at=long_ago))
        waiting = (Notice.state == NoticeState.PENDING) & (Notice.due_at > now)
        session.execute(update(Notice).where(waiting).values(due_at=now))
        session.execute(update(Notice).where(Notice.receipt_due_at.is_not(None)).values(receipt_due_at=now))
        session.execute(update(Job).where(Job.state == JobState.RUNNING).values(beat_at=long_ago))


def worker_is_idle(session: Session, *, prints: bool) -> bool:
    """Tell whether nothing is left that the worker could do; with `prints`, letters wait for an office instead."""
    underway = Notice.state.in_((NoticeState.PENDING, NoticeState.SENDING))
    notices = select(func.count()).select_from(Notice).where(underway)
    if prints:
        notices = notices.where(Notice.channel != Channel.LETTER)
    jobs = select(func.count()).select_from(Job).where(Job.state.in_((JobState.WAITING, JobState.RUNNING)))
    return not session.scalar(notices) and not session.scalar(jobs)


def worker_is_busy(session: Session) -> bool:
    """Tell whether the worker is sending something, or at some long work."""
    sending = select(Notice.id).where(Notice.state == NoticeState.SENDING, Notice.taken_at > clock.now() - LEASE)
    running = select(Job.id).where(Job.state == JobState.RUNNING, Job.beat_at > clock.now() - LEASE)
    return any(session.scalar(query.limit(1)) is not None for query in (sending, running))


def office_is_idle(session: Session, service_id: str) -> bool:
    """Tell whether no letter waits to be printed or posted, and nobody to be rung about a message in doubt."""
    letters = select(Notice.id).where(
        Notice.service_id == service_id, Notice.channel == Channel.LETTER, Notice.state == NoticeState.PENDING
    )  # fmt: skip
    unfinished = PrintRun.state.in_((PrintRunState.MAKING, PrintRunState.READY))
    runs = select(PrintRun.id).where(PrintRun.service_id == service_id, unfinished)
    return not any((session.scalar(letters.limit(1)), session.scalar(runs.limit(1)), to_ring(session, service_id)))


def to_ring(session: Session, service_id: str) -> Sequence[Call]:
    """Return the lines of the call list about messages of which nobody knows whether they went."""
    unsure = (Call.service_id == service_id, Call.state == CallState.OPEN, Call.notice_id.is_not(None))
    return session.scalars(select(Call).where(*unsure)).all()


def wait_for(done: Callable[[], bool], wake: Callable[[], object] = lambda: None, *, seconds: float) -> None:
    """Return once it came true, or after so many seconds; `wake` is called every now and then."""
    end, woken = time.monotonic() + seconds, time.monotonic()
    while not done() and time.monotonic() < end:
        if time.monotonic() - woken > A_MINUTE:
            wake()
            woken = time.monotonic()
        time.sleep(0.01)
