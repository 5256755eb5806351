"""Closing a session while people book it, the last place of a lane, and a cancellation undone while the time goes."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments import service
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.clinics import service as clinics
from cartref.clinics.models import ClinicSession, Slot, SlotState
from cartref.links.addresses import Addresses
from tests.factories import World

ADDRESSES = Addresses("a-link-key-for-tests-of-32-bytes-or-more", "https://clinic.example.org")
Answer = TypeVar("Answer")


def at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Return what the acts give, all begun at the same moment."""
    start = Barrier(len(acts))

    def wait_and_act(act: Callable[[], Answer]) -> Answer:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(wait_and_act, acts))


def book(engine: Engine, actor: Actor, slot_id: str, patient_id: str, **values: object) -> str:
    """Book in a transaction of its own; return the appointment's id, or the code of the refusal."""
    with Session(engine) as session:
        try:
            made = service.book(
                session, actor, addresses=ADDRESSES, slot_id=slot_id, patient_id=patient_id, mode=Mode.TELEPHONE,
                idempotency_key=uuid4().hex, **values,  # type: ignore[arg-type] # as `book` takes them
            ).id  # fmt: skip
        except (service.Clash, service.SessionClosed, service.LaneFull) as refusal:
            made = refusal.code
        session.commit()
        return made


def test_nothing_is_booked_after_the_session_was_closed(
    engine: Engine, busy_world: World, sittings: list[list[str]]
) -> None:
    actor, slots = busy_world.actor("admin"), sittings[0]
    with Session(engine) as session:
        sitting_id = session.get_one(Slot, slots[0]).session_id
        lane = clinics.add_lane(session, actor, busy_world.clinic.id, "Urgent", 2)
        lane_id = lane.id
        session.commit()

    def close() -> str:
        with Session(engine) as session:
            clinics.close_session(session, actor, sitting_id, "weather")
            booked = _booked(session, sitting_id)
            session.commit()
            return str(booked)

    bookers = [
        lambda number=number: book(engine, actor, slots[number], busy_world.patients[number].id) for number in range(4)
    ]
    beside = lambda: book(  # noqa: E731 # one of the acts
        engine, actor, slots[0], busy_world.patients[5].id, lane_id=lane_id, overbook_reason="Breathless"
    )
    outcomes = at_once([*bookers[:2], close, *bookers[2:], beside])

    with Session(engine) as session:
        assert _booked(session, sitting_id) == int(outcomes[2])  # what there was when it closed
        assert session.get_one(ClinicSession, sitting_id).closed_reason == "weather"
        assert _slots(session, sitting_id, SlotState.FREE) == 0
        assert disagreements(session) == []
    assert book(engine, actor, slots[7], busy_world.patients[4].id) == service.SlotTaken.code


def test_moving_within_a_session_that_closes_leaves_nothing_free(
    engine: Engine, busy_world: World, sittings: list[list[str]]
) -> None:
    actor, slots = busy_world.actor("admin"), sittings[0]
    booked = book(engine, actor, slots[0], busy_world.patients[0].id)
    cancelled = book(engine, actor, slots[1], busy_world.patients[1].id)
    with Session(engine) as session:
        sitting_id = session.get_one(Slot, slots[0]).session_id

    def move() -> str:
        with Session(engine) as session:
            try:
                service.reschedule(
                    session,
                    actor,
                    addresses=ADDRESSES,
                    appointment_id=booked,
                    slot_id=slots[5],
                    version=session.get_one(Appointment, booked).version,
                )
            except service.Clash as refusal:
                return refusal.code
            finally:
                session.commit()
            return "moved"

    def cancel() -> str:
        with Session(engine) as session:
            service.cancel(
                session,
                actor,
                appointment_id=cancelled,
                reason="patient-unwell",
                version=session.get_one(Appointment, cancelled).version,
            )
            session.commit()
            return "cancelled"

    def close() -> str:
        with Session(engine) as session:
            clinics.close_session(session, actor, sitting_id, "weather")
            session.commit()
            return "closed"

    assert at_once([move, close, cancel])[1:] == ["closed", "cancelled"]

    with Session(engine) as session:
        assert session.get_one(Appointment, booked).live
        assert _slots(session, sitting_id, SlotState.FREE) == 0
        assert disagreements(session) == []


def test_the_last_place_of_a_lane_goes_to_one(engine: Engine, busy_world: World, sittings: list[list[str]]) -> None:
    actor = busy_world.actor("admin")
    with Session(engine) as session:
        lane = clinics.add_lane(session, actor, busy_world.clinic.id, "Urgent", 2)
        lane_id = lane.id
        session.commit()

    def overbook(number: int) -> str:
        return book(
            engine, actor, sittings[0][number], busy_world.patients[number].id, lane_id=lane_id,
            overbook_reason="Breathless since Sunday",
        )  # fmt: skip

    outcomes = at_once([lambda number=number: overbook(number) for number in range(5)])

    assert outcomes.count(service.LaneFull.code) == 3
    with Session(engine) as session:
        places = session.scalars(select(Appointment.overbook_place).order_by(Appointment.overbook_place)).all()
        assert places == [0, 1]
        assert disagreements(session) == []


def test_a_cancellation_is_undone_or_the_time_is_anothers(
    engine: Engine, busy_world: World, sittings: list[list[str]]
) -> None:
    actor, slot_id = busy_world.actor("admin"), sittings[0][0]
    first = book(engine, actor, slot_id, busy_world.patients[0].id)
    with Session(engine) as session:
        now = session.get_one(Appointment, first).version
        service.cancel(session, actor, appointment_id=first, version=now, reason="booked-in-error")
        version = session.get_one(Appointment, first).version
        session.commit()

    def restore() -> str:
        with Session(engine) as session:
            try:
                service.restore(session, actor, addresses=ADDRESSES, appointment_id=first, version=version)
            except service.Clash as refusal:
                return refusal.code
            finally:
                session.commit()
            return "restored"

    restored, other = at_once([restore, lambda: book(engine, actor, slot_id, busy_world.patients[1].id)])

    with Session(engine) as session:
        live = session.scalars(select(Appointment).where(Appointment.status == AppointmentStatus.BOOKED)).all()
        assert len(live) == 1
        assert (restored == "restored") is (other == service.SlotTaken.code)
        assert disagreements(session) == []


def _booked(session: Session, sitting_id: str) -> int:
    query = select(func.count()).select_from(Appointment)
    return session.scalars(query.where(Appointment.session_id == sitting_id)).one()


def _slots(session: Session, sitting_id: str, state: SlotState) -> int:
    query = select(func.count()).select_from(Slot)
    return session.scalars(query.where(Slot.session_id == sitting_id, Slot.state == state)).one()
