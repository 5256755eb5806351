"""What a patient's visits should respect is kept, and so is when her carer is free."""

from datetime import date, time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.audit.models import AuditEntry
from cartref.errors import Forbidden, NotFound
from cartref.patients import wishes
from cartref.patients.models import TimeOfDay
from cartref.patients.wishes import FreeHours, HelperWrong, HoursWrong, NoticeWrong, Wishes
from tests.factories import World

MONDAY_MORNING = FreeHours(time(9), time(12), weekday=0)


def test_nobody_has_asked_her_yet(session: Session, world: World) -> None:
    assert wishes.find(session, world.patients[0].id) == Wishes()
    assert wishes.hours(session, world.carer.id) == []


def test_what_she_wishes_is_kept_and_can_change(session: Session, world: World) -> None:
    eluned, clerk = world.patients[0].id, world.actor("admin")
    wishes.save(session, clerk, eluned, Wishes(TimeOfDay.MORNING, time(10), "video-home", notice_days=3))

    wishes.save(session, clerk, eluned, Wishes(TimeOfDay.AFTERNOON, mode="telephone", bsl=True, bilingual=True))

    assert wishes.find(session, eluned) == Wishes(TimeOfDay.AFTERNOON, mode="telephone", bsl=True, bilingual=True)
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.patient_id == eluned)).all()
    assert actions.count("wishes.changed") == 2


def test_the_carers_free_times_are_kept_in_order_and_replaced(session: Session, world: World) -> None:
    eluned, clerk, catrin = world.patients[0].id, world.actor("admin"), world.carer.id
    afternoon, single = FreeHours(time(14), time(16), weekday=0), FreeHours(time(9), time(10), on=date(2026, 12, 8))

    wishes.save(session, clerk, eluned, Wishes(carer_id=catrin), [single, afternoon, MONDAY_MORNING])
    assert wishes.hours(session, catrin) == [MONDAY_MORNING, afternoon, single]

    wishes.save(session, clerk, eluned, Wishes(carer_id=catrin), [afternoon])
    assert wishes.hours(session, catrin) == [afternoon]


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
        wishes.save(session, world.actor("admin"), world.patients[0].id, Wishes(carer_id=world.carer.id), hours)


def test_the_same_hours_on_two_weekdays_do_not_meet(session: Session, world: World) -> None:
    hours = [
        MONDAY_MORNING,
        FreeHours(time(9), time(12), weekday=1),
        FreeHours(time(9), time(12), on=date(2026, 12, 8)),
    ]
    wishes.save(session, world.actor("admin"), world.patients[0].id, Wishes(carer_id=world.carer.id), hours)

    assert len(wishes.hours(session, world.carer.id)) == 3


def test_only_one_of_her_carers_can_be_the_one_who_must_be_there(session: Session, world: World) -> None:
    with pytest.raises(HelperWrong):
        wishes.save(session, world.actor("admin"), world.patients[1].id, Wishes(carer_id=world.carer.id))


@pytest.mark.parametrize("days", [-1, 61])
def test_notice_is_a_sensible_number_of_days(session: Session, world: World, days: int) -> None:
    with pytest.raises(NoticeWrong):
        wishes.save(session, world.actor("admin"), world.patients[0].id, Wishes(notice_days=days))


def test_another_service_knows_nothing_of_her(session: Session, world: World) -> None:
    with pytest.raises(NotFound):
        wishes.save(session, world.actor("other_admin"), world.patients[0].id, Wishes())
    with pytest.raises(Forbidden):
        wishes.save(session, world.actor("clinician"), world.patients[0].id, Wishes())
