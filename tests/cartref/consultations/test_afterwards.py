"""What follows from an outcome: the waiting time, the waiting list, and the review."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments import service as appointments
from cartref.appointments.models import Appointment
from cartref.clinics.models import Slot, SlotState
from cartref.consultations import service
from cartref.consultations.codes import Attendance, Ending, Outcome
from cartref.referrals import service as referrals
from cartref.referrals.models import EntryKind, EntryStatus, Priority, Referral, WaitingEntry
from cartref.referrals.waiting_time import ClockState, waited
from tests.cartref.consultations.conftest import ADDRESSES, encounter_of
from tests.factories import World, make_referral

Book = Callable[..., Appointment]
SignIn = Callable[[str], FlaskClient]
DAY = date(2026, 12, 8)
SEEN = {"ending": Ending.SEEN, "attendance": Attendance.ON_TIME, "outcome": Outcome.CLOCK_GOES_ON}
NO_LINE = {"ending": Ending.COULD_NOT_CONNECT, "attendance": None, "outcome": Outcome.CLOCK_GOES_ON}


@pytest.fixture
def referral(session: Session, world: World, at_the_clinic: object) -> Referral:
    """Return a referral that was received ten weeks before the visit."""
    return make_referral(session, world, received_on=DAY - timedelta(weeks=10), priority=Priority.URGENT)


def line(session: Session, kind: EntryKind = EntryKind.NEW) -> WaitingEntry:
    query = select(WaitingEntry).where(WaitingEntry.kind == kind).execution_options(populate_existing=True)
    return session.scalars(query).one()


def reviews(session: Session) -> list[tuple[date | None, EntryStatus]]:
    query = select(WaitingEntry.due_on, WaitingEntry.status).where(WaitingEntry.kind == EntryKind.REVIEW)
    return [(row[0], row[1]) for row in session.execute(query)]


def finish(session: Session, world: World, appointment: Appointment, **told: Any) -> None:
    encounter = service.ensure_encounter(session, appointment)
    correct = encounter.ending is not None
    service.finish(session, world.actor("clinician"), encounter.id, correct=correct, **told)
    session.commit()


def test_an_outcome_stops_the_clock_of_the_referral_that_was_booked_for(
    session: Session, world: World, referral: Referral, book: Book
) -> None:
    visit = book(waiting_entry_id=line(session).id)

    finish(session, world, visit, **SEEN | {"outcome": Outcome.CLOCK_STOPS})

    found = waited(referral.ticks, DAY + timedelta(weeks=4))
    assert (found.state, found.weeks) == (ClockState.STOPPED, 10)
    assert (referral.ticks[-1].code, referral.ticks[-1].appointment_id) == ("5", visit.id)


def test_a_corrected_outcome_replaces_what_the_first_did_to_the_clock(
    session: Session, world: World, referral: Referral, book: Book
) -> None:
    visit = book(waiting_entry_id=line(session).id)
    finish(session, world, visit, **SEEN | {"outcome": Outcome.CLOCK_STOPS})

    finish(session, world, visit, **SEEN)

    assert waited(referral.ticks, DAY).state is ClockState.RUNNING
    assert len(referral.ticks) == 2


def test_see_again_in_six_weeks_puts_one_review_on_the_list(
    session: Session, world: World, referral: Referral, book: Book
) -> None:
    visit = book(waiting_entry_id=line(session).id)

    finish(session, world, visit, **SEEN, review_weeks=6)

    review = line(session, EntryKind.REVIEW)
    assert (review.due_on, review.status) == (DAY + timedelta(weeks=6), EntryStatus.WAITING)
    assert (review.priority, review.referral_id) == (Priority.URGENT, referral.id)
    assert (review.clinic_id, review.clinician_id) == (world.clinic.id, world.staff["clinician"].id)
    assert encounter_of(session, visit).review_weeks == 6
    assert line(session).status is EntryStatus.BOOKED


def test_a_corrected_review_moves_and_one_that_is_not_wanted_any_more_comes_off(
    session: Session, world: World, book: Book
) -> None:
    visit = book()
    finish(session, world, visit, **SEEN, review_weeks=6)

    finish(session, world, visit, **SEEN, review_weeks=13)
    moved = reviews(session)
    finish(session, world, visit, **SEEN)

    assert moved == [(DAY + timedelta(weeks=13), EntryStatus.WAITING)]
    assert reviews(session) == [(DAY + timedelta(weeks=13), EntryStatus.REMOVED)]


def test_who_did_not_attend_is_seen_again_only_when_that_is_chosen(session: Session, world: World, book: Book) -> None:
    absent = {"ending": Ending.DID_NOT_ATTEND, "attendance": None, "outcome": Outcome.CLOCK_GOES_ON}
    first, second = book(0), book(1)

    finish(session, world, first, **absent)
    finish(session, world, second, **absent, review_weeks=2)

    assert reviews(session) == [(DAY + timedelta(weeks=2), EntryStatus.WAITING)]


def test_a_line_that_failed_lets_the_patient_wait_again_where_she_stood(
    session: Session, world: World, referral: Referral, book: Book
) -> None:
    visit = book(waiting_entry_id=line(session).id)

    finish(session, world, visit, **NO_LINE)

    assert (line(session).status, line(session).waiting_since) == (EntryStatus.WAITING, DAY - timedelta(weeks=10))
    assert reviews(session) == []


def test_a_line_that_failed_is_booked_again_by_the_day_that_was_chosen(
    session: Session, world: World, referral: Referral, book: Book
) -> None:
    visit = book(waiting_entry_id=line(session).id)

    finish(session, world, visit, **NO_LINE, review_weeks=2)

    assert (line(session).status, line(session).due_on) == (EntryStatus.WAITING, DAY + timedelta(weeks=2))
    assert reviews(session) == []


def test_a_line_that_failed_loses_nobody_who_was_not_on_the_list(session: Session, world: World, book: Book) -> None:
    finish(session, world, book(), **NO_LINE)

    assert reviews(session) == [(DAY, EntryStatus.WAITING)]


def test_seen_after_all_she_waits_no_more(session: Session, world: World, referral: Referral, book: Book) -> None:
    visit = book(waiting_entry_id=line(session).id)
    finish(session, world, visit, **NO_LINE)

    finish(session, world, visit, **SEEN)

    assert line(session).status is EntryStatus.BOOKED


def test_what_is_booked_again_meanwhile_stays_booked_when_the_outcome_is_corrected(
    session: Session, world: World, referral: Referral, book: Book, at_the_clinic: Any
) -> None:
    visit = book(waiting_entry_id=line(session).id)
    finish(session, world, visit, **NO_LINE)
    at_the_clinic.shift(timedelta(minutes=1))
    free = session.scalars(
        select(Slot).where(Slot.session_id == visit.session_id, Slot.state == SlotState.FREE)
    ).first()
    assert free is not None
    appointments.book(
        session, world.actor("admin"), addresses=ADDRESSES, slot_id=free.id, patient_id=visit.patient_id,
        mode=visit.mode, idempotency_key="again", waiting_entry_id=line(session).id,
    )  # fmt: skip
    session.commit()

    finish(session, world, visit, **NO_LINE, review_weeks=2)

    assert (line(session).status, line(session).due_on) == (EntryStatus.BOOKED, None)


def test_a_patient_who_has_died_is_not_to_be_seen_again(session: Session, world: World, book: Book) -> None:
    visit = book()
    world.patients[0].deceased_on = DAY
    session.commit()

    finish(session, world, visit, **SEEN, review_weeks=6)

    assert reviews(session) == []


@pytest.mark.parametrize("weeks", [0, 105])
def test_nobody_is_seen_again_after_so_many_weeks(session: Session, world: World, book: Book, weeks: int) -> None:
    with pytest.raises(service.ReviewWrong):
        finish(session, world, book(), **SEEN, review_weeks=weeks)


@pytest.mark.parametrize(
    ("typed", "weeks", "words"),
    [
        ({"review": "0"}, None, "Not again"),
        ({"review": "13"}, 13, "3 months"),
        ({"review": "other", "review_weeks": "9"}, 9, "9 weeks"),
        ({"review_weeks": "9"}, 9, "9 weeks"),
    ],
)
def test_the_clinician_says_when_to_see_her_again(
    session: Session, book: Book, sign_in: SignIn, typed: dict[str, str], weeks: int | None, words: str
) -> None:
    visit = book()

    page = sign_in("clinician").post(f"/consultation/{visit.id}/outcome", data=SEEN | typed, follow_redirects=True)

    assert words in page.text
    assert encounter_of(session, visit).review_weeks == weeks


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Choose when the patient is seen again"),
        ({"review": "7"}, "Choose when the patient is seen again"),
        ({"review": "other"}, "Enter a number of weeks from 1 to 104"),
        ({"review": "other", "review_weeks": "soon"}, "Enter a number of weeks from 1 to 104"),
        ({"review": "other", "review_weeks": "105"}, "Enter a number of weeks from 1 to 104"),
    ],
)
def test_after_a_visit_it_is_asked_when_to_see_her_again(
    book: Book, sign_in: SignIn, typed: dict[str, str], words: str
) -> None:
    page = sign_in("clinician").post(f"/consultation/{book().id}/outcome", data=SEEN | typed)

    assert page.status_code == 422
    assert words in page.text
    assert page.text.count(" checked") == 3 + (typed.get("review") == "other")


def test_a_corrected_outcome_puts_its_review_on_the_list_again(
    session: Session, world: World, referral: Referral, book: Book
) -> None:
    visit = book(waiting_entry_id=line(session).id)
    finish(session, world, visit, **SEEN, review_weeks=6)
    review = line(session, EntryKind.REVIEW)
    referrals.remove(session, world.actor("admin"), review.id, reason="not-wanted")
    session.commit()

    finish(session, world, visit, **SEEN, review_weeks=2)

    assert reviews(session) == [(DAY + timedelta(weeks=2), EntryStatus.WAITING)]
