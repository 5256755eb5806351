"""The clinics of the booking benchmark: one for each clerk, one that all of them want, and one that is written bare."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import uuid4

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.models import Role
from cartref.appointments.models import Appointment, AppointmentStatus, Mode, ResourceHold
from cartref.audit.models import ActorKind, AuditEntry
from cartref.clinics import resources
from cartref.clinics.models import ResourceKind, Slot, SlotState
from cartref.db import Base, new_id
from cartref.seed import ZONE
from tests.factories import World, build_world, make_clinic, make_patient, make_staff

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Town:
    """Ids: clerks by e-mail, a patient for each, and slots in order of time."""

    emails: list[str]
    patients: list[str]
    own: list[list[str]]
    wanted_by_all: list[str]
    bare: list[str]


def settle_town(engine: Engine, *, clerks: int, rounds: int) -> Town:
    """Return the town in an empty database: nobody is in anybody's way but in the clinic that all want."""
    Base.metadata.create_all(engine)
    first = datetime.combine(clock.now().date() + 7 * DAY, time(8), ZONE)
    with Session(engine) as session, session.begin():
        world = build_world(session, starts_at=first - DAY)
        world.clinic.name = "Another clinic"
        session.flush()
        emails = [
            make_staff(session, world.health_board, world.service, f"clerk_{n}", Role.ADMIN).email
            for n in range(clerks)
        ]
        patients = [
            make_patient(session, world.health_board, world.service, f"99970{n:05d}", given_name=f"Nesta{n}").id
            for n in range(clerks)
        ]
        own = [_slots(session, world, f"clinic_{n}", first, rounds) for n in range(clerks)]
        wanted_by_all = _slots(session, world, "wanted", first + DAY, rounds)
        bare = _slots(session, world, "bare", first + 2 * DAY, rounds * clerks)
        return Town(emails, patients, own, wanted_by_all, bare)


def wish(slot_id: str, patient_id: str) -> dict[str, str]:
    """Return the form that books the patient into the slot."""
    return {
        "patient_id": patient_id, "slot_id": slot_id, "slot_instead": "", "minutes": "20", "mode": "telephone",
        "room_id": "", "presenter_id": "", "idempotency_key": uuid4().hex, "waiting_entry_id": "", "overbook": "",
    }  # fmt: skip


def bare_bookings(engine: Engine, town: Town, patient_id: str) -> Iterator[list[tuple[object, object]]]:
    """Yield for each slot of the bare clinic the statements, with their rows, that a booking by telephone comes to."""
    with Session(engine) as session, session.begin():
        slots = {slot.id: slot for slot in session.scalars(select(Slot).where(Slot.id.in_(town.bare)))}
        clinician_id = slots[town.bare[0]].clinician_id
        wanted = {clinician_id: ResourceKind.CLINICIAN, patient_id: ResourceKind.PATIENT}
        held = sorted(resources.ensure(session, wanted).values())
        session.expunge_all()
    for slot_id in town.bare:
        yield list(_statements(slots[slot_id], patient_id, held))


def write(connection: Connection, statements: list[tuple[object, object]]) -> None:
    """Run the statements in one transaction of their own."""
    with connection.begin():
        for statement, rows in statements:
            connection.execute(statement, rows)  # type: ignore[call-overload] # each with its own kind of rows


def _statements(slot: Slot, patient_id: str, held: list[str]) -> Iterator[tuple[object, object]]:
    now, key = clock.now(), new_id()
    span = {"starts_at": slot.starts_at, "ends_at": slot.ends_at}
    yield (
        insert(Appointment),
        span
        | {
            "id": key, "service_id": slot.service_id, "patient_id": patient_id, "session_id": slot.session_id,
            "clinician_id": slot.clinician_id, "mode": Mode.TELEPHONE, "status": AppointmentStatus.BOOKED,
            "uid": f"{key}@clinic.example.org", "idempotency_key": key, "created_at": now, "updated_at": now,
        },
    )  # fmt: skip
    yield (
        insert(ResourceHold),
        [span | {"id": new_id(), "appointment_id": key, "resource_id": resource_id} for resource_id in held],
    )
    yield update(Slot).where(Slot.id == slot.id).values(state=SlotState.BOOKED), {}
    yield (
        insert(AuditEntry),
        {
            "at": now, "service_id": slot.service_id, "actor_kind": ActorKind.STAFF, "action": "appointment.booked",
            "subject_kind": "appointment", "subject_id": key, "patient_id": patient_id, "details": {},
        },
    )  # fmt: skip


def _slots(session: Session, world: World, name: str, starts_at: datetime, count: int) -> list[str]:
    clinician = make_staff(session, world.health_board, world.service, name, Role.CLINICIAN)
    clinic, sitting = make_clinic(session, world.service, clinician, starts_at, count)
    clinic.name = name
    session.flush()
    return list(session.scalars(select(Slot.id).where(Slot.session_id == sitting.id).order_by(Slot.starts_at)))


def booked_by_clerks(session: Session) -> int:
    """Return how many appointments stand, without those that were written bare."""
    by_hand = (Appointment.status == AppointmentStatus.BOOKED, Appointment.booked_by_id.is_not(None))
    return session.scalar(select(func.count()).select_from(Appointment).where(*by_hand)) or 0
