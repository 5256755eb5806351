"""Referrals (FHIR ServiceRequest), their referral-to-treatment clock, the waiting list, and sheets to import."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cartref.clinics.models import Clinic
from cartref.db import Base, Identified, choice
from cartref.patients.models import Patient

OWN_NUMBER = "sheet:"  # begins the number that an import gives a referral whose sender gave it none


class Source(StrEnum):
    """Who asked that the patient be seen."""

    GP = "gp"
    CONSULTANT = "consultant"
    EMERGENCY = "emergency"
    COMMUNITY = "community"
    CARE_HOME = "care-home"
    SELF = "self"
    OTHER = "other"


class Priority(StrEnum):
    """How soon she should be seen (Welsh outpatient priorities)."""

    ROUTINE = "routine"
    URGENT = "urgent"
    SUSPECTED_CANCER = "suspected-cancer"


class ReferralStatus(StrEnum):
    """FHIR R4 RequestStatus, as far as this clinic uses it."""

    ACTIVE = "active"
    COMPLETED = "completed"
    REVOKED = "revoked"


class Referral(Identified, Base):
    """That a patient was referred to a service. An import knows it by `external_id`, the sender's own number.

    What its ticks come to, so that the database can sort by it: `clock_started_on` is the day on which the clock that
    runs would have started without pauses, `clock_paused_on` since when it stands still; both None once it ended.
    """

    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("service_id", "external_id"),
        Index(None, "service_id", "status"),
        Index(None, "patient_id"),
    )

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    clinic_id: Mapped[str | None] = mapped_column(ForeignKey("clinic.id"))
    external_id: Mapped[str | None] = mapped_column(String(64))
    source: Mapped[Source] = mapped_column(choice(Source))
    referrer: Mapped[str] = mapped_column(String(160), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    priority: Mapped[Priority] = mapped_column(choice(Priority), default=Priority.ROUTINE)
    received_on: Mapped[date]
    status: Mapped[ReferralStatus] = mapped_column(choice(ReferralStatus), default=ReferralStatus.ACTIVE)
    closed_reason: Mapped[str | None] = mapped_column(String(32))
    closed_at: Mapped[datetime | None]
    clock_started_on: Mapped[date | None]
    clock_paused_on: Mapped[date | None]
    recorded_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    patient: Mapped[Patient] = relationship()
    clinic: Mapped[Clinic | None] = relationship()
    ticks: Mapped[list["ClockTick"]] = relationship(
        back_populates="referral", order_by="ClockTick.on, ClockTick.number", cascade="all, delete-orphan"
    )

    @property
    def open(self) -> bool:
        """Tell whether she is still to be treated for it."""
        return self.status is ReferralStatus.ACTIVE

    @property
    def senders_number(self) -> str:
        """Return the number by which its sender knows it, empty where there is none or an import had to make one."""
        number = self.external_id or ""
        return "" if number.startswith(OWN_NUMBER) else number

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 # read by SQLAlchemy


class TickKind(StrEnum):
    """What happens to the referral-to-treatment clock."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    NOT_COUNTED = "not-counted"


class ClockTick(Identified, Base):
    """One event of a referral's clock, on a local day; `code` is the outcome code that caused it (4, 5, 6, 9).

    `number` counts a referral's ticks in the order in which they were written down: the order of those of one day.
    """

    __tablename__ = "clock_tick"
    __table_args__ = (UniqueConstraint("referral_id", "number"),)

    referral_id: Mapped[str] = mapped_column(ForeignKey("referral.id"))
    number: Mapped[int]
    kind: Mapped[TickKind] = mapped_column(choice(TickKind))
    on: Mapped[date]
    code: Mapped[str | None] = mapped_column(String(4))
    reason: Mapped[str] = mapped_column(String(200), default="")
    appointment_id: Mapped[str | None] = mapped_column(String(24))
    recorded_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]

    referral: Mapped[Referral] = relationship(back_populates="ticks")


class EntryKind(StrEnum):
    """What is to be booked: a first appointment, or a review."""

    NEW = "new"
    REVIEW = "review"


class EntryStatus(StrEnum):
    """Where something that is to be booked stands; `offered` while a time is held for her answer."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    REMOVED = "removed"


class WaitingEntry(Identified, Base):
    """One appointment that is to be booked for a patient. `due_on` is when it should be; a review has one."""

    __tablename__ = "waiting_entry"
    __table_args__ = (Index(None, "service_id", "status"), Index(None, "patient_id"), Index(None, "referral_id"))

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    referral_id: Mapped[str | None] = mapped_column(ForeignKey("referral.id"))
    clinic_id: Mapped[str | None] = mapped_column(ForeignKey("clinic.id"))
    clinician_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[EntryKind] = mapped_column(choice(EntryKind))
    priority: Mapped[Priority] = mapped_column(choice(Priority), default=Priority.ROUTINE)
    waiting_since: Mapped[date]
    due_on: Mapped[date | None]
    minutes: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(400), default="")
    status: Mapped[EntryStatus] = mapped_column(choice(EntryStatus), default=EntryStatus.WAITING)
    removed_reason: Mapped[str | None] = mapped_column(String(32))
    from_appointment_id: Mapped[str | None] = mapped_column(String(24))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    patient: Mapped[Patient] = relationship()
    referral: Mapped[Referral | None] = relationship()
    clinic: Mapped[Clinic | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 # read by SQLAlchemy


class SheetState(StrEnum):
    """Where an imported sheet stands: columns to be matched, rows checked, rows taken over."""

    UPLOADED = "uploaded"
    CHECKED = "checked"
    APPLIED = "applied"
    DISCARDED = "discarded"


class ImportSheet(Identified, Base):
    """A sheet of patients and referrals as it was uploaded, what its columns mean, and what was found in its rows.

    `columns` maps a field's name to the number of its column, from 0; `head` has the headings and a few cells to choose
    them by; `report` holds counts and faults by row and column as codes. The content is forgotten once it was applied
    or discarded; of an applied sheet the rows that were wrong stay until somebody is done with them, or for 30 days.
    """

    __tablename__ = "import_sheet"
    __table_args__ = (Index(None, "service_id", "created_at"),)

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    uploaded_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    filename: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    columns: Mapped[dict[str, Any]] = mapped_column(default=dict)
    head: Mapped[dict[str, Any] | None]
    state: Mapped[SheetState] = mapped_column(choice(SheetState), default=SheetState.UPLOADED)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    job_id: Mapped[str | None] = mapped_column(String(24))
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
