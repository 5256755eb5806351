"""The hard rules one by one: what a time must have, and what is said when it has not."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from cartref.appointments.finding import _reasons, judge
from cartref.appointments.finding.candidates import Place
from cartref.appointments.finding.need import Helper
from cartref.appointments.finding.reasons import said
from cartref.appointments.models import Mode
from cartref.clinics.availability import Span
from cartref.patients.hours import FreeHours
from tests.cartref.appointments.finding.clinic import (
    BRYN_HELI,
    GWENNO,
    MARGED,
    SLOT,
    TUESDAY,
    gathered,
    need,
    session,
    times,
)

WHOLE_MORNING = ["09:00", "09:20", "09:40", "10:00", "10:20", "10:40"]
AT_BRYN_HELI = {"mode": Mode.VIDEO_SITE}


def span(minutes: int, length: int = 20) -> Span:
    return Span(TUESDAY + timedelta(minutes=minutes), TUESDAY + timedelta(minutes=minutes + length))


def test_every_free_slot_suits_somebody_without_needs() -> None:
    assert times(need(), gathered()) == WHOLE_MORNING


def test_a_long_visit_needs_slots_that_follow_each_other() -> None:
    assert times(need(minutes=40), gathered(session(slots=[0, 1, 3, 4, 5]))) == ["09:00", "10:00", "10:20"]
    assert times(need(minutes=50), gathered(session(slots=[0, 1, 3, 4, 5]))) == ["10:00"]


def test_a_frail_patient_takes_what_her_clinic_gives_her() -> None:
    assert times(need(), gathered(session(minutes=40))) == WHOLE_MORNING[:-1]


def test_slots_of_two_sessions_do_not_make_one_visit() -> None:
    later = session(TUESDAY + 6 * SLOT)
    assert "10:40" not in times(need(minutes=40), gathered(session(), later))


def test_only_the_clinic_wanted() -> None:
    assert times(need(clinic_id="another"), gathered()) == []


def test_nothing_before_the_day_wanted_or_the_present_moment() -> None:
    assert times(need(first_on=date(2026, 12, 9)), gathered()) == []
    assert times(need(now=TUESDAY + 2 * SLOT, first_on=TUESDAY.date()), gathered()) == WHOLE_MORNING[2:]


def test_the_patient_is_in_one_place_and_rests_half_an_hour_between_two_visits() -> None:
    taken = {"eluned": [span(120, 20)]}  # at eleven
    assert times(need(), gathered(taken=taken)) == ["09:00", "09:20", "09:40", "10:00"]


def test_a_clinician_on_leave_or_busy_elsewhere_sees_nobody() -> None:
    sitting, pieces = session()
    assert times(need(), gathered((replace(sitting, away=True), pieces))) == []
    busy = [replace(piece, busy=number == 1) for number, piece in enumerate(pieces)]
    assert times(need(minutes=40), gathered((sitting, busy))) == ["09:40", "10:00", "10:20"]


def test_who_chose_welsh_is_seen_by_somebody_who_speaks_it() -> None:
    there = gathered(session(welsh=False), session(TUESDAY + timedelta(days=1), slots=[0]))
    assert times(need(welsh=True), there) == ["09:00"]


def test_the_nurse_beside_her_speaks_welsh_too() -> None:
    site = replace(BRYN_HELI, presenters=(MARGED,))
    assert times(need(welsh=True, **AT_BRYN_HELI), gathered(places=[site])) == []
    site = replace(BRYN_HELI, presenters=(MARGED, GWENNO))
    (first, *_others) = [one for _bits, one in judge(need(welsh=True, **AT_BRYN_HELI), gathered(places=[site]))]
    assert first.seat is not None
    assert first.seat.presenter == GWENNO


def test_an_interpreter_is_found_in_ten_days() -> None:
    soon, later = session(datetime(2026, 12, 2, 9, tzinfo=UTC)), session(datetime(2026, 12, 3, 9, tzinfo=UTC), [0])
    assert times(need(interpreter=True), gathered(soon, later)) == ["09:00"]


@pytest.mark.parametrize(
    ("hours", "free"),
    [
        ([], WHOLE_MORNING),
        ([FreeHours(time(9, 30), time(10, 30), weekday=1)], ["09:40", "10:00"]),
        ([FreeHours(time(9), time(12), weekday=2)], []),
        ([FreeHours(time(9), time(12), weekday=1), FreeHours(time(10, 40), time(11), on=date(2026, 12, 8))], ["10:40"]),
    ],
)
def test_the_carer_who_must_be_there_is_free(hours: list[FreeHours], free: list[str]) -> None:
    assert times(need(helper=Helper("catrin", "Catrin Parry", hours)), gathered()) == free


def test_free_times_are_wall_times_in_winter_and_summer() -> None:
    helper = Helper("catrin", "Catrin Parry", [FreeHours(time(10), time(10, 20), weekday=1)])
    summer = datetime(2027, 6, 8, 9, tzinfo=UTC)  # 10am on the wall
    assert times(need(helper=helper), gathered(session(summer, [0]))) == ["10:00"]


def test_a_visit_at_a_place_needs_a_room_and_a_presenter_at_the_same_moment() -> None:
    wanted = need(**AT_BRYN_HELI)
    assert times(wanted, gathered(places=[])) == []
    assert times(wanted, gathered(places=[BRYN_HELI])) == WHOLE_MORNING
    taken = {"room-1": [span(0, 60)], "gwenno": [span(80, 40)]}
    assert times(wanted, gathered(places=[BRYN_HELI], taken=taken)) == ["10:00"]


def test_a_room_here_and_a_presenter_there_are_no_place() -> None:
    empty = Place("glan-llyn", "Ysbyty Glan Llyn", (("room-2", "Video room 2"),))
    without_room = replace(BRYN_HELI, rooms=())
    assert times(need(**AT_BRYN_HELI), gathered(places=[empty, without_room])) == []


def test_a_presenter_on_leave_is_not_there() -> None:
    away = replace(GWENNO, away=((date(2026, 12, 7), date(2026, 12, 8)),))
    assert times(need(**AT_BRYN_HELI), gathered(places=[replace(BRYN_HELI, presenters=(away,))])) == []


def test_a_place_is_open() -> None:
    opens_at_ten = replace(BRYN_HELI, hours={1: [(time(10), time(11))]})
    closed_on_tuesdays = replace(BRYN_HELI, hours={0: [(time(8), time(18))]})
    assert times(need(**AT_BRYN_HELI), gathered(places=[opens_at_ten])) == ["10:00", "10:20", "10:40"]
    assert times(need(**AT_BRYN_HELI), gathered(places=[closed_on_tuesdays])) == []


def test_in_person_at_a_place_needs_its_room_alone() -> None:
    wanted = need(mode=Mode.IN_PERSON, site_id="bryn-heli")
    there = gathered(places=[replace(BRYN_HELI, presenters=())], taken={"room-1": [span(0, 60)]})
    assert times(wanted, there) == ["10:00", "10:20", "10:40"]
    assert times(need(mode=Mode.IN_PERSON), gathered()) == WHOLE_MORNING


def test_not_before_her_morning_care_is_over() -> None:
    assert times(need(not_before=time(10)), gathered()) == ["10:00", "10:20", "10:40"]


def test_a_letter_has_ten_days_to_arrive() -> None:
    soon, later = session(datetime(2026, 12, 2, 9, tzinfo=UTC)), session(datetime(2026, 12, 3, 9, tzinfo=UTC), [0])
    assert times(need(by_letter=True), gathered(soon, later)) == ["09:00"]


def test_she_has_the_notice_that_she_needs() -> None:
    assert times(need(notice_days=15), gathered()) == WHOLE_MORNING
    assert times(need(notice_days=16), gathered()) == []


def test_what_is_kept_and_what_is_not_is_said_in_both_languages() -> None:
    wanted = need(welsh=True, not_before=time(10), by_letter=True, helper=Helper("catrin", "Catrin Parry"))
    (first, *_rest) = [one for _bits, one in judge(wanted, gathered())]

    english = [(said(reason, "en"), reason.against) for reason in _reasons(first, wanted)]
    welsh = [said(reason, "cy") for reason in _reasons(first, wanted)]

    assert english == [
        ("Leaves no gap in the clinic", False), ("Speaks Welsh", False),         ("Before 10am", True),
    ]  # fmt: skip
    assert "Yn siarad Cymraeg" in welsh
    assert "Cyn 10am" in welsh
