"""The record of a consultation: the encounter, its seats in the video room, what happened there, and orders to it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, String, Text, UniqueConstraint
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

    `safe_start` holds the codes of what was gone through before anything else (`codes.SafeStart`), `place_now` where
    she says that she is and `ring_number` where she says to ring, both empty where what is on record holds.
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
    place_now: Mapped[str] = mapped_column(String(400), default="", server_default="")
    ring_number: Mapped[str] = mapped_column(String(32), default="", server_default="")
    safe_start_skipped_at: Mapped[datetime | None]
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
    INTERPRETER = "interpreter"
    OBSERVER = "observer"


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


class Rung(StrEnum):
    """A step of the ladder that a visit goes down when a line fails, and up again."""

    VIDEO = "video"
    VOICE = "voice"
    PHONE = "phone"
    ANOTHER_DAY = "another-day"


class LadderStep(Identified, Base):
    """One step that a visit took on the ladder, why, and at whose doing.

    `reason` is a code (`encounters.ladder.REASONS`). `seat_id` is the seat that it was reported for, None where it
    holds for the whole visit; `staff_id` who decided it, None where a line did.
    """

    __tablename__ = "ladder_step"
    __table_args__ = (Index(None, "encounter_id", "at"),)

    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounter.id"))
    rung: Mapped[Rung] = mapped_column(choice(Rung))
    reason: Mapped[str] = mapped_column(String(40))
    seat_id: Mapped[str | None] = mapped_column(ForeignKey("seat.id"))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class Readiness(StrEnum):
    """What a check of a device, days ahead, comes to."""

    READY = "ready"
    SLOW = "slow"
    NEEDS_HELP = "needs-help"


class ReadyCheck(Identified, Base):
    """One check of camera, microphone, speaker and line, on one device, by whoever holds a link or helps her.

    `device` is a random name that the browser keeps for a year; `for_patient` says that the patient uses it at her
    visit, and not only a carer who joins from another place. `parts` holds what each part came to (`readiness.parts`),
    the figures of the line with it: milliseconds, shares of 1, bits a second.
    """

    __tablename__ = "ready_check"
    __table_args__ = (Index(None, "appointment_id", "checked_at"), Index(None, "patient_id", "checked_at"))

    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"))
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    holder: Mapped[str] = mapped_column(String(16))
    holder_id: Mapped[str] = mapped_column(String(24))
    for_patient: Mapped[bool] = mapped_column(default=True)
    device: Mapped[str] = mapped_column(String(32))
    browser: Mapped[str] = mapped_column(String(40), default="")
    result: Mapped[Readiness] = mapped_column(choice(Readiness))
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_help_at: Mapped[datetime | None]
    checked_at: Mapped[datetime]


class ReadyHelp(Identified, Base):
    """What a member of staff settled with somebody who was not ready: helped, by telephone instead, or not reached."""

    __tablename__ = "ready_help"
    __table_args__ = (Index(None, "appointment_id", "at"),)

    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id"))
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    result: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(String(400), default="")
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class Observation(Identified, Base):
    """One value that a presenter took, with its unit (UCUM) and, for blood pressure, how the patient was placed.

    `kind` is a value of `encounters.observing.kinds`; `value` and `second` hold systolic and diastolic for blood
    pressure, the saturation and the litres of oxygen a minute (None on air) for oxygen, and the value alone else. A
    value is never changed: `replaced_by_id` names the one that corrects it; one withdrawn was not this patient's.
    """

    __tablename__ = "observation"
    __table_args__ = (Index(None, "encounter_id", "taken_at"), UniqueConstraint("encounter_id", "key"))

    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounter.id"))
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    key: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(24))
    value: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    second: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    unit: Mapped[str] = mapped_column(String(16))
    posture: Mapped[str] = mapped_column(String(16), default="")
    minutes_standing: Mapped[int | None]
    unusual_because: Mapped[str] = mapped_column(String(200), default="")
    taken_by_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    taken_at: Mapped[datetime]
    signed_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    signed_at: Mapped[datetime | None]
    replaced_by_id: Mapped[str | None] = mapped_column(ForeignKey("observation.id"))
    withdrawn_at: Mapped[datetime | None]
    replaced_because: Mapped[str] = mapped_column(String(200), default="")


class Medicine(Identified, Base):
    """One medicine that the patient brought with her, as the presenter reads it from the box."""

    __tablename__ = "medicine"
    __table_args__ = (Index(None, "encounter_id"), UniqueConstraint("encounter_id", "key"))

    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounter.id"))
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    key: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    dose: Mapped[str] = mapped_column(String(120), default="")
    taking: Mapped[str] = mapped_column(String(16))
    remark: Mapped[str] = mapped_column(String(200), default="")
    noted_by_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    noted_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Ask(Identified, Base):
    """Something that the consultant asks the presenter to do in the room, and when it was done."""

    __tablename__ = "ask"
    __table_args__ = (Index(None, "encounter_id"), UniqueConstraint("encounter_id", "key"))

    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounter.id"))
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    key: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(300))
    asked_by_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    done_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    done_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(300), default="")
