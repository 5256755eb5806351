"""Writing to the outbox: in the transaction of what the notice tells of, once per key."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.notifications.models import Channel, Notice, NoticeState


def enqueue(
    session: Session,
    *,
    key: str,
    service_id: str,
    kind: str,
    subject_id: str,
    recipient_kind: str,
    recipient_id: str,
    channel: Channel,
    language: str,
    due_at: datetime | None = None,
    **payload: object,
) -> Notice:
    """Return the notice of that key, written now unless it was already; `payload` holds ids and codes, never words."""
    found = session.scalar(select(Notice).where(Notice.key == key))
    if found is not None:
        return found
    now = clock.now()
    notice = Notice(
        key=key, service_id=service_id, kind=kind, subject_id=subject_id, recipient_kind=recipient_kind,
        recipient_id=recipient_id, channel=channel, language=language, payload=payload,
        due_at=due_at or now, created_at=now,
    )  # fmt: skip
    session.add(notice)
    session.flush()
    return notice


def withdraw(session: Session, subject_id: str) -> None:
    """Let nothing that is still unsent about this subject go out."""
    session.execute(
        update(Notice)
        .where(Notice.subject_id == subject_id, Notice.state == NoticeState.PENDING)
        .values(state=NoticeState.WITHDRAWN)
    )
