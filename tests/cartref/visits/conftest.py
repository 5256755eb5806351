"""A booked visit by video, its links, and a patient who opens hers in a browser."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cartref.appointments.models import Appointment, Mode
from cartref.appointments.service import book
from cartref.links.addresses import Addresses
from cartref.links.models import Holder, Link
from tests.factories import World

STARTS_AT = datetime(2026, 12, 8, 9, 20, tzinfo=UTC)
BORN_ON = {"born_on-day": "14", "born_on-month": "3", "born_on-year": "1939"}
WRONG = {"born_on-day": "15", "born_on-month": "3", "born_on-year": "1939"}
LAST_WEEK = datetime(2026, 12, 1, 9, tzinfo=UTC)


Desk = Callable[[], AbstractContextManager[Session]]


@dataclass
class Booked:
    """A booked visit: ids, and the paths of its links."""

    id: str
    patient_id: str
    links: dict[Holder, str]
    urls: dict[Holder, str]

    @property
    def url(self) -> str:
        """Return the path of the patient's link."""
        return self.urls[Holder.PATIENT]


@dataclass
class Visitor:
    """Somebody's browser before a visit."""

    browser: FlaskClient
    visit_id: str
    url: str

    def open_link(self) -> TestResponse:
        """Open the link as a press on it does."""
        return self.browser.get(self.url, follow_redirects=True)

    def answer(self, born_on: dict[str, str] = BORN_ON) -> TestResponse:
        """Give a birth date."""
        return self.browser.post(f"/visit/{self.visit_id}/who", data=born_on, follow_redirects=True)

    def prove(self) -> TestResponse:
        """Open the link and give the right birth date."""
        self.open_link()
        return self.answer()

    def get(self, page: str = "") -> TestResponse:
        """Open one of the visit's pages."""
        return self.browser.get(f"/visit/{self.visit_id}{page}")

    def post(self, page: str, **fields: str) -> TestResponse:
        """Post to the visit as its page's script does."""
        return self.browser.post(f"/visit/{self.visit_id}/{page}", data=fields, headers={"Accept": "application/json"})

    def press(self, page: str, **fields: str) -> TestResponse:
        """Send a form to the visit as a browser without scripts does."""
        url, accept = f"/visit/{self.visit_id}/{page}", {"Accept": "text/html"}
        return self.browser.post(url, data=fields, headers=accept, follow_redirects=True)

    def state(self) -> Any:
        """Return what the page is told of the visit."""
        return self.browser.get(f"/visit/{self.visit_id}/state", headers={"Accept": "application/json"}).json


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Return the clock, stopped ten minutes before the visit."""
    with time_machine.travel(STARTS_AT - timedelta(minutes=10), tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(session: Session) -> Desk:
    """Return a function for `with desk() as session`: the clinic's side, done and committed when the block ends."""

    @contextmanager
    def work() -> Iterator[Session]:
        yield session
        session.commit()

    return work


@pytest.fixture
def booked(app: Flask, desk: Desk, world: World, clock: time_machine.Traveller) -> Booked:
    """Return Eluned's visit by video, to which her daughter Catrin is invited."""
    return book_visit(app, desk, world, clock)


@pytest.fixture
def patient(app: Flask, booked: Booked) -> Visitor:
    """Return Eluned with her browser."""
    return Visitor(app.test_client(), booked.id, booked.url)


@pytest.fixture
def carer(app: Flask, booked: Booked) -> Visitor:
    """Return Catrin with her own."""
    return Visitor(app.test_client(), booked.id, booked.urls[Holder.CARER])


@pytest.fixture
def change(desk: Desk, booked: Booked) -> Callable[..., None]:
    """Return a function that writes columns of the appointment."""

    def write(**values: Any) -> None:
        with desk() as session:
            appointment = session.get_one(Appointment, booked.id)
            for name, value in values.items():
                setattr(appointment, name, value)

    return write


def book_visit(
    app: Flask, desk: Desk, world: World, clock: time_machine.Traveller, *, patient: int = 0, slot: int = 1,
    mode: Mode = Mode.VIDEO_HOME,
) -> Booked:  # fmt: skip
    """Book a visit a week before its day, and come back to the moment that the clock was at."""
    back = datetime.now(UTC)
    clock.move_to(LAST_WEEK)
    addresses = Addresses.from_settings(app.config["CARTREF"])
    at_site = mode is Mode.VIDEO_SITE
    with desk() as session:
        visit = book(
            session, world.actor("admin"), addresses=addresses, slot_id=world.clinic_session.slots[slot].id,
            patient_id=world.patients[patient].id, mode=mode, idempotency_key=f"visit-{patient}-{slot}",
            carer_ids=[world.carer.id] if patient == 0 else [], room_id=world.room.id if at_site else None,
            presenter_id=world.staff["presenter"].id if at_site else None,
        )  # fmt: skip
        links = session.scalars(select(Link).where(Link.visit_id == visit.id)).all()
        booked = Booked(
            visit.id, visit.patient_id, {link.holder: link.id for link in links},
            {link.holder: f"/v/{addresses.token(link)}" for link in links},
        )  # fmt: skip
    clock.move_to(back)
    return booked
