"""A referral is recorded, changed, closed and opened again, and its clock and its line of the list go with it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.audit.models import AuditEntry
from cartref.errors import Forbidden, IllegalTransition, NotFound, StaleVersion
from cartref.patients import service as patients
from cartref.referrals import queries, service
from cartref.referrals.models import (
    EntryKind,
    EntryStatus,
    Priority,
    Referral,
    ReferralStatus,
    Source,
    TickKind,
    WaitingEntry,
)
from cartref.referrals.waiting_time import ClockState
from tests.cartref.referrals.conftest import RECEIVED, TODAY, wait_of, weeks_ago
from tests.factories import World, make_referral

GP = service.ReferralDetails(Source.GP, RECEIVED)


def line_of(session: Session, referral: Referral) -> WaitingEntry:
    return session.scalars(select(WaitingEntry).where(WaitingEntry.referral_id == referral.id)).one()


def actions(session: Session, referral: Referral) -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.subject_id == referral.id)
    return list(session.scalars(query.order_by(AuditEntry.id)))


def test_a_referral_starts_the_clock_on_the_day_it_was_received_and_puts_the_patient_on_the_list(
    session: Session, world: World
) -> None:
    made = make_referral(session, world, priority=Priority.URGENT, clinic_id=world.clinic.id, received_on=weeks_ago(3))

    line = line_of(session, made)
    assert (wait_of(made).weeks, made.clock_started_on, made.clock_paused_on) == (3, weeks_ago(3), None)
    assert (line.kind, line.status, line.waiting_since) == (EntryKind.NEW, EntryStatus.WAITING, weeks_ago(3))
    assert (line.priority, line.clinic_id, line.patient_id) == (Priority.URGENT, world.clinic.id, world.patients[0].id)
    assert actions(session, made) == ["referral.recorded"]


def test_the_senders_number_is_taken_once(session: Session, world: World) -> None:
    first = service.refer(session, world.actor("admin"), world.patients[0].id, GP, external_id="R-1")

    with pytest.raises(service.ReferralKnown):
        service.refer(session, world.actor("admin"), world.patients[1].id, GP, external_id="R-1")

    service.refer(session, world.actor("other_admin"), world.other_patient.id, GP, external_id="R-1")
    assert queries.by_external_id(session, world.actor("admin"), "R-1") is first


@pytest.mark.parametrize("received_on", [TODAY + timedelta(days=1), date(1939, 3, 13)])
def test_a_referral_is_not_received_before_the_birth_or_after_today(
    session: Session, world: World, received_on: date
) -> None:
    with pytest.raises(service.ReceivedWrong):
        make_referral(session, world, received_on=received_on)


def test_nobody_refers_another_services_patient_or_to_its_clinic(session: Session, world: World) -> None:
    admin = world.actor("admin")

    with pytest.raises(NotFound):
        service.refer(session, admin, world.other_patient.id, GP)
    with pytest.raises(NotFound):
        service.refer(session, admin, world.patients[0].id, replace(GP, clinic_id=world.other_clinic.id))
    with pytest.raises(Forbidden):
        service.refer(session, world.actor("clinician"), world.patients[0].id, GP)


def test_nobody_refers_a_patient_who_has_died(session: Session, world: World) -> None:
    patients.record_death(session, world.actor("admin"), world.patients[0].id, TODAY)

    with pytest.raises(service.PatientDeceased):
        make_referral(session, world)


def test_a_change_goes_on_to_the_line_that_waits_and_to_the_clock(session: Session, world: World) -> None:
    made = make_referral(session, world)
    wanted = replace(service.referring.details_of(made), priority=Priority.SUSPECTED_CANCER, received_on=weeks_ago(20))

    service.change(session, world.actor("admin"), made.id, version=made.version, details=wanted)

    line = line_of(session, made)
    assert (line.priority, line.waiting_since) == (Priority.SUSPECTED_CANCER, weeks_ago(20))
    assert (made.clock_started_on, wait_of(made).weeks) == (weeks_ago(20), 20)


def test_a_change_of_an_older_state_is_refused(session: Session, world: World) -> None:
    made = make_referral(session, world)
    seen, details = made.version, service.referring.details_of(made)
    service.change(session, world.actor("admin"), made.id, version=seen, details=replace(details, referrer="Dr Ann"))

    with pytest.raises(StaleVersion):
        service.change(session, world.actor("admin"), made.id, version=seen, details=replace(details, referrer="Dr B"))


def test_saving_without_a_change_writes_nothing(session: Session, world: World) -> None:
    made = make_referral(session, world)

    service.change(
        session, world.actor("admin"), made.id, version=made.version, details=service.referring.details_of(made)
    )

    assert actions(session, made) == ["referral.recorded"]


def test_closing_stops_the_clock_and_takes_the_line_off(session: Session, world: World) -> None:
    made = make_referral(session, world, received_on=weeks_ago(10))

    service.close(session, world.actor("admin"), made.id, version=made.version, reason="not-wanted")

    line = line_of(session, made)
    assert (made.status, made.clock_started_on) == (ReferralStatus.REVOKED, None)
    assert (wait_of(made).state, wait_of(made).weeks) == (ClockState.STOPPED, 10)
    assert (line.status, line.removed_reason) == (EntryStatus.REMOVED, "referral-closed")


def test_closing_twice_is_closing_once_but_for_another_reason_refused(session: Session, world: World) -> None:
    made = make_referral(session, world)
    admin = world.actor("admin")
    service.close(session, admin, made.id, version=made.version, reason="treated")

    service.close(session, admin, made.id, version=0, reason="treated")

    with pytest.raises(IllegalTransition):
        service.close(session, admin, made.id, version=made.version, reason="elsewhere")
    with pytest.raises(service.CloseReasonMissing):
        service.close(session, admin, made.id, version=made.version, reason="")
    assert actions(session, made).count("referral.closed") == 1


def test_opened_again_it_is_as_if_it_had_never_been_closed(session: Session, world: World) -> None:
    made = make_referral(session, world, received_on=weeks_ago(10))
    admin = world.actor("admin")
    service.close(session, admin, made.id, version=made.version, reason="not-reached")

    service.reopen(session, admin, made.id, version=made.version)

    assert (made.status, made.closed_at, made.clock_started_on) == (ReferralStatus.ACTIVE, None, weeks_ago(10))
    assert [tick.kind for tick in made.ticks] == [TickKind.START]
    assert line_of(session, made).status is EntryStatus.WAITING


def test_what_a_person_took_off_the_list_stays_off_when_the_referral_is_opened_again(
    session: Session, world: World
) -> None:
    made = make_referral(session, world)
    admin = world.actor("admin")
    service.remove(session, admin, line_of(session, made).id, reason="not-needed")
    service.close(session, admin, made.id, version=made.version, reason="treated")

    service.reopen(session, admin, made.id, version=made.version)

    assert line_of(session, made).status is EntryStatus.REMOVED


def test_a_death_ends_whatever_waits_and_a_mistaken_one_gives_it_back(session: Session, world: World) -> None:
    made = make_referral(session, world, received_on=weeks_ago(5))
    admin, patient = world.actor("admin"), world.patients[0]
    review = service.add_review(session, admin, patient.id, service.EntryDetails(due_on=TODAY))

    service.end_after_death(session, admin, patient.id)
    ended = (made.closed_reason, line_of(session, made).status, review.removed_reason)
    service.resume_after_mistake(session, admin, patient.id)

    assert ended == ("deceased", EntryStatus.REMOVED, "deceased")
    assert (made.open, made.clock_started_on) == (True, weeks_ago(5))
    assert {line_of(session, made).status, review.status} == {EntryStatus.WAITING}


def test_another_services_referral_is_not_there(session: Session, world: World) -> None:
    made = make_referral(session, world)
    theirs = world.actor("other_admin")

    with pytest.raises(NotFound):
        queries.find(session, theirs, made.id)
    with pytest.raises(NotFound):
        service.close(session, theirs, made.id, version=made.version, reason="treated")
    with pytest.raises(NotFound):
        queries.find_entry(session, theirs, line_of(session, made).id)
