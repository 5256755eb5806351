"""The record of a consultation: the encounter, its seats in the video room, what happened there, and orders to it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cartref.appointments.models import Appointment
from cartref.consultations.codes import Attendance, Ending, Medium, Outcome
from cartref.db import Base, Identified, choice


class EncounterStatus(StrEnum):
    """FHIR R4 EncounterStatus, as far as this clinic uses it."""

    PLANNED = "planned"
    IN_PROGRESS = "in-progress"
    FINISHED = "finished"


class Encounter(Identified, Base):
    """What happened at an appointment. `room` is the opaque id of its video room; `medium` how she was seen in the end.

    `safe_start` holds the codes of what was gone through before anything else (`codes.SafeStart`).
    """

    __tablename__ = "encounter"

    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"), unique=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    room: Mapped[str] = mapped_column(String(64), unique=True)
    status: Mapped[EncounterStatus] = mapped_column(choice(EncounterStatus), default=EncounterStatus.PLANNED)
    medium: Mapped[Medium | None] = mapped_column(choice(Medium))
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None] = mapped_column(choice(Ending))
    attendance: Mapped[Attendance | None] = mapped_column(choice(Attendance, length=4))
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome, length=4))
    safe_start: Mapped[list[str]] = mapped_column(default=list)
    with_patient: Mapped[str] = mapped_column(String(400), default="")
    review_weeks: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    note_version: Mapped[int] = mapped_column(default=0)
    note_saved_at: Mapped[datetime | None]
    ring_asked_at: Mapped[datetime | None]
    cannot_come_at: Mapped[datetime | None]
    cannot_hear_at: Mapped[datetime | None]
    unseen_told_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    appointment: Mapped[Appointment] = relationship()
    seats: Mapped[list["Seat"]] = relationship(back_populates="encounter")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 # read by SQLAlchemy


class SeatRole(StrEnum):
    """The part somebody plays in the video room, as the signalling protocol names it."""

    CLINICIAN = "clinician"
    PRESENTER = "presenter"
    PATIENT = "patient"
    CARER = "carer"


class Seat(Identified, Base):
    """One person's seat in one video room: `participant` is the opaque id that signalling knows, the rest stays here.

    `presence` is a value of `codes.Presence`, empty before she was ever there; `link_generation` is that of the link a
    patient or carer came by; `ahead` the place in the queue that signalling was last told.
    """

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("encounter_id", "role", "ref_id"),)

    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounter.id"))
    participant: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[SeatRole] = mapped_column(choice(SeatRole))
    ref_id: Mapped[str] = mapped_column(String(24))
    link_generation: Mapped[int | None]
    ticketed_at: Mapped[datetime | None]
    presence: Mapped[str] = mapped_column(String(16), default="")
    waiting_since: Mapped[datetime | None]
    admitted_at: Mapped[datetime | None]
    connected_at: Mapped[datetime | None]
    ahead: Mapped[int | None]
    line: Mapped[dict[str, Any]] = mapped_column(default=dict)

    encounter: Mapped[Encounter] = relationship(back_populates="seats")


class RoomEvent(Base):
    """One event that signalling reported, kept once per id."""

    __tablename__ = "room_event"
    __table_args__ = (Index(None, "room", "at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    type: Mapped[str] = mapped_column(String(32))
    room: Mapped[str] = mapped_column(String(64))
    participant: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    received_at: Mapped[datetime]


class OrderKind(StrEnum):
    """What the application may ask of signalling."""

    REMOVE = "remove"
    END = "end"
    AHEAD = "ahead"


class Order(Base):
    """Something signalling is to do; handed out with every answer to its events until it says that it is done."""

    __tablename__ = "room_order"
    __table_args__ = (Index(None, "done_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    type: Mapped[OrderKind] = mapped_column(choice(OrderKind))
    room: Mapped[str] = mapped_column(String(64))
    participant: Mapped[str | None] = mapped_column(String(64))
    n: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
