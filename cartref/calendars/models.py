"""Subscriptions to a calendar."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cartref.db import Base, Identified, choice


class FeedScope(StrEnum):
    """Whose appointments a feed shows."""

    CLINICIAN = "clinician"
    CLINIC = "clinic"


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
