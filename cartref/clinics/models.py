"""Places, clinics, and how a pattern becomes sessions and slots.

A pattern is kept in local weekday and wall time; what it makes is kept in UTC. A resource is whatever can be in one
place at one time; `appointments` holds it.
"""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cartref.accounts.models import Service, Staff
from cartref.db import Base, Identified, choice


class SiteKind(StrEnum):
    """What sort of place it is."""

    HUB_HOSPITAL = "hub-hospital"
    COMMUNITY_HOSPITAL = "community-hospital"
    CARE_HOME = "care-home"


class Site(Identified, Base):
    """A place of the health board; services reach it through SiteUse."""

    __tablename__ = "site"

    health_board_id: Mapped[str] = mapped_column(ForeignKey("health_board.id"))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[SiteKind] = mapped_column(choice(SiteKind))
    address: Mapped[str] = mapped_column(String(400), default="")
    postcode: Mapped[str] = mapped_column(String(8), default="")
    telephone: Mapped[str] = mapped_column(String(24), default="")


class SiteUse(Identified, Base):
    """That a service sees patients at a site."""

    __tablename__ = "site_use"
    __table_args__ = (UniqueConstraint("site_id", "service_id"),)

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), index=True)

    site: Mapped[Site] = relationship()


class Room(Identified, Base):
    """A room at a site, with the equipment for a video visit."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(80))

    site: Mapped[Site] = relationship()


class SitePresenter(Identified, Base):
    """That a member of staff presents patients at a site."""

    __tablename__ = "site_presenter"
    __table_args__ = (UniqueConstraint("site_id", "staff_id"),)

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)

    site: Mapped[Site] = relationship()
    staff: Mapped[Staff] = relationship()


class Clinic(Identified, Base):
    """A clinic of a service. Patients and calendars see the neutral `public_name`, never a speciality."""

    __tablename__ = "clinic"
    __table_args__ = (UniqueConstraint("service_id", "name"),)

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    name: Mapped[str] = mapped_column(String(120))
    public_name_en: Mapped[str] = mapped_column(String(120))
    public_name_cy: Mapped[str] = mapped_column(String(120))
    slot_minutes: Mapped[int] = mapped_column(default=20)
    runs_in_order: Mapped[bool] = mapped_column(default=True)
    contact_phone: Mapped[str] = mapped_column(String(32))
    contact_email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]

    service: Mapped[Service] = relationship()
    patterns: Mapped[list["ClinicPattern"]] = relationship(back_populates="clinic")

    def public_name(self, language: str) -> str:
        """Return the name that patients and calendars see."""
        return self.public_name_cy if language == "cy" else self.public_name_en


class ClinicPattern(Identified, Base):
    """When a clinic runs: every `week_interval` weeks on a weekday (0 is Monday), between two wall times.

    `generated_until` is the last day for which its sessions were made, or could not be.
    """

    __tablename__ = "clinic_pattern"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("end_wall > start_wall", name="ends_after_it_starts"),
        CheckConstraint("week_interval BETWEEN 1 AND 8", name="week_interval"),
    )

    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"), index=True)
    clinician_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    weekday: Mapped[int]
    start_wall: Mapped[time]
    end_wall: Mapped[time]
    zone: Mapped[str] = mapped_column(String(64), default="Europe/London")
    from_date: Mapped[date]
    to_date: Mapped[date | None]
    week_interval: Mapped[int] = mapped_column(default=1)
    generated_until: Mapped[date | None]

    clinic: Mapped[Clinic] = relationship(back_populates="patterns")
    clinician: Mapped[Staff] = relationship()


class SessionStatus(StrEnum):
    """Whether a clinic session takes patients."""

    OPEN = "open"
    CLOSED = "closed"


class ClinicSession(Identified, Base):
    """One sitting of a clinic on one local day with one clinician; `late_minutes` is what those who wait are told."""

    __tablename__ = "clinic_session"
    __table_args__ = (
        UniqueConstraint("pattern_id", "local_date"),
        Index(None, "service_id", "local_date"),
        Index(None, "clinician_id", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
    )

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"))
    clinician_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    pattern_id: Mapped[str | None] = mapped_column(ForeignKey("clinic_pattern.id"))
    local_date: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(64), default="Europe/London")
    status: Mapped[SessionStatus] = mapped_column(choice(SessionStatus), default=SessionStatus.OPEN)
    late_minutes: Mapped[int] = mapped_column(default=0)
    board_seen_at: Mapped[datetime | None]

    clinic: Mapped[Clinic] = relationship()
    clinician: Mapped[Staff] = relationship()
    slots: Mapped[list["Slot"]] = relationship(back_populates="session", order_by="Slot.starts_at")


class SlotState(StrEnum):
    """What a slot is worth to somebody looking for a time; the holds are the authority."""

    FREE = "free"
    BOOKED = "booked"
    BLOCKED = "blocked"


class Slot(Identified, Base):
    """A bookable piece of a clinic session: a read model, rebuilt from the holds when in doubt."""

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("session_id", "starts_at"),
        Index(
            "ix_slot_free",
            "service_id",
            "starts_at",
            sqlite_where=text("state = 'free'"),
            postgresql_where=text("state = 'free'"),
        ),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
    )

    session_id: Mapped[str] = mapped_column(ForeignKey("clinic_session.id"))
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    clinician_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[SlotState] = mapped_column(choice(SlotState), default=SlotState.FREE)

    session: Mapped[ClinicSession] = relationship(back_populates="slots")


class ResourceKind(StrEnum):
    """What can be in one place at one time."""

    CLINICIAN = "clinician"
    PATIENT = "patient"
    ROOM = "room"
    PRESENTER = "presenter"


class Resource(Identified, Base):
    """A clinician, patient, room or presenter as something that can be held; staff have one, whatever their part."""

    __tablename__ = "resource"
    __table_args__ = (UniqueConstraint("ref_id"),)

    kind: Mapped[ResourceKind] = mapped_column(choice(ResourceKind))
    ref_id: Mapped[str] = mapped_column(String(24))
