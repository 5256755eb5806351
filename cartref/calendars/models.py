"""Subscriptions to a calendar, invitations that went out, and answers that came back."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cartref.db import Base, Identified, choice


class FeedScope(StrEnum):
    """Whose appointments a feed shows."""

    CLINICIAN = "clinician"
    CLINIC = "clinic"
    SITE = "site"
    ROOM = "room"
    SERVICE = "service"


class CalendarFeed(Identified, Base):
    """One subscription: its token is shown once and kept as SHA-256; it lives while its owner works in the service."""

    __tablename__ = "calendar_feed"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    owner_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    scope: Mapped[FeedScope] = mapped_column(choice(FeedScope))
    scope_id: Mapped[str] = mapped_column(String(24))
    label: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(2), default="en")
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Invitation(Identified, Base):
    """That somebody was sent an appointment as a calendar invitation (RFC 5546): at which address, and which revision.

    `sequence` is the last SEQUENCE that went to her, `revision` the appointment's own that it told of: taking her out
    and asking her again need higher numbers, though the appointment has not changed. `cancelled_at` is when it was
    taken out of her calendar, `answered_at` the time on her answer.
    """

    __tablename__ = "calendar_invitation"
    __table_args__ = (UniqueConstraint("appointment_id", "person_id"), Index(None, "person_id"))

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"))
    person_kind: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str] = mapped_column(String(24))
    email: Mapped[str] = mapped_column(String(254))
    sequence: Mapped[int]
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    answer: Mapped[str] = mapped_column(String(16), default="")
    answered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Reply(Identified, Base):
    """One answer that came to the clinic's mailbox, kept once per Message-ID."""

    __tablename__ = "calendar_reply"

    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    uid: Mapped[str] = mapped_column(String(120), default="")
    answer: Mapped[str] = mapped_column(String(16), default="")
    taken: Mapped[str] = mapped_column(String(32))
    received_at: Mapped[datetime]
