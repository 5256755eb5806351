"""Reading links."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.errors import NotFound
from cartref.links.models import Holder, Link


def find(session: Session, actor: Actor, link_id: str) -> Link:
    """Return one link of the actor's service; raise NotFound else."""
    found = session.scalar(select(Link).where(Link.id == link_id, Link.service_id == actor.service))
    if found is None:
        raise NotFound(link=link_id)
    return found


def of_visit(session: Session, actor: Actor, visit_id: str) -> Sequence[Link]:
    """Return every link to the visit, the patient's first."""
    query = select(Link).where(Link.visit_id == visit_id, Link.service_id == actor.service)
    return sorted(session.scalars(query), key=lambda link: (link.holder is not Holder.PATIENT, link.created_at))


def of_holder(session: Session, *, visit_id: str, holder: Holder, holder_id: str) -> Link | None:
    """Return that person's link to the visit, None when none was issued."""
    return session.scalar(
        select(Link).where(Link.visit_id == visit_id, Link.holder == holder, Link.holder_id == holder_id)
    )
