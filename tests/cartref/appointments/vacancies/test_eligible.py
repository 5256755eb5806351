"""Who is asked for a freed time, and in which order: tables over pure functions."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cartref.appointments.finding.candidates import Gathered, Piece, Place, Presenter, Sitting
from cartref.appointments.finding.need import Helper, Need
from cartref.appointments.models import Mode
from cartref.appointments.vacancies.eligible import Waiting, in_line, rank
from cartref.clinics.availability import Span
from cartref.patients.hours import FreeHours
from cartref.referrals.models import EntryKind, Priority

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
TODAY, DAY = date(2026, 12, 1), date(2026, 12, 8)
NINE = datetime(2026, 12, 8, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SITTING = Sitting("sitting", "clinic", "Tuesday clinic", 10, 20, "clinician", "Dr Nia Prydderch", True, DAY, False)
HUB = Place("hub", "Ysbyty Glan Llyn", [("room", "Room 1")], [Presenter("nurse", "Nesta Prydderch", welsh=True)])


def slots(*minutes: int, length: int = 20) -> list[Piece]:
    """Return free slots that begin so many minutes after nine."""
    return [
        Piece(f"slot-{start}", Span(NINE + start * MINUTE, NINE + (start + length) * MINUTE)) for start in minutes
    ]  # fmt: skip


def gathered(*minutes: int, taken: dict[str, list[Span]] | None = None, **sitting: Any) -> Gathered:
    return Gathered([(replace(SITTING, **sitting), slots(*(minutes or (0,))))], [HUB], taken or {})


def waiting(name: str = "Eluned", **facts: Any) -> Waiting:
    need = Need(
        patient_id=name, mode=Mode.VIDEO_HOME, now=NOW, zone=ZoneInfo("Europe/London"), first_on=TODAY, minutes=20
    )
    given: dict[str, Any] = {
        "kind": EntryKind.NEW, "priority": Priority.ROUTINE, "since": date(2026, 6, 1), "way": "email",
    }  # fmt: skip
    wanted = facts.pop("need", {})
    return Waiting(name, name, replace(need, **wanted), **(given | facts))


def names(line: list[Waiting], free: Gathered | None = None) -> list[str]:
    return [found.waiting.name for found in in_line(line, free or gathered(), day=DAY, today=TODAY)]


def review(name: str, due: date, **facts: Any) -> Waiting:
    return waiting(name, kind=EntryKind.REVIEW, due_on=due, since=due, **facts)


@pytest.mark.parametrize(
    "line",
    [
        [waiting("first", since=date(2026, 3, 1)), waiting("second", since=date(2026, 3, 2))],
        [waiting("first", priority=Priority.URGENT), waiting("second", since=date(2025, 1, 1))],
        [waiting("first", priority=Priority.SUSPECTED_CANCER), waiting("second", priority=Priority.URGENT)],
        [review("first", date(2026, 11, 20)), waiting("second", since=date(2025, 1, 1))],
        [review("first", date(2026, 10, 1)), review("second", date(2026, 11, 1))],
        [waiting("first"), review("second", date(2026, 12, 10))],
        [waiting("first", priority=Priority.URGENT), review("second", date(2026, 1, 1))],
    ],
    ids=[
        "the longer wait", "the urgent one", "suspected cancer", "an overdue review", "the review due sooner",
        "a review that is not due comes last", "priority before an overdue review",
    ],
)  # fmt: skip
def test_the_line_is_by_priority_then_overdue_reviews_then_the_wait(line: list[Waiting]) -> None:
    assert names(list(reversed(line))) == ["first", "second"]


def test_the_place_in_line_depends_on_nothing_but_the_line() -> None:
    assert rank(waiting("a"), TODAY) < rank(waiting("b"), TODAY)


@pytest.mark.parametrize(
    "facts",
    [
        {"way": None},
        {"paused": True},
        {"asked": True},
        {"kind": EntryKind.REVIEW, "due_on": DAY + timedelta(days=15)},
        {"need": {"notice_days": 8}},
        {"need": {"minutes": 40}},
        {"need": {"not_before": time(10)}},
        {"need": {"interpreter": True}},
        {"need": {"helper": Helper("carer", "Catrin", [FreeHours(time(13), time(17), weekday=1)])}},
        {"need": {"mode": Mode.VIDEO_SITE}},
        {"need": {"mode": Mode.VIDEO_SITE, "site_id": "elsewhere"}},
    ],
    ids=[
        "nobody may ask her", "her clock stands still", "asked before", "a review far too early", "needs more notice",
        "needs more time", "never so early", "needs an interpreter", "her daughter is at work", "no place is near",
        "her place has no room",
    ],
)  # fmt: skip
def test_whom_the_time_does_not_suit_is_not_asked(facts: dict[str, Any]) -> None:
    assert names([waiting("Eluned", **facts), waiting("Hywel")]) == ["Hywel"]


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": EntryKind.REVIEW, "due_on": DAY + timedelta(days=14)},
        {"need": {"notice_days": 7}},
        {"need": {"helper": Helper("carer", "Catrin", [FreeHours(time(9), time(12), weekday=1)])}},
        {"need": {"helper": Helper("carer", "Catrin")}},
        {"need": {"mode": Mode.VIDEO_SITE, "site_id": "hub"}},
        {"need": {"welsh": True}},
        {"need": {"not_before": time(9)}},
    ],
    ids=["review", "notice", "carer free", "carer not asked yet", "site", "Welsh", "not before"],
)
def test_whom_it_suits_is_asked(facts: dict[str, Any]) -> None:
    assert names([waiting("Eluned", **facts)]) == ["Eluned"]


def test_who_chose_welsh_is_seen_in_welsh() -> None:
    line = [waiting("Eluned", need={"welsh": True}), waiting("Hywel")]

    assert names(line, gathered(welsh=False)) == ["Hywel"]


@pytest.mark.parametrize(("begins", "free"), [(0, False), (20, False), (50, True), (60, True)])
def test_a_patient_who_has_another_appointment_near_is_left_in_peace(begins: int, free: bool) -> None:
    other = Span(NINE + begins * MINUTE, NINE + (begins + 20) * MINUTE)

    assert bool(names([waiting("Eluned")], gathered(taken={"Eluned": [other]}))) is free


@pytest.mark.parametrize("taken", ["room", "nurse"])
def test_a_place_whose_room_or_nurse_is_taken_is_no_place(taken: str) -> None:
    line = [waiting("Eluned", need={"mode": Mode.VIDEO_SITE, "site_id": "hub"})]

    assert names(line, gathered(taken={taken: [Span(NINE, NINE + 20 * MINUTE)]})) == []


def test_two_slots_that_follow_each_other_are_enough_for_a_longer_visit() -> None:
    frail = waiting("Eluned", need={"minutes": 40})

    assert names([frail], gathered(0, 20)) == ["Eluned"]
    assert names([frail], gathered(0, 40)) == []


def test_the_first_time_that_suits_is_the_one_that_is_offered() -> None:
    late = waiting("Eluned", need={"not_before": time(9, 15)})

    (found,) = in_line([late], gathered(0, 20, 40), day=DAY, today=TODAY)

    assert found.candidate.slot_id == "slot-20"


def test_a_clinician_on_leave_sees_nobody() -> None:
    assert names([waiting("Eluned")], gathered(away=True)) == []
