"""What tests of pages do beside the pages: booking through the service, and looking at rows with nothing left open."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cartref.appointments import service
from cartref.appointments.models import Appointment, Mode
from cartref.clinics.models import ClinicSession, Slot
from cartref.links.addresses import Addresses
from tests.factories import World

ADDRESSES = Addresses("development-link-key-not-for-production-use", "http://127.0.0.1:8000")
Row = TypeVar("Row")


def look(session: Session, query: Select[Row]) -> Sequence[Row]:
    """Return the rows as they are by now."""
    rows = session.scalars(query.execution_options(populate_existing=True)).unique().all()
    session.commit()
    return rows


def now(session: Session, row: Row) -> Row:
    """Return the row as it is by now."""
    session.refresh(row)
    session.commit()
    return row


def slots(session: Session, sitting: ClinicSession) -> Sequence[Slot]:
    """Return the slots of a clinic session in order of time."""
    return look(session, select(Slot).where(Slot.session_id == sitting.id).order_by(Slot.starts_at))


def book(session: Session, world: World, *, slot: int = 0, patient: int = 0, **wish: Any) -> Appointment:
    """Return an appointment of the service's clinic, committed."""
    wish = {"mode": Mode.TELEPHONE, "idempotency_key": uuid4().hex} | wish
    slot_id = slots(session, world.clinic_session)[slot].id
    booked = service.book(
        session, world.actor("admin"), addresses=ADDRESSES, slot_id=slot_id,
        patient_id=world.patients[patient].id, **wish,
    )  # fmt: skip
    session.commit()
    return booked
