"""The health board and its services; staff, their membership, and their sign-ins."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cartref.db import Base, Identified, choice


class Role(StrEnum):
    """What a member of staff is in one service; `permissions.PERMISSIONS` says what each may do."""

    ADMIN = "admin"
    MANAGER = "manager"
    PRIVACY = "privacy"
    CLINICIAN = "clinician"
    PRESENTER = "presenter"


class HealthBoard(Identified, Base):
    """The organisation that people and places belong to; `zone` is the IANA zone of its wall clocks."""

    __tablename__ = "health_board"

    name_cy: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160))
    zone: Mapped[str] = mapped_column(String(64), default="Europe/London")


class Service(Identified, Base):
    """A part of the health board that sees patients; work belongs to it. `name` is for staff, never for patients."""

    __tablename__ = "service"

    health_board_id: Mapped[str] = mapped_column(ForeignKey("health_board.id"))
    name_cy: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160))
    contact_phone: Mapped[str] = mapped_column(String(32))
    contact_email: Mapped[str] = mapped_column(String(254))

    health_board: Mapped[HealthBoard] = relationship()


class Staff(Identified, Base):
    """A person who works for the health board. `introduction` is what patients read: "I am a doctor for older people".

    `password_expires_at` is set on a first password, which somebody else has seen: it only opens its replacement.
    """

    __tablename__ = "staff"

    health_board_id: Mapped[str] = mapped_column(ForeignKey("health_board.id"))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    title: Mapped[str] = mapped_column(String(16), default="")
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    introduction_en: Mapped[str] = mapped_column(String(200), default="")
    introduction_cy: Mapped[str] = mapped_column(String(200), default="")
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["en"])
    language: Mapped[str] = mapped_column(String(2), default="en")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_expires_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_last_step: Mapped[int | None]
    wants_invitations: Mapped[bool] = mapped_column(default=False, server_default=false())
    left_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    memberships: Mapped[list["Membership"]] = relationship(back_populates="staff", foreign_keys="Membership.staff_id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 # read by SQLAlchemy

    @property
    def name(self) -> str:
        """Return the name as it is spoken to patients: "Nia Prydderch"."""
        return f"{self.given_name} {self.family_name}"

    @property
    def display_name(self) -> str:
        """Return the name as colleagues write it: "Dr Nia Prydderch"."""
        return f"{self.title} {self.name}".strip()

    @property
    def speaks_welsh(self) -> bool:
        """Tell whether this person sees patients in Welsh."""
        return "cy" in self.languages

    def introduction(self, language: str) -> str:
        """Return what patients read of her work, in `language`."""
        return self.introduction_cy if language == "cy" else self.introduction_en


class Membership(Identified, Base):
    """That a member of staff works in a service, in one role; someone with two roles has two rows."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("staff_id", "service_id", "role"),)

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), index=True)
    role: Mapped[Role] = mapped_column(choice(Role))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship(back_populates="memberships", foreign_keys=[staff_id])
    service: Mapped[Service] = relationship()


class SignIn(Identified, Base):
    """One signed-in browser of a member of staff: a row, so that it can be ended from anywhere.

    While `code_due`, the password was right and the code of the second factor is still to come. `presenting_id` is the
    appointment whose patient sits in front of this screen, None once it was left.
    """

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "staff_id"),)

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    active_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    code_due: Mapped[bool] = mapped_column(default=False)
    locked_at: Mapped[datetime | None]
    shared_device: Mapped[bool] = mapped_column(default=False)
    presenting_id: Mapped[str | None] = mapped_column(String(24))
    ended_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship()
    service: Mapped[Service] = relationship()


class Throttle(Base):
    """A counter of tries under one key ("sign-in:e-mail-hash"), shared by all processes."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(96), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
