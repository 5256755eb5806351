"""Doing long work: one piece at a time, each step told, ended when somebody asks, taken up again after a crash.

A piece whose worker died is begun anew once it has not been heard of for LEASE: so what it does must come to the same
when it is done twice.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.errors import ClinicError
from cartref.jobs.models import Job, JobState

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
TOLD_EVERY = timedelta(seconds=0.5)  # often enough for a page, seldom enough for the database

MakeSession = Callable[[], Session]


class Stopped(Exception):
    """Somebody asked that the work end."""


class Progress:
    """How far one piece of work has come, as it tells while it goes on."""

    def __init__(self, make_session: MakeSession, job_id: str) -> None:
        self._make_session, self._job_id = make_session, job_id
        self._done = 0
        self._told_at: datetime | None = None

    def of(self, total: int) -> None:
        """Say how many steps there are."""
        self._tell(total=total)

    def step(self, count: int = 1) -> None:
        """Say that so many steps more are done; raise Stopped when somebody asked for the end."""
        self._done += count
        if self._told_at is None or clock.now() - self._told_at >= TOLD_EVERY:
            self.check()

    def check(self) -> None:
        """Tell how far it is now; raise Stopped when somebody asked for the end."""
        if self._tell(done=self._done) is not None:
            raise Stopped

    @property
    def done(self) -> int:
        """Return how many steps are done."""
        return self._done

    def _tell(self, **values: int) -> datetime | None:
        self._told_at = clock.now()
        with self._make_session() as session, session.begin():
            session.execute(update(Job).where(Job.id == self._job_id).values(beat_at=self._told_at, **values))
            return session.scalar(select(Job.stop_asked_at).where(Job.id == self._job_id))


Work = Callable[[MakeSession, Job, Progress], dict[str, Any]]


@dataclass(frozen=True)
class Desk:
    """Where long work is done: sessions, and what is done for each kind.

    Work opens and commits its own sessions, and returns what is kept as the job's result.
    """

    make_session: MakeSession
    works: Mapping[str, Work]

    def run_waiting(self) -> int:
        """Do all that waits, oldest first, and return how many pieces were begun."""
        begun = 0
        while job := self._claim():
            self._do(job)
            begun += 1
        return begun

    def _claim(self) -> Job | None:
        now = clock.now()
        abandoned = (Job.state == JobState.RUNNING) & (Job.beat_at < now - LEASE)
        with self.make_session() as session, session.begin():
            job = session.scalar(
                select(Job)
                .where((Job.state == JobState.WAITING) | abandoned)
                .order_by(Job.created_at, Job.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if job is None:
                return None
            job.state, job.done, job.beat_at = JobState.RUNNING, 0, now
            job.started_at = job.started_at or now
            session.flush()
            session.expunge(job)
            return job

    def _do(self, job: Job) -> None:
        progress = Progress(self.make_session, job.id)
        try:
            result = self.works[job.kind](self.make_session, job, progress)
        except Stopped:
            self._end(job, JobState.STOPPED, done=progress.done)
        except ClinicError as refusal:
            self._end(job, JobState.FAILED, done=progress.done, failure=refusal.code)
        except Exception:
            log.exception("long work failed", extra={"job": job.id, "kind": job.kind})
            self._end(job, JobState.FAILED, done=progress.done, failure="unexpected")
        else:
            self._end(job, JobState.DONE, done=progress.done, result=result)

    def _end(self, job: Job, state: JobState, **values: object) -> None:
        with self.make_session() as session, session.begin():
            session.execute(
                update(Job)
                .where(Job.id == job.id, Job.state == JobState.RUNNING)
                .values(state=state, finished_at=clock.now(), **values)
            )
