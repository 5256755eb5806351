"""A booking desk and the application beside it, a week before the clinic of the small world."""

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from functools import partial
from typing import Any

import pytest
import vobject
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.models import Role, Staff
from cartref.calendars import inviting, messages, service
from cartref.calendars.models import CalendarFeed, FeedScope
from cartref.clinics.models import ClinicSession
from cartref.notifications.channels import Smtp
from cartref.notifications.delivery import Post
from cartref.notifications.models import Channel
from cartref.patients.models import VisitWishes
from tests.cartref.appointments.conftest import ADDRESSES, Desk, desk, other_desk, today
from tests.factories import make_clinic, make_staff

__all__ = ["colleague_with_times", "desk", "other_desk", "subscribe", "today"]


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Return a session that remembers what it committed: on SQLite looking again would keep the application out."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


def subscribe(desk: Desk, name: str = "clinician", **values: object) -> tuple[CalendarFeed, str]:
    """Subscribe somebody to her own appointments, or to what `values` say."""
    world = desk.world
    given = {"scope": FeedScope.CLINICIAN, "scope_id": world.staff["clinician"].id, "label": "My phone"}
    made = service.create_feed(desk.session, world.actor(name), **(given | values))  # type: ignore[arg-type] # a mix
    desk.session.commit()
    return made


Told = list[tuple[str, str, int]]  # method, address and SEQUENCE of each message


def colleague_with_times(desk: Desk) -> tuple[Staff, ClinicSession]:
    """Return another clinician of the service, and a session of hers at the same time."""
    world = desk.world
    colleague = make_staff(desk.session, world.health_board, world.service, "colleague", Role.CLINICIAN)
    world.clinic.name = "Monday clinic"
    desk.session.flush()
    _, sitting = make_clinic(desk.session, world.service, colleague, world.clinic_session.starts_at)
    return colleague, sitting


@pytest.fixture
def post(engine: Engine, mail_server: Any) -> Post:
    """Return what delivers invitations to a real mail server."""
    return Post(
        partial(Session, engine),
        {inviting.KIND: lambda session, notice: messages.render(session, ADDRESSES, notice)},
        {Channel.EMAIL: Smtp(mail_server.url, "clinic@example.org")},
    )


@pytest.fixture
def look(desk: Desk, post: Post, mail_server: Any) -> Callable[[], list[EmailMessage]]:
    """Return a function that lets the worker look and send, and gives what has newly arrived."""

    def once() -> list[EmailMessage]:
        inviting.look(desk.session)
        desk.session.commit()
        before = len(mail_server.messages)
        post.deliver_due()
        return list(mail_server.messages[before:])

    return once


def want(desk: Desk, *names: str) -> None:
    """Let staff, "patient" or "carer" want invitations."""
    for name in names:
        if name == "patient":
            wishes = VisitWishes(patient_id=desk.world.patients[0].id, wants_invitation=True, updated_at=clock.now())
            desk.session.add(wishes)
        elif name == "carer":
            desk.world.carer.wants_invitation = True
        else:
            desk.world.staff[name].wants_invitations = True
    desk.session.flush()


def calendar(letter: EmailMessage) -> Any:
    """Return the calendar of a message as vobject reads it."""
    part = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return vobject.readOne(payload.decode())


def told(letters: list[EmailMessage]) -> Told:
    """Return what each message asks of whom, in no order that matters."""
    calendars = [(calendar(letter), str(letter["To"])) for letter in letters]
    return sorted((found.method.value, to, int(found.vevent.sequence.value)) for found, to in calendars)
