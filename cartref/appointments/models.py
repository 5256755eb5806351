"""Appointments, who takes part, and the holds that keep one thing from being in two places."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, LargeBinary, String, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cartref.accounts.models import Staff
from cartref.clinics.models import ClinicSession, Resource, Room, Site
from cartref.db import Base, Identified, choice
from cartref.patients.models import Patient


class Mode(StrEnum):
    """How the patient is seen."""

    VIDEO_HOME = "video-home"
    VIDEO_SITE = "video-site"
    TELEPHONE = "telephone"
    IN_PERSON = "in-person"


class AppointmentStatus(StrEnum):
    """FHIR R4 AppointmentStatus, as far as this clinic uses it."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NOSHOW = "noshow"


class Appointment(Identified, Base):
    """A patient's time with a clinician. `sequence` rises as RFC 5545 asks; `version` with every change.

    `event_bytes` is its VEVENT in English, `event_bytes_cy` in Welsh, each written when the appointment changes.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        Index(None, "service_id", "starts_at"),
        Index(None, "session_id", "starts_at"),
        Index(None, "patient_id", "starts_at"),
        Index(None, "site_id", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
    )

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    session_id: Mapped[str] = mapped_column(ForeignKey("clinic_session.id"))
    clinician_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    mode: Mapped[Mode] = mapped_column(choice(Mode))
    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    room_id: Mapped[str | None] = mapped_column(ForeignKey("room.id"))
    presenter_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    status: Mapped[AppointmentStatus] = mapped_column(choice(AppointmentStatus), default=AppointmentStatus.BOOKED)
    uid: Mapped[str] = mapped_column(String(120), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    booked_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    cancelled_reason: Mapped[str | None] = mapped_column(String(32))
    cancelled_at: Mapped[datetime | None]
    moved_from_at: Mapped[datetime | None]
    moved_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    event_bytes: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    event_bytes_cy: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    patient: Mapped[Patient] = relationship()
    session: Mapped[ClinicSession] = relationship()
    clinician: Mapped[Staff] = relationship(foreign_keys=[clinician_id])
    presenter: Mapped[Staff | None] = relationship(foreign_keys=[presenter_id])
    site: Mapped[Site | None] = relationship()
    room: Mapped[Room | None] = relationship()
    holds: Mapped[list["ResourceHold"]] = relationship(back_populates="appointment", cascade="all, delete-orphan")
    participants: Mapped[list["Participant"]] = relationship(back_populates="appointment")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 # read by SQLAlchemy

    @property
    def by_video(self) -> bool:
        """Tell whether it is planned as a video visit."""
        return self.mode in {Mode.VIDEO_HOME, Mode.VIDEO_SITE}

    @property
    def live(self) -> bool:
        """Tell whether it is still to happen, or happening: what its links are good for."""
        return self.status in {AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED}

    def event(self, language: str) -> bytes:
        """Return its VEVENT (RFC 5545 3.6.1) in a language."""
        return self.event_bytes_cy if language == "cy" else self.event_bytes


class ParticipantKind(StrEnum):
    """The part somebody beside clinician and patient plays."""

    CARER = "carer"


class Participant(Identified, Base):
    """Somebody invited to an appointment beside its patient, clinician and presenter."""

    __tablename__ = "appointment_participant"

    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"), index=True)
    kind: Mapped[ParticipantKind] = mapped_column(choice(ParticipantKind))
    carer_id: Mapped[str | None] = mapped_column(ForeignKey("carer.id"))

    appointment: Mapped[Appointment] = relationship(back_populates="participants")


class ResourceHold(Identified, Base):
    """That a resource is taken from `starts_at` up to, not including, `ends_at`. Two of one resource never overlap."""

    __tablename__ = "resource_hold"
    __table_args__ = (
        Index(None, "resource_id", "starts_at"),
        Index(None, "appointment_id"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
    )

    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"))
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    appointment: Mapped[Appointment] = relationship(back_populates="holds")
    resource: Mapped[Resource] = relationship()


NO_OVERLAP = "resource_hold_no_overlap"

_OVERLAPS = """
  SELECT RAISE(ABORT, 'resource_hold_no_overlap')
  WHERE EXISTS (
    SELECT 1 FROM resource_hold
    WHERE resource_id = NEW.resource_id AND id <> NEW.id AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
  );
"""
NO_OVERLAP_SQLITE = (
    f"CREATE TRIGGER resource_hold_insert BEFORE INSERT ON resource_hold BEGIN {_OVERLAPS} END",
    "CREATE TRIGGER resource_hold_update BEFORE UPDATE OF resource_id, starts_at, ends_at ON resource_hold "
    f"BEGIN {_OVERLAPS} END",
)
NO_OVERLAP_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    f"ALTER TABLE resource_hold ADD CONSTRAINT {NO_OVERLAP} "
    "EXCLUDE USING gist (resource_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&)",
)
for _dialect, _statements in {"sqlite": NO_OVERLAP_SQLITE, "postgresql": NO_OVERLAP_POSTGRESQL}.items():
    for _statement in _statements:
        event.listen(ResourceHold.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call] # SQLAlchemy leaves it untyped
