"""What a search reads from the database, on both kinds, and how seldom it asks."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from cartref.appointments.finding import Found, Need, find
from cartref.appointments.models import Mode
from cartref.clinics.models import ClinicSession, Leave, LeaveKind, SessionStatus, SiteHours, Slot, SlotState
from tests.cartref.appointments.conftest import TODAY, Desk
from tests.cartref.appointments.finding.clinic import LONDON
from tests.factories import CREATED, World, make_clinic
from tests.year_of_clinics import fill, monday

MOST_QUERIES = 5
FIRST = datetime(2026, 12, 8, 9, tzinfo=UTC)  # of the small world's clinic


@pytest.fixture(autouse=True)
def today() -> Iterator[Any]:
    """Let it be the Tuesday before."""
    with time_machine.travel(TODAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(session: Session, world: World) -> Desk:
    """Return the booking desk of the first service."""
    return Desk(session, world, world.actor("admin"))


@pytest.fixture
def counting(engine: Engine) -> Callable[[], AbstractContextManager[list[str]]]:
    """Return a context that lists the statements that run in it."""

    @contextmanager
    def listing() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        yield statements
        event.remove(engine, "before_cursor_execute", note)

    return listing


def need(world: World, **values: Any) -> Need:
    given: dict[str, Any] = {
        "patient_id": world.patients[0].id, "mode": Mode.VIDEO_HOME, "now": TODAY, "zone": LONDON,
        "first_on": TODAY.date(),
    }  # fmt: skip
    return Need(**(given | values))


def search(desk: Desk, **values: Any) -> Found:
    desk.session.flush()
    return find(desk.session, desk.actor, need(desk.world, **values), count=20)


def another_clinic(desk: Desk, starts_at: datetime, slots: int) -> ClinicSession:
    """Return a session of another clinic of the same clinician's."""
    desk.world.clinic.name = "Another"
    desk.session.flush()
    return make_clinic(desk.session, desk.world.service, desk.world.staff["clinician"], starts_at, slots)[1]


def starts(found: Found) -> list[str]:
    return sorted(f"{offer.candidate.starts:%d %H:%M}" for offer in found.offers)


def test_every_free_time_of_the_clinic_is_found_and_no_other_services(desk: Desk) -> None:
    desk.book(0, patient=1)
    found = search(desk)
    assert len(found.offers) == 11
    assert "08 09:00" not in starts(found)
    assert {offer.candidate.sitting.clinic_id for offer in found.offers} == {desk.world.clinic.id}


def test_a_time_that_was_cancelled_is_found_again(desk: Desk) -> None:
    appointment = desk.book(0, patient=1)
    desk.cancel(appointment)
    assert "08 09:00" in starts(search(desk))


def test_a_time_that_is_held_for_an_answer_is_not_free(desk: Desk) -> None:
    desk.book(0, patient=1, held_until=TODAY + timedelta(hours=24))
    assert "08 09:00" not in starts(search(desk))


def test_a_closed_session_has_no_free_time(desk: Desk) -> None:
    desk.world.clinic_session.status = SessionStatus.CLOSED
    found = search(desk)
    assert (found.offers, found.free, found.gains) == ([], 0, [])


def test_the_patients_visits_with_another_service_count(desk: Desk, other_desk: Desk) -> None:
    from cartref.patients.models import CareRelationship

    eluned = desk.world.patients[0]
    desk.session.add(CareRelationship(patient_id=eluned.id, service_id=desk.world.other_service.id, created_at=CREATED))
    other_desk.book(slot_id=other_desk.slot(3, desk.world.other_session).id)  # at ten, for twenty minutes

    later = ("11:00", "11:20", "11:40", "12:00", "12:20", "12:40")
    assert starts(search(desk)) == ["08 09:00", *(f"08 {at}" for at in later)]


@pytest.fixture
def other_desk(session: Session, world: World) -> Desk:
    """Return the booking desk of the second service."""
    return Desk(session, world, world.actor("other_admin"))


def test_a_clinician_who_is_booked_elsewhere_is_busy(desk: Desk) -> None:
    second = another_clinic(desk, FIRST, 2)
    desk.book(patient=1, slot_id=desk.slot(0, second).id)

    assert "08 09:00" not in starts(search(desk))
    assert "08 09:20" in starts(search(desk))


def test_a_clinician_on_leave_is_away_until_the_leave_is_withdrawn(desk: Desk) -> None:
    leave = Leave(
        staff_id=desk.world.staff["clinician"].id, kind=LeaveKind.ANNUAL, first_on=date(2026, 12, 7),
        last_on=date(2026, 12, 11), created_at=CREATED,
    )  # fmt: skip
    desk.session.add(leave)
    assert search(desk).offers == []

    leave.withdrawn_at = TODAY
    assert len(search(desk).offers) == 12


def test_a_place_has_its_rooms_presenters_and_opening_hours(desk: Desk) -> None:
    desk.session.add(
        SiteHours(site_id=desk.world.spoke.id, weekday=1, opens_wall=time(9), closes_wall=time(10))
    )  # fmt: skip
    first = search(desk, mode=Mode.VIDEO_SITE).offers[0].candidate

    assert starts(search(desk, mode=Mode.VIDEO_SITE)) == ["08 09:00", "08 09:20", "08 09:40"]
    assert first.seat is not None
    assert first.seat.place.site == "Ysbyty Bryn Heli"
    assert first.seat.room == (desk.world.room.id, "Video room 1")
    assert first.seat.presenter is not None
    assert first.seat.presenter.staff_id == desk.world.staff["presenter"].id


def test_a_presenter_on_leave_and_a_room_in_use_are_not_to_be_had(desk: Desk) -> None:
    desk.book(0, patient=1, **desk.at_site())
    assert "08 09:00" not in starts(search(desk, mode=Mode.VIDEO_SITE))

    desk.session.add(
        Leave(
            staff_id=desk.world.staff["presenter"].id, kind=LeaveKind.SICK, first_on=FIRST.date(),
            last_on=FIRST.date(), created_at=CREATED,
        )
    )  # fmt: skip
    nobody = search(desk, mode=Mode.VIDEO_SITE)
    assert nobody.offers == []
    assert [gain.code for gain in nobody.gains] == ["home"]


def test_a_presenter_of_another_service_presents_none_of_our_patients(desk: Desk) -> None:
    offers = search(desk, mode=Mode.VIDEO_SITE).offers
    presenters = {offer.candidate.seat.presenter.staff_id for offer in offers if offer.candidate.seat}  # type: ignore[union-attr]
    assert presenters == {desk.world.staff["presenter"].id}


def test_frailty_asks_for_more_minutes_and_the_clinic_may_say_how_many(desk: Desk) -> None:
    assert search(desk, frailty=6).offers[0].minutes == 30
    desk.world.clinic.minutes_by_frailty = {"5-6": 45}
    assert search(desk, frailty=6).offers[0].minutes == 45


def test_when_eight_weeks_have_nothing_the_year_is_looked_at(desk: Desk) -> None:
    for slot in desk.session.scalars(select(Slot).where(Slot.session_id == desk.world.clinic_session.id)):
        slot.state = SlotState.BLOCKED
    another_clinic(desk, FIRST + timedelta(weeks=30), 2)

    found = search(desk)

    assert [f"{offer.candidate.starts:%Y-%m-%d}" for offer in found.offers] == ["2027-07-06", "2027-07-06"]
    assert found.until == TODAY.date() + timedelta(weeks=52)


def test_a_morning_in_summer_begins_at_the_same_wall_time(desk: Desk) -> None:
    summer = datetime(2027, 6, 8, 8, tzinfo=UTC)
    another_clinic(desk, summer, 1)

    found = search(desk, first_on=date(2027, 6, 1), not_before=time(9))

    assert starts(found) == ["08 09:00"]


@pytest.mark.parametrize("mode", [Mode.VIDEO_HOME, Mode.VIDEO_SITE])
def test_a_search_asks_five_times_at_most_however_much_there_is(
    desk: Desk, counting: Callable[[], AbstractContextManager[list[str]]], mode: Mode
) -> None:
    def asked(**values: Any) -> int:
        desk.session.flush()
        wanted = need(desk.world, mode=mode, **values)
        with counting() as statements:
            find(desk.session, desk.actor, wanted)
        return len(statements)

    small, nothing = asked(), asked(first_on=date(2027, 3, 1))
    fill(desk.session, desk.world, clinicians=2, weeks=2, first=monday())
    some = asked()
    fill(desk.session, desk.world, clinicians=20, weeks=4, first=monday() + timedelta(weeks=3))

    assert asked() == some == small <= nothing <= MOST_QUERIES
    assert asked(minutes=240, first_on=date(2027, 3, 1)) <= MOST_QUERIES
