"""Beginning long work, and asking it to stop."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.jobs import queries
from cartref.jobs.models import Job, JobState


def submit(session: Session, kind: str, *, service_id: str, owner_id: str | None, **arguments: object) -> Job:
    """Return new work of a `kind`, which the worker begins soon after the commit; `arguments` are ids and codes."""
    job = Job(service_id=service_id, owner_id=owner_id, kind=kind, arguments=arguments, created_at=clock.now())
    session.add(job)
    session.flush()
    return job


def ask_to_stop(session: Session, service_id: str, job_id: str) -> Job:
    """Return the work, which ends before its next step; what is over stays as it is. Raises NotFound."""
    job = queries.find(session, service_id, job_id)
    now = clock.now()
    waiting = (Job.id == job.id) & (Job.state == JobState.WAITING)
    session.execute(update(Job).where(waiting).values(state=JobState.STOPPED, finished_at=now, stop_asked_at=now))
    running = (Job.id == job.id) & (Job.state == JobState.RUNNING) & Job.stop_asked_at.is_(None)
    session.execute(update(Job).where(running).values(stop_asked_at=now))
    session.refresh(job)
    return job
