"""What the office's pages need to know of several concepts at once."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.accounts.models import Staff
from cartref.clinics.models import Slot
from cartref.notifications.models import Notice


def staff_names(session: Session, actor: Actor, ids: Iterable[str | None]) -> dict[str, str]:
    """Return the names of these members of the health board's staff by id, those who have left among them."""
    wanted = {staff_id for staff_id in ids if staff_id}
    rows = session.scalars(
        select(Staff).where(Staff.id.in_(wanted), Staff.health_board_id == actor.health_board_id)
    ) if wanted else ()  # fmt: skip
    return {staff.id: staff.display_name for staff in rows}


def slots_of(session: Session, actor: Actor, session_ids: Sequence[str]) -> Sequence[Slot]:
    """Return every slot of these clinic sessions of the service, by time."""
    query = select(Slot).where(Slot.session_id.in_(session_ids), Slot.service_id == actor.service)
    return session.scalars(query.order_by(Slot.starts_at)).all() if session_ids else []


def notices_about(session: Session, actor: Actor, subject_id: str) -> Sequence[Notice]:
    """Return the service's notices about one thing, oldest first."""
    query = select(Notice).where(Notice.subject_id == subject_id, Notice.service_id == actor.service)
    return session.scalars(query.order_by(Notice.created_at, Notice.id)).all()
