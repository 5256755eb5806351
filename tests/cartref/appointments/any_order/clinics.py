"""Three sittings of two clinics with one room between them, and what must be true of them after every step."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random
from typing import ClassVar
from unittest.mock import patch

import time_machine
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import Engine, func, or_, select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.models import Role
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import Appointment, AppointmentStatus, Offer, OfferState
from cartref.audit.models import AuditEntry
from cartref.clinics import service as clinics
from cartref.clinics.models import Clinic, ClinicSession, OverbookLane, Slot
from cartref.errors import ClinicError
from cartref.referrals import queries as referrals
from cartref.referrals.models import EntryStatus, WaitingEntry
from tests.cartref.appointments.any_order.model import BEGINS, CAP, LENGTH, SLOTS, Model, Time
from tests.cartref.appointments.conftest import TODAY, Desk
from tests.factories import build_world, make_clinic, make_referral, make_staff

NINE = datetime(2026, 12, 9, 9, tzinfo=UTC)
LAST = NINE + timedelta(hours=25)  # in the middle of the last sitting
WAITING = 4  # of the six patients are on the waiting list
MINUTE = timedelta(minutes=1)
HOURS = (0.5, 0.5, 2, 2, 2.5, 4, 25, 170)  # an offer's two hours often, the clinic itself seldom
STEPS = st.sampled_from([timedelta(hours=hours) for hours in HOURS])
SITTINGS, NUMBERS = st.integers(0, len(BEGINS) - 1), st.integers(0, SLOTS - 1)
ACTS = ("appointment.", "offer.", "vacancy.", "session.", "replan.")


class Clinics(RuleBasedStateMachine):
    """The clinics, the clock, and the invariants; whoever inherits adds what can be done. All is undone at the end."""

    engine: ClassVar[Engine]

    def __init__(self) -> None:
        super().__init__()
        self.travel = time_machine.travel(TODAY, tick=False)
        self.time = self.travel.start()
        self.ids = patch("cartref.db.secrets.token_hex", _repeatable_ids())  # so that a failure can be shortened
        self.ids.start()
        self.connection = self.engine.connect()
        self.transaction = self.connection.begin()
        self.session = self.make_session()
        self.model = Model(NINE)
        self.open_clinics()

    def teardown(self) -> None:
        self.session.close()
        self.transaction.rollback()
        self.connection.close()
        self.ids.stop()
        self.travel.stop()

    def make_session(self) -> Session:
        """Return a session whose commits stay inside the machine's own transaction."""
        return Session(self.connection, join_transaction_mode="create_savepoint")

    def open_clinics(self) -> None:
        """Make the rows to begin with."""
        world = build_world(self.session, starts_at=NINE - timedelta(days=1))
        self.desk = Desk(self.session, world, world.actor("admin"))
        self.sittings = [self._clinic("First", NINE), self._clinic("Second", NINE)]
        self.sittings.append(self._again(self.sittings[0], NINE + timedelta(minutes=BEGINS[2])))
        self.lanes = [self._lane(sitting) for sitting in self.sittings]
        self.entries = [self._entry(patient) for patient in range(WAITING)]
        self.numbers = {patient.id: number for number, patient in enumerate(world.patients)}
        self.slots = {
            (sitting, number): slot_id
            for sitting, row in enumerate(self.sittings)
            for number, slot_id in enumerate(self._slot_ids(row))
        }

    @rule(step=STEPS)
    def time_passes(self, step: timedelta) -> None:
        self.time.move_to(min(clock.now() + step, max(LAST, clock.now())))

    # ---- What is true after every step

    @invariant()
    def slots_holds_and_appointments_agree(self) -> None:
        assert disagreements(self.session) == []

    @invariant()
    def every_appointment_is_as_the_model_has_it(self) -> None:
        wanted = {key: (time, self.model.status(key)) for key, time in self.model.times.items()}
        assert {found.id: (self.time_of(found), found.status) for found in self.live()} == wanted

    @invariant()
    def every_slot_is_free_unless_somebody_has_it_or_its_sitting_is_closed(self) -> None:
        query = select(Slot.id, Slot.state).where(Slot.id.in_(self.slots.values()))
        states = {row.id: row.state for row in self.session.execute(query)}
        for slot, slot_id in self.slots.items():
            assert states[slot_id] is self.model.slot_state(slot), slot

    @invariant()
    def nobody_and_nothing_is_in_two_places(self) -> None:
        for one, other in combinations(self.live(), 2):
            if one.starts_at < other.ends_at and other.starts_at < one.ends_at:
                assert one.patient_id != other.patient_id
                assert one.room_id is None or one.room_id != other.room_id
                assert one.presenter_id is None or one.presenter_id != other.presenter_id
                assert one.clinician_id != other.clinician_id or one.overbooked or other.overbooked

    @invariant()
    def no_lane_has_more_people_than_its_cap(self) -> None:
        beside = Counter((found.session_id, found.overbook_lane_id) for found in self.live() if found.overbooked)
        assert max(beside.values(), default=0) <= CAP

    @invariant()
    def one_person_at_most_is_asked_for_each_vacancy(self) -> None:
        query = select(Offer.vacancy_id, func.count()).where(Offer.state == OfferState.OPEN).group_by(Offer.vacancy_id)
        assert [row for row in self.session.execute(query) if row[1] > 1] == []

    @invariant()
    def every_offer_is_as_the_model_has_it(self) -> None:
        states = {row.id: row.state for row in self.session.execute(select(Offer.id, Offer.state))}
        assert states == dict.fromkeys(self.model.offers, OfferState.OPEN) | self.model.ended

    @invariant()
    def every_change_is_written_down_once(self) -> None:
        mine = or_(*(AuditEntry.action.startswith(act, autoescape=True) for act in ACTS))
        rows = self.session.execute(select(AuditEntry.action, AuditEntry.subject_id).where(mine))
        assert Counter(tuple(row) for row in rows) == self.model.written

    # ---- What every rule needs

    def live(self) -> list[Appointment]:
        """Return every appointment that was not cancelled, as the database has it."""
        query = select(Appointment).where(Appointment.status != AppointmentStatus.CANCELLED).order_by(Appointment.id)
        return list(self.session.scalars(query.execution_options(populate_existing=True)))

    def time_of(self, found: Appointment) -> Time:
        """Return the time that an appointment has, in the words of the model."""
        sitting = [row.id for row in self.sittings].index(found.session_id)
        after = (found.starts_at - self.sittings[sitting].starts_at) // MINUTE
        assert after % LENGTH == 0
        return Time(
            sitting, after // LENGTH, (found.ends_at - found.starts_at) // MINUTE, self.numbers[found.patient_id],
            found.room_id is not None, found.overbooked, found.waiting_entry_id is not None,
        )  # fmt: skip

    def any_of(self, data: st.DataObject, keys: Iterable[str]) -> Appointment:
        """Return one of the appointments, as the database has it."""
        key = data.draw(st.sampled_from(list(keys)))
        return self.session.get_one(Appointment, key, populate_existing=True)

    @contextmanager
    def refused_unless(self, possible: bool, *refusals: type[ClinicError]) -> Iterator[None]:
        """Expect one of the refusals, and that nothing changes, unless what is done here is possible."""
        try:
            with self.session.begin_nested():
                yield
        except refusals:
            assert not possible
        else:
            assert possible

    # ---- The rows to begin with

    def _clinic(self, name: str, starts_at: datetime) -> ClinicSession:
        world = self.desk.world
        clinician = make_staff(self.session, world.health_board, world.service, name, Role.CLINICIAN)
        world.clinic.name = "Another clinic"
        self.session.flush()
        clinic, sitting = make_clinic(self.session, world.service, clinician, starts_at, SLOTS)
        clinic.name = name
        self.session.flush()
        return sitting

    def _again(self, first: ClinicSession, starts_at: datetime) -> ClinicSession:
        """Return a second sitting of a clinic."""
        spare, sitting = make_clinic(self.session, self.desk.world.service, first.clinician, starts_at, SLOTS)
        sitting.clinic_id = first.clinic_id
        self.session.flush()
        self.session.expire(sitting)
        self.session.delete(self.session.get_one(Clinic, spare.id))
        self.session.flush()
        return sitting

    def _lane(self, sitting: ClinicSession) -> OverbookLane:
        query = select(OverbookLane).where(OverbookLane.clinic_id == sitting.clinic_id)
        there = self.session.scalar(query)
        return there or clinics.add_lane(self.session, self.desk.actor, sitting.clinic_id, "Urgent", CAP)

    def _entry(self, patient: int) -> WaitingEntry:
        received_on = TODAY.date() - timedelta(weeks=20 - patient)
        referral = make_referral(self.session, self.desk.world, patient=patient, received_on=received_on)
        (entry,) = referrals.entries_of_referral(self.session, referral.id, EntryStatus.WAITING)
        return entry

    def _slot_ids(self, sitting: ClinicSession) -> list[str]:
        query = select(Slot.id).where(Slot.session_id == sitting.id).order_by(Slot.starts_at)
        return list(self.session.scalars(query))


def _repeatable_ids() -> Callable[[int], str]:
    """Return what makes the same ids, in no order, every time that a story is told."""
    chance = Random(0)
    return lambda count: chance.randbytes(count).hex()
