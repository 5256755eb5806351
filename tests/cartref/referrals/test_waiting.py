"""Lines of the waiting list: added, changed, taken off, put on again, and as appointments come and go for them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.errors import Forbidden, IllegalTransition, NotFound, StaleVersion
from cartref.patients import service as patients
from cartref.referrals import service
from cartref.referrals.models import EntryKind, EntryStatus, Priority, WaitingEntry
from cartref.referrals.service import waiting
from tests.cartref.referrals.conftest import TODAY
from tests.factories import World, make_referral

VISIT = "a" * 24
SOON = service.EntryDetails(due_on=TODAY + timedelta(weeks=6), note="Bring the blood pressure book")


def review(session: Session, world: World, **more: object) -> WaitingEntry:
    return service.add_review(
        session,
        world.actor("admin"),
        world.patients[0].id,
        replace(SOON, **more),  # type: ignore[arg-type] # its own fields
    )


def follow(session: Session, world: World, due_on: date | None) -> WaitingEntry | None:
    return service.set_review(
        session, world.actor("clinician"), world.patients[0].id, replace(SOON, due_on=due_on) if due_on else None,
        from_appointment_id=VISIT,
    )  # fmt: skip


def test_a_review_waits_until_it_is_due(session: Session, world: World) -> None:
    made = review(session, world, clinic_id=world.clinic.id, minutes=40, priority=Priority.URGENT)

    assert (made.kind, made.status, made.due_on) == (EntryKind.REVIEW, EntryStatus.WAITING, SOON.due_on)
    assert (made.waiting_since, made.minutes, made.clinic_id) == (TODAY, 40, world.clinic.id)


@pytest.mark.parametrize("due_on", [None, TODAY.replace(year=2035), TODAY.replace(year=2020)])
def test_a_review_is_due_on_a_day_that_can_be(session: Session, world: World, due_on: date | None) -> None:
    with pytest.raises(waiting.DueWrong):
        review(session, world, due_on=due_on)


def test_nobody_adds_what_is_not_the_services_or_not_hers(session: Session, world: World) -> None:
    admin, hers = world.actor("admin"), make_referral(session, world, patient=1)

    with pytest.raises(NotFound):
        service.add_review(session, admin, world.other_patient.id, SOON)
    with pytest.raises(NotFound):
        service.add_review(session, admin, world.patients[0].id, SOON, referral_id=hers.id)
    with pytest.raises(NotFound):
        review(session, world, clinic_id=world.other_clinic.id)
    with pytest.raises(NotFound):
        review(session, world, clinician_id=world.staff["other_clinician"].id)
    with pytest.raises(waiting.LengthWrong):
        review(session, world, minutes=0)
    with pytest.raises(Forbidden):
        service.add_review(session, world.actor("clinician"), world.patients[0].id, SOON)


def test_nothing_is_added_for_who_has_died_or_for_a_closed_referral(session: Session, world: World) -> None:
    admin, closed = world.actor("admin"), make_referral(session, world)
    service.close(session, admin, closed.id, version=closed.version, reason="treated")

    with pytest.raises(waiting.NobodyToSee):
        service.add_review(session, admin, world.patients[0].id, SOON, referral_id=closed.id)
    patients.record_death(session, admin, world.patients[0].id, TODAY)
    with pytest.raises(waiting.NobodyToSee):
        review(session, world)


def test_a_line_is_changed_by_who_saw_it_as_it_is(session: Session, world: World) -> None:
    made, admin = review(session, world), world.actor("admin")
    seen = made.version
    service.change_entry(session, admin, made.id, version=seen, details=replace(SOON, minutes=60))

    with pytest.raises(StaleVersion):
        service.change_entry(session, admin, made.id, version=seen, details=SOON)
    assert made.minutes == 60


def test_a_due_date_long_past_may_stay_when_something_else_is_changed(session: Session, world: World) -> None:
    made, admin = review(session, world), world.actor("admin")
    made.due_on = TODAY.replace(year=2023)
    session.flush()
    details = replace(waiting.details_of(made), note="Rang on Monday")

    service.change_entry(session, admin, made.id, version=made.version, details=details)

    assert (made.note, made.due_on) == ("Rang on Monday", TODAY.replace(year=2023))


def test_a_line_is_taken_off_for_a_reason_and_put_on_again(session: Session, world: World) -> None:
    made, admin = review(session, world), world.actor("admin")

    with pytest.raises(waiting.RemoveReasonMissing):
        service.remove(session, admin, made.id, reason="deceased")
    service.remove(session, admin, made.id, reason="not-wanted")
    removed = (made.status, made.removed_reason)
    service.restore(session, admin, made.id)

    assert removed == (EntryStatus.REMOVED, "not-wanted")
    assert (made.status, made.removed_reason) == (EntryStatus.WAITING, None)


def test_what_is_booked_is_neither_taken_off_nor_changed_nor_put_on(session: Session, world: World) -> None:
    made, admin = review(session, world), world.actor("admin")
    service.take_up(session, world.service.id, made.id, made.patient_id, offered=False)
    session.flush()

    with pytest.raises(IllegalTransition):
        service.remove(session, admin, made.id, reason="not-wanted")
    with pytest.raises(IllegalTransition):
        service.restore(session, admin, made.id)
    with pytest.raises(IllegalTransition):
        service.change_entry(session, admin, made.id, version=made.version, details=SOON)


def test_a_line_of_a_closed_referral_is_not_put_on_again(session: Session, world: World) -> None:
    referral, admin = make_referral(session, world), world.actor("admin")
    entry = session.scalars(select(WaitingEntry)).one()
    service.close(session, admin, referral.id, version=referral.version, reason="treated")

    with pytest.raises(waiting.NobodyToSee):
        service.restore(session, admin, entry.id)


def test_a_cancelled_appointment_puts_its_line_back_unless_the_referral_was_closed(
    session: Session, world: World
) -> None:
    referral, admin = make_referral(session, world), world.actor("admin")
    entry = session.scalars(select(WaitingEntry)).one()
    service.take_up(session, world.service.id, entry.id, entry.patient_id, offered=False)
    service.put_back(session, entry.id)
    back = entry.status
    service.take_up(session, world.service.id, entry.id, entry.patient_id, offered=False)
    session.flush()
    service.close(session, admin, referral.id, version=referral.version, reason="elsewhere")

    service.put_back(session, entry.id)

    assert back is EntryStatus.WAITING
    assert (entry.status, entry.removed_reason) == (EntryStatus.REMOVED, "referral-closed")


def test_an_outcome_makes_one_review_and_moves_it_when_it_is_corrected(session: Session, world: World) -> None:
    first = follow(session, world, TODAY + timedelta(weeks=2))
    second = follow(session, world, TODAY + timedelta(weeks=13))

    assert first is second
    assert session.scalars(select(WaitingEntry.due_on)).all() == [TODAY + timedelta(weeks=13)]


def test_an_outcome_that_asks_for_no_review_any_more_takes_it_off_and_on_again(session: Session, world: World) -> None:
    made = follow(session, world, TODAY + timedelta(weeks=2))
    assert made is not None

    assert follow(session, world, None) is None
    removed = (made.status, made.removed_reason)
    follow(session, world, TODAY + timedelta(weeks=3))

    assert removed == (EntryStatus.REMOVED, "outcome-corrected")
    assert (made.status, made.due_on) == (EntryStatus.WAITING, TODAY + timedelta(weeks=3))


def test_a_review_that_is_booked_meanwhile_stays_booked(session: Session, world: World) -> None:
    made = follow(session, world, TODAY + timedelta(weeks=2))
    assert made is not None
    service.take_up(session, world.service.id, made.id, made.patient_id, offered=False)
    session.flush()

    follow(session, world, None)

    assert made.status is EntryStatus.BOOKED


def test_no_review_follows_for_who_has_died(session: Session, world: World) -> None:
    patients.record_death(session, world.actor("admin"), world.patients[0].id, TODAY)

    assert follow(session, world, TODAY + timedelta(weeks=2)) is None
    assert session.scalars(select(WaitingEntry)).all() == []
