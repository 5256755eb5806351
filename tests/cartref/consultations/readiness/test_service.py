"""Checks kept, help asked for, and what staff settle: on either database, and each service by itself."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment, Mode
from cartref.audit.models import ActorKind, AuditEntry
from cartref.consultations.models import Readiness, ReadyCheck
from cartref.consultations.readiness import claims, queries, service
from cartref.consultations.readiness.claims import Claims, Line
from cartref.consultations.readiness.rules import Settled, Standing
from cartref.consultations.readiness.service import Checked, CheckNotAsked, NoteTooLong, SettledUnknown
from cartref.errors import Forbidden, IllegalTransition, NotFound, Throttled
from tests.cartref.consultations.conftest import ADDRESSES
from tests.factories import World

WELL = Claims(camera="works", microphone="works", speaker="yes", line=Line(udp=True))
BLOCKED = Claims(camera="denied", microphone="works", speaker="yes", line=Line(udp=True))
SLOW = Claims(camera="works", microphone="works", speaker="yes", line=Line(udp=True), reasons=["slow-up"])

Book = Callable[..., Appointment]


def patient_of(visit: Appointment) -> Actor:
    return Actor(ActorKind.PATIENT, visit.patient_id, visit.service_id)


def who(visit: Appointment, device: str = "a" * 24, **more: Any) -> Checked:
    return Checked(**{"holder": "patient", "holder_id": visit.patient_id, "device": device} | more)


def keep(session: Session, visit: Appointment, told: Claims, **more: Any) -> ReadyCheck:
    return service.keep_check(session, patient_of(visit), visit, who(visit, **more), told)


def stands(session: Session, visit: Appointment) -> Standing | None:
    found = queries.of_visit(session, visit)
    return found.standing if found else None


def actions(session: Session, visit: Appointment) -> Sequence[str]:
    query = select(AuditEntry.action).where(AuditEntry.subject_id == visit.id, AuditEntry.action.like("ready-check%"))
    return session.scalars(query.order_by(AuditEntry.at, AuditEntry.id)).all()


@pytest.mark.parametrize(
    ("told", "result", "standing"),
    [
        (WELL, Readiness.READY, Standing.READY),
        (SLOW, Readiness.SLOW, Standing.SLOW),
        (BLOCKED, Readiness.NEEDS_HELP, Standing.NEEDS_HELP),
        (claims.NOTHING, Readiness.NEEDS_HELP, Standing.NEEDS_HELP),
    ],
)
def test_a_check_is_kept_with_what_it_came_to(
    session: Session, book: Book, told: Claims, result: Readiness, standing: Standing
) -> None:
    visit = book()

    check = keep(session, visit, told)

    assert check.result is result
    assert stands(session, visit) is standing
    assert actions(session, visit) == ["ready-check.done"]


def test_a_visit_that_nobody_checked_is_not_done_and_one_by_telephone_needs_no_check(
    session: Session, book: Book
) -> None:
    by_video, by_telephone, at_site = book(0), book(1, Mode.TELEPHONE), book(2, Mode.VIDEO_SITE)

    assert stands(session, by_video) is Standing.NOT_DONE
    assert stands(session, by_telephone) is None
    assert stands(session, at_site) is None


def test_a_carer_checks_for_the_patient_but_her_own_device_says_nothing_of_the_patients(
    session: Session, book: Book, world: World
) -> None:
    visit = book(carer_ids=[world.carer.id])
    carer = {"holder": "carer", "holder_id": world.carer.id}

    keep(session, visit, WELL, **carer, for_patient=False)
    assert stands(session, visit) is Standing.NOT_DONE
    found = queries.of_visit(session, visit)
    assert found is not None
    assert found.of_carers[world.carer.id].result is Readiness.READY

    keep(session, visit, WELL, **carer, device="b" * 24)
    assert stands(session, visit) is Standing.READY


def test_help_is_asked_for_once_and_rises_above_a_check_that_went_well(
    session: Session, book: Book, at_the_clinic: time_machine.Traveller
) -> None:
    visit = book()
    keep(session, visit, WELL)

    first = service.ask_help(session, patient_of(visit), visit, who(visit))
    asked_at = first.asked_help_at
    at_the_clinic.shift(timedelta(minutes=2))
    second = service.ask_help(session, patient_of(visit), visit, who(visit))

    assert second.id == first.id
    assert second.asked_help_at == asked_at
    assert stands(session, visit) is Standing.NEEDS_HELP
    assert actions(session, visit) == ["ready-check.done", "ready-check.help-asked"]


def test_whoever_could_try_nothing_may_ask_for_help_too(session: Session, book: Book) -> None:
    visit = book()

    check = service.ask_help(session, patient_of(visit), visit, who(visit))

    assert check.parts["camera"] == "skipped"
    assert stands(session, visit) is Standing.NEEDS_HELP


def test_staff_who_helped_make_it_ready_and_a_later_failure_counts_again(
    session: Session, book: Book, world: World, at_the_clinic: time_machine.Traveller
) -> None:
    visit = book()
    keep(session, visit, BLOCKED)

    at_the_clinic.shift(timedelta(minutes=5))
    service.settle(session, world.actor("admin"), ADDRESSES, visit.id, "helped", " Allowed it in the browser. ")
    assert stands(session, visit) is Standing.READY
    found = queries.of_visit(session, visit)
    assert found is not None
    assert found.call is not None
    assert found.call.note == "Allowed it in the browser."

    at_the_clinic.shift(timedelta(minutes=5))
    keep(session, visit, BLOCKED)
    assert stands(session, visit) is Standing.NEEDS_HELP


def test_by_telephone_instead_turns_the_visit_itself_and_back(
    session: Session, book: Book, world: World, at_the_clinic: time_machine.Traveller
) -> None:
    visit = book()
    starts_at, sequence = visit.starts_at, visit.sequence

    service.settle(session, world.actor("admin"), ADDRESSES, visit.id, "telephone")
    assert (visit.mode, visit.starts_at, visit.sequence) == (Mode.TELEPHONE, starts_at, sequence + 1)
    assert b"Phone appointment" in visit.event_bytes
    assert stands(session, visit) is Standing.TELEPHONE

    at_the_clinic.shift(timedelta(minutes=1))
    service.settle(session, world.actor("admin"), ADDRESSES, visit.id, "video")
    assert visit.mode == Mode.VIDEO_HOME
    assert b"Video appointment" in visit.event_bytes
    assert stands(session, visit) is Standing.NOT_DONE


def test_nobody_answered_is_kept_and_changes_nothing_else(session: Session, book: Book, world: World) -> None:
    visit = book()

    service.settle(session, world.actor("admin"), ADDRESSES, visit.id, "not-reached")

    found = queries.of_visit(session, visit)
    assert found is not None
    assert (found.standing, [call.result for call in found.calls]) == (Standing.NOT_DONE, [Settled.NOT_REACHED])


def test_what_cannot_be_settled_is_refused(session: Session, book: Book, world: World) -> None:
    visit, at_site = book(), book(1, Mode.VIDEO_SITE)
    admin = world.actor("admin")

    with pytest.raises(SettledUnknown):
        service.settle(session, admin, ADDRESSES, visit.id, "perhaps")
    with pytest.raises(NoteTooLong):
        service.settle(session, admin, ADDRESSES, visit.id, "helped", "x" * 401)
    with pytest.raises(IllegalTransition):
        service.settle(session, admin, ADDRESSES, at_site.id, "telephone")
    with pytest.raises(NotFound):
        service.settle(session, world.actor("other_admin"), ADDRESSES, visit.id, "helped")
    with pytest.raises(Forbidden):
        service.settle(session, world.actor("clinician"), ADDRESSES, visit.id, "helped")


def test_a_visit_that_is_over_or_by_telephone_takes_no_check(session: Session, book: Book) -> None:
    with pytest.raises(CheckNotAsked):
        keep(session, book(0, Mode.TELEPHONE), WELL)


def test_a_page_gone_wrong_cannot_fill_the_record(
    session: Session, book: Book, at_the_clinic: time_machine.Traveller
) -> None:
    visit = book()
    for _ in range(service.MOST_CHECKS):
        keep(session, visit, WELL)

    with pytest.raises(Throttled):
        keep(session, visit, WELL)

    at_the_clinic.shift(timedelta(hours=25))
    session.refresh(visit)
    assert keep(session, visit, WELL).result is Readiness.READY


def test_each_visit_stands_by_its_own_checks(session: Session, book: Book) -> None:
    visits = [book(n) for n in range(3)]
    keep(session, visits[1], SLOW)

    found = queries.readied(session, visits)

    assert [found[visit.id].standing for visit in visits] == [Standing.NOT_DONE, Standing.SLOW, Standing.NOT_DONE]


def test_the_last_check_of_a_patient_is_her_own_services(session: Session, book: Book, world: World) -> None:
    visit = book()
    keep(session, visit, SLOW)
    keep(session, visit, WELL, holder="carer", holder_id=world.carer.id, device="c" * 24, for_patient=False)

    mine = queries.last_of_patient(session, world.actor("admin"), visit.patient_id)
    theirs = queries.last_of_patient(session, world.actor("other_admin"), visit.patient_id)

    assert mine is not None
    assert mine.result is Readiness.SLOW
    assert theirs is None
