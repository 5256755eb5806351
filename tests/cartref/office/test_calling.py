"""The call list and the post are worked by those alone who may, whoever asks for it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.errors import Forbidden, NotFound
from cartref.notifications import calls
from cartref.notifications.models import Call, CallState
from cartref.office import calling, posting
from tests.cartref.office.booking import book
from tests.factories import World

Act = Callable[[Session, Actor, str], object]
ON_CALLS: dict[str, Act] = {
    "take": lambda session, actor, line: calling.take(session, actor, line, version=1),
    "tried": lambda session, actor, line: calling.tried(session, actor, line, "engaged", version=1),
    "done": lambda session, actor, line: calling.done(session, actor, line, "told", version=1),
    "reopen": lambda session, actor, line: calling.reopen(session, actor, line, version=1),
}
ON_LETTERS: dict[str, Act] = {
    "make a run": lambda session, actor, _id: posting.make_run(session, actor),
    "print again": posting.print_again,
    "post": lambda session, actor, run: posting.post(session, actor, run, taken_out=()),
    "discard": posting.discard,
}


def line(session: Session, world: World, subject_id: str = "an-appointment") -> Call:
    return calls.add(
        session, key="one", service_id=world.service.id, kind="appointment.reminder", reason="no-way-to-tell",
        subject_id=subject_id, recipient_kind="patient", recipient_id=world.patients[0].id,
    )  # fmt: skip


@pytest.mark.parametrize("act", [pytest.param(act, id=name) for name, act in (ON_CALLS | ON_LETTERS).items()])
@pytest.mark.parametrize("role", ["clinician", "presenter", "manager"])
def test_nobody_else_works_the_call_list_or_the_post(session: Session, world: World, act: Act, role: str) -> None:
    found = line(session, world)

    with pytest.raises(Forbidden):
        act(session, world.actor(role), found.id)

    assert (found.state, found.tries, found.assigned_to_id) == (CallState.OPEN, 0, None)


@pytest.mark.parametrize("act", [pytest.param(act, id=name) for name, act in ON_CALLS.items()])
def test_another_services_line_is_not_there(session: Session, world: World, act: Act) -> None:
    found = line(session, world)

    with pytest.raises(NotFound):
        act(session, world.actor("other_admin"), found.id)


def test_an_admin_takes_tries_ends_and_reopens_a_line(session: Session, world: World) -> None:
    found, admin = line(session, world), world.actor("admin")

    calling.take(session, admin, found.id, version=1)
    calling.tried(session, admin, found.id, "engaged", version=2)
    calling.done(session, admin, found.id, "told", version=3)
    over = found.state
    calling.reopen(session, admin, found.id, version=4)

    assert (over, found.state, found.assigned_to_id) == (CallState.DONE, CallState.OPEN, admin.id)


def test_a_line_comes_back_before_its_visit_begins(session: Session, world: World) -> None:
    with time_machine.travel(datetime(2026, 12, 8, 7, 30, tzinfo=UTC), tick=False):
        found = line(session, world, book(session, world).id)
        calling.tried(session, world.actor("admin"), found.id, "message-left", version=1)

    assert found.due_at == datetime(2026, 12, 8, 8, tzinfo=UTC)
