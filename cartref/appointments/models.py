"""Appointments, who takes part, and the holds that keep one thing from being in two places."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cartref.accounts.models import Staff
from cartref.clinics.models import ClinicSession, OverbookLane, Resource, Room, Site
from cartref.db import Base, Identified, choice
from cartref.patients.models import Patient
from cartref.referrals.models import Referral, WaitingEntry


class Mode(StrEnum):
    """How the patient is seen."""

    VIDEO_HOME = "video-home"
    VIDEO_SITE = "video-site"
    TELEPHONE = "telephone"
    IN_PERSON = "in-person"


class AppointmentStatus(StrEnum):
    """FHIR R4 AppointmentStatus, as far as this clinic uses it; `pending` is held for an answer until `held_until`."""

    PENDING = "pending"
    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NOSHOW = "noshow"


class Appointment(Identified, Base):
    """A patient's time with a clinician. `sequence` rises as RFC 5545 asks; `version` with every change.

    One that is overbooked sits in a lane of its clinic, at one of the lane's places, and holds no clinician.
    `next_reminder_at` is when the next reminder of it is due, None once none is left to send.
    `event_bytes` is its VEVENT in English, `event_bytes_cy` in Welsh, each written when the appointment changes.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        Index(None, "service_id", "starts_at"),
        Index(None, "session_id", "starts_at"),
        Index(None, "patient_id", "starts_at"),
        Index(None, "site_id", "starts_at"),
        Index(
            "uq_appointment_overbooked",
            "session_id",
            "overbook_lane_id",
            "overbook_place",
            unique=True,
            sqlite_where=text("overbook_lane_id IS NOT NULL AND status <> 'cancelled'"),
            postgresql_where=text("overbook_lane_id IS NOT NULL AND status <> 'cancelled'"),
        ),
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
    referral_id: Mapped[str | None] = mapped_column(ForeignKey("referral.id"))
    waiting_entry_id: Mapped[str | None] = mapped_column(ForeignKey("waiting_entry.id"), index=True)
    held_until: Mapped[datetime | None]
    next_reminder_at: Mapped[datetime | None] = mapped_column(index=True)
    overbook_lane_id: Mapped[str | None] = mapped_column(ForeignKey("overbook_lane.id"))
    overbook_place: Mapped[int | None]
    overbook_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    mode_suggested: Mapped[str] = mapped_column(String(16), default="", server_default="")
    mode_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
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
    referral: Mapped[Referral | None] = relationship()
    waiting_entry: Mapped[WaitingEntry | None] = relationship()
    overbook_lane: Mapped[OverbookLane | None] = relationship()
    holds: Mapped[list["ResourceHold"]] = relationship(back_populates="appointment", cascade="all, delete-orphan")
    participants: Mapped[list["Participant"]] = relationship(back_populates="appointment")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 # read by SQLAlchemy

    @property
    def overbooked(self) -> bool:
        """Tell whether it is beside the booked slots, in a lane."""
        return self.overbook_lane_id is not None

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


class GuestKind(StrEnum):
    """What somebody comes to a visit for who is neither patient nor carer."""

    INTERPRETER = "interpreter"
    COLLEAGUE = "colleague"
    STUDENT = "student"


class Guest(Identified, Base):
    """Somebody who is asked to one visit alone, by a link of her own: an interpreter, a second consultant, a student.

    `agreed` says that the patient was asked and agreed, `ended_at` when her link was taken back.
    """

    __tablename__ = "guest"
    __table_args__ = (Index(None, "appointment_id"),)

    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"))
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    kind: Mapped[GuestKind] = mapped_column(choice(GuestKind))
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2))
    interprets: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    mobile: Mapped[str] = mapped_column(String(24), default="")
    agreed: Mapped[bool] = mapped_column(default=False)
    asked_by_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


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


class VacancyState(StrEnum):
    """What became of a time that a cancellation freed."""

    OPEN = "open"
    FILLED = "filled"
    ENDED = "ended"


class Vacancy(Identified, Base):
    """A time that a cancellation freed and that is offered to people who wait, one after the other."""

    __tablename__ = "vacancy"
    __table_args__ = (Index(None, "service_id", "state"), Index(None, "session_id", "starts_at"))

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    session_id: Mapped[str] = mapped_column(ForeignKey("clinic_session.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    from_appointment_id: Mapped[str | None] = mapped_column(String(24))
    state: Mapped[VacancyState] = mapped_column(choice(VacancyState), default=VacancyState.OPEN)
    created_at: Mapped[datetime]

    session: Mapped[ClinicSession] = relationship()
    offers: Mapped[list["Offer"]] = relationship(back_populates="vacancy", order_by="Offer.created_at")


class OfferState(StrEnum):
    """What became of an offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Offer(Identified, Base):
    """A time offered to somebody who waits: a pending appointment holds it for her until `expires_at`."""

    __tablename__ = "offer"
    __table_args__ = (UniqueConstraint("appointment_id"), Index(None, "state", "expires_at"), Index(None, "vacancy_id"))

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    vacancy_id: Mapped[str] = mapped_column(ForeignKey("vacancy.id"))
    waiting_entry_id: Mapped[str] = mapped_column(ForeignKey("waiting_entry.id"))
    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"))
    channel: Mapped[str] = mapped_column(String(16))
    state: Mapped[OfferState] = mapped_column(choice(OfferState), default=OfferState.OPEN)
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(String(16), default="")
    created_at: Mapped[datetime]

    vacancy: Mapped[Vacancy] = relationship(back_populates="offers")
    waiting_entry: Mapped[WaitingEntry] = relationship()
    appointment: Mapped[Appointment] = relationship()


class ReplanState(StrEnum):
    """Where a plan to move a session's patients stands."""

    PLANNING = "planning"
    PROPOSED = "proposed"
    FINISHED = "finished"
    DISCARDED = "discarded"


class Replan(Identified, Base):
    """A plan that moves the patients of a closed session to other times: a proposal, until each move is accepted."""

    __tablename__ = "replan"
    __table_args__ = (Index(None, "session_id"),)

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    session_id: Mapped[str] = mapped_column(ForeignKey("clinic_session.id"))
    job_id: Mapped[str | None] = mapped_column(String(24))
    solver: Mapped[str] = mapped_column(String(16), default="")
    state: Mapped[ReplanState] = mapped_column(choice(ReplanState), default=ReplanState.PLANNING)
    asked_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]

    session: Mapped[ClinicSession] = relationship()
    moves: Mapped[list["ReplanMove"]] = relationship(back_populates="replan")


class MoveState(StrEnum):
    """What became of one move of a plan: `stale` when the appointment or the time changed meanwhile."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    STALE = "stale"
    UNPLACED = "unplaced"


class ReplanMove(Identified, Base):
    """One appointment of a plan, as it stood (`version`), and where it would go; `reasons` are codes with facts."""

    __tablename__ = "replan_move"
    __table_args__ = (UniqueConstraint("replan_id", "appointment_id"),)

    replan_id: Mapped[str] = mapped_column(ForeignKey("replan.id"))
    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"))
    version: Mapped[int]
    slot_id: Mapped[str | None] = mapped_column(ForeignKey("slot.id"))
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    room_id: Mapped[str | None] = mapped_column(ForeignKey("room.id"))
    presenter_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    reasons: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[MoveState] = mapped_column(choice(MoveState), default=MoveState.PROPOSED)
    decided_at: Mapped[datetime | None]

    replan: Mapped[Replan] = relationship(back_populates="moves")
    appointment: Mapped[Appointment] = relationship()


NO_OVERLAP = "resource_hold_no_overlap"

# Holds of one resource that do not overlap end in the order in which they begin: so of those that begin before the new
# one ends, the last is the only one that can reach into it, and the index leads straight there.
_OVERLAPS = """
  SELECT RAISE(ABORT, 'resource_hold_no_overlap')
  WHERE NEW.starts_at < (
    SELECT ends_at FROM resource_hold
    WHERE resource_id = NEW.resource_id AND starts_at < NEW.ends_at AND id <> NEW.id
    ORDER BY starts_at DESC LIMIT 1
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
