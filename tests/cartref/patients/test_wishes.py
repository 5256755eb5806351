"""What a patient's visits should respect is kept."""

from datetime import time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.audit.models import AuditEntry
from cartref.errors import Forbidden, NotFound, StaleVersion
from cartref.patients import wishes
from cartref.patients.models import TimeOfDay
from cartref.patients.wishes import HelperWrong, NoticeWrong, Wishes
from tests.factories import World


def test_nobody_has_asked_her_yet(session: Session, world: World) -> None:
    assert wishes.find(session, world.patients[0].id) == Wishes()


def test_what_she_wishes_is_kept_and_can_change(session: Session, world: World) -> None:
    eluned, clerk = world.patients[0].id, world.actor("admin")
    wishes.save(session, clerk, eluned, Wishes(TimeOfDay.MORNING, time(10), "video-home", notice_days=3), version=0)

    wishes.save(
        session, clerk, eluned, Wishes(TimeOfDay.AFTERNOON, mode="telephone", bsl=True, bilingual=True), version=1
    )

    assert wishes.find(session, eluned) == Wishes(TimeOfDay.AFTERNOON, mode="telephone", bsl=True, bilingual=True)
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.patient_id == eluned)).all()
    assert actions.count("wishes.changed") == 2


@pytest.mark.parametrize(("kept", "seen"), [(True, 0), (False, 1)])
def test_who_saw_an_older_state_changes_nothing(session: Session, world: World, kept: bool, seen: int) -> None:
    eluned, clerk = world.patients[0].id, world.actor("admin")
    if kept:
        wishes.save(session, clerk, eluned, Wishes(bsl=True), version=0)

    with pytest.raises(StaleVersion):
        wishes.save(session, clerk, eluned, Wishes(bilingual=True), version=seen)

    assert wishes.find(session, eluned) == Wishes(bsl=kept)


def test_only_one_of_her_carers_can_be_the_one_who_must_be_there(session: Session, world: World) -> None:
    with pytest.raises(HelperWrong):
        wishes.save(session, world.actor("admin"), world.patients[1].id, Wishes(carer_id=world.carer.id), version=0)


@pytest.mark.parametrize("days", [-1, 61])
def test_notice_is_a_sensible_number_of_days(session: Session, world: World, days: int) -> None:
    with pytest.raises(NoticeWrong):
        wishes.save(session, world.actor("admin"), world.patients[0].id, Wishes(notice_days=days), version=0)


def test_another_service_knows_nothing_of_her(session: Session, world: World) -> None:
    with pytest.raises(NotFound):
        wishes.save(session, world.actor("other_admin"), world.patients[0].id, Wishes(), version=0)
    with pytest.raises(Forbidden):
        wishes.save(session, world.actor("clinician"), world.patients[0].id, Wishes(), version=0)
