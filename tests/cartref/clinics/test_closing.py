"""Closing a session and opening it again: its slots, its reason, its trail."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.audit.models import AuditEntry
from cartref.clinics import queries, service
from cartref.clinics.models import SessionStatus, SlotState
from cartref.errors import Forbidden, IllegalTransition, NotFound
from tests.factories import World

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def states(session: Session, world: World) -> set[SlotState]:
    """Return in which states the session's slots are."""
    return {slot.state for slot in queries.slots(session, world.actor("admin"), world.clinic_session.id)}


def test_a_closed_session_offers_nothing_and_says_why_since_when_and_by_whom(session: Session, world: World) -> None:
    closed = service.close_session(session, world.actor("admin"), world.clinic_session.id, "weather")

    assert states(session, world) == {SlotState.BLOCKED}
    assert (closed.status, closed.closed_reason, closed.closed_at) == (SessionStatus.CLOSED, "weather", NOW)
    assert closed.closed_by_id == world.staff["admin"].id
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "session.closed")).one()
    assert entry.details == {"reason": "weather"}


def test_closing_twice_keeps_the_first_reason(session: Session, world: World) -> None:
    service.close_session(session, world.actor("admin"), world.clinic_session.id, "weather")

    assert service.close_session(session, world.actor("admin"), world.clinic_session.id, "room").closed_reason == (
        "weather"
    )


def test_an_opened_session_offers_its_slots_again(session: Session, world: World) -> None:
    service.close_session(session, world.actor("admin"), world.clinic_session.id, "weather")

    again = service.reopen_session(session, world.actor("admin"), world.clinic_session.id)

    assert states(session, world) == {SlotState.FREE}
    assert (again.status, again.closed_reason, again.closed_at, again.closed_by_id) == (
        SessionStatus.OPEN, None, None, None,
    )  # fmt: skip
    service.reopen_session(session, world.actor("admin"), world.clinic_session.id)
    opened = session.scalars(select(AuditEntry).where(AuditEntry.action == "session.reopened")).all()
    assert len(opened) == 1


def test_what_is_over_stays_closed(session: Session, world: World, today: time_machine.Traveller) -> None:
    service.close_session(session, world.actor("admin"), world.clinic_session.id, "weather")
    today.move_to(datetime(2026, 12, 9, tzinfo=UTC))

    with pytest.raises(IllegalTransition):
        service.reopen_session(session, world.actor("admin"), world.clinic_session.id)


@pytest.mark.parametrize("reason", ["", "because", "Weather"])
def test_closing_asks_for_one_of_the_reasons(session: Session, world: World, reason: str) -> None:
    with pytest.raises(service.CloseReasonMissing) as refusal:
        service.close_session(session, world.actor("admin"), world.clinic_session.id, reason)
    assert refusal.value.field == "reason"
    assert world.clinic_session.status is SessionStatus.OPEN


@pytest.mark.parametrize("act", [lambda *given: service.close_session(*given, "room"), service.reopen_session])
def test_only_an_admin_of_the_service_closes_and_opens(session: Session, world: World, act: object) -> None:
    with pytest.raises(NotFound):
        act(session, world.actor("other_admin"), world.clinic_session.id)  # type: ignore[operator] # either of the two
    with pytest.raises(Forbidden):
        act(session, world.actor("clinician"), world.clinic_session.id)  # type: ignore[operator] # either of the two


def test_every_reason_has_words() -> None:
    assert set(service.CLOSE_REASONS) == set(service.CloseReason)
