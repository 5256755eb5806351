"""How a clinic books and reminds, its overbooking lanes, and the hours of places."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.clinics import queries, service
from cartref.clinics.models import ClinicSession
from cartref.errors import ClinicError, Forbidden, NotFound
from tests.factories import World

WEDNESDAY = 2


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)) as traveller:
        yield traveller


def adjust(session: Session, world: World, **wanted: Any) -> service.Generated:
    """Adjust the clinic; what is not said is as usual."""
    usual: dict[str, Any] = {
        "minutes_by_frailty": {}, "letter_days": 10, "runs_on_holidays": False, "reminder_hours": (168, 48, 1),
    }  # fmt: skip
    return service.adjust_clinic(session, world.actor("admin"), world.clinic.id, **(usual | wanted))


# ---- Settings


def test_only_what_differs_from_the_usual_is_kept(session: Session, world: World) -> None:
    adjust(session, world, minutes_by_frailty={"1-4": 20, "5-6": 45, "7-9": None}, letter_days=14)

    assert world.clinic.minutes_by_frailty == {"5-6": 45}
    assert world.clinic.letter_days == 14
    assert world.clinic.reminders == {}


def test_reminders_are_ordered_and_may_be_none(session: Session, world: World) -> None:
    assert service.reminder_hours(world.clinic) == (168, 48, 1)

    adjust(session, world, reminder_hours=[2, 72, 2])
    assert service.reminder_hours(world.clinic) == (72, 2)

    adjust(session, world, reminder_hours=[])
    assert service.reminder_hours(world.clinic) == ()


def test_a_clinic_that_takes_to_bank_holidays_gets_the_sessions_it_went_without(session: Session, world: World) -> None:
    pattern = service.add_pattern(
        session, world.actor("admin"), world.clinic.id, world.staff["clinician"].id, 4, time(9), time(12),
        date(2026, 12, 18), date(2027, 1, 8),
    )  # fmt: skip
    service.generate_sessions(session, world.actor("admin"), date(2026, 12, 31))

    made = adjust(session, world, runs_on_holidays=True)

    assert [sitting.local_date for sitting in made.sessions] == [date(2026, 12, 25)]
    query = select(ClinicSession.local_date).where(ClinicSession.pattern_id == pattern.id)
    assert sorted(session.scalars(query)) == [date(2026, 12, 18), date(2026, 12, 25)]  # January comes in its turn
    assert adjust(session, world, runs_on_holidays=True).sessions == []


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"minutes_by_frailty": {"5-6": 4}}, "5-6"),
        ({"minutes_by_frailty": {"7-9": 241}}, "7-9"),
        ({"letter_days": -1}, "letter_days"),
        ({"letter_days": 61}, "letter_days"),
        ({"reminder_hours": [0]}, "reminder_hours"),
        ({"reminder_hours": [1345]}, "reminder_hours"),
        ({"reminder_hours": [1, 2, 3, 4, 5, 6, 7]}, "reminder_hours"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    session: Session, world: World, wanted: dict[str, Any], field: str
) -> None:
    with pytest.raises(ClinicError) as refusal:
        adjust(session, world, **wanted)
    assert getattr(refusal.value, "field", None) == field


# ---- Overbooking lanes


def test_a_lane_is_added_ended_and_begun_anew(session: Session, world: World) -> None:
    admin, clinic = world.actor("admin"), world.clinic.id
    lane = service.add_lane(session, admin, clinic, "  Urgent   chest pain ", 2)

    assert [(found.name, found.cap) for found in queries.lanes(session, admin, clinic)] == [("Urgent chest pain", 2)]
    with pytest.raises(service.NameTaken):
        service.add_lane(session, admin, clinic, "Urgent chest pain", 1)

    service.end_lane(session, admin, lane.id)
    assert queries.lanes(session, admin, clinic) == []
    assert service.add_lane(session, admin, clinic, "Urgent chest pain", 1).id == lane.id
    assert [found.cap for found in queries.lanes(session, admin, clinic)] == [1]


@pytest.mark.parametrize(
    ("name", "cap", "error"),
    [
        ("", 1, service.NameMissing),
        ("n" * 81, 1, service.NameMissing),
        ("Urgent", 0, service.CapWrong),
        ("Urgent", 9, service.CapWrong),
        ("Urgent", None, service.CapWrong),
    ],
)
def test_a_lane_needs_a_name_and_a_cap(
    session: Session, world: World, name: str, cap: int | None, error: type[ClinicError]
) -> None:
    with pytest.raises(error):
        service.add_lane(session, world.actor("admin"), world.clinic.id, name, cap)


def test_another_service_has_no_say_in_a_lane(session: Session, world: World) -> None:
    lane = service.add_lane(session, world.actor("admin"), world.clinic.id, "Urgent", 1)

    with pytest.raises(NotFound):
        service.add_lane(session, world.actor("other_admin"), world.clinic.id, "Theirs", 1)
    with pytest.raises(NotFound):
        service.end_lane(session, world.actor("other_admin"), lane.id)
    with pytest.raises(Forbidden):
        service.end_lane(session, world.actor("clinician"), lane.id)
    assert queries.lanes(session, world.actor("other_admin"), world.clinic.id) == []


# ---- Hours of a place


def test_a_place_has_hours_morning_and_afternoon(session: Session, world: World) -> None:
    admin, site = world.actor("admin"), world.spoke.id
    for opens, closes in ((13, 17), (9, 12)):
        service.add_hours(session, admin, site, weekday=WEDNESDAY, opens_wall=time(opens), closes_wall=time(closes))

    found = queries.site_hours(session, [site])
    assert [(hours.opens_wall.hour, hours.closes_wall.hour) for hours in found] == [(9, 12), (13, 17)]

    service.remove_hours(session, admin, site, found[0].id)
    assert [hours.opens_wall for hours in queries.site_hours(session, [site])] == [time(13)]
    with pytest.raises(NotFound):
        service.remove_hours(session, admin, world.hub.id, found[1].id)


def test_hours_that_overlap_or_run_backwards_are_refused(session: Session, world: World) -> None:
    admin, site = world.actor("admin"), world.spoke.id
    service.add_hours(session, admin, site, weekday=WEDNESDAY, opens_wall=time(9), closes_wall=time(12))

    with pytest.raises(service.HoursOverlap):
        service.add_hours(session, admin, site, weekday=WEDNESDAY, opens_wall=time(11), closes_wall=time(14))
    with pytest.raises(service.HoursWrong):
        service.add_hours(session, admin, site, weekday=WEDNESDAY, opens_wall=time(14), closes_wall=time(14))
    with pytest.raises(Forbidden):
        service.add_hours(
            session, world.actor("clinician"), site, weekday=0, opens_wall=time(9), closes_wall=time(12)
        )  # fmt: skip
    assert service.add_hours(session, admin, site, weekday=WEDNESDAY, opens_wall=time(12), closes_wall=time(14)).id
