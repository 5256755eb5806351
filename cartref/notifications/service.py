"""Writing to the outbox: in the transaction of what the notice tells of, once per key."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.notifications import calls
from cartref.notifications.models import Channel, Notice, NoticeState

QUIET = "quiet"  # the key of the payload under which stands the zone whose quiet hours a notice keeps


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
    bilingual: bool = False,
    quiet: str | None = None,
    **payload: object,
) -> Notice:
    """Return the notice of that key, written now unless it was already; `payload` holds ids and codes, never words.

    `bilingual` asks for both languages, `language` first. With `quiet`, the name of a zone, it never goes out at night
    there.
    """
    found = session.scalar(select(Notice).where(Notice.key == key))
    if found is not None:
        return found
    now = clock.now()
    notice = Notice(
        key=key, service_id=service_id, kind=kind, subject_id=subject_id, recipient_kind=recipient_kind,
        recipient_id=recipient_id, channel=channel, language=language, bilingual=bilingual,
        payload=payload | ({QUIET: quiet} if quiet else {}), due_at=due_at or now, created_at=now,
    )  # fmt: skip
    session.add(notice)
    session.flush()
    return notice


def withdraw(session: Session, subject_id: str, *, kinds: Collection[str] | None = None) -> None:
    """Let nothing that is still unsent about this subject go out, nor anybody ring; `kinds` names which (None: all)."""
    query = update(Notice).where(Notice.subject_id == subject_id, Notice.state == NoticeState.PENDING)
    if kinds is not None:
        query = query.where(Notice.kind.in_(kinds))
    session.execute(query.values(state=NoticeState.WITHDRAWN))
    calls.withdraw(session, subject_id, kinds=kinds)
