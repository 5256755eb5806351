"""What administration itself changes: it sends a failed notice again. People and services change in `accounts`."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.service import record
from cartref.errors import IllegalTransition, NotFound
from cartref.notifications.models import Notice, NoticeState


def send_again(session: Session, actor: Actor, notice_id: str) -> Notice:
    """Return the notice, due now; raise NotFound for another service's and IllegalTransition unless it had failed."""
    actor.require(Permission.NOTICES_READ)
    notice = session.scalar(select(Notice).where(Notice.id == notice_id, Notice.service_id == actor.service))
    if notice is None:
        raise NotFound(notice=notice_id)
    if notice.state is not NoticeState.FAILED:
        raise IllegalTransition(notice=notice_id, state=notice.state)
    notice.state, notice.attempts, notice.due_at, notice.failure = NoticeState.PENDING, 0, clock.now(), None
    record(session, actor, "notice.tried-again", "notice", notice.id)
    session.flush()
    return notice
