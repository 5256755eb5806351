"""What tests of consultations can ask for: booked visits, and a signalling service that reports about them."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments import service as appointments
from cartref.appointments.models import Appointment, Mode
from cartref.clinics.models import ClinicSession, Slot
from cartref.config import Settings, read_settings
from cartref.consultations import service
from cartref.consultations.models import Encounter, Seat, SeatRole
from cartref.links.addresses import Addresses
from tests.factories import World

ADDRESSES = Addresses("a-link-key-for-tests-that-is-long-enough", "http://clinic.example")
OPENS = datetime(2026, 12, 8, 9, tzinfo=UTC)  # when the world's clinic session begins


@pytest.fixture
def at_the_clinic() -> Iterator[time_machine.Traveller]:
    """Let it be twenty minutes before the clinic opens, and go on from there."""
    with time_machine.travel(OPENS - timedelta(minutes=20), tick=False) as clock:
        yield clock


@pytest.fixture
def plain_settings() -> Settings:
    """Return settings that name no database: all that tickets need."""
    return read_settings({"CARTREF_ENVIRONMENT": "test"})


@pytest.fixture
def book(session: Session, world: World, at_the_clinic: object) -> Callable[..., Appointment]:
    """Return a function that books the nth patient of the world into the nth slot of a clinic session."""

    def booked(
        n: int = 0, mode: Mode = Mode.VIDEO_HOME, sitting: ClinicSession | None = None, **more: Any
    ) -> Appointment:
        sitting = sitting or world.clinic_session
        slots = session.scalars(select(Slot).where(Slot.session_id == sitting.id).order_by(Slot.starts_at)).all()
        if mode is Mode.VIDEO_SITE:
            more |= {"room_id": world.room.id, "presenter_id": world.staff["presenter"].id}
        appointment = appointments.book(
            session, world.actor("admin"), addresses=ADDRESSES, slot_id=slots[n].id, patient_id=world.patients[n].id,
            mode=mode, idempotency_key=uuid.uuid4().hex, **more,
        )  # fmt: skip
        session.commit()
        return appointment

    return booked


@dataclass
class Reporter:
    """A signalling service that reports what happens in rooms."""

    session: Session
    settings: Settings
    world: World

    def seat(self, appointment: Appointment, role: SeatRole = SeatRole.PATIENT, ref_id: str | None = None) -> Seat:
        """Return a seat for which a ticket has been issued."""
        ref_id = ref_id or (appointment.patient_id if role == SeatRole.PATIENT else appointment.clinician_id)
        told = service.issue_ticket(self.session, self.settings, appointment=appointment, role=role, ref_id=ref_id)
        self.session.commit()
        return self.session.scalars(select(Seat).where(Seat.participant == told["participant"])).one()

    def report(self, *events: dict[str, Any], done: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return the application's answer to a post of these events."""
        body = json.dumps({"events": list(events), "done": list(done)}).encode()
        answer = service.apply_events(self.session, body)
        self.session.commit()
        return answer

    def happen(self, kind: str, seat: Seat, **data: Any) -> dict[str, Any]:
        """Report one event of a seat."""
        return self.report(event(kind, seat.encounter.room, seat.participant, **data))


def event(kind: str, room: str, participant: str | None, **data: Any) -> dict[str, Any]:
    """Return an event as signalling writes it."""
    at = datetime.now(UTC).timestamp()
    return {"id": str(uuid.uuid4()), "type": kind, "room": room, "participant": participant, "at": at, "data": data}


@pytest.fixture
def signalling(session: Session, world: World, plain_settings: Settings, at_the_clinic: object) -> Reporter:
    """Return a signalling service that reports about the visits of the world."""
    return Reporter(session, plain_settings, world)


@pytest.fixture
def sign_in(sign_in: Callable[..., FlaskClient], session: Session) -> Callable[..., FlaskClient]:
    """Return the usual function, whose browsers end the test's own transaction first, as SQLite has one writer."""

    def open_as(name: str) -> FlaskClient:
        session.commit()
        browser = sign_in(name)
        ask = browser.open

        def ask_alone(*args: Any, **kwargs: Any) -> Any:
            session.commit()
            return ask(*args, **kwargs)

        browser.open = ask_alone  # type: ignore[method-assign] # this browser alone
        return browser

    return open_as


def encounter_of(session: Session, appointment: Appointment) -> Encounter:
    """Return the encounter of an appointment as the database has it."""
    query = (
        select(Encounter).where(Encounter.appointment_id == appointment.id).execution_options(populate_existing=True)
    )
    return session.scalars(query).one()
