"""The booking desk of a small clinic, on a Tuesday a week before the clinic of the small world."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments import service
from cartref.appointments.models import Appointment, Mode, ResourceHold
from cartref.clinics.models import ClinicSession, Slot, SlotState
from cartref.links.addresses import Addresses
from tests.factories import World

TODAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
ADDRESSES = Addresses("a-link-key-for-tests-of-32-bytes-or-more", "https://clinic.example.org")


@dataclass
class Desk:
    """Somebody who books: every call is one of the service's, with what the test does not care about filled in."""

    session: Session
    world: World
    actor: Actor

    def slot(self, number: int, sitting: ClinicSession | None = None) -> Slot:
        """Return a slot of the world's clinic session, the first being 0."""
        sitting = sitting or self.world.clinic_session
        query = select(Slot).where(Slot.session_id == sitting.id).order_by(Slot.starts_at)
        return self.session.scalars(query).all()[number]

    def book(self, number: int = 0, patient: int = 0, **values: Any) -> Appointment:
        """Book the patient into a slot, by video at home unless said otherwise."""
        given: dict[str, Any] = {
            "addresses": ADDRESSES, "slot_id": self.slot(number).id, "patient_id": self.world.patients[patient].id,
            "mode": Mode.VIDEO_HOME, "idempotency_key": uuid4().hex,
        }  # fmt: skip
        return service.book(self.session, self.actor, **(given | values))

    def at_site(self) -> dict[str, Any]:
        """Return what makes a booking one at the community hospital."""
        presenter = self.world.staff["presenter"]
        return {"mode": Mode.VIDEO_SITE, "room_id": self.world.room.id, "presenter_id": presenter.id}

    def move(self, appointment: Appointment, number: int, **values: Any) -> Appointment:
        """Move the appointment to a slot."""
        given = {
            "addresses": ADDRESSES, "appointment_id": appointment.id, "version": appointment.version,
            "slot_id": self.slot(number).id,
        }  # fmt: skip
        return service.reschedule(self.session, self.actor, **(given | values))

    def cancel(self, appointment: Appointment, reason: str = "patient-cannot-come") -> Appointment:
        """Cancel the appointment."""
        return service.cancel(
            self.session, self.actor, appointment_id=appointment.id, version=appointment.version, reason=reason
        )

    def holds(self, appointment: Appointment) -> list[ResourceHold]:
        """Return what the appointment holds, as the database has it."""
        query = select(ResourceHold).where(ResourceHold.appointment_id == appointment.id)
        return list(self.session.scalars(query.execution_options(populate_existing=True)))

    def free(self) -> list[int]:
        """Return which slots of the world's session are free, as the database has it."""
        query = select(Slot.state).where(Slot.session_id == self.world.clinic_session.id).order_by(Slot.starts_at)
        return [number for number, state in enumerate(self.session.scalars(query)) if state is SlotState.FREE]


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    """Let it be the Tuesday before; the clock goes on from there, and `shift` moves it."""
    with time_machine.travel(TODAY) as traveller:
        yield traveller


@pytest.fixture
def desk(session: Session, world: World) -> Desk:
    """Return the booking desk of the first service."""
    return Desk(session, world, world.actor("admin"))


@pytest.fixture
def other_desk(session: Session, world: World) -> Desk:
    """Return the booking desk of the second service; its `slot` wants the other session named."""
    return Desk(session, world, world.actor("other_admin"))


MINUTE = timedelta(minutes=1)
