"""Patients, their carers, and the rows through which a service reaches them."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cartref.db import Base, Identified, choice
from cartref.patients.nhs_number import TraceStatus


class Patient(Identified, Base):
    """A person the health board looks after: one record, whichever services see her.

    `nhs_number` is ten digits (NHS Data Dictionary), unique in the health board. A need is a short text in the words of
    whoever recorded it; empty means none known. `frailty_level` is the Clinical Frailty Scale, 1 to 9.
    """

    __tablename__ = "patient"
    __table_args__ = (
        UniqueConstraint("health_board_id", "nhs_number"),
        Index(None, "health_board_id", "family_name", "given_name"),
        Index(None, "health_board_id", "born_on"),
        CheckConstraint("frailty_level BETWEEN 1 AND 9", name="frailty_level"),
    )

    health_board_id: Mapped[str] = mapped_column(ForeignKey("health_board.id"))
    nhs_number: Mapped[str | None] = mapped_column(String(10))
    trace_status: Mapped[TraceStatus] = mapped_column(choice(TraceStatus, length=4))
    hospital_number: Mapped[str] = mapped_column(String(24), default="")
    title: Mapped[str] = mapped_column(String(16), default="")
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    preferred_name: Mapped[str] = mapped_column(String(80), default="")
    born_on: Mapped[date]
    address: Mapped[str] = mapped_column(String(400), default="")
    postcode: Mapped[str] = mapped_column(String(8), default="")
    telephone: Mapped[str] = mapped_column(String(24), default="")
    mobile: Mapped[str] = mapped_column(String(24), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    gp_practice: Mapped[str] = mapped_column(String(160), default="")
    language: Mapped[str] = mapped_column(String(2), default="en")
    interpreter: Mapped[str] = mapped_column(String(80), default="")
    hearing_need: Mapped[str] = mapped_column(String(200), default="")
    sight_need: Mapped[str] = mapped_column(String(200), default="")
    memory_need: Mapped[str] = mapped_column(String(200), default="")
    hands_need: Mapped[str] = mapped_column(String(200), default="")
    frailty_level: Mapped[int | None]
    frailty_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    frailty_on: Mapped[date | None]
    email_consent: Mapped[bool] = mapped_column(default=False)
    text_consent: Mapped[bool] = mapped_column(default=False)
    letter_consent: Mapped[bool] = mapped_column(default=True)
    telephone_consent: Mapped[bool] = mapped_column(default=True)
    do_not_contact: Mapped[bool] = mapped_column(default=False)
    safe_contact: Mapped[str] = mapped_column(Text, default="")
    deceased_on: Mapped[date | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    carers: Mapped[list["CareCircle"]] = relationship(back_populates="patient")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 # read by SQLAlchemy

    @property
    def name(self) -> str:
        """Return the name as staff write it: "Mrs Eluned Parry"."""
        return f"{self.title} {self.given_name} {self.family_name}".strip()

    @property
    def spoken_name(self) -> str:
        """Return the name she likes to be called by."""
        return self.preferred_name or self.given_name

    @property
    def initials(self) -> str:
        """Return "E P": all that a page may show before the birth date is given."""
        return f"{self.given_name[:1]} {self.family_name[:1]}"

    @property
    def ring_on(self) -> str:
        """Return the number to ring first, empty when none is known."""
        return self.telephone or self.mobile

    @property
    def may_be_told(self) -> bool:
        """Tell whether notices may go to this person at all."""
        return not self.do_not_contact and self.deceased_on is None


class CareRelationship(Identified, Base):
    """That a service looks after a patient: without it the service does not know of her."""

    __tablename__ = "care_relationship"
    __table_args__ = (UniqueConstraint("patient_id", "service_id"),)

    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), index=True)
    created_at: Mapped[datetime]

    patient: Mapped[Patient] = relationship()


class Carer(Identified, Base):
    """Somebody who helps a patient: a person in her own right, who may care for several.

    `version` counts changes of her, of her free times, and of her place beside any patient.
    """

    __tablename__ = "carer"

    health_board_id: Mapped[str] = mapped_column(ForeignKey("health_board.id"))
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    telephone: Mapped[str] = mapped_column(String(24), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(2), default="en")
    mobile: Mapped[str] = mapped_column(String(24), default="", server_default="")
    wants_invitation: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 # read by SQLAlchemy

    @property
    def name(self) -> str:
        """Return the carer's name."""
        return f"{self.given_name} {self.family_name}"


class Relationship(StrEnum):
    """What a carer is to the patient."""

    DAUGHTER = "daughter"
    SON = "son"
    PARTNER = "partner"
    RELATIVE = "relative"
    FRIEND = "friend"
    CARE_WORKER = "care-worker"
    ATTORNEY = "attorney"


class Consenting(StrEnum):
    """Who agreed that the carer may take part: the patient, or her attorney, or by a best-interests decision."""

    PATIENT = "patient"
    ATTORNEY = "attorney"
    BEST_INTERESTS = "best-interests"


class CareCircle(Identified, Base):
    """A carer's place beside a patient: what she is to her, what she may do, and who agreed to it."""

    __tablename__ = "care_circle"
    __table_args__ = (UniqueConstraint("patient_id", "carer_id"),)

    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    carer_id: Mapped[str] = mapped_column(ForeignKey("carer.id"))
    relationship_kind: Mapped[Relationship] = mapped_column(choice(Relationship))
    may_join: Mapped[bool] = mapped_column(default=False)
    may_be_told: Mapped[bool] = mapped_column(default=False)
    may_arrange: Mapped[bool] = mapped_column(default=False)
    consented_by: Mapped[Consenting] = mapped_column(choice(Consenting))
    consented_on: Mapped[date]
    recorded_by_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]

    patient: Mapped[Patient] = relationship(back_populates="carers")
    carer: Mapped[Carer] = relationship()


class TimeOfDay(StrEnum):
    """When in the day a patient likes to be seen."""

    ANY = "any"
    MORNING = "morning"
    AFTERNOON = "afternoon"


class VisitWishes(Identified, Base):
    """What a patient's appointments should respect: one row a patient, none while nobody has asked her.

    `not_before` is a wall time (her morning care ends then); `mode` an appointment's mode that she wishes for, empty
    for none; `notice_days` how long before she must know. `bilingual` asks for letters in Welsh and English.
    """

    __tablename__ = "visit_wishes"
    __table_args__ = (UniqueConstraint("patient_id"),)

    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    time_of_day: Mapped[TimeOfDay] = mapped_column(choice(TimeOfDay), default=TimeOfDay.ANY)
    not_before: Mapped[time | None]
    mode: Mapped[str] = mapped_column(String(16), default="")
    carer_id: Mapped[str | None] = mapped_column(ForeignKey("carer.id"))
    notice_days: Mapped[int] = mapped_column(default=0)
    short_notice: Mapped[bool] = mapped_column(default=False)
    bsl: Mapped[bool] = mapped_column(default=False)
    bilingual: Mapped[bool] = mapped_column(default=False)
    wants_invitation: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 # read by SQLAlchemy


class CarerHours(Identified, Base):
    """A stretch of a week (`weekday`, 0 is Monday) or of one day (`on`) in which a carer is free, in wall time."""

    __tablename__ = "carer_hours"
    __table_args__ = (
        Index(None, "carer_id"),
        CheckConstraint("end_wall > start_wall", name="ends_after_it_starts"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )

    carer_id: Mapped[str] = mapped_column(ForeignKey("carer.id"))
    weekday: Mapped[int | None]
    on: Mapped[date | None]
    start_wall: Mapped[time]
    end_wall: Mapped[time]
