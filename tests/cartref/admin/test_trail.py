"""The audit trail as the privacy officer reads it, and the notices that did not go."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.admin import queries
from cartref.admin.queries import Wanted
from cartref.audit.models import AuditEntry
from cartref.audit.service import record
from cartref.notifications.models import Channel, Notice, NoticeState
from cartref.notifications.service import enqueue
from tests.factories import NHS_NUMBERS, World

SignInAs = Callable[..., FlaskClient]


def read_patient(session: Session, actor: Actor, patient_id: str) -> None:
    record(session, actor, "patient.read", "patient", patient_id, patient_id=patient_id)


def prepare(session: Session, world: World) -> tuple[str, str]:
    """Let the admin have read two patients; return their ids."""
    first, second = world.patients[0].id, world.patients[1].id
    for patient_id in (first, second):
        read_patient(session, world.actor("admin"), patient_id)
    read_patient(session, world.actor("other_admin"), world.other_patient.id)
    session.commit()
    return first, second


def give_up(session: Session, world: World, name: str = "clinician") -> str:
    actor = world.actor(name)
    notice = enqueue(
        session, key=f"test:{name}", service_id=actor.service, kind="appointment.confirmation", subject_id="a" * 24,
        recipient_kind="patient", recipient_id=world.patients[0].id, channel=Channel.EMAIL, language="en",
    )  # fmt: skip
    notice.state, notice.attempts, notice.failure = NoticeState.FAILED, 6, "mail-server"
    session.commit()
    return notice.id


def test_the_trail_of_one_patient_is_found_by_her_nhs_number(sign_in: SignInAs, session: Session, world: World) -> None:
    first, second = prepare(session, world)
    page = sign_in("privacy").get("/audit", query_string={"patient": f"{NHS_NUMBERS[0][:3]} {NHS_NUMBERS[0][3:]}"}).text
    assert first in page
    assert second not in page


def test_the_trail_names_no_patient_to_whom_may_not_read_patients(
    sign_in: SignInAs, session: Session, world: World
) -> None:
    prepare(session, world)
    page = sign_in("privacy").get("/audit").text
    assert "Eluned" not in page
    assert world.staff["admin"].display_name in page


def test_the_trail_names_patients_to_whom_may_read_them(session: Session, world: World) -> None:
    first, _second = prepare(session, world)
    officer = world.actor("privacy")
    both = Actor(officer.kind, officer.id, officer.service_id, officer.health_board_id,
                 officer.permissions | {Permission.PATIENTS_READ})  # fmt: skip
    assert queries.patient_names(session, officer, [first]) == {}
    names = queries.patient_names(session, both, [first, world.other_patient.id])
    assert names == {first: "Mrs Eluned Parry"}


def test_the_trail_of_another_service_is_not_shown(session: Session, world: World) -> None:
    prepare(session, world)
    page = queries.trail(session, world.actor("privacy"), Wanted(patient_id=world.other_patient.id))
    assert not page.entries


def test_the_trail_shows_whole_local_days(session: Session, world: World) -> None:
    actor, patient_id = world.actor("admin"), world.patients[0].id
    for moment in ("2026-07-06T22:59:00Z", "2026-07-06T23:00:00Z", "2026-07-07T22:59:00Z", "2026-07-07T23:00:00Z"):
        with time_machine.travel(moment, tick=False):
            read_patient(session, actor, patient_id)
    session.flush()
    day = clock.now().replace(year=2026, month=7, day=7).date()
    page = queries.trail(session, world.actor("privacy"), Wanted(first=day, last=day))
    assert [entry.at.strftime("%dT%H:%M") for entry in page.entries] == ["07T22:59", "06T23:00"]


def test_the_trail_comes_in_pages_newest_first(session: Session, world: World) -> None:
    for _ in range(queries.PER_PAGE + 3):
        read_patient(session, world.actor("admin"), world.patients[0].id)
    session.flush()
    privacy = world.actor("privacy")
    first, last = (queries.trail(session, privacy, Wanted(), number) for number in (1, 99))
    assert (first.number, last.number, first.count) == (1, 2, 2)
    assert len(last.entries) == 3
    assert first.entries[0].id > first.entries[-1].id > last.entries[0].id


def test_reading_the_trail_is_in_the_trail(sign_in: SignInAs, session: Session, world: World) -> None:
    patient_id = world.patients[0].id
    session.rollback()
    sign_in("privacy").get("/audit", query_string={"patient": patient_id})
    entry = session.scalar(select(AuditEntry).where(AuditEntry.action == "audit.read"))
    assert entry is not None
    assert entry.patient_id == patient_id


def test_a_day_that_does_not_exist_is_said_and_kept(sign_in: SignInAs) -> None:
    answer = sign_in("privacy").get("/audit", query_string={"first": "2026-02-31"})
    assert answer.status_code == 422
    assert 'value="2026-02-31"' in answer.text


def test_a_notice_that_was_given_up_is_listed_and_goes_out_again(
    sign_in: SignInAs, session: Session, world: World
) -> None:
    notice_id = give_up(session, world)
    session.rollback()
    browser = sign_in("admin")
    assert "The mail server did not answer" in browser.get("/notices").text
    assert browser.post(f"/notices/{notice_id}/again").status_code == 303
    session.rollback()
    notice = session.get_one(Notice, notice_id)
    assert (notice.state, notice.attempts) == (NoticeState.PENDING, 0)
    assert notice.due_at <= clock.now() + timedelta(seconds=1)
    assert "Every message has gone." in browser.get("/notices").text


def test_a_notice_goes_out_again_once_however_often_it_is_asked(
    sign_in: SignInAs, session: Session, world: World
) -> None:
    notice_id = give_up(session, world)
    session.rollback()
    browser = sign_in("admin")
    answers = [browser.post(f"/notices/{notice_id}/again").status_code for _ in range(2)]
    assert answers == [303, 409]


def test_who_may_not_read_patients_sees_no_name_beside_a_failed_notice(
    sign_in: SignInAs, session: Session, world: World
) -> None:
    give_up(session, world)
    session.rollback()
    assert "Eluned" in sign_in("admin").get("/notices").text
    assert "Eluned" not in sign_in("manager").get("/notices").text
