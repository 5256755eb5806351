"""Which page a visit's link shows, from weeks before the visit to weeks after it: honest in each case."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cartref.appointments.models import AppointmentStatus, Mode
from cartref.visits.pages import Page, Visit, page_for

LONDON = ZoneInfo("Europe/London")
STARTS_AT = datetime(2026, 12, 8, 9, 20, tzinfo=UTC)
ENDS_AT = STARTS_AT + timedelta(minutes=20)


def visit(**facts: object) -> Visit:
    given = {
        "starts_at": STARTS_AT, "ends_at": ENDS_AT, "mode": Mode.VIDEO_HOME, "status": AppointmentStatus.BOOKED,
        "turned_to_telephone": False, "in_progress": False, "ended_at": None,
    }  # fmt: skip
    return Visit(**{**given, **facts})  # type: ignore[arg-type] # the table of facts above


@pytest.mark.parametrize(
    ("now", "page"),
    [
        (STARTS_AT - timedelta(days=6), Page.ANOTHER_DAY),
        (datetime(2026, 12, 7, 23, 59, tzinfo=UTC), Page.ANOTHER_DAY),
        (datetime(2026, 12, 8, 0, 1, tzinfo=UTC), Page.EARLY),
        (STARTS_AT - timedelta(minutes=31), Page.EARLY),
        (STARTS_AT - timedelta(minutes=30), Page.OPEN),
        (STARTS_AT, Page.OPEN),
        (STARTS_AT + timedelta(minutes=6), Page.LATE),
        (ENDS_AT + timedelta(hours=2), Page.LATE),
        (ENDS_AT + timedelta(hours=2, seconds=1), Page.PAST),
        (ENDS_AT + timedelta(days=15), Page.FORGOTTEN),
    ],
)
def test_the_page_follows_the_clock(now: datetime, page: Page) -> None:
    assert page_for(visit(), now, LONDON) is page


def test_a_visit_just_after_midnight_opens_on_the_evening_before() -> None:
    night = visit(starts_at=datetime(2026, 12, 8, 0, 10, tzinfo=UTC), ends_at=datetime(2026, 12, 8, 0, 30, tzinfo=UTC))

    assert page_for(night, datetime(2026, 12, 7, 23, 45, tzinfo=UTC), LONDON) is Page.OPEN


def test_the_day_is_the_clinics_own_where_the_clocks_have_gone_forward() -> None:
    summer = visit(starts_at=datetime(2026, 7, 7, 8, tzinfo=UTC), ends_at=datetime(2026, 7, 7, 8, 20, tzinfo=UTC))

    assert page_for(summer, datetime(2026, 7, 6, 23, 30, tzinfo=UTC), LONDON) is Page.EARLY


@pytest.mark.parametrize(
    ("facts", "page"),
    [
        ({"status": AppointmentStatus.CANCELLED}, Page.CANCELLED),
        ({"status": AppointmentStatus.CANCELLED, "cancelled_reason": "patient-unwell"}, Page.CANCELLED),
        ({"status": AppointmentStatus.PENDING}, Page.OFFER_OVER),
        ({"status": AppointmentStatus.CANCELLED, "cancelled_reason": "offer-declined"}, Page.DECLINED),
        ({"status": AppointmentStatus.CANCELLED, "cancelled_reason": "offer-expired"}, Page.OFFER_OVER),
        ({"status": AppointmentStatus.CANCELLED, "cancelled_reason": "offer-withdrawn"}, Page.OFFER_OVER),
        ({"status": AppointmentStatus.CANCELLED, "ended_at": STARTS_AT}, Page.CANCELLED),
        ({"in_progress": True}, Page.OPEN),
        ({"turned_to_telephone": True, "in_progress": True}, Page.BY_TELEPHONE),
        ({"mode": Mode.TELEPHONE}, Page.BY_TELEPHONE),
        ({"mode": Mode.IN_PERSON}, Page.IN_PERSON),
        ({"mode": Mode.VIDEO_SITE, "beside_staff": True}, Page.AT_SITE),
        ({"mode": Mode.VIDEO_SITE}, Page.LATE),
        ({"ended_at": STARTS_AT + timedelta(minutes=9)}, Page.OVER),
        ({"turned_to_telephone": True, "ended_at": STARTS_AT + timedelta(minutes=9)}, Page.OVER),
    ],
)
def test_what_became_of_the_visit_comes_before_the_clock(facts: dict[str, object], page: Page) -> None:
    assert page_for(visit(**facts), STARTS_AT + timedelta(minutes=10), LONDON) is page


def test_a_time_that_is_held_for_an_answer_is_offered_until_it_begins() -> None:
    held = visit(status=AppointmentStatus.PENDING)

    assert page_for(held, STARTS_AT - timedelta(seconds=1), LONDON) is Page.OFFER
    assert page_for(held, STARTS_AT, LONDON) is Page.OFFER_OVER


@pytest.mark.parametrize("page", list(Page))
def test_the_room_is_open_on_no_page_but_two(page: Page) -> None:
    assert page.may_enter is (page in {Page.OPEN, Page.LATE})
    assert page.may_check or not page.may_enter
