"""Print runs as the office sees them: which letters are in one, to whom they go, and which must not go out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.jobs import queries as jobs
from cartref.jobs.models import Job
from cartref.notifications import printing
from cartref.notifications.models import Notice, NoticeState, PrintRun
from cartref.patients.models import CareRelationship, Patient


@dataclass(frozen=True)
class Pile:
    """A print run with its letters in the order of its pages; `job` makes it, `names` are those of its readers by id.

    `again` tells that it is one letter printed once more.
    """

    run: PrintRun
    job: Job | None
    letters: Sequence[Notice]
    names: Mapping[str, str]

    @property
    def again(self) -> bool:
        """Tell whether it is a copy of one letter, which stays in the run that it was in."""
        return self.job is not None and self.job.kind == printing.AGAIN

    @property
    def to_post(self) -> list[Notice]:
        """Return the letters that go out."""
        return [letter for letter in self.letters if letter.state is not NoticeState.WITHDRAWN]

    @property
    def withdrawn(self) -> list[Notice]:
        """Return the letters that must not go out: what they say is true no more."""
        return [letter for letter in self.letters if letter.state is NoticeState.WITHDRAWN]


def pile(session: Session, actor: Actor, run_id: str) -> Pile:
    """Return a print run of the service with what is in it; raise NotFound else."""
    actor.require(Permission.LETTERS_WRITE)
    run = printing.find(session, actor.service, run_id)
    job = jobs.find(session, actor.service, run.job_id) if run.job_id else None
    again = job is not None and job.kind == printing.AGAIN
    found = _one(session, actor, job) if again and job else printing.letters(session, run)
    return Pile(run, job, found, _names(session, actor, {letter.recipient_id for letter in found}))


def _one(session: Session, actor: Actor, job: Job) -> Sequence[Notice]:
    query = select(Notice).where(Notice.id == job.arguments["notice_id"], Notice.service_id == actor.service)
    return session.scalars(query).all()


def _names(session: Session, actor: Actor, ids: Collection[str]) -> dict[str, str]:
    known = (
        select(Patient)
        .join(CareRelationship, CareRelationship.patient_id == Patient.id)
        .where(CareRelationship.service_id == actor.service, Patient.id.in_(ids))
    )
    return {patient.id: patient.name for patient in session.scalars(known)}
