"""Writing the audit trail: in the transaction of what it records, so that neither is kept without the other."""

from typing import Protocol

from sqlalchemy.orm import Session

from cartref import clock
from cartref.audit.models import ActorKind, AuditEntry


class Acting(Protocol):
    """Whoever acts: `accounts.actor.Actor`, seen from below."""

    @property
    def kind(self) -> ActorKind:
        """Return what sort of person or part acts."""

    @property
    def id(self) -> str | None:
        """Return the id of the person, None for the system."""

    @property
    def service_id(self) -> str | None:
        """Return the service acted for, None when it is the health board's."""


def record(
    session: Session,
    actor: Acting,
    action: str,
    subject_kind: str,
    subject_id: str,
    *,
    patient_id: str | None = None,
    service_id: str | None = None,
    **details: object,
) -> AuditEntry:
    """Add one entry to the trail: `action` is `noun.verb-in-past-tense`, `details` are ids and codes alone."""
    entry = AuditEntry(
        at=clock.now(),
        service_id=service_id or actor.service_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        patient_id=patient_id,
        details=details,
    )
    session.add(entry)
    return entry
