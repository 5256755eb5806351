"""The outbox: one row a notice, written in the transaction of what it tells of."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cartref.db import Base, Identified, choice


class Channel(StrEnum):
    """How a notice travels."""

    EMAIL = "email"
    CONSOLE = "console"


class NoticeState(StrEnum):
    """Where a notice stands: waiting to go, being sent, gone, withdrawn, or given up and waiting for a person."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


class Notice(Identified, Base):
    """One message to one person about one thing; `payload` holds ids, so that words and links are made when it goes."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "state", "due_at"), Index(None, "subject_id"))

    key: Mapped[str] = mapped_column(String(160), unique=True)
    service_id: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(48))
    subject_id: Mapped[str] = mapped_column(String(24))
    recipient_kind: Mapped[str] = mapped_column(String(16))
    recipient_id: Mapped[str] = mapped_column(String(24))
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    language: Mapped[str] = mapped_column(String(2))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[NoticeState] = mapped_column(choice(NoticeState), default=NoticeState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(64))
