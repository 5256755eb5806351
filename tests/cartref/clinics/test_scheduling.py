"""From pattern to sessions and slots, through the nights on which the clocks change."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from cartref.audit.models import AuditEntry
from cartref.clinics import queries, service
from cartref.clinics.models import ClinicPattern, ClinicSession, Slot
from cartref.clinics.service import SkipReason
from cartref.errors import Forbidden, Invalid, NotFound
from tests.factories import World

SPRING, AUTUMN, NEXT_SPRING = date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28)
SUNDAY, TUESDAY = 6, 1


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC)) as traveller:
        yield traveller


@pytest.mark.parametrize(
    ("before", "after", "hours"),
    [
        (date(2026, 3, 24), date(2026, 3, 31), (9, 8)),
        (date(2026, 10, 20), date(2026, 10, 27), (8, 9)),
        (date(2027, 3, 23), date(2027, 3, 30), (9, 8)),
    ],
)
def test_a_clinic_begins_at_nine_on_the_wall_before_and_after_the_clocks_change(
    session: Session, world: World, before: date, after: date, hours: tuple[int, int]
) -> None:
    _pattern(session, world, from_date=before)

    made = service.generate_sessions(session, world.actor("admin"), after).sessions

    assert [(sitting.local_date, sitting.starts_at.hour) for sitting in made] == [(before, hours[0]), (after, hours[1])]
    assert all(sitting.ends_at - sitting.starts_at == timedelta(hours=3) for sitting in made)


def test_a_session_has_the_whole_slots_that_fit(session: Session, world: World) -> None:
    _pattern(session, world, end_wall=time(10, 30))

    sitting = service.generate_sessions(session, world.actor("admin"), date(2026, 3, 3)).sessions[0]

    assert [slot.starts_at.minute for slot in sitting.slots] == [0, 20, 40, 0]
    assert len(sitting.slots) == 4


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (SPRING, SkipReason.CLOCKS_FORWARD),
        (AUTUMN, SkipReason.CLOCKS_BACK),
        (NEXT_SPRING, SkipReason.CLOCKS_FORWARD),
    ],
)
def test_a_pattern_skips_the_night_of_the_clocks_loudly(
    session: Session, world: World, day: date, reason: SkipReason
) -> None:
    first = day - timedelta(days=7)
    pattern = _pattern(session, world, weekday=SUNDAY, start_wall=time(1, 30), from_date=first)

    made = service.generate_sessions(session, world.actor("admin"), day + timedelta(days=7))

    assert [sitting.local_date for sitting in made.sessions] == [first, day + timedelta(days=7)]
    assert [(skipped.local_date, skipped.reason) for skipped in made.skipped] == [(day, reason)]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "session.skipped")).one()
    assert entry.details == {"pattern": pattern.id, "day": day.isoformat(), "reason": reason.value}


def test_what_was_made_or_skipped_once_is_neither_again(session: Session, world: World) -> None:
    _pattern(session, world, weekday=SUNDAY, start_wall=time(1, 30), from_date=SPRING)
    service.generate_sessions(session, world.actor("admin"), AUTUMN)

    again = service.generate_sessions(session, world.actor("admin"), AUTUMN)

    assert (again.sessions, again.skipped) == ([], [])


def test_a_later_run_goes_on_where_the_last_one_stopped(session: Session, world: World) -> None:
    _pattern(session, world, week_interval=2)
    service.generate_sessions(session, world.actor("admin"), date(2026, 3, 20))

    more = service.generate_sessions(session, world.actor("admin"), date(2026, 4, 3))

    assert [sitting.local_date for sitting in more.sessions] == [date(2026, 3, 31)]


def test_days_that_are_over_are_not_made(session: Session, world: World) -> None:
    _pattern(session, world, from_date=date(2026, 1, 6))

    made = service.generate_sessions(session, world.actor("admin"), date(2026, 3, 12))

    assert [sitting.local_date for sitting in made.sessions] == [date(2026, 3, 3), date(2026, 3, 10)]


def test_a_pattern_that_has_ended_makes_no_more(session: Session, world: World) -> None:
    pattern = _pattern(session, world)
    service.end_pattern(session, world.actor("admin"), pattern.id, date(2026, 3, 12))

    made = service.generate_sessions(session, world.actor("admin"), date(2026, 5, 1))

    assert [sitting.local_date for sitting in made.sessions] == [date(2026, 3, 3), date(2026, 3, 10)]


def test_a_clinician_is_not_given_two_clinics_at_once_by_patterns(session: Session, world: World) -> None:
    _pattern(session, world)
    _pattern(session, world, start_wall=time(11), end_wall=time(13))

    made = service.generate_sessions(session, world.actor("admin"), date(2026, 3, 3))

    assert len(made.sessions) == 1
    assert [skipped.reason for skipped in made.skipped] == [SkipReason.CLINICIAN_HAS_CLINIC]


def test_two_runs_at_once_make_each_session_once(session: Session, engine: Engine, world: World) -> None:
    _pattern(session, world)
    actor, start = world.actor("admin"), Barrier(4)
    before = session.scalar(select(func.count()).select_from(ClinicSession)) or 0
    session.commit()

    def run() -> None:
        with Session(engine) as own:
            start.wait()
            service.generate_sessions(own, actor, date(2026, 5, 1))
            own.commit()

    runs = [Thread(target=run) for _run in range(4)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()

    assert session.scalar(select(func.count()).select_from(ClinicSession)) == before + 9


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"weekday": 7}, "weekday"),
        ({"week_interval": 0}, "week_interval"),
        ({"week_interval": 9}, "week_interval"),
        ({"to_date": date(2026, 3, 1)}, "to_date"),
        ({"end_wall": time(9, 10)}, "end_wall"),
        ({"end_wall": time(8)}, "end_wall"),
    ],
)
def test_a_pattern_that_makes_no_sense_is_refused_on_its_field(
    session: Session, world: World, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        _pattern(session, world, **values)

    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("day", "start", "end", "fault", "field"),
    [
        (SPRING, time(1, 30), time(4), service.ClocksGoForward, "start_wall"),
        (SPRING, time(0, 30), time(1, 30), service.ClocksGoForward, "end_wall"),
        (AUTUMN, time(1, 30), time(4), service.ClocksGoBack, "start_wall"),
        (AUTUMN, time(0, 30), time(1, 30), service.ClocksGoBack, "end_wall"),
        (NEXT_SPRING, time(1, 30), time(4), service.ClocksGoForward, "start_wall"),
        (date(2026, 3, 10), time(9), time(9, 15), service.EndsTooSoon, "end_wall"),
        (date(2026, 3, 10), time(9), time(8), service.EndsTooSoon, "end_wall"),
        (date(2026, 3, 1), time(9), time(12), service.DayPast, "local_date"),
    ],
)
def test_a_single_session_that_can_not_be_held_is_refused_on_its_field(
    session: Session, world: World, day: date, start: time, end: time, fault: type[Invalid], field: str
) -> None:
    with pytest.raises(fault) as refusal:
        _open(session, world, day, start, end)

    assert refusal.value.field == field
    assert refusal.value.code in service.ERROR_WORDS


def test_a_session_over_the_night_of_the_clocks_is_as_long_as_it_really_is(session: Session, world: World) -> None:
    spring = _open(session, world, SPRING, time(0, 30), time(3))
    autumn = _open(session, world, AUTUMN, time(0, 30), time(3))

    assert spring.ends_at - spring.starts_at == timedelta(hours=1, minutes=30)
    assert len(spring.slots) == 4
    assert autumn.ends_at - autumn.starts_at == timedelta(hours=3, minutes=30)
    assert len(autumn.slots) == 10


def test_today_is_the_day_on_the_walls_of_wales(session: Session, world: World, today: Any) -> None:
    today.move_to(datetime(2026, 7, 1, 23, 30, tzinfo=UTC))  # half past midnight of 2 July in Wales

    with pytest.raises(service.DayPast):
        _open(session, world, date(2026, 7, 1), time(9), time(12))
    assert _open(session, world, date(2026, 7, 2), time(9), time(12)).local_date == date(2026, 7, 2)


def test_only_the_services_own_clinicians_hold_its_clinics(session: Session, world: World) -> None:
    with pytest.raises(NotFound):
        _pattern(session, world, clinician_id=world.staff["other_clinician"].id)
    with pytest.raises(NotFound):
        _pattern(session, world, clinician_id=world.staff["presenter"].id)
    with pytest.raises(NotFound):
        _pattern(session, world, clinic_id=world.other_clinic.id)


def test_only_staff_who_may_change_clinics_do(session: Session, world: World) -> None:
    with pytest.raises(Forbidden):
        service.open_session(
            session, world.actor("clinician"), world.clinic.id, world.staff["clinician"].id, SPRING, time(9), time(12)
        )


def test_another_services_patterns_are_left_alone(session: Session, world: World) -> None:
    _pattern(session, world)

    assert service.generate_sessions(session, world.actor("other_admin"), date(2026, 5, 1)).sessions == []
    with pytest.raises(NotFound):
        pattern = session.scalars(select(ClinicPattern)).one()
        service.end_pattern(session, world.actor("other_admin"), pattern.id, date(2026, 5, 1))


def test_sessions_and_their_free_slots_are_read_by_day(session: Session, world: World) -> None:
    actor, day = world.actor("admin"), date(2026, 12, 8)

    found = queries.sessions(session, actor, first=day, last=day)

    assert list(found) == [world.clinic_session]
    assert queries.free_counts(session, actor, [world.clinic_session.id, world.other_session.id]) == {
        world.clinic_session.id: 12
    }


def _pattern(session: Session, world: World, **values: Any) -> ClinicPattern:
    given: dict[str, Any] = {
        "clinic_id": world.clinic.id, "clinician_id": world.staff["clinician"].id, "weekday": TUESDAY,
        "start_wall": time(9), "end_wall": time(12), "from_date": date(2026, 3, 3),
    }  # fmt: skip
    pattern = given | values
    if "start_wall" in values and "end_wall" not in values:
        start = pattern["start_wall"]
        pattern["end_wall"] = start.replace(hour=start.hour + 3)
    return service.add_pattern(session, world.actor("admin"), **pattern)


def _open(session: Session, world: World, day: date, start: time, end: time) -> ClinicSession:
    sitting = service.open_session(
        session, world.actor("admin"), world.clinic.id, world.staff["clinician"].id, day, start, end
    )
    assert session.scalars(select(Slot).where(Slot.session_id == sitting.id)).all() == sitting.slots
    return sitting
