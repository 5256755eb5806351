"""The audit trail's tables: entries that are never changed, and the seals that chain them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DDL, ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from cartref.db import Base, choice


class ActorKind(StrEnum):
    """Who acts: a member of staff, a patient, a carer, or the system itself."""

    STAFF = "staff"
    PATIENT = "patient"
    CARER = "carer"
    SYSTEM = "system"


class AuditEntry(Base):
    """One thing that was done or read. It carries ids and codes, never names or clinical words."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "service_id", "id"),
        Index(None, "subject_kind", "subject_id"),
        Index(None, "patient_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    service_id: Mapped[str | None] = mapped_column(String(24))
    actor_kind: Mapped[ActorKind] = mapped_column(choice(ActorKind))
    actor_id: Mapped[str | None] = mapped_column(String(24))
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    patient_id: Mapped[str | None] = mapped_column(String(24))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class AuditSeal(Base):
    """The place of one entry in its service's chain: a gapless number, a hash over the entry and the seal before."""

    __tablename__ = "audit_seal"
    __table_args__ = (UniqueConstraint("chain", "number"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True, autoincrement=False)
    chain: Mapped[str] = mapped_column(String(24))
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


APPEND_ONLY_SQLITE = tuple(
    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
    for table in ("audit_entry", "audit_seal")
    for verb in ("UPDATE", "DELETE")
)
APPEND_ONLY_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% is append only', TG_TABLE_NAME; END $$",
    *(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in ("audit_entry", "audit_seal")
    ),
)
for _dialect, _statements in {"sqlite": APPEND_ONLY_SQLITE, "postgresql": APPEND_ONLY_POSTGRESQL}.items():
    for _statement in _statements:
        escaped = _statement.replace("%", "%%")  # DDL() formats its text
        _made = DDL(escaped).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call] # SQLAlchemy gives it no types
        event.listen(AuditSeal.__table__, "after_create", _made)
