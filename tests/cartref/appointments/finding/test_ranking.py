"""Which of the times that suit comes first, and why."""

from datetime import UTC, date, datetime, timedelta

from cartref.appointments.finding import ranking
from cartref.appointments.finding.need import Trip
from cartref.appointments.finding.reasons import said
from cartref.appointments.models import Mode
from cartref.patients.models import TimeOfDay
from tests.cartref.appointments.finding.clinic import BRYN_HELI, TUESDAY, gathered, need, session, suitable

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


def first_three(*args: object) -> list[str]:
    return [f"{one.starts:%d %b %H:%M}" for one in suitable(*args)[:3]]  # type: ignore[arg-type] # handed on


def reasons(wanted: object, candidate: object) -> list[str]:
    return [said(reason, "en") for reason in ranking.reasons(candidate, wanted)]  # type: ignore[arg-type]


def test_three_neighbouring_slots_are_not_offered_when_other_days_are_as_good() -> None:
    there = gathered(session(), session(TUESDAY + DAY), session(TUESDAY + 2 * DAY))
    assert first_three(need(), there) == ["08 Dec 09:00", "09 Dec 09:00", "10 Dec 09:00"]


def test_on_one_day_alone_the_three_lie_apart() -> None:
    there = gathered(session(slots=range(9)), session(TUESDAY + timedelta(hours=4)))
    assert first_three(need(), there) == ["08 Dec 09:00", "08 Dec 13:00", "08 Dec 10:00"]


def test_the_due_date_comes_before_everything() -> None:
    soon, late = session(clinician_id="other"), session(TUESDAY + 3 * WEEK)
    wanted = need(due_on=date(2026, 12, 12), clinician_id="nia")

    best, *_others, last = suitable(wanted, gathered(soon, late))

    assert best.sitting.clinician_id == "other"
    assert "Before the due date, 12 December 2026" in reasons(wanted, best)
    assert "Not the same clinician as last time" in reasons(wanted, best)
    assert "After the due date, 12 December 2026" in reasons(wanted, last)


def test_a_review_is_not_weeks_too_early() -> None:
    early, due = session(), session(TUESDAY + 8 * WEEK)
    wanted = need(due_on=(TUESDAY + 8 * WEEK).date(), is_review=True)

    best, *_others, last = suitable(wanted, gathered(early, due))

    assert "On the due date" in reasons(wanted, best)
    assert "More than 2 weeks before the due date, 2 February 2027" in reasons(wanted, last)


def test_what_is_urgent_is_soon_whoever_the_clinician_is() -> None:
    soon, own = session(clinician_id="other"), session(TUESDAY + 2 * WEEK)
    wanted = need(urgent=True, clinician_id="nia", first_on=date(2026, 12, 1), now=datetime(2026, 12, 1, 8, tzinfo=UTC))

    best, *_ = suitable(wanted, gathered(soon, own))

    assert best.sitting.clinician_id == "other"
    assert "Soon, as it is urgent" in reasons(wanted, best)


def test_her_own_clinician_comes_before_her_best_time() -> None:
    other, own = session(TUESDAY + timedelta(hours=5), clinician_id="other"), session()
    wanted = need(clinician_id="nia", time_of_day=TimeOfDay.AFTERNOON)

    best, *_ = suitable(wanted, gathered(other, own))

    assert reasons(wanted, best)[:2] == ["The same clinician as last time", "Not in the afternoon"]


def test_her_best_time_comes_before_the_soonest() -> None:
    wanted = need(time_of_day=TimeOfDay.AFTERNOON)
    best, *_ = suitable(wanted, gathered(session(), session(TUESDAY + WEEK + timedelta(hours=5))))
    assert "In the afternoon, as the patient likes" in reasons(wanted, best)


def test_the_day_of_another_visit_saves_a_journey() -> None:
    trip = Trip((TUESDAY + DAY).date(), "bryn-heli", "Ysbyty Bryn Heli")
    wanted = need(mode=Mode.VIDEO_SITE, trips=(trip,))
    best, *_ = suitable(wanted, gathered(session(), session(TUESDAY + DAY), places=[BRYN_HELI]))
    assert best.starts.day == 9
    assert "The same day as the visit to this place, so one journey: Ysbyty Bryn Heli" in reasons(wanted, best)


def test_a_visit_at_home_is_no_journey() -> None:
    trip = Trip((TUESDAY + DAY).date(), "bryn-heli", "Ysbyty Bryn Heli")
    assert first_three(need(trips=(trip,)), gathered(session(), session(TUESDAY + DAY)))[0] == "08 Dec 09:00"


def test_no_single_slot_is_left_alone_when_another_time_of_the_week_leaves_none() -> None:
    there = gathered(session(slots=[0, 1, 2]), session(TUESDAY + DAY, slots=[0, 1]))
    best, *_ = suitable(need(minutes=40), there)
    assert f"{best.starts:%d}" == "09"
    assert "Leaves no gap in the clinic" in reasons(need(), best)


def test_nobody_waits_for_weeks_to_keep_a_clinic_tidy() -> None:
    there = gathered(session(slots=[0, 1, 2]), session(TUESDAY + 2 * WEEK, slots=[0, 1]))
    best, *_ = suitable(need(minutes=40), there)
    assert f"{best.starts:%d}" == "08"
