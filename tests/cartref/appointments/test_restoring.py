"""Undoing a cancellation: while the time is free, within a day, as it was."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from cartref.appointments import service
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.audit.models import AuditEntry
from cartref.errors import Forbidden, IllegalTransition, NotFound, StaleVersion
from cartref.links.models import Link
from cartref.patients.models import CareRelationship
from cartref.referrals.models import EntryKind, EntryStatus, WaitingEntry
from tests.cartref.appointments.conftest import ADDRESSES, TODAY, Desk


def restore(desk: Desk, appointment: Appointment, **values: object) -> Appointment:
    """Undo a cancellation."""
    given: dict[str, object] = {
        "addresses": ADDRESSES, "appointment_id": appointment.id, "version": appointment.version,
    }  # fmt: skip
    return service.restore(desk.session, desk.actor, **(given | values))  # type: ignore[arg-type] # as restore takes them


def waiting(desk: Desk) -> WaitingEntry:
    """Put the first patient on the waiting list."""
    entry = WaitingEntry(
        service_id=desk.world.service.id, patient_id=desk.world.patients[0].id, kind=EntryKind.REVIEW,
        waiting_since=TODAY.date(), created_at=TODAY, updated_at=TODAY,
    )  # fmt: skip
    desk.session.add(entry)
    desk.session.flush()
    return entry


def test_the_appointment_is_as_it_was_with_the_same_links(desk: Desk) -> None:
    booked = desk.book(2, minutes=40, carer_ids=(desk.world.carer.id,), **desk.at_site())
    links = {link.id for link in desk.session.scalars(select(Link))}
    desk.cancel(booked)

    again = restore(desk, booked)

    assert (again.status, again.cancelled_reason, again.cancelled_at) == (AppointmentStatus.BOOKED, None, None)
    assert len(desk.holds(again)) == 4
    assert desk.free() == [0, 1, *range(4, 12)]
    assert {link.id for link in desk.session.scalars(select(Link))} == links
    assert desk.session.scalars(select(AuditEntry).where(AuditEntry.action == "appointment.restored")).one()
    assert disagreements(desk.session) == []


def test_calendars_hear_that_it_is_on_again(desk: Desk) -> None:
    again = restore(desk, desk.cancel(desk.book(0)))

    event = again.event("en").decode()
    assert "STATUS:CONFIRMED" in event
    assert "SEQUENCE:2" in event


def test_a_time_that_was_taken_meanwhile_stays_with_who_has_it(desk: Desk) -> None:
    cancelled = desk.cancel(desk.book(0))
    other = desk.book(0, patient=1)

    with pytest.raises(service.SlotTaken):
        restore(desk, cancelled)
    assert cancelled.status is AppointmentStatus.CANCELLED
    assert other.live
    assert disagreements(desk.session) == []


def test_half_of_the_time_taken_is_too_much(desk: Desk) -> None:
    cancelled = desk.cancel(desk.book(0, minutes=40))
    desk.book(1, patient=1)

    with pytest.raises(service.NotEnoughTime):
        restore(desk, cancelled)


def test_a_patient_who_is_elsewhere_by_now_is_said_to_be(desk: Desk) -> None:
    cancelled = desk.cancel(desk.book(0))
    service.book(
        desk.session, desk.world.actor("other_admin"), addresses=ADDRESSES, mode=cancelled.mode,
        slot_id=desk.slot(0, desk.world.other_session).id, patient_id=_shared(desk), idempotency_key="elsewhere",
    )  # fmt: skip

    with pytest.raises(service.PatientBusy):
        restore(desk, cancelled)
    assert disagreements(desk.session) == []


def _shared(desk: Desk) -> str:
    patient = desk.world.patients[0]
    desk.session.add(CareRelationship(patient_id=patient.id, service_id=desk.world.other_service.id, created_at=TODAY))
    desk.session.flush()
    return patient.id


def test_after_a_day_it_is_too_late(desk: Desk, today: time_machine.Traveller) -> None:
    cancelled = desk.cancel(desk.book(0))

    today.shift(timedelta(hours=23))
    assert service.can_restore(cancelled)
    today.shift(timedelta(hours=1))

    assert not service.can_restore(cancelled)
    with pytest.raises(IllegalTransition):
        restore(desk, cancelled)


def test_a_time_that_has_begun_is_not_brought_back(desk: Desk, today: time_machine.Traveller) -> None:
    booked = desk.book(0)
    today.move_to(booked.starts_at - timedelta(minutes=5))
    cancelled = desk.cancel(booked)
    today.shift(timedelta(minutes=6))

    with pytest.raises(IllegalTransition):
        restore(desk, cancelled)


def test_her_line_of_the_waiting_list_is_taken_up_again(desk: Desk) -> None:
    entry = waiting(desk)
    cancelled = desk.cancel(desk.book(0, waiting_entry_id=entry.id))
    assert entry.status is EntryStatus.WAITING

    restore(desk, cancelled)

    assert entry.status is EntryStatus.BOOKED


def test_who_was_booked_from_the_list_meanwhile_is_not_booked_twice(desk: Desk) -> None:
    entry = waiting(desk)
    cancelled = desk.cancel(desk.book(0, waiting_entry_id=entry.id))
    desk.book(5, waiting_entry_id=entry.id)

    with pytest.raises(service.EntryTaken):
        restore(desk, cancelled)
    assert disagreements(desk.session) == []


def test_the_same_again_changes_nothing(desk: Desk) -> None:
    cancelled = desk.cancel(desk.book(0))
    version = cancelled.version
    again = restore(desk, cancelled)

    assert restore(desk, cancelled, version=version).version == again.version
    assert again.sequence == 2


def test_an_older_page_and_a_death_are_told(desk: Desk) -> None:
    cancelled = desk.cancel(desk.book(0))

    with pytest.raises(StaleVersion):
        restore(desk, cancelled, version=cancelled.version - 1)
    desk.world.patients[0].deceased_on = TODAY.date()
    with pytest.raises(service.PatientCannotBeBooked):
        restore(desk, cancelled)


def test_what_was_never_cancelled_is_not_restored_by_strangers(desk: Desk, other_desk: Desk) -> None:
    booked = desk.book(0)

    with pytest.raises(NotFound):
        restore(other_desk, booked)
    with pytest.raises(Forbidden):
        service.restore(
            desk.session, desk.world.actor("clinician"), addresses=ADDRESSES, appointment_id=booked.id,
            version=booked.version,
        )  # fmt: skip
    service.close(desk.session, desk.actor, booked.id, AppointmentStatus.FULFILLED)
    with pytest.raises(IllegalTransition):
        restore(desk, booked)
