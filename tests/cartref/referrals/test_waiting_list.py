"""The list as it is worked: who comes first, what it can be narrowed down to, and how long it may be."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from cartref.db import new_id
from cartref.patients.models import VisitWishes
from cartref.referrals import service
from cartref.referrals.models import (
    ClockTick,
    EntryKind,
    Priority,
    Referral,
    Source,
    TickKind,
    WaitingEntry,
)
from cartref.referrals.waiting_list import Filters, everything, head, next_to_book, waiting_list
from tests.cartref.referrals.conftest import TODAY, weeks_ago
from tests.factories import CREATED, World, make_referral


def review(session: Session, world: World, patient: int, due_on: date, **more: object) -> WaitingEntry:
    details = replace(service.EntryDetails(due_on=due_on), **more)  # type: ignore[arg-type] # its own fields
    return service.add_review(session, world.actor("admin"), world.patients[patient].id, details)


def names(session: Session, world: World, filters: Filters = Filters()) -> list[str]:  # noqa: B008 # frozen
    return [line.entry.patient.given_name for line in everything(session, world.actor("admin"), filters)]


@pytest.fixture
def queue(session: Session, world: World) -> World:
    """Return the world with everybody waiting: patients are Eluned, Hywel, Beryl, Gwilym, Nesta, Idwal."""
    make_referral(session, world, patient=0, received_on=weeks_ago(10))
    make_referral(session, world, patient=1, received_on=weeks_ago(27))
    make_referral(session, world, patient=2, received_on=weeks_ago(1), priority=Priority.SUSPECTED_CANCER)
    make_referral(session, world, patient=3, received_on=weeks_ago(3), priority=Priority.URGENT)
    review(session, world, 4, TODAY - timedelta(days=20))
    review(session, world, 5, TODAY + timedelta(weeks=30), clinic_id=world.clinic.id)
    return world


def test_priority_comes_first_then_the_day_by_which_she_should_be_seen(session: Session, queue: World) -> None:
    assert names(session, queue) == ["Beryl", "Gwilym", "Nesta", "Hywel", "Eluned", "Idwal"]


def test_each_line_says_how_long_was_waited_and_what_is_overdue(session: Session, queue: World) -> None:
    lines = {line.entry.patient.given_name: line for line in everything(session, queue.actor("admin"), Filters())}

    assert lines["Hywel"].waited is not None
    assert (lines["Hywel"].waited.weeks, lines["Hywel"].overdue) == (27, True)
    assert (lines["Eluned"].see_by, lines["Eluned"].overdue) == (weeks_ago(10) + timedelta(days=181), False)
    assert (lines["Nesta"].waited, lines["Nesta"].see_by, lines["Nesta"].overdue) == (
        None, TODAY - timedelta(days=20), True,
    )  # fmt: skip


def test_the_target_is_missed_on_the_list_on_the_day_it_is_missed_on_the_clock(session: Session, world: World) -> None:
    make_referral(session, world, patient=0, received_on=TODAY - timedelta(days=181))
    make_referral(session, world, patient=1, received_on=TODAY - timedelta(days=182))

    lines = everything(session, world.actor("admin"), Filters())

    assert [(line.overdue, line.waited and line.waited.late) for line in lines] == [(True, True), (False, False)]
    assert head(session, world.actor("admin")).over_target == 1


def test_pauses_move_the_day_and_who_cannot_come_now_stands_last_and_is_not_next(
    session: Session, world: World
) -> None:
    admin = world.actor("admin")
    away = make_referral(session, world, patient=0, received_on=weeks_ago(30), priority=Priority.URGENT)
    back = make_referral(session, world, patient=1, received_on=weeks_ago(20))
    make_referral(session, world, patient=2, received_on=weeks_ago(12))
    service.change_clock(session, admin, away.id, kind=TickKind.PAUSE, on=weeks_ago(2), reason="Away")
    service.change_clock(session, admin, back.id, kind=TickKind.PAUSE, on=weeks_ago(15), reason="Away")
    service.change_clock(session, admin, back.id, kind=TickKind.RESUME, on=weeks_ago(5), reason="Back")

    following = next_to_book(session, admin)

    assert names(session, world) == ["Beryl", "Hywel", "Eluned"]
    assert following is not None
    assert following.entry.patient.given_name == "Beryl"
    assert head(session, admin).over_target == 1  # 28 weeks before the pause


def test_who_is_booked_offered_removed_or_dead_is_not_on_the_list(session: Session, queue: World) -> None:
    admin = queue.actor("admin")
    lines = {line.entry.patient.given_name: line.entry for line in everything(session, admin, Filters())}
    for name, offered in (("Beryl", False), ("Gwilym", True)):
        service.take_up(session, queue.service.id, lines[name].id, lines[name].patient_id, offered=offered)
    service.remove(session, admin, lines["Nesta"].id, reason="not-wanted")
    queue.patients[1].deceased_on = TODAY
    session.flush()

    assert names(session, queue) == ["Eluned", "Idwal"]
    assert head(session, admin).waiting == 2


def test_another_services_list_is_its_own(session: Session, queue: World) -> None:
    theirs = queue.actor("other_admin")

    assert waiting_list(session, theirs).total == 0
    assert next_to_book(session, theirs) is None
    assert head(session, theirs).waiting == 0


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (Filters(kind=EntryKind.REVIEW), {"Nesta", "Idwal"}),
        (Filters(kind=EntryKind.NEW), {"Eluned", "Hywel", "Beryl", "Gwilym"}),
        (Filters(priority=Priority.URGENT), {"Gwilym"}),
        (Filters(language="cy"), {"Eluned", "Gwilym", "Idwal"}),
        (Filters(overdue=True), {"Nesta", "Hywel"}),
        (Filters(overdue=True, kind=EntryKind.REVIEW), {"Nesta"}),
        (Filters(name="hyw parr"), {"Hywel"}),
        (Filters(name="999 000 0034"), {"Beryl"}),
        (Filters(name="14 March 1939 Idw"), {"Idwal"}),
        (Filters(name="Nobody"), set()),
        (Filters(need="no such need"), {"Eluned", "Hywel", "Beryl", "Gwilym", "Nesta", "Idwal"}),
    ],
)
def test_the_list_is_narrowed_down(session: Session, queue: World, filters: Filters, wanted: set[str]) -> None:
    assert set(names(session, queue, filters)) == wanted


def test_the_list_is_narrowed_down_to_a_clinic_and_to_a_need(session: Session, queue: World) -> None:
    queue.patients[0].hearing_need = "Two hearing aids"
    queue.patients[1].interpreter = "Polish"
    session.add(VisitWishes(patient_id=queue.patients[3].id, mode="video-site", updated_at=CREATED))
    session.flush()

    assert names(session, queue, Filters(clinic_id=queue.clinic.id)) == ["Idwal"]
    found = {need: names(session, queue, Filters(need=need)) for need in ("hearing", "interpreter", "site", "sight")}
    assert found == {"hearing": ["Eluned"], "interpreter": ["Hywel"], "site": ["Gwilym"], "sight": []}


def test_next_to_book_is_the_first_of_what_the_list_is_narrowed_down_to(session: Session, queue: World) -> None:
    admin = queue.actor("admin")

    found = [next_to_book(session, admin, filters) for filters in (Filters(), Filters(kind=EntryKind.REVIEW))]

    assert [line and line.entry.patient.given_name for line in found] == ["Beryl", "Nesta"]


def test_a_page_beyond_the_end_is_the_last(session: Session, queue: World) -> None:
    admin = queue.actor("admin")

    first, last = (waiting_list(session, admin, page=page, per_page=4) for page in (1, 9))

    assert (first.total, first.pages, len(first.lines)) == (6, 2, 4)
    assert (last.page, [line.entry.patient.given_name for line in last.lines]) == (2, ["Eluned", "Idwal"])
    assert waiting_list(session, admin, page=-3, per_page=4).page == 1


def test_the_head_counts_the_whole_list(session: Session, queue: World) -> None:
    counted = head(session, queue.actor("admin"))

    assert (counted.waiting, counted.over_target, counted.reviews_overdue) == (6, 1, 1)


def test_a_page_of_five_thousand_takes_as_many_queries_as_a_page_of_six(session: Session, queue: World) -> None:
    few = queries_of(session, queue)

    fill(session, queue, 5000)

    assert queries_of(session, queue) == few
    assert waiting_list(session, queue.actor("admin")).total == 5006


def queries_of(session: Session, world: World) -> int:
    """Return how many queries a page of the list and its head take."""
    session.flush()
    session.expunge_all()
    asked: list[str] = []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    lines = waiting_list(session, world.actor("admin")).lines
    head(session, world.actor("admin"))
    assert [line.entry.clinic and line.entry.clinic.name for line in lines]
    return len(asked)


def fill(session: Session, world: World, count: int) -> None:
    """Let so many more wait, written as rows alone."""
    ids = [(new_id(), new_id()) for _ in range(count)]
    common = {
        "patient_id": world.patients[0].id, "service_id": world.service.id, "clinic_id": world.clinic.id,
        "priority": Priority.ROUTINE, "created_at": CREATED, "updated_at": CREATED, "version": 1,
    }  # fmt: skip
    on = [weeks_ago(1 + number % 40) for number in range(count)]
    session.bulk_insert_mappings(
        Referral,
        [common | {"id": referral, "source": Source.GP, "received_on": day, "clock_started_on": day}
         for (referral, _), day in zip(ids, on, strict=True)],
    )  # fmt: skip
    session.bulk_insert_mappings(
        ClockTick,
        [{"referral_id": referral, "number": 1, "kind": TickKind.START, "on": day, "created_at": CREATED}
         for (referral, _), day in zip(ids, on, strict=True)],
    )  # fmt: skip
    session.bulk_insert_mappings(
        WaitingEntry,
        [common | {"id": entry, "referral_id": referral, "kind": EntryKind.NEW, "waiting_since": day}
         for (referral, entry), day in zip(ids, on, strict=True)],
    )  # fmt: skip
