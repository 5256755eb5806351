"""The outbox: one row a notice, written in the transaction of what it tells of."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from cartref.db import Base, Identified, choice


class Channel(StrEnum):
    """How a notice travels."""

    EMAIL = "email"
    TEXT = "text"
    LETTER = "letter"
    CONSOLE = "console"


class NoticeState(StrEnum):
    """Where a notice stands: waiting to go, being sent, gone, withdrawn, or given up and waiting for a person."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


class Notice(Identified, Base):
    """One message to one person about one thing; `payload` holds ids, so that words and links are made when it goes.

    `receipt_due_at` is when its provider is next asked what became of it, None once that is known or can't be.
    """

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
    bilingual: Mapped[bool] = mapped_column(default=False, server_default=false())
    provider_id: Mapped[str | None] = mapped_column(String(64))
    delivered_at: Mapped[datetime | None]
    receipt_due_at: Mapped[datetime | None] = mapped_column(index=True)
    print_run_id: Mapped[str | None] = mapped_column(ForeignKey("print_run.id"))


class CallState(StrEnum):
    """Where a line of the call list stands."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Call(Identified, Base):
    """A line of the call list: somebody to ring, about what, and why nobody could be told otherwise.

    `reason` is a code with its words in `calls.REASONS`; `assigned_to_id` the colleague whose name stands on it.
    """

    __tablename__ = "call"
    __table_args__ = (Index(None, "service_id", "state", "due_at"), Index(None, "subject_id"))

    key: Mapped[str] = mapped_column(String(160), unique=True)
    service_id: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(48))
    reason: Mapped[str] = mapped_column(String(48))
    subject_id: Mapped[str] = mapped_column(String(24))
    recipient_kind: Mapped[str] = mapped_column(String(16))
    recipient_id: Mapped[str] = mapped_column(String(24))
    notice_id: Mapped[str | None] = mapped_column(String(24))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[CallState] = mapped_column(choice(CallState), default=CallState.OPEN)
    tries: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(String(32))
    assigned_to_id: Mapped[str | None] = mapped_column(String(24))
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[str | None] = mapped_column(String(24))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 # read by SQLAlchemy


class PrintRunState(StrEnum):
    """Where a print run stands: its letters are sent once somebody says that they lie in the post."""

    MAKING = "making"
    READY = "ready"
    POSTED = "posted"
    DISCARDED = "discarded"


class PrintRun(Identified, Base):
    """Letters to be printed together, as one PDF file; the file is forgotten once they were posted."""

    __tablename__ = "print_run"
    __table_args__ = (Index(None, "service_id", "created_at"),)

    service_id: Mapped[str] = mapped_column(String(24))
    made_by_id: Mapped[str | None] = mapped_column(String(24))
    job_id: Mapped[str | None] = mapped_column(String(24))
    state: Mapped[PrintRunState] = mapped_column(choice(PrintRunState), default=PrintRunState.MAKING)
    letters: Mapped[int] = mapped_column(default=0)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]


class NoticeTemplate(Identified, Base):
    """A service's own wording of one kind of notice in one language; without a row CARTREF's own wording is used."""

    __tablename__ = "notice_template"
    __table_args__ = (UniqueConstraint("service_id", "kind", "language"),)

    service_id: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(48))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    short: Mapped[str] = mapped_column(String(480), default="")
    changed_by_id: Mapped[str | None] = mapped_column(String(24))
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 # read by SQLAlchemy
