"""The week of the clinic book: rows, cells, what is free when a room is, and the page on both databases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cartref.appointments import service
from cartref.appointments.models import Mode
from cartref.clinics import service as clinics
from cartref.clinics.availability import Span
from cartref.clinics.models import ClinicSession, LeaveKind, Room, SessionStatus, Site, SiteHours, Slot, SlotState
from cartref.office.diary import Kind
from cartref.office.week import Book, by_room, days_shown, week_of, without
from tests.cartref.office.booking import ADDRESSES, book, slots
from tests.factories import World, make_clinic, make_patient

SignIn = Callable[..., FlaskClient]
WALES = ZoneInfo("Europe/London")
TUESDAY = date(2026, 12, 8)
NINE = datetime(2026, 12, 8, 9, tzinfo=UTC)


def moment(minutes: int) -> datetime:
    """Return a moment so many minutes after nine."""
    return NINE + timedelta(minutes=minutes)


# ---- Days and gaps


def test_a_week_runs_from_monday_to_sunday_whichever_day_is_asked_for() -> None:
    for day in (date(2026, 10, 19), date(2026, 10, 25)):
        assert week_of(day) == [date(2026, 10, 19) + timedelta(days=number) for number in range(7)]


def test_the_weekend_is_shown_as_far_as_something_is_on() -> None:
    days = week_of(TUESDAY)
    saturday, sunday = (ClinicSession(local_date=day) for day in days[5:])

    assert [day.weekday() for day in days_shown(days, [])] == [0, 1, 2, 3, 4]
    assert [day.weekday() for day in days_shown(days, [saturday])] == [0, 1, 2, 3, 4, 5]
    assert [day.weekday() for day in days_shown(days, [sunday])] == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("busy", "left"),
    [
        ([], [(0, 120)]),
        ([(30, 50)], [(0, 30), (50, 120)]),
        ([(0, 20), (20, 40)], [(40, 120)]),
        ([(30, 60), (40, 50)], [(0, 30), (60, 120)]),
        ([(-30, 10), (110, 200)], [(10, 110)]),
        ([(-30, 0), (120, 130)], [(0, 120)]),
        ([(0, 120)], []),
    ],
)
def test_what_is_left_between_busy_times(busy: list[tuple[int, int]], left: list[tuple[int, int]]) -> None:
    spans = [Span(moment(start), moment(end)) for start, end in busy]

    found = list(without(Span(moment(0), moment(120)), spans))

    assert found == [Span(moment(start), moment(end)) for start, end in left]


def test_a_room_is_free_while_its_place_is_open_and_a_clinic_runs() -> None:
    site = Site(id="site", name="Ysbyty Bryn Heli")
    room = Room(id="room", site_id="site", name="Video room 1", site=site)
    sitting = ClinicSession(
        id="one", local_date=TUESDAY, starts_at=moment(0), ends_at=moment(240), status=SessionStatus.OPEN
    )
    free = Slot(id="slot", session_id="one", starts_at=moment(60), ends_at=moment(80), state=SlotState.FREE)
    book_ = Book(
        [TUESDAY], WALES, NINE, [sitting], [free],
        busy={"room": [Span(moment(20), moment(40))]},
        hours=[
            SiteHours(site_id="site", weekday=1, opens_wall=time(9), closes_wall=time(11)),
            SiteHours(site_id="site", weekday=2, opens_wall=time(9), closes_wall=time(17)),
        ],
    )  # fmt: skip

    (row,) = by_room(book_, [room], named=True)

    assert row.name == "Ysbyty Bryn Heli: Video room 1"
    lines = [(line.kind, line.starts_at, line.ends_at) for line in row.cells[0].lines]
    assert lines == [
        (Kind.FREE, moment(0), moment(20)),
        (Kind.ELSEWHERE, moment(20), moment(40)),
        (Kind.FREE, moment(40), moment(120)),
    ]
    assert [line.slot.id if line.slot else None for line in row.cells[0].lines] == [None, None, "slot"]


# ---- The page


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be Monday 7 December 2026."""
    with time_machine.travel(datetime(2026, 12, 7, 10, tzinfo=UTC)):
        yield


def at_site(world: World) -> dict[str, Any]:
    """Return what makes a booking one at the community hospital."""
    return {"mode": Mode.VIDEO_SITE, "room_id": world.room.id, "presenter_id": world.staff["presenter"].id}


def page(clerk: FlaskClient, query: str = "") -> str:
    """Return the text of the week's page."""
    answer = clerk.get(f"/week{query}", follow_redirects=True)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_the_week_says_what_is_booked_held_and_free(sign_in: SignIn, session: Session, world: World) -> None:
    book(session, world, slot=0)
    book(session, world, slot=1, patient=1, held_until=datetime(2026, 12, 7, 12, tzinfo=UTC))

    text = page(sign_in("admin"))

    assert "7 to 11 December 2026" in text
    assert "1 session, 1 appointment, 1 time held for an answer, 10 free times" in text
    assert "Clinician Prydderch" in text
    assert f"/appointments/new?slot_id={slots(session, world.clinic_session)[2].id}" in text
    assert "No clinic" in text


def test_the_week_of_one_clinician_has_every_time_with_its_link(
    sign_in: SignIn, session: Session, world: World
) -> None:
    booked = book(session, world, slot=0)
    held = book(session, world, slot=1, patient=1, held_until=datetime(2026, 12, 7, 12, tzinfo=UTC))
    free = slots(session, world.clinic_session)[2]

    text = page(sign_in("admin"), f"?id={world.staff['clinician'].id}")

    assert f"/appointments/{booked.id}" in text
    assert f"/appointments/{booked.id}/move" in text
    assert f"/appointments/{held.id}" in text
    assert "Held for an answer" in text
    assert f"/appointments/new?slot_id={free.id}" in text
    assert f'data-slot="{free.id}"' in text


def test_the_week_by_site_has_who_is_seen_where_and_when_a_room_is_free(
    sign_in: SignIn, session: Session, world: World
) -> None:
    book(session, world, slot=0, **at_site(world))
    book(session, world, slot=3, patient=1)

    text = page(sign_in("admin"), "?by=site")

    assert "Ysbyty Bryn Heli" in text
    assert "Beside the patient: Presenter Prydderch" in text
    assert "At home: video or telephone" in text
    assert "9:20am to 1pm Free" in " ".join(text.split())


def test_the_rooms_of_one_site_have_their_own_rows(sign_in: SignIn, session: Session, world: World) -> None:
    hers = book(session, world, slot=3, **at_site(world))

    alone = page(sign_in("admin"), f"?by=site&id={world.spoke.id}")
    room = page(sign_in("admin"), f"?by=room&id={world.room.id}")

    for text in (alone, room):
        assert "Video room 1" in text
        assert f"/appointments/{hers.id}" in text
        assert "9am to 10am" in text


def test_another_services_use_of_a_person_or_room_is_seen_and_nothing_of_it(
    sign_in: SignIn, session: Session, world: World
) -> None:
    theirs = slots(session, world.other_session)[0]
    service.book(
        session, world.actor("other_admin"), addresses=ADDRESSES, slot_id=theirs.id, mode=Mode.VIDEO_SITE,
        patient_id=world.other_patient.id, room_id=world.room.id, presenter_id=world.staff["other_presenter"].id,
        idempotency_key="theirs",
    )  # fmt: skip
    session.commit()

    text = page(sign_in("admin"), "?by=room")

    assert "With another service" in text
    assert "Margaret" not in text


def test_leave_a_bank_holiday_and_a_closed_session_are_said_in_words(
    sign_in: SignIn, session: Session, world: World
) -> None:
    admin = world.actor("admin")
    book(session, world, slot=0)
    clinics.close_session(session, admin, world.clinic_session.id, "weather")
    clinics.add_leave(
        session, admin, staff_id=world.staff["clinician"].id, kind=LeaveKind.STUDY, first_on=date(2026, 12, 10),
        last_on=date(2026, 12, 25),
    )  # fmt: skip
    session.commit()
    clerk = sign_in("admin")

    text, christmas = page(clerk), page(clerk, "?date=2026-12-23")

    assert "Closed. Reason: The weather or the roads" in text
    assert "1 patient needs another time." in text
    assert "Study leave" in text
    assert "Bank holiday: Christmas Day" in christmas


def test_a_session_that_a_patterns_end_closed_is_seen_no_more(sign_in: SignIn, session: Session, world: World) -> None:
    admin = world.actor("admin")
    clinics.shut(
        session, admin, clinics.keep(session, admin, world.clinic_session.id), clinics.CloseReason.PATTERN_ENDED
    )
    session.commit()

    assert "9am to 1pm" not in page(sign_in("admin"))


@pytest.mark.parametrize(
    ("asked", "sunday", "first_hour"),
    [("2026-10-25", date(2026, 10, 25), 10), ("2027-03-28", date(2027, 3, 28), 9)],
)
def test_the_weeks_in_which_the_clocks_change_have_each_visit_on_its_day(
    sign_in: SignIn, session: Session, world: World, asked: str, sunday: date, first_hour: int
) -> None:
    world.clinic.name = "Not on Sundays"
    session.flush()
    early = datetime.combine(sunday, time(first_hour), WALES).astimezone(UTC)
    clinic, sitting = make_clinic(session, world.service, world.staff["clinician"], early, 3)
    late = datetime.combine(sunday, time(23, 20), WALES).astimezone(UTC)
    clinic.name = "Sunday"
    session.flush()
    night = make_clinic(session, world.service, world.staff["clinician"], late, 2)[1]
    session.commit()
    patient = world.patients[0].id
    with time_machine.travel(early - timedelta(days=3)):
        for slot in (slots(session, sitting)[0], slots(session, night)[1]):
            service.book(
                session, world.actor("admin"), addresses=ADDRESSES, slot_id=slot.id, patient_id=patient,
                mode=Mode.TELEPHONE, idempotency_key=slot.id,
            )  # fmt: skip
        session.commit()
        text = page(sign_in("admin"), f"?date={asked}&id={world.staff['clinician'].id}")

    hour = f"{first_hour}am Mrs Eluned Parry"
    assert "Sunday 25 October" in text or "Sunday 28 March" in text
    assert hour in " ".join(text.split())
    assert "11:40pm Mrs Eluned Parry" in " ".join(text.split())


def test_the_week_takes_as_many_queries_however_full_it_is(
    sign_in: SignIn, session: Session, world: World, count_queries: Any
) -> None:
    clerk = sign_in("admin")
    queries = ["", f"?id={world.staff['clinician'].id}", "?by=site", f"?by=site&id={world.spoke.id}", "?by=room"]
    book(session, world, slot=10, carer_ids=(world.carer.id,))
    book(session, world, slot=11, patient=1, **at_site(world))

    def counts() -> list[int]:
        found = []
        for query in queries:
            with count_queries() as counted:
                page(clerk, query)
            found.append(counted.count)
        return found

    before = counts()
    _fill(session, world)

    assert counts() == before


def _fill(session: Session, world: World) -> None:
    """Book half of the session, and make another clinic a day later."""
    for number in range(6):
        wish = at_site(world) if number % 2 else {}
        patient = make_patient(session, world.health_board, world.service, f"999000{number:04}")
        service.book(
            session, world.actor("admin"), addresses=ADDRESSES, slot_id=slots(session, world.clinic_session)[number].id,
            patient_id=patient.id, idempotency_key=f"fill {number}", **({"mode": Mode.TELEPHONE} | wish),
        )  # fmt: skip
    world.clinic.name = "First of two"
    session.flush()
    make_clinic(session, world.service, world.staff["clinician"], NINE + timedelta(days=1))
    session.commit()


def test_who_or_what_is_not_of_the_service_is_not_found(sign_in: SignIn, world: World) -> None:
    clerk = sign_in("admin")

    for query in (f"?id={world.staff['other_clinician'].id}", "?by=room&id=none", "?by=site&id=none"):
        assert clerk.get(f"/week{query}").status_code == 404


def test_nonsense_in_the_address_shows_this_week(sign_in: SignIn) -> None:
    assert "7 to 11 December 2026" in page(sign_in("admin"), "?by=colour&date=rubbish")


def test_whoever_may_only_read_is_offered_nothing_to_change(sign_in: SignIn, session: Session, world: World) -> None:
    book(session, world, slot=0)

    text = page(sign_in("clinician"), f"?id={world.staff['clinician'].id}")

    assert "Mrs Eluned Parry" in text
    assert "/move" not in text
    assert "/appointments/new" not in text


def test_the_week_in_welsh(sign_in: SignIn, session: Session, world: World) -> None:
    book(session, world, slot=0)

    text = page(sign_in("admin"), "?lang=cy")

    assert "7 i 11 Rhagfyr 2026" in text
    assert "1 sesiwn, 1 apwyntiad" in text
