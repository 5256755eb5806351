"""A booking desk and the application beside it, a week before the clinic of the small world."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cartref.calendars import service
from cartref.calendars.models import CalendarFeed, FeedScope
from tests.cartref.appointments.conftest import Desk, desk, other_desk, today

__all__ = ["desk", "other_desk", "subscribe", "today"]


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
