"""Leave and bank holidays: days for which no session is made."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.audit.models import AuditEntry
from cartref.clinics import queries, service
from cartref.clinics.models import ClinicSession, Leave, LeaveKind, SessionStatus, SlotState
from cartref.clinics.service import CloseReason, SkipReason
from cartref.errors import Forbidden, NotFound
from tests.factories import World

CHRISTMAS = date(2026, 12, 25)  # a Friday
FRIDAY = 4


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)) as traveller:
        yield traveller


def leave(session: Session, world: World, first: date, last: date, **given: Any) -> Leave:
    """Give the clinician leave, annual unless said."""
    values = {"staff_id": world.staff["clinician"].id, "kind": LeaveKind.ANNUAL, "first_on": first, "last_on": last}
    return service.add_leave(session, world.actor("admin"), **(values | given))


def fridays(session: Session, world: World) -> Any:
    """Let the clinic run on Fridays from 4 December on."""
    return service.add_pattern(
        session, world.actor("admin"), world.clinic.id, world.staff["clinician"].id, FRIDAY, time(9), time(12),
        date(2026, 12, 4),
    )  # fmt: skip


def made(session: Session, world: World, until: date) -> service.Generated:
    """Make the sessions until a day."""
    return service.generate_sessions(session, world.actor("admin"), until)


def days(session: Session, pattern: Any) -> list[int]:
    """Return the December days for which the pattern has a session."""
    query = select(ClinicSession).where(ClinicSession.pattern_id == pattern.id).order_by(ClinicSession.starts_at)
    return [sitting.local_date.day for sitting in session.scalars(query)]


def test_no_session_is_made_while_the_clinician_is_away(session: Session, world: World) -> None:
    pattern = fridays(session, world)
    leave(session, world, date(2026, 12, 9), date(2026, 12, 11))

    generated = made(session, world, date(2026, 12, 18))

    assert days(session, pattern) == [4, 18]
    assert [(skip.local_date, skip.reason) for skip in generated.skipped] == [
        (date(2026, 12, 11), SkipReason.ON_LEAVE)
    ]  # fmt: skip


def test_somebody_elses_leave_changes_nothing(session: Session, world: World) -> None:
    pattern = fridays(session, world)
    leave(session, world, date(2026, 12, 9), date(2026, 12, 11), staff_id=world.staff["presenter"].id)

    made(session, world, date(2026, 12, 18))

    assert days(session, pattern) == [4, 11, 18]


def test_no_session_is_made_on_a_bank_holiday(session: Session, world: World) -> None:
    pattern = fridays(session, world)

    generated = made(session, world, date(2027, 1, 1))

    assert days(session, pattern) == [4, 11, 18]
    assert {(skip.local_date, skip.reason) for skip in generated.skipped} == {
        (CHRISTMAS, SkipReason.BANK_HOLIDAY), (date(2027, 1, 1), SkipReason.BANK_HOLIDAY),
    }  # fmt: skip
    skipped = session.scalars(select(AuditEntry).where(AuditEntry.action == "session.skipped")).all()
    assert {entry.details["reason"] for entry in skipped} == {"bank-holiday"}


def test_a_clinic_may_run_on_bank_holidays(session: Session, world: World) -> None:
    world.clinic.runs_on_holidays = True
    pattern = fridays(session, world)

    assert made(session, world, CHRISTMAS).skipped == []
    assert days(session, pattern) == [4, 11, 18, 25]


def test_a_session_that_was_made_before_stays(session: Session, world: World) -> None:
    pattern = fridays(session, world)
    made(session, world, date(2026, 12, 18))

    leave(session, world, date(2026, 12, 9), date(2026, 12, 11))
    made(session, world, date(2026, 12, 18))

    assert days(session, pattern) == [4, 11, 18]
    assert world.clinic_session.status is SessionStatus.OPEN


def test_withdrawn_leave_gives_back_what_it_took(session: Session, world: World) -> None:
    pattern, admin = fridays(session, world), world.actor("admin")
    taken = leave(session, world, date(2026, 12, 8), date(2026, 12, 11))
    made(session, world, date(2026, 12, 18))
    sitting = service.keep(session, admin, world.clinic_session.id)
    service.shut(session, admin, sitting, CloseReason.ON_LEAVE)

    back = service.withdraw_leave(session, admin, taken.id)

    assert [found.id for found in back.reopened] == [world.clinic_session.id]
    assert {slot.state for slot in queries.slots(session, admin, world.clinic_session.id)} == {SlotState.FREE}
    assert days(session, pattern) == [4, 11, 18]
    assert queries.leave(session, admin, first=date(2026, 12, 1)) == []
    assert service.withdraw_leave(session, admin, taken.id).reopened == ()


def test_a_session_that_a_person_closed_stays_closed_when_leave_is_withdrawn(session: Session, world: World) -> None:
    admin = world.actor("admin")
    taken = leave(session, world, date(2026, 12, 8), date(2026, 12, 8))
    service.close_session(session, admin, world.clinic_session.id, "room")

    assert service.withdraw_leave(session, admin, taken.id).reopened == []
    assert world.clinic_session.status is SessionStatus.CLOSED


def test_leave_that_overlaps_is_refused_and_leave_that_follows_is_not(session: Session, world: World) -> None:
    leave(session, world, date(2026, 12, 7), date(2026, 12, 11))

    for first, last in ((11, 14), (1, 7), (8, 9), (1, 31)):
        with pytest.raises(service.LeaveOverlaps) as refusal:
            leave(session, world, date(2026, 12, first), date(2026, 12, last))
        assert refusal.value.context["field"] == "first_on"

    assert leave(session, world, date(2026, 12, 12), date(2026, 12, 12)).id
    assert leave(session, world, date(2026, 12, 1), date(2026, 12, 6)).id


def test_withdrawn_leave_is_in_nobodys_way(session: Session, world: World) -> None:
    first = leave(session, world, date(2026, 12, 7), date(2026, 12, 11))
    service.withdraw_leave(session, world.actor("admin"), first.id)

    assert leave(session, world, date(2026, 12, 7), date(2026, 12, 11)).id != first.id


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [
        (date(2026, 12, 8), date(2026, 12, 7), service.LeaveBackwards),
        (date(2026, 12, 8), date(2028, 12, 8), service.LeaveTooLong),
        (date(2026, 11, 2), date(2026, 11, 22), service.DayPast),
    ],
)
def test_impossible_leave_is_refused_at_its_last_day(
    session: Session, world: World, first: date, last: date, error: type[Exception]
) -> None:
    with pytest.raises(error) as refusal:
        leave(session, world, first, last)
    assert getattr(refusal.value, "field", None) == "last_on"


def test_sickness_that_began_last_week_can_be_written_down(session: Session, world: World) -> None:
    assert leave(session, world, date(2026, 11, 16), date(2026, 11, 27), kind=LeaveKind.SICK).id


def test_only_staff_of_the_service_are_given_leave_and_seen_away(session: Session, world: World) -> None:
    with pytest.raises(NotFound):
        leave(session, world, CHRISTMAS, CHRISTMAS, staff_id=world.staff["other_clinician"].id)
    taken = leave(session, world, CHRISTMAS, CHRISTMAS)

    with pytest.raises(NotFound):
        service.withdraw_leave(session, world.actor("other_admin"), taken.id)
    assert queries.leave(session, world.actor("other_admin"), first=CHRISTMAS) == []
    with pytest.raises(Forbidden):
        service.withdraw_leave(session, world.actor("clinician"), taken.id)


def test_leave_is_in_the_trail_by_its_id_and_kind_alone(session: Session, world: World) -> None:
    taken = leave(session, world, CHRISTMAS, CHRISTMAS + timedelta(days=3), kind=LeaveKind.SICK)

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "leave.added")).one()
    assert entry.details == {"leave": taken.id, "kind": "sick"}
