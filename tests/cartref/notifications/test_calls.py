"""The call list: once per key, one name on a line, tries that come back later, an end that is written down."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.audit.models import AuditEntry
from cartref.errors import NotFound, StaleVersion
from cartref.notifications import calls
from cartref.notifications import service as notifications
from cartref.notifications.calls import CallOver, CallTaken, OutcomeUnknown
from cartref.notifications.models import Call, CallState
from tests.factories import World

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def mari(world: World) -> Actor:
    return world.actor("admin")


@pytest.fixture
def nia(world: World) -> Actor:
    return world.actor("clinician")


def line(session: Session, world: World, key: str = "one", **values: object) -> Call:
    given = {
        "kind": "appointment.reminder", "reason": "no-way-to-tell", "subject_id": "an-appointment",
        "recipient_kind": "patient", "recipient_id": world.patients[0].id,
    }  # fmt: skip
    return calls.add(session, key=key, service_id=world.service.id, **(given | values))  # type: ignore[arg-type] # texts


def test_one_key_is_one_line(session: Session, world: World) -> None:
    assert line(session, world) is line(session, world)


def test_the_list_shows_what_is_due_the_soonest_first(session: Session, world: World) -> None:
    later = line(session, world, "later", due_at=NOW + timedelta(hours=2))
    sooner = line(session, world, "sooner", due_at=NOW + timedelta(hours=1))
    line(session, world, "next week", due_at=NOW + timedelta(days=7))

    shown = calls.open_lines(session, world.service.id, due_before=NOW + timedelta(hours=8))

    assert list(shown) == [sooner, later]


def test_withdrawing_a_notice_takes_its_line_off_the_list(session: Session, world: World) -> None:
    withdrawn, other = line(session, world), line(session, world, "two", subject_id="another")

    notifications.withdraw(session, "an-appointment")
    session.expire_all()

    assert (withdrawn.state, other.state) == (CallState.WITHDRAWN, CallState.OPEN)


def test_a_colleague_takes_a_line_over_only_when_she_saw_whose_it_was(
    session: Session, world: World, mari: Actor, nia: Actor
) -> None:
    call = line(session, world)
    seen = call.version
    calls.take(session, mari, call.id, version=seen)

    with pytest.raises(CallTaken):
        calls.take(session, nia, call.id, version=seen)
    calls.take(session, nia, call.id, version=call.version)

    assert call.assigned_to_id == nia.id


def test_of_two_clerks_who_take_one_line_at_once_one_has_it(
    engine: Engine, session: Session, world: World, mari: Actor, nia: Actor
) -> None:
    call = line(session, world)
    call_id, version = call.id, call.version
    session.commit()
    barrier, outcomes = Barrier(2), []

    def take(actor: Actor) -> None:
        barrier.wait()
        try:
            with Session(engine) as own, own.begin():
                calls.take(own, actor, call_id, version=version)
        except CallTaken:
            outcomes.append("too late")
        else:
            outcomes.append("taken")

    threads = [Thread(target=take, args=(actor,)) for actor in (mari, nia)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["taken", "too late"]


@pytest.mark.parametrize("how", calls.TRIES)
def test_a_try_in_vain_comes_back_after_its_pause(session: Session, world: World, mari: Actor, how: str) -> None:
    call = line(session, world)

    calls.tried(session, mari, call.id, how, version=call.version)

    assert (call.state, call.tries, call.due_at) == (CallState.OPEN, 1, NOW + calls.TRIES[how])
    assert call.assigned_to_id == mari.id


@pytest.mark.parametrize(
    ("begins_in", "due_in"),
    [
        (timedelta(days=3), timedelta(hours=2)),
        (timedelta(hours=2), timedelta(hours=1)),
        (timedelta(minutes=30), calls.SOONEST),
    ],
)
def test_the_next_try_is_before_the_visit(
    session: Session, world: World, mari: Actor, begins_in: timedelta, due_in: timedelta
) -> None:
    call = line(session, world)
    calls.tried(session, mari, call.id, "no-answer", version=call.version, before=NOW + begins_in)
    assert call.due_at == NOW + due_in


def test_a_line_ends_with_who_rang_and_how_it_went(session: Session, world: World, mari: Actor) -> None:
    call = line(session, world)

    calls.done(session, mari, call.id, calls.TOLD, version=call.version)

    assert (call.state, call.outcome, call.done_at, call.done_by_id) == (CallState.DONE, "told", NOW, mari.id)
    assert list(calls.done_since(session, world.service.id, NOW)) == [call]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "call.done")).one()
    assert (entry.actor_id, entry.patient_id) == (mari.id, world.patients[0].id)
    assert entry.details == {"kind": "appointment.reminder", "subject": "an-appointment", "outcome": "told"}


def test_a_line_is_ended_once(session: Session, world: World, mari: Actor, nia: Actor) -> None:
    call = line(session, world)
    seen = call.version
    calls.done(session, mari, call.id, "told", version=seen)

    with pytest.raises(CallOver):
        calls.done(session, nia, call.id, "wrong-number", version=seen)
    with pytest.raises(CallOver):
        calls.tried(session, nia, call.id, "engaged", version=seen)
    with pytest.raises(CallOver):
        calls.take(session, nia, call.id, version=call.version)


def test_who_has_not_seen_a_colleagues_try_is_refused(session: Session, world: World, mari: Actor, nia: Actor) -> None:
    call = line(session, world)
    seen = call.version
    calls.tried(session, mari, call.id, "engaged", version=seen)

    with pytest.raises(StaleVersion):
        calls.done(session, nia, call.id, "told", version=seen)


def test_a_line_ended_by_mistake_comes_back(session: Session, world: World, mari: Actor) -> None:
    call = line(session, world)
    calls.done(session, mari, call.id, "told", version=call.version)

    calls.reopen(session, mari, call.id, version=call.version)

    assert (call.state, call.outcome, call.done_at) == (CallState.OPEN, None, None)
    with pytest.raises(CallOver):
        calls.reopen(session, mari, call.id, version=call.version)


def test_a_call_ends_in_known_ways_alone(session: Session, world: World, mari: Actor) -> None:
    call = line(session, world)
    with pytest.raises(OutcomeUnknown):
        calls.done(session, mari, call.id, "flew away", version=call.version)
    with pytest.raises(OutcomeUnknown):
        calls.tried(session, mari, call.id, "told", version=call.version)


def test_another_services_line_is_not_found(session: Session, world: World) -> None:
    call = line(session, world)
    with pytest.raises(NotFound):
        calls.take(session, world.actor("other_admin"), call.id, version=call.version)
