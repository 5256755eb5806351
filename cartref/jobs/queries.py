"""Reading how far long work has come."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.errors import NotFound
from cartref.jobs.models import Job


def find(session: Session, service_id: str, job_id: str) -> Job:
    """Return one piece of work of the service as it is now; raise NotFound else."""
    query = select(Job).where(Job.id == job_id, Job.service_id == service_id)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(job=job_id)
    return found


def latest(session: Session, service_id: str, kind: str, limit: int = 10) -> Sequence[Job]:
    """Return the service's last pieces of work of a kind, newest first."""
    query = select(Job).where(Job.service_id == service_id, Job.kind == kind)
    return session.scalars(query.order_by(Job.created_at.desc(), Job.id).limit(limit)).all()
