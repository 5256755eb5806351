"""Links to visits, and the browsers in which their birth date was given."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cartref.db import Base, Identified, choice


class Holder(StrEnum):
    """Whose link it is."""

    PATIENT = "patient"
    CARER = "carer"
    GUEST = "guest"


class Link(Identified, Base):
    """One person's way into one visit.

    The token in the address is HMAC-SHA256 of id and generation and is not stored, so that it can be printed and sent
    again; the table keeps its SHA-256. `tries` counts wrong birth dates over the life of the generation.
    """

    __tablename__ = "link"
    __table_args__ = (UniqueConstraint("visit_id", "holder", "holder_id"), Index(None, "visit_id"))

    visit_id: Mapped[str] = mapped_column(String(24))
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    holder: Mapped[Holder] = mapped_column(choice(Holder))
    holder_id: Mapped[str] = mapped_column(String(24))
    generation: Mapped[int] = mapped_column(default=1)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    tries: Mapped[int] = mapped_column(default=0)
    locked_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Opening(Identified, Base):
    """One browser in which the birth date was given; it dies with its link's generation."""

    __tablename__ = "link_opening"

    link_id: Mapped[str] = mapped_column(ForeignKey("link.id"), index=True)
    generation: Mapped[int]
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
