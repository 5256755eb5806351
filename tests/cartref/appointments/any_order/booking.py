"""What an admin does with one person's time: booking, holding, moving, cancelling, undoing, arriving, closing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cartref import clock
from cartref.appointments import service
from cartref.appointments.models import Appointment, AppointmentStatus, OfferState
from cartref.errors import IllegalTransition
from cartref.referrals.service import EntryTaken
from tests.cartref.appointments.any_order.clinics import NUMBERS, SITTINGS, Clinics
from tests.cartref.appointments.any_order.model import Time
from tests.cartref.appointments.conftest import ADDRESSES

PATIENTS = st.integers(0, 5)
MINUTES = st.sampled_from([None, 10, 20, 30, 40, 50])
REASONS = st.sampled_from(["patient-cannot-come", "patient-unwell", "clinic-cancelled"])
ENDINGS = st.sampled_from([AppointmentStatus.FULFILLED, AppointmentStatus.NOSHOW, AppointmentStatus.CANCELLED])
NOT_TO_BE_HAD = (service.Clash, service.LaneFull, service.SessionClosed, EntryTaken)
HELD_FOR = timedelta(hours=2)


class Booking(Clinics):
    """One appointment at a time."""

    @rule(
        sitting=SITTINGS, number=NUMBERS, minutes=MINUTES, patient=PATIENTS, at_site=st.booleans(), held=st.booleans(),
        in_lane=st.booleans(), listed=st.booleans(),
    )  # fmt: skip
    def book(self, held: bool, minutes: int | None, **where: Any) -> None:
        where["listed"] = where["listed"] and where["patient"] < len(self.entries)
        wanted = Time(minutes=minutes or 20, **where)
        until = clock.now() + HELD_FOR if held else None
        with self.refused_unless(self.model.possible(wanted, clock.now()), *NOT_TO_BE_HAD):
            made = self.book_time(wanted, minutes=minutes, held_until=until)
            self.model.take(made.id, wanted, until)

    @precondition(lambda self: self.model.held)
    @rule(data=st.data())
    def say_yes(self, data: st.DataObject) -> None:
        held = self.any_of(data, self.model.held)
        is_open = self.model.times[held.id].sitting not in self.model.closed
        with self.refused_unless(is_open, IllegalTransition):
            service.confirm(self.session, self.desk.actor, addresses=ADDRESSES, appointment_id=held.id)
            self.model.confirm(held.id)

    @precondition(lambda self: self.model.held)
    @rule(data=st.data())
    def say_no(self, data: st.DataObject) -> None:
        held = self.any_of(data, self.model.held)
        service.let_go(self.session, self.desk.actor, held.id)
        self.model.give_up(held.id, clock.now(), OfferState.DECLINED)

    @precondition(lambda self: self.model.times)
    @rule(data=st.data(), sitting=SITTINGS, number=NUMBERS, minutes=MINUTES)
    def move(self, data: st.DataObject, sitting: int, number: int, minutes: int | None) -> None:
        found = self.any_of(data, self.model.times)
        has = self.model.times[found.id]
        wanted = replace(has, sitting=sitting, number=number, minutes=minutes or has.minutes, in_lane=False)
        possible = self.model.possible(wanted, clock.now(), but=found.id) or wanted == has
        with self.refused_unless(self._stands(found) and possible, service.Clash, IllegalTransition):
            self.desk.move(found, 0, slot_id=self.slots[sitting, number], minutes=minutes)
            if wanted != has:
                self.model.move(found.id, wanted)

    @precondition(lambda self: self.model.times)
    @rule(data=st.data(), reason=REASONS)
    def cancel(self, data: st.DataObject, reason: str) -> None:
        found = self.any_of(data, self.model.times)
        with self.refused_unless(found.id not in self.model.over, IllegalTransition):
            self.desk.cancel(found, reason)
            self.model.give_up(found.id, clock.now())

    @precondition(lambda self: self.model.times)
    @rule(data=st.data())
    def cancel_and_give_to_somebody_else_at_once(self, data: st.DataObject) -> None:
        found = self.any_of(data, self.model.times)
        now, freed = clock.now(), replace(self.model.times[found.id], at_site=False, in_lane=False, listed=False)
        others = [replace(freed, patient=number) for number in range(6) if number != freed.patient]
        wanted = next((other for other in others if self.model.possible(other, now, but=found.id)), None)
        if wanted is None or found.id in self.model.over:
            return
        self.desk.cancel(found)
        self.model.give_up(found.id, now)
        self.model.take(self.book_time(wanted, minutes=wanted.minutes).id, wanted, None)

    @precondition(lambda self: self.model.given_up)
    @rule(data=st.data())
    def undo_a_cancellation(self, data: st.DataObject) -> None:
        found = self.any_of(data, self.model.given_up)
        possible = self.model.can_undo(found.id, clock.now())
        with self.refused_unless(possible, IllegalTransition, *NOT_TO_BE_HAD):
            service.restore(
                self.session, self.desk.actor, addresses=ADDRESSES, appointment_id=found.id, version=found.version
            )
            self.model.times[found.id] = self.model.given_up.pop(found.id).time
            self.model.wrote("appointment.restored", found.id)

    @precondition(lambda self: self.model.times)
    @rule(data=st.data())
    def arrive(self, data: st.DataObject) -> None:
        found = self.any_of(data, self.model.times)
        with self.refused_unless(self._stands(found), IllegalTransition):
            service.mark_arrived(self.session, self.desk.actor, found.id)
            if found.id not in self.model.arrived:
                self.model.wrote("appointment.arrived", found.id)
            self.model.arrived.add(found.id)

    @precondition(lambda self: self.model.times)
    @rule(data=st.data(), ending=ENDINGS)
    def come_to_an_end(self, data: st.DataObject, ending: AppointmentStatus) -> None:
        found = self.any_of(data, self.model.times)
        before = self.model.status(found.id)
        cancelled = ending is AppointmentStatus.CANCELLED
        possible = found.id not in self.model.over if cancelled else found.id not in self.model.held
        with self.refused_unless(possible, IllegalTransition):
            service.close(self.session, self.desk.actor, found.id, ending)
            if cancelled:
                self.model.give_up(found.id, clock.now())
            elif before is not ending:
                self.model.over[found.id] = ending
                self.model.wrote("appointment.closed", found.id)

    def free_the_first_time(self) -> None:
        """Cancel for the person who was booked first."""
        key = next(iter(self.model.times))
        self.desk.cancel(self.session.get_one(Appointment, key, populate_existing=True))
        self.model.give_up(key, clock.now())

    def book_time(self, wanted: Time, **values: Any) -> Appointment:
        """Return the new appointment at that time; the model is not told."""
        values["slot_id"] = self.slots[wanted.sitting, wanted.number]
        values |= self.desk.at_site() if wanted.at_site else {}
        values |= {"waiting_entry_id": self.entries[wanted.patient].id} if wanted.listed else {}
        if wanted.in_lane:
            values |= {"lane_id": self.lanes[wanted.sitting].id, "overbook_reason": "Breathless since Sunday"}
        return self.desk.book(patient=wanted.patient, **values)

    def _stands(self, found: Appointment) -> bool:
        """Tell whether it is booked, neither only held nor over."""
        return found.id not in self.model.held and found.id not in self.model.over
