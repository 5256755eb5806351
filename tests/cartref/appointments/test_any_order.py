"""Booking, holding, moving, cancelling, undoing and arriving in any order; the model only knows what overlaps."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.models import Role
from cartref.appointments import service
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.clinics.models import ClinicSession, Slot
from tests.cartref.appointments.conftest import ADDRESSES, TODAY, Desk
from tests.factories import build_world, make_clinic, make_staff

SLOTS = 6
MINUTE = timedelta(minutes=1)
CLINICS = st.integers(0, 1)
NUMBERS = st.integers(0, SLOTS - 1)
MINUTES = st.sampled_from([None, 10, 20, 30, 40, 50])


@dataclass(frozen=True)
class Expected:
    """What the model thinks of one live appointment."""

    clinic: int
    number: int
    minutes: int
    patient: int
    at_site: bool

    @property
    def span(self) -> tuple[int, int]:
        """Return first and last minute, counted from the clinics' common beginning."""
        return 20 * self.number, 20 * self.number + self.minutes

    @property
    def slots(self) -> set[tuple[int, int]]:
        """Return the slots that it takes, by clinic and number."""
        start, end = self.span
        return {(self.clinic, number) for number in range(start // 20, -(-end // 20))}

    @property
    def fits(self) -> bool:
        """Tell whether the clinic is long enough for it."""
        return max(number for _clinic, number in self.slots) < SLOTS

    def clashes(self, other: "Expected") -> bool:
        """Tell whether the two can't both be."""
        at_once = self.span[0] < other.span[1] and other.span[0] < self.span[1]
        shared = self.patient == other.patient or (self.at_site and other.at_site)
        return bool(self.slots & other.slots) or (at_once and shared)


def machine(engine: Engine) -> type[RuleBasedStateMachine]:
    """Return the state machine of two clinics at the same hour, on one database, which is left as it was."""

    class Booking(RuleBasedStateMachine):
        """Two clinics at one hour with one room between them."""

        def __init__(self) -> None:
            super().__init__()
            self.session = Session(engine)
            self.expected: dict[str, Expected] = {}
            self.held: set[str] = set()
            self.cancelled: dict[str, Expected] = {}

        @initialize()
        def open_clinics(self) -> None:
            world = build_world(self.session, starts_at=datetime(2026, 12, 8, 9, tzinfo=UTC))
            self.desk = Desk(self.session, world, world.actor("admin"))
            self.sittings = [self._clinic(f"Clinic {number}") for number in range(2)]

        @rule(
            clinic=CLINICS, number=NUMBERS, minutes=MINUTES, patient=st.integers(0, 2), at_site=st.booleans(),
            held=st.booleans(),
        )  # fmt: skip
        def book(self, clinic: int, number: int, minutes: int | None, patient: int, at_site: bool, held: bool) -> None:
            wanted = Expected(clinic, number, minutes or 20, patient, at_site)
            values: dict[str, Any] = {"minutes": minutes, "slot_id": self._slot(clinic, number)}
            values |= self.desk.at_site() if at_site else {}
            values |= {"held_until": clock.now() + timedelta(hours=2)} if held else {}
            with self._refused_unless(self._possible(wanted)):
                made = self.desk.book(patient=patient, **values)
                self.expected[made.id] = wanted
                self.held |= {made.id} if held else set()

        @precondition(lambda self: self.held)
        @rule(data=st.data())
        def say_yes(self, data: st.DataObject) -> None:
            appointment_id = data.draw(st.sampled_from(sorted(self.held)))
            service.confirm(self.session, self.desk.actor, addresses=ADDRESSES, appointment_id=appointment_id)
            self.held.discard(appointment_id)

        @precondition(lambda self: self.cancelled)
        @rule(data=st.data())
        def undo_a_cancellation(self, data: st.DataObject) -> None:
            appointment_id = data.draw(st.sampled_from(list(self.cancelled)))
            version = self.session.get_one(Appointment, appointment_id).version
            wanted = self.cancelled[appointment_id]
            with self._refused_unless(self._possible(wanted)):
                service.restore(
                    self.session, self.desk.actor, addresses=ADDRESSES, appointment_id=appointment_id, version=version
                )
                self.expected[appointment_id] = self.cancelled.pop(appointment_id)

        @precondition(lambda self: self.booked)
        @rule(data=st.data(), clinic=CLINICS, number=NUMBERS, minutes=MINUTES)
        def move(self, data: st.DataObject, clinic: int, number: int, minutes: int | None) -> None:
            appointment = self._any(data)
            now = self.expected.pop(appointment.id)
            wanted = replace(now, clinic=clinic, number=number, minutes=minutes or now.minutes)
            possible = self._possible(wanted)
            self.expected[appointment.id] = wanted if possible else now
            with self._refused_unless(possible):
                self.desk.move(appointment, 0, slot_id=self._slot(clinic, number), minutes=minutes)

        @precondition(lambda self: self.expected)
        @rule(data=st.data())
        def cancel(self, data: st.DataObject) -> None:
            appointment = self._any(data, among=self.expected)
            self.desk.cancel(appointment)
            self.held.discard(appointment.id)
            self.cancelled[appointment.id] = self.expected.pop(appointment.id)

        @precondition(lambda self: self.booked)
        @rule(data=st.data())
        def arrive(self, data: st.DataObject) -> None:
            service.mark_arrived(self.session, self.desk.actor, self._any(data).id)

        @invariant()
        def slots_holds_and_appointments_agree(self) -> None:
            assert disagreements(self.session) == []

        @invariant()
        def every_appointment_is_where_the_model_has_it(self) -> None:
            for appointment_id, expected in self.expected.items():
                found = self.session.get_one(Appointment, appointment_id)
                start = self.sittings[expected.clinic].starts_at
                assert [(at - start) // MINUTE for at in (found.starts_at, found.ends_at)] == list(expected.span)
                assert (found.status is AppointmentStatus.PENDING) == (appointment_id in self.held)

        def teardown(self) -> None:
            self.session.rollback()
            self.session.close()

        def _clinic(self, name: str) -> ClinicSession:
            world = self.desk.world
            clinician = make_staff(self.session, world.health_board, world.service, name, Role.CLINICIAN)
            start = datetime(2026, 12, 9, 9, tzinfo=UTC)
            world.clinic.name = f"Not {name}"
            self.session.flush()
            clinic, sitting = make_clinic(self.session, world.service, clinician, start, SLOTS)
            clinic.name = name
            self.session.flush()
            return sitting

        def _slot(self, clinic: int, number: int) -> str:
            query = select(Slot.id).where(Slot.session_id == self.sittings[clinic].id).order_by(Slot.starts_at)
            return self.session.scalars(query).all()[number]

        @property
        def booked(self) -> list[str]:
            return [appointment_id for appointment_id in self.expected if appointment_id not in self.held]

        def _any(self, data: st.DataObject, among: Iterable[str] | None = None) -> Appointment:
            ids = list(self.booked if among is None else among)
            return self.session.get_one(Appointment, data.draw(st.sampled_from(ids)))

        def _possible(self, wanted: Expected) -> bool:
            return wanted.fits and not any(wanted.clashes(other) for other in self.expected.values())

        @contextmanager
        def _refused_unless(self, possible: bool) -> Iterator[None]:
            try:
                yield
            except service.Clash:
                assert not possible
            else:
                assert possible

    return Booking


def test_whatever_is_done_in_whichever_order_nothing_is_ever_in_two_places(engine: Engine) -> None:
    with time_machine.travel(TODAY):
        run_state_machine_as_test(  # type: ignore[no-untyped-call] # Hypothesis leaves it untyped
            machine(engine),
            settings=settings(
                max_examples=8, stateful_step_count=20, deadline=None, derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
