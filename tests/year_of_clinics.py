"""A year of many clinics, written as rows at once: what a search has to cope with."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from cartref.accounts.models import Membership, Role, Staff
from cartref.appointments.models import Appointment, AppointmentStatus, Mode, ResourceHold
from cartref.clinics.models import Clinic, ClinicSession, Resource, ResourceKind, Slot, SlotState
from cartref.db import new_id
from tests.factories import CREATED, World

SLOT = timedelta(minutes=20)
SLOTS = 12  # of one session
SESSIONS_A_WEEK = 8  # of one clinician: mornings and afternoons from Monday to Thursday
BOOKED = 0.7
Row = dict[str, Any]


def fill(session: Session, world: World, *, clinicians: int, weeks: int, first: datetime) -> int:
    """Add that many clinicians with a clinic each, and their sessions from the Monday `first` on; return the slots."""
    chance = Random(7)
    rows: dict[type, list[Row]] = {
        table: [] for table in (Staff, Membership, Clinic, Resource, ClinicSession, Slot, Appointment, ResourceHold)
    }
    for number in range(clinicians):
        staff_id = _clinician(rows, world, number)
        resource_id = _resource(rows, staff_id)
        clinic_id = _clinic(rows, world)
        for starts_at in _starts(first, weeks):
            _session(rows, world, chance, clinic_id, staff_id, resource_id, starts_at)
    for table, values in rows.items():
        for at in range(0, len(values), 5000):
            session.execute(insert(table), values[at : at + 5000])
    session.flush()
    return len(rows[Slot])


def _starts(first: datetime, weeks: int) -> Iterator[datetime]:
    for week in range(weeks):
        for half_day in range(SESSIONS_A_WEEK):
            day, afternoon = divmod(half_day, 2)
            yield first + timedelta(weeks=week, days=day, hours=13 if afternoon else 9)


def _clinician(rows: dict[type, list[Row]], world: World, number: int) -> str:
    staff_id = new_id()
    rows[Staff].append(
        {
            "id": staff_id, "health_board_id": world.health_board.id, "email": f"{staff_id}@example.org",
            "title": "Dr", "given_name": "Nia", "family_name": f"Rhif {number}", "created_at": CREATED,
            "languages": ["en", "cy"] if number % 3 == 0 else ["en"],
        }
    )  # fmt: skip
    rows[Membership].append(
        {
            "id": new_id(), "staff_id": staff_id, "service_id": world.service.id, "role": Role.CLINICIAN,
            "created_at": CREATED,
        }
    )  # fmt: skip
    return staff_id


def _resource(rows: dict[type, list[Row]], ref_id: str) -> str:
    resource_id = new_id()
    rows[Resource].append({"id": resource_id, "kind": ResourceKind.CLINICIAN, "ref_id": ref_id})
    return resource_id


def _clinic(rows: dict[type, list[Row]], world: World) -> str:
    clinic_id = new_id()
    rows[Clinic].append(
        {
            "id": clinic_id, "service_id": world.service.id, "name": f"Clinic {clinic_id}", "created_at": CREATED,
            "public_name_en": "Glan Llyn clinic", "public_name_cy": "Clinig Glan Llyn",
            "contact_phone": "01632 960123", "contact_email": "clinic@example.org",
        }
    )  # fmt: skip
    return clinic_id


def _session(
    rows: dict[type, list[Row]],
    world: World,
    chance: Random,
    clinic_id: str,
    staff_id: str,
    resource_id: str,
    starts_at: datetime,
) -> None:
    session_id = new_id()
    rows[ClinicSession].append(
        {
            "id": session_id, "service_id": world.service.id, "clinic_id": clinic_id, "clinician_id": staff_id,
            "local_date": starts_at.date(), "starts_at": starts_at, "ends_at": starts_at + SLOTS * SLOT,
        }
    )  # fmt: skip
    for number in range(SLOTS):
        span = {"starts_at": starts_at + number * SLOT, "ends_at": starts_at + (number + 1) * SLOT}
        booked = chance.random() < BOOKED
        slot = {"id": new_id(), "session_id": session_id, "service_id": world.service.id, "clinician_id": staff_id}
        rows[Slot].append(slot | span | {"state": SlotState.BOOKED if booked else SlotState.FREE})
        if booked:
            _booked(rows, world, session_id, staff_id, resource_id, span)


def _booked(
    rows: dict[type, list[Row]], world: World, session_id: str, staff_id: str, resource_id: str, span: Row
) -> None:
    appointment_id = new_id()
    rows[Appointment].append(
        span
        | {
            "id": appointment_id, "service_id": world.service.id, "patient_id": world.patients[2].id,
            "session_id": session_id, "clinician_id": staff_id, "mode": Mode.TELEPHONE, "uid": appointment_id,
            "status": AppointmentStatus.BOOKED, "idempotency_key": appointment_id, "created_at": CREATED,
            "updated_at": CREATED,
        }
    )  # fmt: skip
    rows[ResourceHold].append(span | {"id": new_id(), "appointment_id": appointment_id, "resource_id": resource_id})


def monday(year: int = 2026) -> datetime:
    """Return the first Monday of a December, at midnight."""
    day = datetime.combine(datetime(year, 12, 1, tzinfo=UTC).date(), time(), UTC)
    return day + timedelta(days=-day.weekday() % 7)
