"""Places, clinics, and how a pattern becomes sessions and slots.

A pattern is kept in local weekday and wall time; what it makes is kept in UTC. A resource is whatever can be in one
place at one time; `appointments` holds it.
"""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
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
    """A clinic of a service. Patients and calendars see the neutral `public_name`, never a speciality.

    `minutes_by_frailty` and `reminders` hold what differs from the defaults (`clinics.lengths`,
    `appointments.reminding`); a letter needs `letter_days` to arrive and be read.
    """

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
    minutes_by_frailty: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    reminders: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    letter_days: Mapped[int] = mapped_column(default=10, server_default="10")
    runs_on_holidays: Mapped[bool] = mapped_column(default=False, server_default=false())
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
    closed_reason: Mapped[str | None] = mapped_column(String(32))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    late_minutes: Mapped[int] = mapped_column(default=0)
    board_seen_at: Mapped[datetime | None]

    clinic: Mapped[Clinic] = relationship()
    clinician: Mapped[Staff] = relationship(foreign_keys=[clinician_id])
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


class SiteHours(Identified, Base):
    """When a place is open for visits on a weekday (0 is Monday), in wall time; one without a row is always open."""

    __tablename__ = "site_hours"
    __table_args__ = (
        UniqueConstraint("site_id", "weekday", "opens_wall"),
        CheckConstraint("closes_wall > opens_wall", name="closes_after_it_opens"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    weekday: Mapped[int]
    opens_wall: Mapped[time]
    closes_wall: Mapped[time]


class LeaveKind(StrEnum):
    """Why somebody is away."""

    ANNUAL = "annual"
    STUDY = "study"
    SICK = "sick"
    OTHER = "other"


class Leave(Identified, Base):
    """That a member of staff is away from `first_on` to `last_on`, both counted, on the board's own calendar."""

    __tablename__ = "leave"
    __table_args__ = (
        Index(None, "staff_id", "first_on"),
        CheckConstraint("last_on >= first_on", name="ends_after_it_starts"),
    )

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[LeaveKind] = mapped_column(choice(LeaveKind))
    first_on: Mapped[date]
    last_on: Mapped[date]
    recorded_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])


class OverbookLane(Identified, Base):
    """A named lane in which a clinic may see up to `cap` people a session beside its booked slots."""

    __tablename__ = "overbook_lane"
    __table_args__ = (
        UniqueConstraint("clinic_id", "name"),
        CheckConstraint("cap BETWEEN 1 AND 8", name="cap"),
    )

    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinic.id"))
    name: Mapped[str] = mapped_column(String(80))
    cap: Mapped[int]
    ended_at: Mapped[datetime | None]
