"""Who helps a patient: added once, changed by one at a time, and ended on a day, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.audit.models import AuditEntry
from cartref.errors import Forbidden, NotFound, StaleVersion
from cartref.patients import carers, queries
from cartref.patients import hours as free_times
from cartref.patients.carers import CarerDetails
from cartref.patients.hours import FreeHours, HoursWrong
from cartref.patients.models import CareCircle, Carer, Consenting, Relationship
from tests.factories import World

RHIAN = CarerDetails(
    "Rhian", "Tegid", Relationship.DAUGHTER, Consenting.PATIENT, date(2026, 12, 1), email="Rhian@example.org"
)  # fmt: skip
MONDAY_MORNING = FreeHours(time(9), time(12), weekday=0)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Let it be Thursday 3 December 2026."""
    with time_machine.travel(datetime(2026, 12, 3, 10, tzinfo=UTC)):
        yield


def added(session: Session, world: World, patient: int = 1, details: CarerDetails = RHIAN) -> CareCircle:
    return carers.add(session, world.actor("admin"), world.patients[patient].id, details)


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_carer_is_added_once_and_ended(session: Session, world: World) -> None:
    hywel = world.patients[1]
    place = added(session, world)

    assert [one.carer.email for one in queries.carers(session, hywel.id)] == ["rhian@example.org"]
    carers.end(session, world.actor("admin"), hywel.id, place.id, date(2026, 12, 3))
    carers.end(session, world.actor("admin"), hywel.id, place.id, date(2026, 12, 3))
    assert list(queries.carers(session, hywel.id)) == []
    assert list(queries.former_carers(session, hywel.id)) == [place]
    assert actions(session) == ["carer.added", "carer.ended"]


def test_a_part_that_ended_some_days_ago_ends_on_that_day(session: Session, world: World) -> None:
    place = added(session, world)

    carers.end(session, world.actor("admin"), world.patients[1].id, place.id, date(2026, 12, 2))

    assert place.ended_at is not None
    assert place.ended_at.date() == date(2026, 12, 2)


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2026, 12, 4)])
def test_no_part_ends_before_it_was_agreed_or_after_today(session: Session, world: World, day: date) -> None:
    place = added(session, world)

    with pytest.raises(carers.EndWrong):
        carers.end(session, world.actor("admin"), world.patients[1].id, place.id, day)


def test_a_carer_whom_nobody_can_reach_is_refused(session: Session, world: World) -> None:
    before = len(session.scalars(select(Carer)).all())

    with pytest.raises(carers.CarerWrong):
        added(session, world, details=replace(RHIAN, email=" "))

    assert len(session.scalars(select(Carer)).all()) == before


def test_a_mobile_is_enough_to_reach_a_carer(session: Session, world: World) -> None:
    place = added(session, world, details=replace(RHIAN, email="", mobile="07700 900555"))

    assert place.carer.mobile == "07700 900555"


def test_a_carer_of_another_patient_is_not_touched_here(session: Session, world: World) -> None:
    (place,) = queries.carers(session, world.patients[0].id)
    clerk, hywel = world.actor("admin"), world.patients[1].id

    with pytest.raises(NotFound):
        carers.end(session, clerk, hywel, place.id, date(2026, 12, 3))
    with pytest.raises(NotFound):
        carers.change(session, clerk, hywel, place.id, version=1, details=RHIAN, hours=[])


@pytest.mark.parametrize(("who", "error"), [("clinician", Forbidden), ("other_admin", NotFound)])
def test_nobody_else_changes_a_carer(session: Session, world: World, who: str, error: type[Exception]) -> None:
    (place,) = queries.carers(session, world.patients[0].id)
    stranger, eluned = world.actor(who), world.patients[0].id

    with pytest.raises(error):
        carers.change(session, stranger, eluned, place.id, version=1, details=RHIAN, hours=[])
    with pytest.raises(error):
        carers.end(session, stranger, eluned, place.id, date(2026, 12, 3))
    with pytest.raises(error):
        carers.add(session, stranger, eluned, RHIAN)


def test_a_daughter_of_two_patients_is_one_person(session: Session, world: World) -> None:
    first = added(session, world)
    second = added(session, world, 2, replace(RHIAN, given_name="rhian", telephone="01632 960001"))

    assert first.carer_id == second.carer_id
    assert second.carer.telephone == "01632 960001"


def test_a_number_is_hers_whether_it_was_written_as_a_mobile_or_not(session: Session, world: World) -> None:
    first = added(session, world, details=replace(RHIAN, email="", mobile="07700 900555"))
    second = added(session, world, 2, replace(RHIAN, email="", telephone="07700 900555"))

    assert first.carer_id == second.carer_id


def test_a_carer_is_not_listed_twice_beside_one_patient(session: Session, world: World) -> None:
    added(session, world)
    with pytest.raises(carers.CarerKnown):
        added(session, world)


def test_a_carer_whose_place_ended_may_take_it_again_with_a_new_consent(session: Session, world: World) -> None:
    place = added(session, world)
    carers.end(session, world.actor("admin"), world.patients[1].id, place.id, date(2026, 12, 3))

    again = added(session, world, details=replace(RHIAN, may_join=True))

    assert again.id == place.id
    assert [one.may_join for one in queries.carers(session, world.patients[1].id)] == [True]


def test_everything_about_a_carer_can_be_changed_and_what_did_is_written_down(session: Session, world: World) -> None:
    (place,) = queries.carers(session, world.patients[0].id)
    wanted = replace(
        carers.details_of(place), family_name="Parry-Rees", mobile="07700 900555", may_arrange=True,
        relationship_kind=Relationship.ATTORNEY, consented_by=Consenting.ATTORNEY, consented_on=date(2026, 12, 2),
        wants_invitation=True,
    )  # fmt: skip

    carers.change(
        session, world.actor("admin"), world.patients[0].id, place.id, version=1, details=wanted, hours=[MONDAY_MORNING]
    )

    session.expire_all()
    assert carers.details_of(place) == wanted
    assert list(free_times.of_carer(session, place.carer_id)) == [MONDAY_MORNING]
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "carer.changed"))
    assert entry.details["fields"] == [
        "consented_by", "consented_on", "family_name", "hours", "may_arrange", "mobile", "relationship_kind",
        "wants_invitation",
    ]  # fmt: skip


def test_whatever_was_changed_of_a_carer_the_version_counts_it(session: Session, world: World) -> None:
    (place,) = queries.carers(session, world.patients[0].id)
    clerk, eluned, same = world.actor("admin"), world.patients[0].id, carers.details_of(place)
    change = dict[str, CarerDetails](details=same)

    carers.change(session, clerk, eluned, place.id, version=1, **change, hours=[])
    carers.change(session, clerk, eluned, place.id, version=1, details=replace(same, may_arrange=True), hours=[])
    carers.change(
        session, clerk, eluned, place.id, version=2, details=replace(same, may_arrange=True), hours=[MONDAY_MORNING]
    )

    assert place.carer.version == 3
    with pytest.raises(StaleVersion):
        carers.change(session, clerk, eluned, place.id, version=2, **change, hours=[])


def test_the_carers_free_times_are_kept_in_order_and_replaced(session: Session, world: World) -> None:
    catrin = world.carer.id
    afternoon, single = FreeHours(time(14), time(16), weekday=0), FreeHours(time(9), time(10), on=date(2026, 12, 8))

    assert list(free_times.of_carer(session, catrin)) == []
    assert free_times.replace(session, catrin, [single, afternoon, MONDAY_MORNING])
    assert free_times.of_carer(session, catrin) == [MONDAY_MORNING, afternoon, single]
    assert not free_times.replace(session, catrin, [MONDAY_MORNING, afternoon, single])
    assert free_times.replace(session, catrin, [afternoon])
    assert free_times.of_carer(session, catrin) == [afternoon]


@pytest.mark.parametrize(
    "hours",
    [
        [FreeHours(time(12), time(12), weekday=0)],
        [MONDAY_MORNING, FreeHours(time(11), time(13), weekday=0)],
        [FreeHours(time(13), time(9), on=date(2026, 12, 8))],
    ],
)
def test_free_times_follow_each_other(session: Session, world: World, hours: list[FreeHours]) -> None:
    with pytest.raises(HoursWrong):
        free_times.replace(session, world.carer.id, hours)


def test_the_same_hours_on_two_weekdays_do_not_meet(session: Session, world: World) -> None:
    hours = [
        MONDAY_MORNING,
        FreeHours(time(9), time(12), weekday=1),
        FreeHours(time(9), time(12), on=date(2026, 12, 8)),
    ]
    free_times.replace(session, world.carer.id, hours)

    assert len(free_times.of_carer(session, world.carer.id)) == 3
