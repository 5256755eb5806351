"""Two appointments that each want the other's time, at the same moment: nobody waits for ever, and nothing breaks."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments import service
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import Appointment, Mode
from cartref.links.addresses import Addresses
from tests.factories import World

ADDRESSES = Addresses("a-link-key-for-tests-of-32-bytes-or-more", "https://clinic.example.org")


def test_each_is_refused_or_moved_and_both_still_have_a_time(
    engine: Engine, busy_world: World, sittings: list[list[str]]
) -> None:
    actor, places = busy_world.actor("admin"), sittings[0][:2]
    visits = [_book(engine, actor, slot_id, busy_world.patients[n].id) for n, slot_id in enumerate(places)]
    start = Barrier(2)

    def move(appointment_id: str, slot_id: str) -> str:
        with Session(engine) as session:
            start.wait()
            version = session.get_one(Appointment, appointment_id).version
            try:
                service.reschedule(
                    session, actor, addresses=ADDRESSES, appointment_id=appointment_id, version=version, slot_id=slot_id
                )
            except service.Clash as refusal:
                return refusal.code
            finally:
                session.commit()
            return "moved"

    with ThreadPoolExecutor(2) as movers:
        outcomes = list(movers.map(move, visits, reversed(places)))

    assert set(outcomes) <= {"moved", service.SlotTaken.code}
    with Session(engine) as session:
        assert {session.get_one(Appointment, visit).live for visit in visits} == {True}
        assert disagreements(session) == []


def _book(engine: Engine, actor: Actor, slot_id: str, patient_id: str) -> str:
    with Session(engine) as session:
        made = service.book(
            session, actor, addresses=ADDRESSES, slot_id=slot_id, patient_id=patient_id, mode=Mode.VIDEO_HOME,
            idempotency_key=uuid4().hex,
        )  # fmt: skip
        session.commit()
        return made.id
